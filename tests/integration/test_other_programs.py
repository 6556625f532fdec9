"""What another program's models require is in the rows that we add."""

from pathlib import Path

import pytest

from tests.conftest import run, select

REQUIRED = {
    "loads": "load_id origin destination pickup_datetime delivery_datetime equipment_type loadboard_rate status "
    "created_at updated_at",
    "carriers": "mc_number company_name is_verified created_at updated_at",
    "calls": "id call_start_time negotiation_rounds transferred_to_rep",
    "negotiations": "id call_id round_number timestamp",
}
"""The columns that a reader with a typed model cannot do without."""
LOAD = (
    "--origin Reno --destination Boise --pickup 2030-01-01 --delivery 2030-01-02 --equipment Van --rate 900"
)
LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nN2,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)


@pytest.mark.parametrize("file", ["new", "old"])
def test_the_rows_that_we_add_have_what_other_programs_require(
    file: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Through every command that adds one, in our own file and in another program's."""
    path = tmp_path / "new.db"
    if file == "old":
        path = request.getfixturevalue("old")
    else:
        run("init", path, "--sample")
    Path("loads.csv").write_text(LOADS)
    before = {table: held(path, table) for table in REQUIRED}
    for command in (
        f"load add N1 {LOAD}",
        "load import loads.csv",
        "call start --load N1 --carrier MC123",
        "call start --load N2 --carrier MC124 --company Swift",
        "negotiate CALL 1000",
        "negotiate CALL 900",
        "call reopen CALL --reason slip",
        "call end CALL --outcome rejected",
    ):
        call = str(select(path, "SELECT max(id) FROM calls")[0][0])
        result = run(*command.replace("CALL", call).split(), "--db", path)
        assert result.exit_code == 0, result.output
    for table, columns in REQUIRED.items():
        added = held(path, table) - before[table]
        assert added, table
        assert not [row for row in added if None in row], f"{table}: {columns}"


def held(path: Path, table: str) -> set[tuple[object, ...]]:
    """Return the required columns of each row."""
    return set(select(path, f"SELECT {', '.join(REQUIRED[table].split())} FROM {table}"))


def test_a_new_files_own_rows_have_them_too(tmp_path: Path) -> None:
    """The sample."""
    run("init", "--sample")
    for table in REQUIRED:
        assert not [row for row in held(tmp_path / "loads.db", table) if None in row], table
