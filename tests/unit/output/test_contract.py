"""The JSON keys are what the things have."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pytest

from negotiator.carriers.models import Block, Blocked, ImportedCarriers, ListedCarrier, Unblocked
from negotiator.conversations.models import CallDetail, ListedCall, Session, SessionStats
from negotiator.lab.backtest import Backtest, RoundChanges
from negotiator.lab.learn import Lesson
from negotiator.lab.ranking import Ranked
from negotiator.lab.simulate import Tried
from negotiator.loads.change import Cancelled
from negotiator.maintenance.findings import Check
from negotiator.negotiation.book import Booked
from negotiator.negotiation.models import Answer
from negotiator.negotiation.offers.models import Offer
from negotiator.negotiation.thread import Round
from negotiator.negotiation.undo import Reopened, Withdrawn
from negotiator.output import contract
from negotiator.policy.inquiry import AppliedPolicy
from negotiator.policy.store import Version
from negotiator.reports.adherence import DealAboveCeiling
from negotiator.reports.carrier import CarrierPast
from negotiator.reports.carrier_card import CarrierCard, LastRate
from negotiator.reports.lane import LanePast
from negotiator.reports.todo import Todo
from negotiator.reports.versions import VersionResult

WHOLE = [
    (Round, contract.EXPLAINED_ROUND),
    (Reopened, contract.REOPENED),
    (Withdrawn, contract.WITHDRAWN),
    (Booked, contract.BOOKED),
    (ListedCall, contract.CALL),
    (SessionStats, contract.SESSION_STATS),
    (Check, contract.CHECK),
    (Version, contract.POLICY),
    (AppliedPolicy, contract.APPLIED_POLICY),
    (DealAboveCeiling, contract.ABOVE_CEILING),
    (LanePast, contract.LANE),
    (CarrierPast, contract.CARRIER_PAST),
    (Offer, contract.OFFER),
    (Todo, contract.TODO),
    (Tried, contract.SIMULATED),
    (VersionResult, contract.VERSION_RESULT),
    (Lesson, contract.LESSON),
    (Ranked, contract.RANKED),
    (Backtest, contract.BACKTEST),
    (RoundChanges, contract.ROUND_CHANGES),
    (Cancelled, contract.CANCELLED),
    (ListedCarrier, contract.LISTED_CARRIER),
    (CarrierCard, contract.CARRIER),
    (Block, contract.BLOCK),
    (LastRate, contract.LAST_RATE),
    (Blocked, contract.BLOCKED),
    (Unblocked, contract.UNBLOCKED),
    (ImportedCarriers, contract.IMPORTED_CARRIERS),
]


def field_names(thing: type[Any]) -> tuple[str, ...]:
    """Return the fields of a dataclass or of a named tuple."""
    return getattr(thing, "_fields", None) or tuple(field.name for field in fields(thing))


@pytest.mark.parametrize(("thing", "keys"), WHOLE, ids=lambda value: getattr(value, "__name__", ""))
def test_the_keys_are_the_fields(thing: type[Any], keys: Sequence[str]) -> None:
    """All of them, in their order: a field that is added is added to the contract on purpose."""
    assert field_names(thing) == tuple(keys)


@pytest.mark.parametrize(
    ("thing", "keys"),
    [
        (Answer, contract.ANSWER),
        (CallDetail, contract.CALL_DETAIL),
        (Session, contract.SESSION),
        (Round, contract.ROUND),
    ],
)
def test_the_keys_are_fields(thing: type[Any], keys: Sequence[str]) -> None:
    """An answer has more than is printed, and some of it is worked out; a session's carrier is for tables."""
    assert [key for key in keys if key not in {*field_names(thing), *dir(thing)}] == []


def test_what_is_printed_stands_in_the_order_of_the_keys() -> None:
    """Whatever the order of the fields."""
    thing = Check("integrity", result="ok", detail="sound")  # type: ignore[arg-type] # any text will do
    assert contract.data(thing, ("detail", "check")) == {"detail": "sound", "check": "integrity"}
