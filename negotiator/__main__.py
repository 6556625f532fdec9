"""The entry: ``negotiator`` and ``python -m negotiator``."""

import sys


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    try:
        from negotiator.cli import app  # noqa: PLC0415 - an interrupt while this loads is one like any other

        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
