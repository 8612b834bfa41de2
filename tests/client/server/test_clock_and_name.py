"""Whoever's clock is off, or who asks under another name, is told that, before anything of a case
is looked at: it must not look as if a conversation did not exist.

Holds client/server/reaching.py, client/server/transport.py, client/server/directory.py.
"""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.cases import consultation
from client.errors import Distrust, NotPossible
from client.server import directory, transport
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.code import show_code
from crypto.encoding import unb64
from crypto.secret.seeds import CodeKeys, DeviceKeys, new_code, new_device
from tests.support.asking import COMPONENTS, asker, profile, sign_by_hand
from tests.support.people.person import Person
from tests.support.processes import free_port
from tests.support.world import World
from wire.paths import (
    ACCEPTANCES,
    ATTACHMENT,
    CASES,
    OVERVIEW,
    PARTS,
    READS,
    STANDINGS,
    STRUCTURE,
    TIMELINE,
    UPLOAD,
    WORK_LIST,
    WRAPS,
    path,
)
from wire.proof import AUTHORITY_HEADER, MAX_AGE_SECONDS

PROVEN = {
    ACCEPTANCES, ATTACHMENT, CASES, OVERVIEW, PARTS, READS, STANDINGS, STRUCTURE, TIMELINE, UPLOAD,
    WORK_LIST, WRAPS,
}  # fmt: skip
ABSENT = "0" * 31 + "1"


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Person:
    return Person(tmp_path / "home", monkeypatch, capsys)


def late(keys: DeviceKeys, world: World, target: str, query: str, seconds: int) -> dict[str, str]:
    """A good proof by a clock that is so far ahead."""
    _created, *others = profile(keys.card().device)
    stated = [f"created={int(time.time()) + seconds}", *others]
    values = ("GET", world.settings.authority, target, f"?{query}")
    return sign_by_hand(keys, dict(zip(COMPONENTS, values, strict=True)), COMPONENTS, stated)


@pytest.mark.parametrize("template", sorted(PROVEN))
def test_a_refusal_for_time_or_name_is_the_same_for_everyone_everywhere(
    world: World, template: str
) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, chain, _ = world.mother()
    ask = asker(world.app, world.settings.authority)
    query = f"device={mother.device}" if template == STANDINGS else ""
    entry = chain.items[1].entry.header.id
    seen: dict[str, set[bytes]] = {"late": set(), "elsewhere": set()}
    for keys in (mother.keys, worker.keys, new_device()):
        for case in (chain.case, ABSENT):
            place = {"case": case, "compartment": chain.name, "entry": entry}
            target = path(template, **place, number="1", hash="A" * 43)
            off = ask(target, query, headers=late(keys, world, target, query, 600))
            assert (off.status_code, off.get_json()["type"]) == (400, "urn:zegel:problem:clock")
            assert abs(off.get_json()["now"] - time.time()) < 60
            seen["late"].add(off.get_data().replace(str(off.get_json()["now"]).encode(), b"now"))
            named = ask(target, query, keys, headers={AUTHORITY_HEADER: "other.example"})
            assert named.status_code == 421
            assert named.get_json()["authority"] == world.settings.authority
            seen["elsewhere"].add(named.get_data())
    assert [len(answers) for answers in seen.values()] == [1, 1]


def test_only_a_proof_in_its_one_spelling_is_told_of_its_time(world: World) -> None:
    target = path(WORK_LIST)
    headers = late(new_device(), world, target, "", MAX_AGE_SECONDS + 5)
    ask = asker(world.app, world.settings.authority)
    assert ask(target, headers=headers).status_code == 400
    spoilt = {**headers, "Signature-Input": headers["Signature-Input"].replace("tag=", "tag2=")}
    assert ask(target, headers=spoilt).status_code == 401


# --- as people are told ---------------------------------------------------------------------------


def clock_off(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """The clock of the client's machine, which is this one, and of the client alone."""
    shifted = SimpleNamespace(
        time=lambda: time.time() + seconds, monotonic=time.monotonic, sleep=time.sleep
    )
    monkeypatch.setattr(transport, "time", shifted)
    monkeypatch.setattr(directory, "time", shifted)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (180, "3 minutes ahead"),
        (-540, "9 minutes behind"),
        (-4 * 3600, "4 hours behind"),
        (3 * 86_400, "3 days ahead"),
    ],
)
def test_a_clock_that_is_off_is_named_at_the_first_step_of_everyone(
    world: World, monkeypatch: pytest.MonkeyPatch, seconds: int, told: str
) -> None:
    (worker,) = world.staff("consultation_worker")
    _, chain, code = world.mother()
    asked = world.opened.store.position()
    clock_off(monkeypatch, seconds)
    steps: list[Any] = [
        lambda session: consultation.cases_of(session, code),
        lambda session: consultation.ask(session, world.code(), 0, "anonymous", "text"),
        lambda session: session.directory.refresh(),
    ]
    for step in steps:
        with pytest.raises(NotPossible, match=f"clock: this machine's clock is {told}"):
            step(world.session(code.keys))
    for step in (lambda: worker.work(), lambda: worker.read(chain.case, chain.name)):
        with pytest.raises(NotPossible, match=told):
            step()
    assert world.opened.store.position() == asked


