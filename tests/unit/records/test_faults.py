"""All that is wrong with a file is told at once, each fault once, in order, with what to do."""

import pytest

from negotiator.errors import InvalidLoadsError, NegotiatorError, Remedy
from negotiator.records.faults import MOST_FAULTS, Faults
from negotiator.records.subject import Subject, normalize

SUBJECT = Subject("load", "loads", InvalidLoadsError, {"loadid", "origin", "rate"})
AS_IN_THE_TABLE = "name the columns as in the table"


def refusal_of(faults: Faults) -> NegotiatorError:
    """Return what is raised about a file of faults."""
    assert faults
    with pytest.raises(InvalidLoadsError) as refusal:
        faults.refuse("'loads.csv'")
    return refusal.value


def test_a_file_without_faults_is_not_refused() -> None:
    """Nothing is raised."""
    faults = Faults("line", SUBJECT)
    assert not faults
    assert not faults.are_many
    faults.refuse("'loads.csv'")


@pytest.mark.parametrize(
    ("unknown", "nameless", "message"),
    [
        (["colour"], [], "'colour' is no column of a load"),
        (["Orign", "colour"], [], "'Orign' (origin?), 'colour' are no columns of a load"),
        (["Load ID"], [], "'Load ID' is no column of a load"),
        ([], ["column 3"], "column 3 has no name"),
        ([], ["column 3", "column 5"], "column 3, column 5 have no name"),
        (["colour"], ["column 3"], "'colour' is no column of a load; column 3 has no name"),
    ],
)
def test_headings_that_mean_nothing_are_named(unknown: list[str], nameless: list[str], message: str) -> None:
    """With what is most likely meant, unless that is what it says."""
    faults = Faults("line", SUBJECT)
    faults.of_headings(unknown, nameless)
    refusal = refusal_of(faults)
    assert refusal.message == f"'loads.csv' was not imported: {message}"
    assert (refusal.hint, refusal.remedy) == (AS_IN_THE_TABLE, Remedy.NAME_COLUMNS)


def test_of_many_headings_that_mean_nothing_twenty_are_named() -> None:
    """They are of another file altogether."""
    faults = Faults("line", SUBJECT)
    faults.of_headings([f"x{number}" for number in range(30)], [])
    assert refusal_of(faults).message.count("'x") == MOST_FAULTS == 20


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (None, "there is no column for origin, rate"),
        (3, "there is no column for origin, rate (in item 3 the load is new)"),
    ],
)
def test_columns_that_are_missing_are_named(place: int | None, message: str) -> None:
    """With the record that needs them, if only some do."""
    faults = Faults("item", SUBJECT, Remedy.MAP_COLUMNS)
    faults.of_missing(["origin", "rate"], place)
    faults.of_missing(["origin", "rate"], place)
    refusal = refusal_of(faults)
    assert refusal.message == f"'loads.csv' was not imported: {message}"
    assert refusal.remedy is Remedy.MAP_COLUMNS


def test_faults_of_the_file_come_first_and_then_those_of_records_in_order() -> None:
    """Each hint is given once; the remedy is the first there is."""
    faults = Faults("line", SUBJECT)
    faults.of_record(5, NegotiatorError("it is blank", "give one"), "rate")
    faults.of_record(2, NegotiatorError("it is no time", "give a time", remedy=Remedy.MAP_COLUMNS))
    faults.of_record(2, NegotiatorError("it is too long", "give one"), "notes")
    faults.of_file(NegotiatorError("the file is odd", ""))
    refusal = refusal_of(faults)
    assert refusal.message == (
        "'loads.csv' was not imported: the file is odd; line 2: it is no time; line 2: notes: it is too long;"
        " line 5: rate: it is blank"
    )
    assert (refusal.hint, refusal.remedy) == ("give a time; give one", Remedy.MAP_COLUMNS)


def test_faults_without_a_hint_have_one_together() -> None:
    """And no remedy."""
    faults = Faults("line", SUBJECT)
    faults.of_record(1, NegotiatorError("it is odd"))
    refusal = refusal_of(faults)
    assert (refusal.hint, refusal.remedy) == ("correct that; nothing was changed", None)


@pytest.mark.parametrize(("number", "are_many", "told"), [(19, False, 19), (20, True, 20), (21, True, 20)])
def test_twenty_faults_of_records_are_told(number: int, are_many: object, told: int) -> None:
    """And that there may be more."""
    faults = Faults("line", SUBJECT)
    for place in range(number):
        faults.of_record(place, NegotiatorError("it is odd"))
    assert faults.are_many is are_many
    message = refusal_of(faults).message
    assert message.count("it is odd") == told
    assert message.endswith("; there may be more") is are_many


@pytest.mark.parametrize(
    ("heading", "plain"),
    [("Load ID", "loadid"), ("LOAD_ID#", "loadid"), ("\xc9tat 2", "\xe9tat2"), ("--", "")],
)
def test_of_a_heading_letters_and_digits_count(heading: str, plain: str) -> None:
    """In any case."""
    assert normalize(heading) == plain
    assert SUBJECT.knows(heading) is (plain == "loadid")


@pytest.mark.parametrize(
    ("heading", "meant"),
    [
        ("Orign", "origin"),
        ("rates", "rate"),
        ("load", "loadid"),
        ("loa", None),
        ("Load-ID ", "loadid"),
        ("x", None),
    ],
)
def test_a_slip_of_the_pen_is_nearly_a_heading(heading: str, meant: str | None) -> None:
    """Four fifths of it."""
    assert SUBJECT.similar(heading) == meant
