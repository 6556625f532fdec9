"""The routes of the load board: post a load, list them, search, show one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from negotiator.http.api import schemas
from negotiator.http.api.endpoint import Api, Given, Operation
from negotiator.loads import board
from negotiator.loads.filters import LoadFilter, LoadOrder, LoadStatus
from negotiator.loads.posted import posted_load, posted_loads
from negotiator.storage.database import LoadsFile
from negotiator.values.timestamps import parse_stored

_FOR_A_CALL = 5
"""How many loads are offered on a call."""


async def post_load(api: Api, given: Given) -> object:
    """Add a load, available."""

    def add(file: LoadsFile) -> dict[str, Any]:
        added = board.add_load(file, given.body, now=api.clock())
        return posted_load(file, added.load_id)

    return load_data(await api.desk.write(add))


async def list_loads(api: Api, given: Given) -> object:
    """Return loads of a status, by pick-up."""
    wanted = LoadFilter(status=LoadStatus(str(given.query["status"])))
    return await _found(api, wanted, given.query["limit"])


async def search_loads(api: Api, given: Given) -> object:
    """Return the available loads that are wanted, by pick-up."""
    asked = given.body
    wanted = LoadFilter(
        origin=_text(asked["origin"]),
        destination=_text(asked["destination"]),
        status=LoadStatus.AVAILABLE,
        min_rate=_rate(asked["min_rate"]),
        max_rate=_rate(asked["max_rate"]),
    )
    return await _found(api, wanted, asked["limit"], equipment=_text(asked["equipment_type"]))


async def show_load(api: Api, given: Given) -> object:
    """Return a load."""
    return load_data(await api.desk.read(lambda file: posted_load(file, str(given.path["load_id"]))))


def loads_for_a_call(file: LoadsFile) -> list[dict[str, object]]:
    """Return what can be offered on a call: the dearest loads that are available."""
    wanted = LoadFilter(status=LoadStatus.AVAILABLE, order=LoadOrder.RATE, descending=True)
    return [load_data(load) for load in posted_loads(file, wanted, dearest_first=True, limit=_FOR_A_CALL)]


async def _found(api: Api, wanted: LoadFilter, limit: object, *, equipment: str | None = None) -> object:
    most = limit if isinstance(limit, int) else 0
    found = await api.desk.read(lambda file: posted_loads(file, wanted, equipment=equipment, limit=most))
    return [load_data(load) for load in found]


def load_data(load: Mapping[str, Any]) -> dict[str, object]:
    """Return a load as it is sent: no status is ``available``, and a time that cannot be read is none."""
    found: dict[str, object] = {name: load[name] for name in schemas.LOAD}
    for name in ("pickup_datetime", "delivery_datetime", "created_at", "updated_at"):
        found[name] = _moment(found[name])
    return found | {"status": load["status"] or LoadStatus.AVAILABLE.value}


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else parse_stored(value)


def _text(value: object) -> str | None:
    """Return a text that is looked for; an empty one is none."""
    return value if isinstance(value, str) and value else None


def _rate(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


OPERATIONS = (
    Operation(
        "POST",
        "/api/loads",
        post_load,
        "Post a load",
        "LoadResponse",
        body="LoadCreate",
        body_fields=schemas.LOAD_CREATE,
        problems=(409, 413),
    ),
    Operation(
        "GET",
        "/api/loads",
        list_loads,
        "Loads of a status, by pick-up",
        ["LoadResponse"],
        query=schemas.LIST_LOADS,
    ),
    Operation(
        "POST",
        "/api/loads/search",
        search_loads,
        "Available loads that are wanted, by pick-up",
        ["LoadResponse"],
        body="LoadSearchRequest",
        body_fields=schemas.LOAD_SEARCH,
        problems=(413,),
    ),
    Operation(
        "GET",
        "/api/loads/{load_id}",
        show_load,
        "A load",
        "LoadResponse",
        parameters={"load_id": schemas.LOAD_ID},
        problems=(404,),
    ),
)
