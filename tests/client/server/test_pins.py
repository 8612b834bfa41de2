"""What was seen is never unseen: not by another command of the same home, not by an editor that
stood open, not by a machine that is full. And eight commands at once all do what they say.

Holds client/server/pins.py, client/server/pins_file.py.
"""

import json
import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from client.cases import consulting
from client.errors import Distrust, NotPossible
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import Malformed, b64, canonical
from tests.support.people import speaking
from tests.support.people.person import Person
from tests.support.world import World, read, texts

CASE, OTHER = "c" * 32, "d" * 32
NAME = "dialogue-100000000"


def receipt(number: int) -> tuple[str, str]:
    entry = b64(number.to_bytes(32, "big"))
    stated = ["test.example/0", CASE, NAME, number, "e" * 32, entry, number, 1795428060]
    return b64(canonical(stated)), b64(bytes(64))


def hammer(given: tuple[Path, int]) -> int:
    """Load, see something, keep a receipt, save: as commands of one home do."""
    path, number = given
    for turn in range(60):
        pins = Pins.load(path)
        pins.pin_head(CASE, f"dialogue-{100000000 + number}", turn, "h" * 43, turn)
        pins.keep_receipt(*receipt(1000 * number + turn))
        pins.heads.setdefault(f"{OTHER}/dialogue-{number}{turn:08}", {"seq": 1, "hash": "x"})
        pins.save()
    return number


def test_of_commands_that_save_at_once_none_loses_what_another_saw(tmp_path: Path) -> None:
    path = tmp_path / "pins.json"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(hammer, [(path, one) for one in range(3)]) == [0, 1, 2]
    pins = Pins.load(path)
    assert len({one["receipt"] for one in pins.receipts}) == len(pins.receipts) == 180
    heads = [pins.heads[f"{CASE}/dialogue-{100000000 + one}"]["seq"] for one in range(3)]
    assert heads == [59] * 3 and len(pins.heads) == 183 and pins.position == 59
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pins.json", "pins.lock"]


def test_a_command_whose_editor_stood_open_takes_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "pins.json"
    first = Pins(path)
    first.pin_head(CASE, NAME, 3, "three", 7)
    first.root, first.roster = {"version": 1, "hash": "r"}, {"version": 2, "hash": "s"}
    first.save()
    open_editor, meanwhile = Pins.load(path), Pins.load(path)
    meanwhile.pin_head(CASE, NAME, 4, "four", 9)
    meanwhile.keep_receipt(*receipt(4))
    meanwhile.roster = {"version": 3, "hash": "t"}
    meanwhile.save()
    open_editor.pin_head(OTHER, NAME, 1, "one", 8)
    open_editor.keep_receipt(*receipt(5))
    open_editor.save()
    for pins in (open_editor, Pins.load(path)):
        assert pins.heads[f"{CASE}/{NAME}"] == {"seq": 4, "hash": "four"}
        assert pins.heads[f"{OTHER}/{NAME}"] == {"seq": 1, "hash": "one"}
        assert (pins.position, pins.roster["version"]) == (9, 3)
        assert len(pins.receipts) == 2
        with pytest.raises(Distrust, match="forked"):
            pins.check_receipt(b64((4).to_bytes(32, "big")), 99, 1795428060)


@pytest.mark.parametrize("what", ["head", "root", "roster"])
def test_two_commands_that_were_shown_different_things_say_so_and_keep_both(
    tmp_path: Path, what: str
) -> None:
    path = tmp_path / "pins.json"
    Pins(path).save()
    one, two = Pins.load(path), Pins.load(path)
    for pins, hash_ in ((one, "shown to one"), (two, "shown to the other")):
        if what == "head":
            pins.pin_head(CASE, NAME, 4, hash_, 9)
        else:
            setattr(pins, what, {"version": 1, "hash": hash_})
    two.keep_receipt(*receipt(1))
    one.save()
    with pytest.raises(Distrust, match="forked"):
        two.save()
    (kept,) = tmp_path.glob("pins.forked-*")
    assert b"shown to one" in kept.read_bytes() and b"shown to the other" in kept.read_bytes()
    after = path.read_bytes()
    assert b"shown to one" in after and b"shown to the other" not in after
    assert len(Pins.load(path).receipts) == 1


