"""Which server the command line goes to."""

import pytest

from negotiator.errors import InvalidSettingError
from negotiator.remote.address import Address, address

KEY = "a-key"
HINT = "set it as in NEGOTIATOR_URL=https://desk.example.com"


def of(url: str | None, key: str | None = KEY) -> Address | None:
    """Return the address that the variables give."""
    environ = {"NEGOTIATOR_URL": url, "NEGOTIATOR_API_KEY": key}
    return address({name: value for name, value in environ.items() if value is not None})


@pytest.mark.parametrize("url", [None, ""])
@pytest.mark.parametrize("key", [None, KEY])
def test_without_a_url_there_is_no_server(url: str | None, key: str | None) -> None:
    """A key alone goes nowhere."""
    assert of(url, key) is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://desk.example.com", (True, "desk.example.com", None, "")),
        ("https://desk.example.com/", (True, "desk.example.com", None, "")),
        ("HTTPS://Desk.Example.com:8443/api//", (True, "desk.example.com", 8443, "/api")),
        ("http://localhost:8000/a/b/", (False, "localhost", 8000, "/a/b")),
        ("http://[::1]:8000", (False, "::1", 8000, "")),
    ],
)
def test_an_address_has_a_scheme_a_host_a_port_and_a_path(
    url: str, found: tuple[bool, str, int | None, str]
) -> None:
    """The path stands before every route, without a slash at its end."""
    assert of(url) == Address(*found, KEY)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "desk.example.com",
            "desk",
            "ftp://desk.example.com",
            "https://",
            "https:///path",
            "//desk.example.com",
        ),
        *("https://desk:port", "https://desk:99999", "https://[::1", "file:///etc/passwd"),
    ],
)
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    """By the name of the variable."""
    with pytest.raises(InvalidSettingError) as refusal:
        of(url)
    assert refusal.value.message == f"NEGOTIATOR_URL is {url!r}, which is no address of a server"
    assert refusal.value.hint == HINT


def test_a_long_address_is_quoted_by_its_beginning() -> None:
    """Eighty characters."""
    with pytest.raises(InvalidSettingError, match=f"is '{'x' * 80}', which"):
        of("x" * 81)


@pytest.mark.parametrize(
    "more", ["ann@desk", ":secret@desk", "ann:secret@desk", "desk?a=b", "desk#part", "desk/a?b"]
)
def test_an_address_with_more_in_it_is_refused_and_not_quoted(more: str) -> None:
    """There may be a password in it."""
    with pytest.raises(InvalidSettingError) as refusal:
        of(f"https://{more}")
    assert refusal.value.message == "NEGOTIATOR_URL has more in it than an address"
    assert refusal.value.hint == f"{HINT}, and the key in NEGOTIATOR_API_KEY"


@pytest.mark.parametrize("key", [None, ""])
def test_an_address_without_a_key_is_refused(key: str | None) -> None:
    """The server would refuse each request."""
    with pytest.raises(InvalidSettingError) as refusal:
        of("https://desk", key)
    assert refusal.value.message == "NEGOTIATOR_URL is set, and NEGOTIATOR_API_KEY is not"
    assert refusal.value.hint == "set NEGOTIATOR_API_KEY to a key of the server"


@pytest.mark.parametrize("key", ["k\xe9y", "a\nkey", "key\r\nX-Other: 1", " key", "key ", "\t", "k\x7fy"])
def test_a_key_with_characters_that_no_key_has_is_refused_and_not_quoted(key: str) -> None:
    """A line break in it would be another header."""
    with pytest.raises(InvalidSettingError) as refusal:
        of("https://desk", key)
    assert refusal.value.message == "NEGOTIATOR_API_KEY has characters that no key has"
    assert refusal.value.hint == "copy the key again"


@pytest.mark.parametrize(
    ("url", "is_exposed"),
    [
        *(
            (f"http://{host}", False)
            for host in ("localhost", "desk.localhost", "127.0.0.1:80", "127.9.9.9", "[::1]")
        ),
        *(
            (f"http://{host}", True)
            for host in ("desk", "10.0.0.1", "mylocalhost", "localhost.example.com", "[::2]")
        ),
        ("https://desk", False),
        ("https://localhost", False),
    ],
)
def test_a_key_is_exposed_where_others_could_read_it(url: str, is_exposed: object) -> None:
    """On the way to another machine, unless what is sent is encrypted."""
    found = of(url)
    assert found
    assert found.is_exposed is is_exposed
