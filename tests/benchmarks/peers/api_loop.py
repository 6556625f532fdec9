"""The Python API, one commit an ask. Run as ``api_loop.py FILE ASKS``."""

import json
import sys
from pathlib import Path

from negotiator import CallHandlingService

path, asks = sys.argv[1:]
with CallHandlingService.open(path) as service, Path(asks).open(encoding="utf-8") as lines:
    for line in lines:
        service.negotiate(**json.loads(line))
