"""What stands in a migration's way is said in a sentence, and what does not is kept, however it is spelled."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from negotiator.maintenance.foresight import foresee
from negotiator.maintenance.migrate import migrate
from negotiator.migrations import migrations
from tests.conftest import execute, run, select

AWAY = "rename it, then migrate again"
DROP = "drop it or rename it, then migrate again"
STATE = "coalesce(nullif(lower(trim(status, char(9, 10, 11, 12, 13, 32, 160))), ''), 'available')"
WORD = "nullif(lower(trim(system_response, char(9, 10, 11, 12, 13, 32, 160))), '')"
DECIDING = "'accepted', 'transfer_to_human', 'reopened', 'withdrawn', 'fell_through'"
UNIQUE = (
    "the index idx_negotiations_request_id is there, but not as one of negotiations (request_id), unique where "
    f"not NULL: {DROP}"
)
OBSTACLES = {
    "ALTER TABLE negotiations ADD COLUMN Notes TEXT AS ('x' || id)": (
        f"negotiations.Notes is a generated column: {AWAY}"
    ),
    "CREATE INDEX idx_calls_load_id ON calls (lower(load_id))": (
        f"the index idx_calls_load_id is there, but not as a plain index of calls (load_id): {DROP}"
    ),
    "CREATE INDEX Idx_Negotiations_Call_Session ON negotiations (call_id)": (
        "the index idx_negotiations_call_session is there, but not as a plain index of negotiations "
        f"(call_id, session_id): {DROP}"
    ),
    "CREATE INDEX Idx_Loads_State ON loads (status)": (
        f"the index idx_loads_state is there, but not as one of loads ({STATE}, pickup_datetime): {DROP}"
    ),
    "CREATE INDEX idx_carriers_digits ON calls (id)": (
        "the index idx_carriers_digits is there, but not as one of carriers (ltrim(replace(replace(replace(replace("
        f"upper(mc_number), 'MC', ''), '#', ''), '-', ''), ' ', ''), '0')): {DROP}"
    ),
    f"CREATE INDEX idx_negotiations_word ON negotiations ({WORD})": (
        f"the index idx_negotiations_word is there, but not as one of negotiations ({WORD}) WHERE {WORD} IN "
        f"({DECIDING}): {DROP}"
    ),
    "CREATE INDEX Idx_Negotiations_Request_Id ON negotiations (call_id)": UNIQUE,
    "CREATE UNIQUE INDEX idx_negotiations_request_id ON calls (id) WHERE id IS NOT NULL": UNIQUE,
    "CREATE VIEW Round_Facts AS SELECT 1": f"round_facts is there, and is another view or table: {AWAY}",
    "CREATE TABLE thread_facts (a)": f"thread_facts is there, and is another view or table: {AWAY}",
    "CREATE TABLE Call_Facts (CALL_ID, noted_by)": (
        f"call_facts is there and has no column fell_through_at, noted_at, reason_lost: {AWAY}"
    ),
}


@pytest.mark.parametrize(("made", "said"), OBSTACLES.items())
def test_what_stands_in_the_way_is_said(unmigrated: Path, made: str, said: str) -> None:
    """What it is, what was expected, and what to do."""
    execute(unmigrated, made)
    with closing(sqlite3.connect(unmigrated)) as db:
        assert foresee(db).obstacle == said
    assert run("check", unmigrated).exit_code == 5


def test_what_only_rows_show_is_said_by_the_step_itself(unmigrated: Path) -> None:
    """For whoever applies the steps with another program: values that repeat."""
    column = "ALTER TABLE negotiations ADD COLUMN request_id TEXT"
    execute(unmigrated, column, "UPDATE negotiations SET request_id = 'same' WHERE id < 3")
    said = f"negotiations.request_id is there and repeats a value: {AWAY}"
    with closing(Database(unmigrated)) as db, pytest.raises(ValueError, match=said):
        migrations.apply(db)


def test_a_table_that_took_the_place_of_a_dropped_view_is_said(unmigrated: Path) -> None:
    """However its name is spelled."""
    with closing(Database(unmigrated)) as db:
        migrations.apply(db, stop_before="m011_read_every_spelling")
    execute(unmigrated, "DROP VIEW thread_facts", "CREATE TABLE Thread_Facts (mine)")
    with closing(sqlite3.connect(unmigrated)) as db:
        assert foresee(db).obstacle == f"thread_facts is there, and is no view of ours: {AWAY}"


KEPT = {
    "call_facts": """CREATE TABLE Call_Facts (CALL_ID INTEGER PRIMARY KEY, Reason_Lost, FELL_THROUGH_AT, noted_by,
                                              NOTED_AT, mine)""",
    "idx_calls_load_id": "CREATE INDEX IDX_Calls_Load_ID ON Calls (LOAD_ID)",
    "idx_negotiations_word": f"""create index "IDX_negotiations_word" on [negotiations]({WORD})
                                 where {WORD} in ({DECIDING})""",
    "idx_calls_carrier": "CREATE INDEX IDX_Calls_Carrier ON calls (id)",
    "idx_loads_lane": "CREATE INDEX IDX_Loads_Lane ON loads (origin)",
}


@pytest.mark.parametrize(("name", "made"), KEPT.items())
def test_what_is_there_already_is_kept_however_it_is_spelled(unmigrated: Path, name: str, made: str) -> None:
    """Names ignore case; a statement may be spaced and quoted otherwise."""
    execute(unmigrated, made)
    migrate(unmigrated)
    assert select(unmigrated, "SELECT sql FROM sqlite_master WHERE lower(name) = ?", name) == [
        (made.replace("create index", "CREATE INDEX"),)
    ]
    assert run("negotiate", 1, 2100, "--db", unmigrated).exit_code == 0
