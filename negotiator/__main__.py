"""The entry: ``negotiator`` and ``python -m negotiator``."""

import gc
import os
import sys

_OBJECTS = 50_000  # made before garbage is looked for; a start makes as many, and next to none is garbage


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    gc.set_threshold(_OBJECTS)  # a twentieth of a start otherwise
    try:
        from negotiator.cli import app  # noqa: PLC0415 - an interrupt while this loads is one like any other

        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as problem:
        # What a command raises is said by the command line; this is what kept it from being loaded.
        if os.environ.get("NEGOTIATOR_DEBUG"):
            raise
        sys.exit(f"Error: the program cannot run: {str(problem) or type(problem).__name__}.")


if __name__ == "__main__":
    main()
