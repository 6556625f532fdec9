"""What the server has done since it began, counted for Prometheus."""

from collections import Counter
from collections.abc import Iterator

from negotiator.http.desk import OpenDesk

_BOUNDS = (0.005, 0.025, 0.1, 0.5, 2.5)  # seconds


class Counters:
    """Requests by route and status, how long they took, and asks by decision. For one event loop."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._served: Counter[str] = Counter()
        self.asks: Counter[str] = Counter()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is the pattern of its path."""
        self._requests[method, route, status] += 1
        self._served[route] += 1
        self._seconds[route] += seconds  # type: ignore[assignment] # a Counter adds up floats as well
        for bound in _BOUNDS:
            if seconds <= bound:
                self._within[route, bound] += 1

    def text(self, desk: OpenDesk) -> str:
        """Return all of it in the text form that Prometheus reads."""
        return "\n".join([*self._lines(desk), ""])

    def _lines(self, desk: OpenDesk) -> Iterator[str]:
        yield from _heading("negotiator_http_requests_total", "counter", "Requests that were answered.")
        for (method, route, status), number in sorted(self._requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            yield f"negotiator_http_requests_total{{{labels}}} {number}"
        name = "negotiator_http_request_seconds"
        yield from _heading(name, "histogram", "How long a request took, until its answer was sent.")
        for route, number in sorted(self._served.items()):
            for bound in _BOUNDS:
                yield f'{name}_bucket{{route="{route}",le="{bound}"}} {self._within[route, bound]}'
            yield f'{name}_bucket{{route="{route}",le="+Inf"}} {number}'
            yield f'{name}_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'{name}_count{{route="{route}"}} {number}'
        yield from _heading("negotiator_asks_total", "counter", "Asks by what they were answered with.")
        for decision, number in sorted(self.asks.items()):
            yield f'negotiator_asks_total{{decision="{decision}"}} {number}'
        yield from _heading("negotiator_commits_total", "counter", "Commits of the one writer.")
        yield f"negotiator_commits_total {desk.groups}"


def _heading(name: str, kind: str, about: str) -> tuple[str, str]:
    return f"# HELP {name} {about}", f"# TYPE {name} {kind}"