def test_a_clock_that_is_a_little_off_stops_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.staff("consultation_worker")
    clock_off(monkeypatch, 100)
    mother, chain, code = world.mother("so")
    (found,) = consultation.cases_of(mother, code)
    assert found.case == chain.case


def test_who_returns_under_another_name_of_the_server_is_told_the_right_one(
    world: World, person: Person
) -> None:
    world.staff("consultation_worker")
    entropy = new_code()
    code = CodeKeys(entropy, unb64(world.pin))
    consultation.ask(world.session(code.keys), code, 0, "anonymous", "text")
    world.settle()
    port = world.settings.authority.rpartition(":")[2]
    typed = ("return", show_code(entropy), "--pin", world.pin, "--server")
    before = world.opened.store.position()
    for url in (f"http://localhost:{port}", f"http://LOCALHOST:{port}/"):
        told = person.types(*typed, url)
        assert told.code == 1 and world.settings.authority in told.err
        assert "no conversation" not in told.err
        asked = ("ask", "-m", "x", "--danger", "no", "--pin", world.pin, "--server", url)
        assert person.types(*asked).code == 1
    assert world.opened.store.position() == before
    assert person.types(*typed, world.url).code == 0


@contextmanager
def something_else(status: int, body: bytes) -> Iterator[str]:
    """A web server that is no Zegel; its address."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>Welcome to the hotel</html>"), (404, b'{"message":"no"}'), (302, b"")],
)
def test_what_is_no_zegel_server_is_told_as_such(status: int, body: bytes, person: Person) -> None:
    with something_else(status, body) as url:
        told = person.types("return", show_code(new_code()), "--server", url, "--pin", "A" * 43)
    assert told.code == 1 and "This is not the support point's server: what" in told.err


def test_a_gateway_that_finds_no_server_behind_it_is_no_alarm(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with something_else(502, b"<html>Bad Gateway</html>") as url:
        told = person.types("return", show_code(new_code()), "--server", url, "--pin", "A" * 43)
    assert told.code == 1 and "does not answer" in told.err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:PORT", "nothing answers at 127.0.0.1:"),
        ("http://no.such.server.invalid", "no server is known by the name no.such.server.invalid"),
        ("https://HERE", "does not show that it is the server of that name"),
        ("http://[::1", "is no address of a server"),
        ("127.0.0.1:8020", "is no address of a server"),
        ("ftp://127.0.0.1", "is no address of a server"),
        ("http://127.0.0.1:99999", "is no address of a server"),
        ("http://a b", "is no address of a server"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_by_what_is_wrong_with_it(
    world: World, person: Person, url: str, says: str
) -> None:
    url = url.replace("PORT", str(free_port())).replace("HERE", world.settings.authority)
    told = person.types("return", show_code(new_code()), "--server", url, "--pin", world.pin)
    assert told.code == 1 and says in told.err


# --- the pin --------------------------------------------------------------------------------------


def mistyped(pin: str) -> str:
    return ("B" if pin[0] == "A" else "A") + pin[1:]


def test_a_mistyped_pin_is_no_alarm_and_a_space_behind_it_nothing(
    world: World, person: Person
) -> None:
    world.staff("consultation_worker")
    asked = ("ask", "-m", "text", "--danger", "no", "--server", world.url, "--pin")
    told = person.types(*asked, mistyped(world.pin))
    assert told.code == 1 and "Look at the letter again" in told.err
    told = person.types(*asked, world.pin[:-1])
    assert told.code == 1 and "has 43 characters" in told.err
    assert person.types(*asked, f" {world.pin} \n").code == 0


def typed(pin: str, world: World, pins: Pins) -> None:
    """Ask a server for its people by a pin, on a machine that has these pins."""
    Session(Transport(world.url), pin, new_device(), pins).directory.refresh()


def test_another_root_than_was_confirmed_keeps_the_alarm_and_a_slip_afterwards_does_not(
    world: World, tmp_path: Path
) -> None:
    (worker,) = world.staff("consultation_worker")
    worker.directory.refresh()
    with pytest.raises(NotPossible, match="another pin"):
        typed(mistyped(world.pin), world, worker.pins)
    with World(_made(tmp_path / "another")) as another:
        with pytest.raises(Distrust):
            typed(world.pin, another, worker.pins)
        with pytest.raises(NotPossible, match="another pin"):
            typed(world.pin, another, Pins())


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
