"""The sockets that a server listens on: its own, or those that systemd hands over."""

import os
import socket
from collections.abc import MutableMapping

from negotiator.errors import BadInputError

_FIRST = 3  # the descriptor of the first socket that is handed over: sd_listen_fds(3)
_BACKLOG = 2048


def sockets(environment: MutableMapping[str, str], host: str, port: int) -> list[socket.socket]:
    """Return the sockets that were handed over, else one on a host and a port (0: any that is free).

    Raises BadInputError when that address cannot be listened on.
    """
    return handed_over(environment) or [_own(host, port)]


def handed_over(environment: MutableMapping[str, str]) -> list[socket.socket]:
    """Return the sockets that whoever started this process opened for it: LISTEN_FDS, LISTEN_PID.

    The variables are taken away: they are not for the processes that this one starts.
    """
    count, process = environment.pop("LISTEN_FDS", ""), environment.pop("LISTEN_PID", "")
    environment.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or not count.isdecimal():
        return []
    found = [socket.socket(fileno=number) for number in range(_FIRST, _FIRST + int(count))]
    for given in found:
        given.set_inheritable(False)
    return found


def _own(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError, OverflowError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise BadInputError(
            f"port {port} of {host!r} cannot be listened on: {reason}", "name another port or address"
        ) from problem


def spelled(listening: socket.socket) -> str:
    """Return where a socket listens, as a URL if it is one on a network."""
    name = listening.getsockname()
    if listening.family == socket.AF_UNIX:
        return str(name)
    host = f"[{name[0]}]" if listening.family == socket.AF_INET6 else name[0]
    return f"http://{host}:{name[1]}"
