"""The few figures of a dashboard, over cells as other programs write them."""

from pathlib import Path

import pytest

from negotiator.reports.dashboard import CallMetrics, LoadMetrics, call_metrics, load_metrics
from negotiator.storage.database import LoadsFile
from tests.conftest import execute


def test_calls_are_counted_by_what_came_of_them(desk: Path) -> None:
    """Rounds are those of the calls that have a whole number of them; blanks are no words."""
    execute(
        desk,
        "DELETE FROM calls",
        """INSERT INTO calls (outcome, sentiment, negotiation_rounds) VALUES
             ('accepted', 'positive', 1), (' Accepted', NULL, 4), ('rejected', ' Positive ', 0), ('', ' ', -3),
             (NULL, 'negative', NULL), ('lost', NULL, 'many'), ('rejected', NULL, 2.5), ('accepted ', NULL, 4)""",
    )
    with LoadsFile.open(desk) as file:
        assert call_metrics(file) == CallMetrics(
            total_calls=8,
            successful_bookings=3,
            conversion_rate=37.5,
            average_negotiation_rounds=3.0,
            sentiment_distribution={"negative": 1, "positive": 2},
            outcome_distribution={"accepted": 3, "lost": 1, "rejected": 2},
        )


def test_loads_are_counted_by_where_they_stand(desk: Path) -> None:
    """None at all is available; what is no rate is in no mean."""
    execute(
        desk,
        "DELETE FROM loads",
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate, status) VALUES
             ('A', '', '', '', '', '', 1000, 'available'), ('B', '', '', '', '', '', 2000, ' Booked'),
             ('C', '', '', '', '', '', 0, 'COMPLETED'), ('D', '', '', '', '', '', -5, NULL),
             ('E', '', '', '', '', '', 'ask', ' '), ('F', '', '', '', '', '', 4500, 'lost')""",
    )
    with LoadsFile.open(desk) as file:
        assert load_metrics(file) == LoadMetrics(6, 3, 1, 1, 2500.0)


@pytest.mark.parametrize("table", ["calls", "loads"])
def test_of_nothing_every_figure_is_0(desk: Path, table: str) -> None:
    """Not null: a dashboard draws it."""
    execute(desk, "DELETE FROM calls", "DELETE FROM loads")
    with LoadsFile.open(desk) as file:
        found: tuple[object, ...] = call_metrics(file) if table == "calls" else load_metrics(file)
    assert found == ((0, 0, 0.0, 0.0, {}, {}) if table == "calls" else (0, 0, 0, 0, 0.0))
