"""The entry: ``negotiator`` and ``python -m negotiator``."""

import gc
import os
import sys


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    # Next to nothing that a short command makes is garbage: to look for it takes a tenth of the time, most of
    # it at the end, when Python looks through all there is. What runs long switches it on again.
    gc.disable()
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
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