def test_what_is_older_in_memory_never_replaces_what_is_further_on() -> None:
    pins = Pins()
    pins.pin_head(CASE, NAME, 4, "four", 9)
    pins.pin_head(CASE, NAME, 3, "three", 8)
    assert pins.heads[f"{CASE}/{NAME}"]["seq"] == 4 and pins.position == 9


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"{}", b"\xff\xfe", b'{"v":1}', b'{"heads":{},"v":1}', b"null"]
)
def test_a_damaged_file_is_never_dropped_silently(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "pins.json"
    pins = Pins(path)
    pins.save()
    path.write_bytes(damage)
    with pytest.raises(Malformed):
        Pins.load(path)
    pins.keep_receipt(*receipt(1))
    with pytest.raises(NotPossible, match="is not written over"):
        pins.save()
    assert path.read_bytes() == damage
    (kept,) = tmp_path.glob("pins.forked-*")
    assert len(json.loads(kept.read_bytes())["receipts"]) == 1


HEAD, DOCUMENT = {"hash": "h", "seq": 1}, {"hash": "h", "version": 1}
ODD: dict[str, dict[str, Any]] = {
    "a head without a number": {"heads": {"x": {}}},
    "a head that is a word": {"heads": {"x": "y"}},
    "a head with a word for a number": {"heads": {"x": HEAD | {"seq": "1"}}},
    "a head with more": {"heads": {"x": HEAD | {"more": 1}}},
    "a roster without anything": {"roster": {}},
    "a root of true": {"root": DOCUMENT | {"version": True}},
    "a word for a position": {"whole": {"x": "9"}},
    "a receipt without a signature": {"receipts": [{"receipt": "x"}]},
    "a receipt that is a number": {"receipts": [3]},
}
UNREAD: dict[str, str] = {
    "no receipt": b64(b"x"),
    "no list": b64(b"{}"),
    "too short": b64(b"[1]"),
    "other fields": b64(b'["a","b","c",1,"d",[],1,1]'),
    "no letters of it": "\u2603",
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_content_anywhere_in_the_file_is_told_as_damage(
    world: World, person: Person, odd: str
) -> None:
    (worker,) = world.staff("consultation_worker")
    person.settle(world, worker)
    pins = person.home / "pins.json"
    Pins(pins).save()
    damaged = canonical(json.loads(pins.read_bytes()) | ODD[odd])
    pins.write_bytes(damaged)
    told = person.types("inbox")
    assert told.code == 1 and "what was seen before cannot be read" in told.err, told
    assert "Traceback" not in told.err and pins.read_bytes() == damaged


@pytest.mark.parametrize("odd", UNREAD)
def test_a_receipt_that_cannot_be_read_is_told_as_damage(
    world: World, person: Person, odd: str
) -> None:
    (worker,) = world.staff("consultation_worker")
    _mother, asked, _ = world.mother()
    person.settle(world, worker)
    pins = person.home / "pins.json"
    Pins(pins).save()
    receipts = [{"receipt": UNREAD[odd], "signature": "x"}]
    pins.write_bytes(canonical(json.loads(pins.read_bytes()) | {"receipts": receipts}))
    told = person.types("show", asked.case)
    assert told.code == 1 and "what was seen before cannot be read" in told.err, told
    assert "Traceback" not in told.err


def test_nothing_is_written_where_nothing_new_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "pins.json"
    pins = Pins(path)
    pins.pin_head(CASE, NAME, 3, "three", 7)
    pins.save()
    before = os.stat(path)
    Pins.load(path).save()
    assert (os.stat(path).st_ino, os.stat(path).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_eight_who_answer_at_once_from_one_home_are_all_heard(world: World, tmp_path: Path) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother()
    consulting.take(worker, read(world, worker, asked))
    world.settle()
    path, faults = tmp_path / "pins.json", []
    together = threading.Barrier(8)

    def answer(number: int) -> None:
        pins = Pins.load(path)
        session = Session(Transport(world.url), world.pin, worker.keys, pins)
        chain = session.read(asked.case, asked.name)
        assert chain is not None
        together.wait()
        try:
            speaking.answer(session, chain, f"answer {number}")
        except Exception as error:  # shown below
            faults.append(error)

    threads = [threading.Thread(target=answer, args=(one,)) for one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    said = texts(mother, read(world, mother, asked))
    assert sorted(said[1:]) == [f"answer {one}" for one in range(8)]
    assert len(Pins.load(path).receipts) == 8


# --- a machine that cannot note it ----------------------------------------------------------------


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Person:
    return Person(tmp_path / "home", monkeypatch, capsys)


def test_where_nothing_can_be_noted_people_read_and_write_and_are_told_once(
    world: World, person: Person
) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother("a question")
    consulting.take(worker, read(world, worker, asked))
    world.settle()
    person.settle(world, worker)
    (person.home / "pins.lock").mkdir(parents=True)  # as on a disk that takes no file
    shown = person.types("show", asked.case)
    assert shown.code == 0 and "a question" in shown.out
    assert shown.err.count("could not be noted") == 1
    written = person.types("answer", asked.case, "-m", "an answer")
    assert written.code == 0 and written.err.count("could not be noted") == 1
    assert "Keep this receipt" in written.err
    assert texts(mother, read(world, mother, asked))[-1] == "an answer"
    for told in (shown, written):
        assert "Traceback" not in told.err


def test_a_damaged_file_of_pins_is_told_with_a_way_out(world: World, person: Person) -> None:
    (worker,) = world.staff("consultation_worker")
    person.settle(world, worker)
    pins = person.home / "pins.json"
    Pins(pins).save()
    assert person.types("inbox").code == 0
    pins.write_bytes(pins.read_bytes()[:-9])
    told: Any = person.types("inbox")
    assert told.code == 1 and str(pins) in told.err and "another name" in told.err
    pins.rename(pins.with_suffix(".damaged"))
    assert person.types("inbox").code == 0
