"""An answer that is printed is in the file: what was written is read back."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import SchemaError
from tests.conftest import SESSION, contents, data, execute, run, select

ROUND = "AFTER INSERT ON negotiations"
CHANGES = [
    f"{ROUND} BEGIN DELETE FROM negotiations WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET session_id = NULL WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET session_id = 'sess_other' WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET round_number = 7 WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET carrier_offer = 1 WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET system_response = 'accepted!' WHERE id = NEW.id; END",
    f"{ROUND} BEGIN UPDATE negotiations SET request_id = 'b' WHERE id = NEW.id; END",
    "AFTER UPDATE ON calls BEGIN UPDATE calls SET outcome = 'negotiating!' WHERE id = NEW.id; END",
    "AFTER UPDATE ON calls BEGIN UPDATE calls SET final_rate_agreed = 1 WHERE id = NEW.id; END",
    "AFTER UPDATE ON calls BEGIN DELETE FROM calls WHERE id = NEW.id; END",
    "AFTER UPDATE ON calls BEGIN DELETE FROM negotiations WHERE call_id = NEW.id; END",
]
COUNTERS_ALONE = [  # what is accepted sets the status after that
    f"{ROUND} BEGIN UPDATE loads SET status = 'completed'; END",
    "AFTER UPDATE ON calls BEGIN UPDATE loads SET status = 'lost' WHERE load_id = NEW.load_id; END",
]


def ask(service: CallHandlingService) -> object:
    """Ask for a counter."""
    return service.negotiate(1, 2300, SESSION, request_id="a")


def accept(service: CallHandlingService) -> object:
    """Ask what is accepted."""
    return service.negotiate(1, 2100, SESSION, request_id="a")


def book(service: CallHandlingService) -> object:
    """Record a person's deal."""
    return service.book_call(1, 2400, by="kim")


@pytest.mark.parametrize(
    ("use", "change"),
    [*product([ask, accept], CHANGES), *product([ask], COUNTERS_ALONE)],
)
def test_what_a_trigger_changes_is_not_taken_for_written(
    service: CallHandlingService, desk: Path, use: Callable[[CallHandlingService], object], change: str
) -> None:
    """Exit 5, and nothing is kept; without the trigger the same ask is answered."""
    execute(desk, f"CREATE TRIGGER planted {change}")
    before = contents(desk)
    with pytest.raises(SchemaError, match="was not written"):
        use(service)
    assert contents(desk) == before
    execute(desk, "DROP TRIGGER planted")
    use(service)


@pytest.mark.parametrize(
    "change",
    [
        f"{ROUND} BEGIN DELETE FROM negotiations WHERE id = NEW.id; END",
        f"{ROUND} BEGIN UPDATE negotiations SET system_response = 'x' WHERE id = NEW.id; END",
        "AFTER UPDATE ON calls BEGIN UPDATE calls SET outcome = 'accepted!' WHERE id = NEW.id; END",
        "AFTER UPDATE ON calls BEGIN UPDATE calls SET final_rate_agreed = 7 WHERE id = NEW.id; END",
        "AFTER UPDATE ON loads BEGIN UPDATE loads SET status = 'lost' WHERE load_id = NEW.load_id; END",
    ],
)
@pytest.mark.parametrize("use", ["book", "reopen", "undo"])
def test_so_is_what_is_booked_and_taken_back(
    service: CallHandlingService, desk: Path, use: str, change: str
) -> None:
    """Each writes a row, a call and a load."""
    uses: dict[str, Callable[[], object]] = {
        "book": lambda: book(service),
        "reopen": lambda: service.reopen_call(1, "slip"),
        "undo": lambda: service.undo_round(1, "slip"),
    }
    if use != "book":
        accept(service)
    execute(desk, f"CREATE TRIGGER planted {change}")
    before = contents(desk)
    with pytest.raises(SchemaError, match="was not written"):
        uses[use]()
    assert contents(desk) == before


@pytest.mark.parametrize(
    "harmless",
    [
        f"{ROUND} BEGIN UPDATE negotiations SET timestamp = '2030-01-01 00:00:00' WHERE id = NEW.id; END",
        "AFTER UPDATE ON loads BEGIN UPDATE loads SET updated_at = '2030-01-01' WHERE load_id = NEW.load_id; END",
        "AFTER UPDATE ON calls BEGIN UPDATE calls SET call_end_time = '2030-01-01' WHERE id = NEW.id; END",
        f"{ROUND} BEGIN INSERT INTO audit VALUES (NEW.id); END",
    ],
)
def test_a_trigger_that_stamps_a_time_harms_nobody(
    service: CallHandlingService, desk: Path, harmless: str
) -> None:
    """Nor does one that keeps a list of its own."""
    execute(desk, "CREATE TABLE audit (id)", f"CREATE TRIGGER planted {harmless}")
    accept(service)
    service.undo_round(1, "slip")
    book(service)
    service.reopen_call(1, "slip")
    ask_again = service.negotiate(1, 2300, SESSION)
    assert ask_again.decision == "counter"


def test_the_command_says_where_to_look(desk: Path) -> None:
    """In batch too, where it ends the run."""
    execute(desk, f"CREATE TRIGGER planted {CHANGES[0]}")
    result = run("negotiate", 1, 2300)
    assert result.exit_code == 5
    assert "a row of negotiations in 'loads.db' was not written" in result.stderr
    assert "`negotiator check` names them" in result.stderr
    assert select(desk, "SELECT count(*) FROM negotiations") == [(0,)]
    execute(desk, "DROP TRIGGER planted")
    assert data("negotiate", 1, 2300)["round_number"] == 1


@pytest.mark.parametrize("affinity", ["TEXT", "INTEGER", "NUMERIC", "BLOB", ""])
def test_what_is_written_is_read_back_whatever_a_column_is_declared_as(old: Path, affinity: str) -> None:
    """Another program's table keeps amounts as text, or as whole numbers where they are."""
    columns = "round_number, carrier_offer, system_response, session_id, request_id, posted_rate, ceiling"
    execute(
        old,
        "ALTER TABLE negotiations RENAME TO before",
        f"""CREATE TABLE negotiations (id INTEGER PRIMARY KEY, call_id, timestamp, notes, load_id, policy_version,
                                       decided_by, {columns.replace(",", f" {affinity},")} {affinity})""",
        "UPDATE loads SET loadboard_rate = 2000.10 WHERE load_id = 'A1'",
    )
    with CallHandlingService.open(old) as service:
        assert service.negotiate(1, "2,150.50", SESSION, request_id="a").round_number == 1
        assert service.negotiate(1, 2000, SESSION).accepted
        service.undo_round(1, "slip")
        assert service.session_history(SESSION)[0].carrier_offer
