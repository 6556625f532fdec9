"""The routes about the desk and about the server: figures for a dashboard, health, Prometheus."""

from http import HTTPStatus

from starlette.responses import Response

import negotiator
from negotiator.http.api.endpoint import Api, Given, Operation
from negotiator.http.api.problems import RETRY_SECONDS, Refusal
from negotiator.reports.dashboard import call_metrics, load_metrics

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


async def greet(api: Api, _given: Given) -> object:
    """Say what this is."""
    return {
        "message": "negotiator",
        "version": negotiator.__version__,
        "status": "active",
        "timestamp": api.clock(),
    }


async def health(api: Api, _given: Given) -> object:
    """Say whether the file can be read and written now: it is asked."""
    fault = await api.desk.fault()
    if fault is not None:
        body = {"status": "unhealthy", "database": fault}
        raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, body, retry_after=str(RETRY_SECONDS))
    services = {"fmcsa": "not used", "load_matching": "active", "call_handling": "active"}
    return {"status": "healthy", "database": "connected", "services": services}


async def metrics_of_calls(api: Api, _given: Given) -> object:
    """Return the figures of all calls."""
    return (await api.desk.read(call_metrics))._asdict()


async def metrics_of_loads(api: Api, _given: Given) -> object:
    """Return the figures of all loads."""
    return (await api.desk.read(load_metrics))._asdict()


async def for_prometheus(api: Api, _given: Given) -> object:
    """Return what the server has done since it began."""
    return Response(api.counters.text(api.desk), headers={"content-type": _PROMETHEUS})


OPERATIONS = (
    Operation("GET", "/", greet, "What this is", "Greeting", needs_key=False),
    Operation(
        "GET", "/health", health, "Whether the file can be read and written now", "Health", needs_key=False
    ),
    Operation("GET", "/api/metrics/calls", metrics_of_calls, "The figures of all calls", "CallMetrics"),
    Operation("GET", "/api/metrics/loads", metrics_of_loads, "The figures of all loads", "LoadMetrics"),
    Operation(
        "GET", "/metrics", for_prometheus, "What the server has done, in Prometheus' text form", "text/plain"
    ),
)
