"""Carriers as they are listed and shown, and what was done with them. Times are UTC."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True)
class ListedCarrier:
    """A carrier in a list. ``barred`` says why it must not be used, None if it may be."""

    mc_number: str
    company_name: str | None
    status: str | None
    phone: str | None
    is_verified: bool
    dot_number: str | None
    barred: str | None


class Block(NamedTuple):
    """A time in which the desk does not use a carrier; ``blocked_until`` None has no end."""

    reason: str | None
    blocked_until: datetime | None
    blocked_by: str | None
    blocked_at: datetime | None
    unblocked_by: str | None
    unblocked_at: datetime | None


@dataclass(frozen=True)
class CarrierDetail(ListedCarrier):
    """A carrier with all that is known of it, and its blocks, the latest first.

    ``unknown_status`` is its status, if the word is not known.
    """

    address: str | None
    email: str | None
    created_at: datetime | None
    updated_at: datetime | None
    blocks: tuple[Block, ...]
    unknown_status: str | None


class Blocked(NamedTuple):
    """What blocking a carrier did. The fields are its JSON keys."""

    mc_number: str
    reason: str
    blocked_until: datetime | None
    blocked_by: str | None
    blocked_at: datetime


class Unblocked(NamedTuple):
    """What unblocking a carrier did. The fields are its JSON keys; ``barred`` is what forbids it still."""

    mc_number: str
    unblocked_by: str | None
    unblocked_at: datetime
    barred: str | None


@dataclass(frozen=True)
class ImportedCarriers:
    """What became of the carriers of a file. The fields are its JSON keys.

    So many are new, were changed, or are as they were. ``ignored`` names the headings that were left out.
    ``barred`` are those of them that must not be used, ``unknown_statuses`` those whose status is a word that
    is not known.
    """

    file: Path
    added: int
    updated: int
    unchanged: int
    ignored: list[str]
    barred: list[str]
    unknown_statuses: list[str]


class CarrierFilter(NamedTuple):
    """Which carriers are wanted; ``name`` is a part of the company's name. ``limit`` 0 is all."""

    name: str | None = None
    blocked: bool = False
    limit: int = 0
