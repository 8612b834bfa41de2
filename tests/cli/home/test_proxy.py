"""A proxy that someone set is used, with names looked up there, or refused: whoever set one for not
being seen is never shown by a connection that goes out directly.

Holds cli/home/network.py.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.home.network import way
from client.errors import NotPossible
from crypto.code import show_code
from crypto.secret.seeds import new_code
from tests.support.people.person import Person
from tests.support.processes import free_port
from tests.support.socks import Socks
from tests.support.world import Server, World
from wire.paths import HEALTH

NAMES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ZEGEL_PROXY", "ZEGEL_CA_FILE")
SERVER = "https://zegel.example"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set where the tests run."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Person:
    return Person(tmp_path / "home", monkeypatch, capsys)


class Counting(Server):
    """Counts who comes, by the address of the peer's end of the connection."""

    ports: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] != HEALTH:
            self.ports.append(environ["REMOTE_PORT"])
        return super().__call__(environ, start_response)


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[World]:
    Counting.ports.clear()
    folder = tmp_path / "world"
    folder.mkdir()
    with World(folder, Counting) as world:
        world.staff("consultation_worker")
        Counting.ports.clear()
        yield world


def asking(world: World, url: str) -> tuple[str, ...]:
    return ("ask", "-m", "text", "--danger", "no", "--server", url, "--pin", world.pin)


@pytest.mark.parametrize("name", ["ZEGEL_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["socks5h", "socks5"])
def test_a_question_goes_through_socks_and_in_no_other_way(
    seen: World, person: Person, name: str, scheme: str
) -> None:
    with Socks() as socks:
        told = person.types(*asking(seen, seen.url), **{name: f"{scheme}://{socks.address}"})
        assert told.code == 0, told.err
        host, _, port = seen.settings.authority.partition(":")
        assert set(socks.asked) == {(host, int(port))}
        # As many connections came to the server as the proxy made: none beside it.
        assert len(set(Counting.ports)) == len(socks.asked) > 0


def test_a_name_is_looked_up_by_the_proxy_and_never_here(tmp_path: Path, person: Person) -> None:
    """Of an onion service no other look-up knows the name, and whoever sees one knows enough."""
    onion = "zegelzegelzegel.onion"
    with World(tmp_path) as world:
        world.staff("consultation_worker")
        host, _, port = world.settings.authority.partition(":")
        there = {onion: (host, int(port))}
        with Socks(there) as socks:
            proxy = {"ALL_PROXY": f"socks5://{socks.address}"}
            told = person.types(*asking(world, f"http://{onion}"), **proxy)
            assert world.settings.authority in told.err  # it came there, and is told its name
            assert set(socks.asked) == {(onion, 80)}


@pytest.mark.parametrize("name", ["ZEGEL_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["socks5h", "http"])
def test_where_the_proxy_is_not_there_nothing_goes_out(
    seen: World, person: Person, name: str, scheme: str
) -> None:
    proxy = {name: f"{scheme}://someone:secret@127.0.0.1:{free_port()}"}
    told = person.types(*asking(seen, seen.url), **proxy)
    assert told.code == 1 and "cannot be reached through the proxy" in told.err
    assert "secret" not in told.err and Counting.ports == []


@pytest.mark.parametrize(
    "proxy",
    [
        *(
            "ftp://127.0.0.1:9050",
            "socks5h://",
            "socks5h://127.0.0.1",
            "http://[::1",
            "socks9://a:1",
        ),
        "http://a b:1",
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused(seen: World, person: Person, proxy: str) -> None:
    told = person.types(
        "return", show_code(new_code()), *asking(seen, seen.url)[5:], ALL_PROXY=proxy
    )
    assert told.code == 1 and "is no proxy that can be used" in told.err
    assert Counting.ports == []


@pytest.mark.parametrize(
    ("server", "environ", "proxy"),
    [
        (SERVER, {}, None),
        (SERVER, {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        (SERVER, {"https_proxy": "p:1"}, "http://p:1"),
        (SERVER, {"HTTP_PROXY": "http://p:1"}, None),
        ("http://zegel.example", {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        (SERVER, {"ALL_PROXY": "socks5://p:1"}, "socks5h://p:1"),
        (SERVER, {"ALL_PROXY": "socks4://p:1"}, "socks4a://p:1"),
        (SERVER, {"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:2"}, "http://b:2"),
        (SERVER, {"ALL_PROXY": "http://a:1", "ZEGEL_PROXY": "http://b:2"}, "http://b:2"),
        (SERVER, {"ALL_PROXY": "http://a:1", "ZEGEL_PROXY": "none"}, None),
        (SERVER, {"ALL_PROXY": "http://a:1", "NO_PROXY": "zegel.example"}, None),
        (SERVER, {"ALL_PROXY": "http://a:1", "NO_PROXY": "*"}, None),
        (SERVER, {"ALL_PROXY": "http://a:1", "no_proxy": "other.example"}, "http://a:1"),
        ("http://127.0.0.1:8020", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://[::1]:8020", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://127.0.0.1:8020", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("http://127.0.0.1:8020", {"ZEGEL_PROXY": "http://p:1"}, "http://p:1"),
    ],
)
def test_which_proxy_is_used(server: str, environ: dict[str, str], proxy: str | None) -> None:
    assert way(server, environ).proxy == proxy


def test_certificates_of_ones_own_are_used_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    assert way(SERVER, {"ZEGEL_CA_FILE": str(file)}).ca_file == str(file)
    for junk in (b"", b"no certificate", b"\xff\xfe"):
        file.write_bytes(junk)
        with pytest.raises(NotPossible, match="holds no certificate"):
            way(SERVER, {"ZEGEL_CA_FILE": str(file)})
    with pytest.raises(FileNotFoundError):
        way(SERVER, {"ZEGEL_CA_FILE": str(tmp_path / "nowhere")})
