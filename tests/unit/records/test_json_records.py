"""Records of JSON: an array, one under a key, one record, or one a line."""

import io
from decimal import Decimal

import pytest

from negotiator.errors import InvalidLoadsError
from negotiator.progress import silent
from negotiator.records.json_records import line_records, object_records, text_records
from negotiator.records.lines import Lines
from negotiator.records.records import NESTED, Record, Records
from negotiator.records.subject import InvalidRecordsError, Subject

SUBJECT = Subject("load", "loads", InvalidLoadsError, {"id", "rate"})
ONE = '{"id": "a", "rate": 1}'


def objects(text: str) -> Records:
    """Return the records of a file that begins with an object."""
    lines = Lines(io.BytesIO(text.encode()), silent)
    return object_records(lines, lines.first_line(), SUBJECT)


def read(records: Records) -> tuple[str, list[Record], tuple[str, ...]]:
    """Return the unit, the records and what is left out."""
    assert (records.header, records.delimiter) == (None, None)
    return records.unit, list(records.records), records.left_out


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('[{"id": "a", "rate": 2300.10}]', [("a", Decimal("2300.10"))]),
        ('[{"id": null, "rate": true}, {"id": 1, "rate": false}]', [(None, True), (1, False)]),
        ('[{"id": [1], "rate": {"a": 1}}]', [(NESTED, NESTED)]),
        ("[]", []),
        (ONE, [("a", 1)]),
        (f'{{"loads": [{ONE}]}}', [("a", 1)]),
        (f'{{"page": {{"loads": [{ONE}]}}}}', [("a", 1)]),
        (f'{{"loads": {ONE}}}', [("a", 1)]),
        ('{"loads": []}', []),
    ],
)
def test_the_records_of_a_json_text_are_numbered_items(text: str, values: list[tuple[object, ...]]) -> None:
    """What is nested has no use; a number is exact."""
    unit, records, left_out = read(text_records(text, SUBJECT))
    assert (unit, left_out) == ("item", ())
    assert records == [(place, ("id", "rate"), list(each)) for place, each in enumerate(values, 1)]


def test_a_key_that_is_given_twice_is_seen_twice() -> None:
    """Which of the two is meant is for others to ask."""
    assert read(text_records('[{"id": 1, "id": 2}]', SUBJECT))[1] == [(1, ("id", "id"), [1, 2])]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        (f'{{"total": 1, "loads": [{ONE}], "next": null}}', ("total", "next")),
        (f'{{"page": {{"of": 3, "loads": [{ONE}]}}, "at": 1}}', ("at", "of")),
        (f'{{"meta": {{"a": 1}}, "loads": [{ONE}]}}', ("meta",)),
    ],
)
def test_what_stands_beside_the_records_is_named(text: str, left_out: tuple[str, ...]) -> None:
    """An array comes before an object."""
    assert read(text_records(text, SUBJECT)) == ("item", [(1, ("id", "rate"), ["a", 1])], left_out)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("5", "the file is not a JSON array", "put the loads between [ and ]"),
        ("[5]", "item 1 is not a JSON object", "give each load as {...}"),
        (f"[{ONE}, [1]]", "item 2 is not a JSON object", "give each load as {...}"),
        (
            '{"a": [], "b": [], "c": {}}',
            "the file is one JSON object, and its loads may be under 'a', 'b'",
            "give them as an array",
        ),
        (
            "{" + ", ".join(f'"{letter * 41}": []' for letter in "abcdef") + "}",
            "the file is one JSON object, and its loads may be under "
            + ", ".join(repr(letter * 40) for letter in "abcde"),
            "give them as an array",
        ),
        ("[NaN]", "the file is not JSON: NaN is not a number that JSON has", "check it with another program"),
        (
            "[1e9999999999999999999]",
            "the file is not JSON: a number in it is out of range",
            "check it with another program",
        ),
        ("[" * 100_000, "the file is not JSON: it is nested too deeply", "check it with another program"),
        (
            "[",
            "the file is not JSON: Expecting value: line 1 column 2 (char 1)",
            "check it with another program",
        ),
    ],
)
def test_what_is_no_json_of_records_is_refused(text: str, message: str, hint: str) -> None:
    """With the reason."""
    with pytest.raises(InvalidRecordsError) as refusal:
        read(text_records(text, SUBJECT))
    assert (refusal.value.message, refusal.value.hint) == (message, hint)


def test_an_object_without_keys_that_mean_something_is_a_record_all_the_same() -> None:
    """Nothing in it could be the records."""
    assert read(text_records('{"id": 1}', SUBJECT)) == ("item", [(1, ("id",), [1])], ())


@pytest.mark.parametrize(
    ("text", "unit", "places"),
    [
        (f"{ONE}\n{ONE}\n", "line", [1, 2]),
        (f"{ONE}\n{ONE}\n\n{ONE}\n{ONE}", "line", [1, 2, 4, 5]),
        (f"{ONE}\n", "line", [1]),
        (ONE, "line", [1]),
        (f"\n{ONE}\n\n \n{ONE}", "line", [2, 5]),
        (f'{{"loads": [{ONE}, {ONE}]}}\n', "item", [1, 2]),
        (f'{{"loads":\n[{ONE}]}}\n', "item", [1]),
        ('{\n"id": "a",\n"rate": 1}', "item", [1]),
    ],
)
def test_a_file_that_begins_with_an_object_is_lines_or_one_text(
    text: str, unit: str, places: list[int]
) -> None:
    """Lines where the first is a whole object; an envelope of one line is none of them."""
    found, records, _ = read(objects(text))
    assert (found, records) == (unit, [(place, ("id", "rate"), ["a", 1]) for place in places])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{ONE}\n5\n", "line 2 is not a JSON object"),
        (f"{ONE}\n{{\n", "line 2 is not JSON"),
        ('\n{"id": 1', "line 2 is not JSON"),
        ('\n{"id": 1\n\n', "line 2 is not JSON"),
        ('{"id":\n1', "the file is not JSON"),
    ],
)
def test_a_fault_of_a_line_has_its_number(text: str, message: str) -> None:
    """One of a text is the file's."""
    with pytest.raises(InvalidRecordsError) as refusal:
        read(objects(text))
    assert refusal.value.message.startswith(message)


def test_json_lines_are_numbered_as_in_the_file() -> None:
    """Blank ones count, and hold nothing."""
    texts = iter([(3, ONE), (4, " \n"), (5, ONE)])
    assert read(line_records(texts, SUBJECT)) == (
        "line",
        [(place, ("id", "rate"), ["a", 1]) for place in (3, 5)],
        (),
    )


def test_an_object_with_others_below_it_is_a_record_whatever_its_keys() -> None:
    """It is no envelope of them."""
    records = read(objects(f'{{"loads": [1]}}\n{ONE}\n'))
    assert records == ("line", [(1, ("loads",), [NESTED]), (2, ("id", "rate"), ["a", 1])], ())
