"""What a rule of the policy looks at."""

from datetime import datetime
from typing import NamedTuple


class Subject(NamedTuple):
    """What an ask is about: a load's and a call's cells as the file holds them, and the time (UTC)."""

    origin: object
    destination: object
    equipment: object
    pickup: object
    miles: object
    carrier: object
    now: datetime
