"""Texts that are made in parts."""

import pytest

from negotiator.output.formats import Format, json_parts, json_text, row_lines, rows_text


def test_json_in_parts_is_json_as_a_whole() -> None:
    """Of a list that is an iterator, each item is made when its turn comes."""
    items: list[object] = [{"a": [1, {"b": "line\nend\x7f"}], "c": {}}, [], 1.5, None]
    for listed in (items, []):
        record = {"before": {"x": [1, 2]}, "items": listed, "after": [{"y": True}]}
        assert "".join(json_parts({**record, "items": iter(listed)})) == json_text(record)
    waiting = iter(items)
    parts = json_parts({"items": waiting})
    while "line" not in next(parts):
        pass
    assert len(list(waiting)) == len(items) - 1


@pytest.mark.parametrize(("form", "headings"), [(Format.JSONL, 0), (Format.CSV, 1), (Format.CSV_SAFE, 1)])
def test_rows_are_made_line_by_line(form: Format, headings: int) -> None:
    """Together they are the text; the second is not made before it is asked for."""
    rows: list[dict[str, object]] = [{"a": 1, "b": "=x"}, {"a": None, "b": "y,z"}, {"a": 2, "b": ""}]
    waiting = iter(rows)
    lines = row_lines(waiting, ["a", "b"], form)
    made = [next(lines) for _ in range(headings + 1)]
    assert next(waiting) == rows[1]
    made += lines
    assert "\n".join(made) == rows_text([rows[0], rows[2]], ["a", "b"], form)
