"""Whatever the umask, and whoever calls: what is kept on a disk is its owner's alone.

Holds client/own_files.py, store/private.py.
"""

import io
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.cases import consulting
from client.cases.consultation import message
from client.files.enclosures import Enclosure
from client.people import ceremony, next_roster, publishing
from client.place.downloads import save
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.secret import keyfile
from crypto.secret.seeds import new_device
from tests.support.world import World, read
from wire.parts import PIECE_BYTES

HELD = os.urandom(2 * PIECE_BYTES)


@pytest.fixture(autouse=True)
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)  # its floor is held elsewhere
    mask = os.umask(0)
    yield
    os.umask(mask)


def open_to_others(folder: Path) -> dict[str, str]:
    """What somebody else may look into."""
    every = [(one, one.lstat().st_mode) for one in (folder, *folder.rglob("*"))]
    assert len(every) > 1
    return {
        str(one.relative_to(folder.parent)): oct(stat.S_IMODE(mode))
        for one, mode in every
        if mode & 0o077
    }


def test_of_the_ceremony_the_server_and_a_worker_nothing_is_open_to_others(tmp_path: Path) -> None:
    folder, server, home = (tmp_path / name for name in ("ceremony", "server", "home"))
    saved, now = tmp_path / "saved", int(time.time())
    for one in (server, saved, home):
        one.mkdir(mode=0o700)

    def pin_of(log: str) -> str:
        return ceremony.init(folder, log, 14, lambda name: f"of {name}", now)

    with World(server, pin=pin_of) as world:
        keys, transport = new_device(), Transport(world.url)
        next_roster.certify(folder, keys.card(), ("consultation_worker",), "lse", (), None, now)
        directory = Directory(transport, world.pin, Pins())
        publishing.publish(folder, transport, directory, lambda name: f"of {name}", now)
        mother, asked, _ = world.mother()
        worker = Session(transport, world.pin, keys, Pins.load(home / "pins.json"), outbox=home)
        consulting.take(worker, read(world, worker, asked))
        enclosed = Enclosure("film.mp4", "video/mp4", len(HELD), lambda: io.BytesIO(HELD))
        chain, put, sent = read(world, worker, asked), transport.put, []

        def breaking(*given: object) -> object:
            sent.append(given)
            if len(sent) == 2:
                raise KeyboardInterrupt
            return put(*given)  # type: ignore[arg-type]

        transport.put = breaking  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            worker.write(chain, "MessageSent", {}, message("see"), [enclosed])
        assert open_to_others(home) == {}
        worker.write(chain, "MessageSent", {}, message("see"), [enclosed])
        chain = read(world, mother, asked)
        assert save(mother, chain, chain.items[-1], 1, saved).read_bytes() == HELD
        # A log key's lock and SQLite's own files are there only while the store is open.
        assert [open_to_others(one) for one in (folder, server, saved)] == [{}, {}, {}]
