"""Answer asks with the Python API, so many in a transaction: what a server can reach at most. PATH LINES GROUP."""

import json
import sys
from itertools import islice
from pathlib import Path

from negotiator.service import CallHandlingService


def main() -> None:
    """Answer each line."""
    path, lines, size = sys.argv[1:]
    asks = map(json.loads, Path(lines).read_text(encoding="utf-8").splitlines())
    with CallHandlingService.open(path) as service:
        while group := list(islice(asks, int(size))):
            with service.one_transaction():
                for ask in group:
                    service.negotiate(ask["call_id"], ask["carrier_offer"], ask["session_id"])


if __name__ == "__main__":
    main()
