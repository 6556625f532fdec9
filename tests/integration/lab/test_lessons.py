"""What is made of lessons: the document that they are written into, and the evidence that stands beside it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from negotiator.lab import learn as module
from negotiator.lab.learn import Learned, Lesson, evidence, learn
from negotiator.lab.ranking import Ranked
from negotiator.policy.decide import Policy
from negotiator.policy.parsing import parse_document
from negotiator.policy.store import learn_policy
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from tests.conftest import data, execute, select

NOW = datetime(2025, 10, 1, tzinfo=UTC)
STEP = Ranked(3, Decimal("1.25"), 1.5, 0.25, 2.75, is_step=True)
DESK = Lesson(
    origin=None,
    destination=None,
    equipment=None,
    threads=260,
    heard=(200, 40),
    silence_foretold=(0.1, 0.254),
    silence_seen=(0.11, 0.3),
    rounds=3,
    firmness=Decimal("1.5"),
    new_rounds=3,
    new_firmness=Decimal("1.25"),
    why="the step that gains most",
    ranked=(replace(STEP, rounds=2, gain=9.0), STEP),
)
TRAILER = replace(DESK, equipment="Reefer", threads=220)
LANE = replace(TRAILER, origin="Reno, NV", destination="Boise, ID", threads=210)
LEARNED = {"rounds": 3, "firmness": 1.25, "learned": "firmness from 210 threads of this lane"}


@pytest.fixture
def learned(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a function
    """Give a function that writes lessons into a document (none at first), and returns what is in force."""

    def write(document: dict[str, Any] | None, *lessons: Lesson) -> Any:  # noqa: ANN401 - JSON
        monkeypatch.setattr(module, "_places", lambda *_: list(lessons))
        monkeypatch.setattr(module, "lesson_of", lambda place: place)
        execute(desk, "DELETE FROM policies")
        told: list[tuple[str, int, int]] = []
        with LoadsFile.open(desk) as file:
            if document is not None:
                learn_policy(file, parse_document(document), by="bea", now=NOW, reason="before")
            source = PolicySource.from_policy(
                Policy(rounds=5, firmness=Decimal("1.5"), increment=Decimal(25))
            )
            done = learn(file, source, now=NOW, by="ann", progress=lambda *words: told.append(words))
        assert done.lessons == lessons
        assert [words for words in told if words[0] == "learning"] == [
            ("learning", place, len(lessons)) for place in range(len(lessons))
        ]
        assert done.saved
        return data("policy", "show")["document"]

    return write


def test_a_lesson_for_the_desk_is_written_beside_what_is_in_force(learned: Any, desk: Path) -> None:  # noqa: ANN401 - as above
    """Where the file has no policy, all that counted without one stands in it from now on."""
    told = "firmness from 260 threads of the desk"
    both = replace(DESK, new_rounds=2, ranked=(replace(STEP, rounds=2),))
    assert learned(None, DESK) == {
        "desk": {"ceiling_percent": 10, "rounds": 5, "firmness": 1.25, "increment": 25, "learned": told}
    }
    assert learned({"desk": {"rounds": 3}}, DESK)["desk"] == {"rounds": 3, "firmness": 1.25, "learned": told}
    fewer = replace(
        both, new_firmness=DESK.firmness, ranked=(replace(STEP, rounds=2, firmness=DESK.firmness),)
    )
    assert learned({"desk": {"rounds": 3}}, fewer)["desk"] == {
        "rounds": 2,
        "learned": "rounds from 260 threads of the desk",
    }
    assert learned({"desk": {"rounds": 3}}, both)["desk"] == {
        "rounds": 2,
        "firmness": 1.25,
        "learned": "rounds, firmness from 260 threads of the desk",
    }
    assert select(desk, "SELECT created_by, reason FROM policies ORDER BY version DESC LIMIT 1") == [
        ("ann", evidence(both))
    ]


def test_a_lane_stands_before_its_trailer_and_a_person_s_rule_before_both(learned: Any) -> None:  # noqa: ANN401 - as above
    """A rule that was learned before is changed where it stands."""
    lane = {"origin": "Reno, NV", "destination": "Boise, ID", "equipment": "Reefer"}
    trailer = {"equipment": "Reefer"}
    of_trailer = LEARNED | {"learned": "firmness from 220 threads of this trailer"}
    own = {"origin": "CA", "rounds": 1}
    assert learned({"desk": {"rounds": 3}, "rule": [own]}, TRAILER, LANE)["rule"] == [
        own,
        lane | LEARNED,
        trailer | of_trailer,
    ]
    assert learned({"desk": {"rounds": 3}, "rule": [own]}, TRAILER)["rule"] == [own, trailer | of_trailer]
    before = {"rounds": 3, "firmness": 1.75, "learned": "before"}
    older = [own, lane | before, trailer | before]
    assert learned({"desk": {"rounds": 3}, "rule": older}, LANE)["rule"] == [
        own,
        lane | LEARNED,
        trailer | before,
    ]
    assert learned({"desk": {"rounds": 3}, "rule": older}, TRAILER)["rule"] == [
        own,
        lane | before,
        trailer | of_trailer,
    ]
    other = lane | {"origin": "Omaha, NE"} | before
    assert learned({"desk": {"rounds": 3}, "rule": [own, other, trailer | before]}, LANE)["rule"] == [
        own,
        other,
        lane | LEARNED,
        trailer | before,
    ]
    assert learned({"desk": {"rounds": 3}, "rule": [own, trailer | before]}, LANE)["rule"] == [
        own,
        lane | LEARNED,
        trailer | before,
    ]


SAID = (
    "rounds 3 to 3, firmness 1.5 to 1.25; {threads} threads; heard after each counter 200/40; silent after each"
    " 10 % foretold and 11 % seen, 25 % foretold and 30 % seen; better by 1.5 (0.25 to 2.75) dollars a thread"
    " per 1,000 posted, in the model"
)


@pytest.mark.parametrize(
    ("lesson", "name"),
    [
        (DESK, "desk"),
        (TRAILER, "Reefer"),
        (LANE, "Reefer Reno, NV to Boise, ID"),
        (replace(LANE, equipment=None), "Reno, NV to Boise, ID"),
    ],
)
def test_the_evidence_is_a_line(lesson: Lesson, name: str) -> None:
    """Of which cell, from what to what, on how many threads, and what it gains."""
    assert evidence(lesson) == f"{name}: {SAID.format(threads=lesson.threads)}"


def test_nothing_is_written_without_a_name_or_a_change(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look changes nothing."""
    kept = replace(DESK, new_rounds=None, new_firmness=None)
    source = PolicySource.from_policy(Policy())
    monkeypatch.setattr(module, "lesson_of", lambda place: place)
    for lesson, by in ((DESK, None), (kept, "ann")):
        monkeypatch.setattr(module, "_places", lambda *_, lesson=lesson: [lesson])
        with LoadsFile.open(desk) as file:
            assert learn(file, source, now=NOW, by=by) == Learned((lesson,), None)
    assert select(desk, "SELECT count(*) FROM policies") == [(0,)]
