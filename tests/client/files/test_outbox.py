"""Files on their way: what was cut off goes on where it stood, and nothing readable is left.

Holds client/files/enclosures.py, client/files/uploading.py.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.desk.attach import save_files
from client.cases import consulting
from client.cases.consultation import message
from client.errors import EpochMoved, Unreachable
from client.files.enclosures import Enclosure
from client.place.downloads import save
from client.session import Session
from client.why import Why
from tests.support.world import World, read
from wire.parts import PIECE_BYTES

HELD = os.urandom(4 * PIECE_BYTES)
SILENT = Unreachable(Why.NO_ANSWER, url="http://x")


def enclosure(held: bytes = HELD) -> Enclosure:
    return Enclosure("film.mp4", "video/mp4", len(held), lambda: io.BytesIO(held))


class Desk:
    """A worker at her own machine, with an outbox in her home."""

    def __init__(self, world: World, home: Path) -> None:
        self.world, self.home = world, home
        (staff,) = world.staff("consultation_worker")
        self.keys = staff.keys
        self.mother, self.asked, _ = world.mother()
        consulting.take(self.at_work(), read(world, self.at_work(), self.asked))

    def at_work(self) -> Session:
        """As in a process of its own: the same device and home, nothing else."""
        session = self.world.session(self.keys)
        return Session(session.transport, self.world.pin, self.keys, session.pins, outbox=self.home)

    def send(self, session: Session, *files: Enclosure) -> None:
        chain = read(self.world, session, self.asked)
        session.write(chain, "MessageSent", {}, message("see"), files or [enclosure()])

    def break_off(self, after: int, how: BaseException = SILENT) -> list[int]:
        """Send until so many pieces are up, then break off; the offsets that were sent."""
        session = self.at_work()
        put, offsets = session.transport.put, []

        def breaking(schema: Any, where: str, query: Any, body: bytes, keys: Any) -> Any:
            if len(offsets) == after:
                raise how
            offsets.append(query["offset"])
            return put(schema, where, query, body, keys)

        session.transport.put = breaking  # type: ignore[method-assign]
        with pytest.raises(type(how)):
            self.send(session)
        return offsets

    def waiting(self) -> list[str]:
        return sorted(one.name for one in self.home.rglob("*") if one.is_file())

    def arrives(self, folder: Path) -> bytes:
        chain = read(self.world, self.mother, self.asked)
        return save(self.mother, chain, chain.items[-1], 1, folder).read_bytes()


@pytest.fixture
def desk(
    world: World, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    monkeypatch.setattr("client.server.transport.PAUSE_SECONDS", ())
    yield Desk(world, tmp_path_factory.mktemp("home") / "outbox")


@pytest.mark.parametrize("how", [SILENT, KeyboardInterrupt()], ids=repr)
def test_a_command_that_was_cut_off_goes_on_where_it_stood(
    desk: Desk, tmp_path: Path, how: BaseException
) -> None:
    assert desk.break_off(2, how) == [0, PIECE_BYTES]
    assert desk.waiting() == ["1", "record"]
    session = desk.at_work()
    put, offsets = session.transport.put, []

    def watched(schema: Any, where: str, query: Any, body: bytes, keys: Any) -> Any:
        offsets.append(query["offset"])
        return put(schema, where, query, body, keys)

    session.transport.put = watched  # type: ignore[method-assign]
    desk.send(session)
    assert offsets[0] == 2 * PIECE_BYTES
    assert desk.arrives(tmp_path) == HELD
    assert desk.waiting() == []


def test_two_commands_with_the_same_file_at_once_are_both_stored(
    desk: Desk, tmp_path: Path
) -> None:
    """The second begins while the first is on its way."""
    first, second = desk.at_work(), desk.at_work()
    put, sent = first.transport.put, []

    def meanwhile(*given: Any) -> Any:
        if not sent:
            sent.append(True)
            chain = read(desk.world, second, desk.asked)
            second.write(chain, "AnswerGiven", {}, message("the other"), [enclosure()])
        return put(*given)

    first.transport.put = meanwhile  # type: ignore[method-assign]
    desk.send(first)
    chain = read(desk.world, desk.mother, desk.asked)
    said = [one for one in chain.items if one.entry.header.payload][-2:]
    assert [one.entry.header.kind for one in said] == ["AnswerGiven", "MessageSent"]
    for number, item in enumerate(said):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert save(desk.mother, chain, item, 1, folder).read_bytes() == HELD
    assert desk.waiting() == []


def test_what_waits_in_the_outbox_says_nothing(desk: Desk) -> None:
    desk.break_off(1)
    everything = b"".join(one.read_bytes() for one in desk.home.rglob("*") if one.is_file())
    for shown in (HELD[:64], b"film.mp4", b"video/mp4", b'"key"'):
        assert shown not in everything


def test_another_file_is_sealed_anew(desk: Desk, tmp_path: Path) -> None:
    desk.break_off(2)
    other = os.urandom(len(HELD))
    desk.send(desk.at_work(), enclosure(other))
    assert desk.arrives(tmp_path) == other


def test_after_a_change_of_members_it_is_sealed_anew(desk: Desk, tmp_path: Path) -> None:
    """A file that was sealed before someone left was readable to that epoch."""
    desk.break_off(2)
    chain = read(desk.world, desk.mother, desk.asked)
    desk.mother.change_members(chain, "rotated", chain.lines)
    before = {one.name for one in desk.home.iterdir()}
    desk.send(desk.at_work())
    assert desk.arrives(tmp_path) == HELD
    sent = read(desk.world, desk.mother, desk.asked).items[-1].entry.header
    assert sent.id not in before and sent.epoch == chain.compartment.epoch


def test_a_change_of_members_meanwhile_is_asked_about_and_nothing_is_left(desk: Desk) -> None:
    session = desk.at_work()
    chain = read(desk.world, session, desk.asked)
    hers = read(desk.world, desk.mother, desk.asked)
    desk.mother.change_members(hers, "rotated", hers.lines)
    with pytest.raises(EpochMoved):
        session.write(chain, "MessageSent", {}, message("see"), [enclosure()])
    assert desk.waiting() == []


def test_someone_with_a_code_leaves_nothing_on_the_machine(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "machine"
    machine.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(machine))
    chain = read(desk.world, desk.mother, desk.asked)
    seen: list[list[str]] = []
    desk.mother.progress = lambda *_: seen.append(os.listdir(machine))
    desk.mother.write(chain, "MessageSent", {}, message("see"), [enclosure()])
    assert seen and not any(seen)


def test_a_download_that_was_cut_off_tells_where_it_stands_and_goes_on(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    desk.send(desk.at_work())
    chain = read(desk.world, desk.mother, desk.asked)
    get, begun = desk.mother.transport.get_range, []

    def breaking(where: str, begin: int, end: int, keys: Any) -> bytes:
        begun.append(begin)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return get(where, begin, end, keys)

    desk.mother.transport.get_range = breaking  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        save_files(desk.mother, chain, chain.items[-1].entry.header.seq, None, folder)
    (part,) = folder.iterdir()
    assert f"the same command goes on with it: {folder}" in capsys.readouterr().err
    assert part.suffix == ".part" and part.stat().st_mode & 0o077 == 0
    assert HELD[:64] not in part.read_bytes() and "film" not in part.name
    assert desk.arrives(folder) == HELD
    assert begun[3] == 2 * PIECE_BYTES
    assert [one.name for one in folder.iterdir()] == ["film.mp4"]


def test_what_lies_in_the_outbox_for_a_day_is_swept(desk: Desk) -> None:
    desk.break_off(1)
    (folder,) = desk.home.iterdir()
    os.utime(folder, (0, 0))
    desk.send(desk.at_work(), enclosure(b"another"))
    assert not folder.exists()
