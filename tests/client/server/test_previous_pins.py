"""A return code outlives the root keys: a ceremony from nothing lists the pins of before.

Holds client/people/ceremony.py, client/server/directory.py, cli/asker/session.py.
"""

import time
from pathlib import Path

import pytest

from cli.asker.session import conversations, session_of
from client.cases import consultation
from client.errors import NotPossible
from client.people import ceremony, next_roster, publishing
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport
from crypto.encoding import b64, hash_of
from crypto.note import show_vkey
from crypto.secret import keyfile
from crypto.secret.seeds import new_code, new_device
from tests.support.world import World

LOG = show_vkey("log.example/0", bytes(32))
EARLIER = hash_of(b"a root of before")


def test_a_code_made_under_an_earlier_pin_still_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)  # its floor is held elsewhere
    folder, server, now = tmp_path / "ceremony", tmp_path / "server", int(time.time())
    server.mkdir()

    def pin_of(log: str) -> str:
        pins = [hash_of(b"another"), EARLIER]
        return ceremony.init(folder, log, 14, lambda name: f"of {name}", now, pins)

    with World(server, pin=pin_of) as world:
        transport = Transport(world.url)
        next_roster.certify(
            folder, new_device().card(), ("consultation_worker",), "lse", (), None, now
        )
        directory = Directory(transport, world.pin, Pins())
        publishing.publish(folder, transport, directory, lambda name: f"of {name}", now)
        old, new, unused = new_code(), new_code(), new_code()
        for entropy, pin in ((old, EARLIER), (new, "")):
            session, keys = session_of(entropy, world.url, world.pin, pin)
            consultation.ask(session, keys, 0, "anonymous", "a question")
        world.settle()
        for entropy in (old, new, unused):
            now_ = session_of(entropy, world.url, world.pin)
            found = conversations(entropy, world.url, world.pin, *now_)
            assert [len(one.items) > 1 for one in found.cases] == [True] * (entropy is not unused)
            said = [consultation.conversation(found.session, one) for one in found.cases]
            assert [one[0].value["text"] for one in said] == ["a question"] * len(found.cases)


def test_a_pin_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="previous_pins"):
        ceremony.init(tmp_path, LOG, 14, lambda _: "", 0, [b64(b"short")])
    assert list(tmp_path.iterdir()) == []
