"""Which server the command line goes to: NEGOTIATOR_URL and NEGOTIATOR_API_KEY."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from negotiator.errors import InvalidSettingError

URL, KEY = "NEGOTIATOR_URL", "NEGOTIATOR_API_KEY"
_AS = f"set it as in {URL}=https://desk.example.com"


class Address(NamedTuple):
    """Where a server is, and the key to it. ``path`` stands before every route."""

    is_https: bool
    host: str
    port: int | None
    path: str
    key: str

    @property
    def is_exposed(self) -> bool:
        """Whether the key and every answer can be read on the way."""
        return not self.is_https and not _is_this_machine(self.host)


def address(environ: Mapping[str, str]) -> Address | None:
    """Return where the variables point, None without NEGOTIATOR_URL. Raises InvalidSettingError."""
    url = environ.get(URL)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise InvalidSettingError(f"{URL} is {url[:80]!r}, which is no address of a server", _AS)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidSettingError(f"{URL} has more in it than an address", f"{_AS}, and the key in {KEY}")
    return Address(parts.scheme == "https", host, port, parts.path.rstrip("/"), _key(environ))


def _key(environ: Mapping[str, str]) -> str:
    key = environ.get(KEY, "")
    if not key:
        raise InvalidSettingError(f"{URL} is set, and {KEY} is not", f"set {KEY} to a key of the server")
    if not key.isascii() or not key.isprintable() or key != key.strip():
        raise InvalidSettingError(f"{KEY} has characters that no key has", "copy the key again")
    return key


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
