"""A small load board to try things on: real lanes, made-up carriers, calls that wait for a first ask."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from negotiator.values import timestamps

# load_id, origin, destination, equipment, posted rate, miles, weight (pounds), commodity, pieces, days ahead
_LOADS = (
    ("LD001", "Los Angeles, CA", "Phoenix, AZ", "Dry Van", 1250, 372, 41000, "Electronics", 22, 1),
    ("LD002", "Chicago, IL", "Dallas, TX", "Reefer", 2100, 925, 38500, "Produce", 24, 1),
    ("LD003", "Atlanta, GA", "Miami, FL", "Dry Van", 1800, 663, 36200, "Apparel", 26, 2),
    ("LD004", "Denver, CO", "Seattle, WA", "Flatbed", 2950, 1318, 44000, "Steel coil", 6, 2),
    ("LD005", "Houston, TX", "New York, NY", "Dry Van", 3600, 1628, 39800, "Medical supplies", 18, 3),
    ("LD006", "Portland, OR", "Las Vegas, NV", "Dry Van", 1975, 978, 40200, "Furniture", 20, 3),
    ("LD007", "Tampa, FL", "Nashville, TN", "Reefer", 1650, 701, 42000, "Frozen food", 24, 4),
    ("LD008", "Phoenix, AZ", "San Antonio, TX", "Dry Van", 1850, 983, 35500, "Auto parts", 30, 4),
    ("LD009", "Kansas City, MO", "Minneapolis, MN", "Dry Van", 1100, 436, 37700, "Paper", 28, 5),
    ("LD010", "Sacramento, CA", "Salt Lake City, UT", "Flatbed", 1700, 650, 45500, "Lumber", 12, 5),
    ("LD011", "Memphis, TN", "Columbus, OH", "Dry Van", 1450, 594, 33900, "Toys", 32, 6),
    ("LD012", "Newark, NJ", "Charlotte, NC", "Reefer", 1725, 625, 40900, "Dairy", 22, 6),
)
_CARRIERS = (
    ("MC401122", "Blue Mesa Freight LLC", "505-555-0122"),
    ("MC518340", "Great Plains Carriers Inc", "402-555-0140"),
    ("MC622917", "Harbor Line Trucking", "410-555-0117"),
    ("MC730458", "Two Rivers Transport", "412-555-0158"),
    ("MC845561", "Cold Front Logistics", "651-555-0161"),
)
# carrier, load, minutes ago; the first call is about the first load, so that `negotiate 1` tells a story
_CALLS = (
    ("MC845561", "LD002", 12),
    ("MC401122", "LD001", 9),
    ("MC622917", "LD003", 7),
    ("MC730458", "LD004", 5),
    ("MC518340", "LD009", 4),
    ("MC401122", "LD002", 1),
)


def insert_sample(db: Database, now: datetime) -> None:
    """Put the sample into an empty file. Pick-ups lie in the days after ``now``."""
    stamps = {"created_at": timestamps.format_stored(now), "updated_at": timestamps.format_stored(now)}
    db.table("loads").insert_all(_load(values, now) | stamps for values in _LOADS)
    db.table("carriers").insert_all(
        {"mc_number": number, "company_name": name, "phone": phone, "status": "active", "is_verified": 1}
        | stamps
        for number, name, phone in _CARRIERS
    )
    db.table("calls").insert_all(
        {
            "carrier_mc_number": carrier,
            "load_id": load_id,
            "call_start_time": timestamps.format_stored(now - timedelta(minutes=minutes)),
            "outcome": "negotiating",
            "negotiation_rounds": 0,
            "transferred_to_rep": 0,
        }
        for carrier, load_id, minutes in _CALLS
    )


def _load(
    values: tuple[str, str, str, str, int, int, int, str, int, int], now: datetime
) -> dict[str, object]:
    load_id, origin, destination, equipment, rate, miles, weight, commodity, pieces, days = values
    pickup = now.replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {
        "load_id": load_id,
        "origin": origin,
        "destination": destination,
        "pickup_datetime": timestamps.format_stored(pickup),
        "delivery_datetime": timestamps.format_stored(pickup + timedelta(hours=8 + miles / 45)),
        "equipment_type": equipment,
        "loadboard_rate": float(rate),
        "weight": float(weight),
        "commodity_type": commodity,
        "num_of_pieces": pieces,
        "miles": float(miles),
        "status": "available",
    }
