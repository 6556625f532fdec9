"""Records of a CSV file: its delimiter, its headings, its rows with their lines."""

import pytest

from negotiator.records.records import Record, Records
from negotiator.records.subject import InvalidRecordsError
from negotiator.records.tables import table_records


def table(text: str, first: int = 1) -> Records:
    """Return the records of a table whose first line has this number."""
    return table_records(iter([*enumerate(text.splitlines(keepends=True), first)]))


@pytest.mark.parametrize(
    ("text", "delimiter", "header", "rows"),
    [
        ("a,b\n1,2\n", ",", ("a", "b"), [(2, ["1", "2"])]),
        ("a;b\n1;2,5\n", ";", ("a", "b"), [(2, ["1", "2,5"])]),
        ("a\tb\n1\t2\n", "\t", ("a", "b"), [(2, ["1", "2"])]),
        ("a|b\n1|2\n", "|", ("a", "b"), [(2, ["1", "2"])]),
        ("a,b;c;d\n1;2;3\n", ";", ("a,b", "c", "d"), [(2, ["1", "2", "3"])]),
        ("a,b;c\n1,2\n", ",", ("a", "b;c"), [(2, ["1", "2"])]),
        ('"a;b;c",d\n1,2\n', ",", ("a;b;c", "d"), [(2, ["1", "2"])]),
        ("a\n1\n", ",", ("a",), [(2, ["1"])]),
        ("sep=;\na;b\n1;2\n", ";", ("a", "b"), [(3, ["1", "2"])]),
        ('"SEP=|",,\na|b,c\n1|2\n', "|", ("a", "b,c"), [(3, ["1", "2"])]),
        ("a, b\n1, 2\n", ",", ("a", "b"), [(2, ["1", "2"])]),
        ('a,b\n"x\ny",2\n\n , \n3,4\n', ",", ("a", "b"), [(2, ["x\ny", "2"]), (6, ["3", "4"])]),
        (
            "a,b\n1,2,, \n1,2,,3\n1\n",
            ",",
            ("a", "b"),
            [(2, ["1", "2"]), (3, ["1", "2", "", "3"]), (4, ["1"])],
        ),
        ("a,b\n1,\n1, ,\n", ",", ("a", "b"), [(2, ["1", ""]), (3, ["1", ""])]),
        ("a,b\n", ",", ("a", "b"), []),
    ],
)
def test_a_table_is_read_by_what_divides_its_headings(
    text: str, delimiter: str, header: tuple[str, ...], rows: list[tuple[int, list[str]]]
) -> None:
    """A row has the line on which it begins; a blank one is none, nor are blank cells past the headings."""
    records = table(text)
    expected: list[Record] = [(number, header, cells) for number, cells in rows]
    assert (records.unit, records.delimiter, records.header) == ("line", delimiter, header)
    assert list(records.records) == expected
    assert records.left_out == ()


def test_lines_are_numbered_as_in_the_file() -> None:
    """Blank ones before the headings count."""
    assert [record[0] for record in table("a,b\n1,2\n3,4\n", 7).records] == [8, 9]


@pytest.mark.parametrize("text", ["sep=;\n", "sep=;\n\n", "sep=,\n , \n"])
def test_a_table_without_headings_is_refused(text: str) -> None:
    """With how a table begins."""
    with pytest.raises(InvalidRecordsError) as refusal:
        table(text)
    assert (refusal.value.message, refusal.value.hint) == (
        "line 2 names no columns",
        "begin with a line of headings",
    )


def test_a_cell_past_all_bounds_is_refused_with_its_line() -> None:
    """Among the headings too, by which the delimiter is found."""
    for text, line in ((f"{'x' * 200_000},b\n", 1), (f"a,b\n{'x' * 200_000},2\n", 2)):
        with pytest.raises(InvalidRecordsError, match=f"^line {line} is not CSV: field larger than"):
            list(table(text).records)


@pytest.mark.parametrize(
    ("text", "line"), [('a,b\n1,"2\n3,4\n', 2), ('a,b\n1,2\n"x"y,2\n', 3), ('a,b\n1,2\n\n3,"4', 4)]
)
def test_a_quote_that_is_never_closed_is_refused_with_its_line(text: str, line: int) -> None:
    """Else it would swallow the rest of the file."""
    with pytest.raises(InvalidRecordsError) as refusal:
        list(table(text).records)
    assert refusal.value.message.startswith(f"line {line} is not CSV: ")
    assert refusal.value.hint == "check its quotes and commas"
