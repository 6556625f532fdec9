"""The extra that the laboratory needs: numpy, which nothing else here imports."""

from negotiator.errors import MissingExtraError


def require_numpy() -> None:
    """Raise MissingExtraError without the library of the ``lab`` extra."""
    try:
        import numpy as np  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise MissingExtraError(
            f"the laboratory needs a library that can't be loaded: {error.name or error}",
            "pip install 'freight-negotiator[lab]'",
        ) from error
    del np
