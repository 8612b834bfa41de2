"""Who can read what I wrote: the statement for a person, held against the keys that people have.

Holds client/cases/statement.py, cli/asker/statement.py, cli/audit/who.py.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import cli
from client.cases import consultation, consulting
from client.cases.statement import by_person, own_words
from client.errors import NotPossible
from client.people import membership
from client.place.chain import Chain
from client.session import Session
from crypto.code import show_code
from crypto.encoding import b64, unb64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import CodeKeys, new_code
from domain.access import Moment, Readable, Reader
from tests.support.people import speaking
from tests.support.world import World, quick_code, read

CW = "consultation_worker"
PASSPHRASE = "a passphrase of this test"


def openers(sessions: list[Session], chain: Chain) -> dict[str, set[str]]:
    """By entry, the devices whose own keys open it."""
    found: dict[str, set[str]] = {}
    for session in sessions:
        theirs = session.read(chain.case, chain.name)
        for message in consultation.conversation(session, theirs) if theirs else []:
            assert not message.unreadable
            found.setdefault(message.item.entry.header.id, set()).add(session.device)
    return found


def test_the_statement_names_those_whose_keys_open_what_she_wrote(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    mother, chain, _ = world.mother("to whoever is there")
    both = openers([mother, anna, bram], chain)
    consulting.take(anna, read(world, anna, chain))
    consultation.say(mother, read(world, mother, chain), "to you alone")
    speaking.answer(anna, read(world, anna, chain), "an answer")
    mine = read(world, mother, chain)
    found = {one.id: {reader.device for reader in one.readers} for one in own_words(mother, mine)}
    assert len(found) == 2 and set(both) < set(found)
    opened = both | openers([mother, anna], chain)
    for entry, devices in found.items():
        assert devices == opened[entry] | both.get(entry, set())
    first, second = own_words(mother, mine)
    assert by_person(first, mother.device) == [(CW, "epoch", first.at.stored, 2)]
    assert by_person(second, mother.device) == [(CW, "epoch", second.at.stored, 1)]


def test_what_she_wrote_with_the_code_before_is_hers_still(world: World) -> None:
    world.staff(CW)
    mother, chain, _ = world.mother()
    after = world.session(quick_code(new_code(), world.pin).keys)
    membership.replace_key(mother, after, [read(world, mother, chain)])
    consultation.say(after, read(world, after, chain), "with another code")
    hers = own_words(after, read(world, after, chain))
    assert {one.author for one in hers} == {mother.device, after.device}


def test_a_person_counts_once_and_by_what_came_first() -> None:
    at, later = Moment(3, 30), Moment(9, 90)
    readers = (
        Reader("a" * 32, "1" * 32, CW, "epoch 0", at),
        Reader("b" * 32, "1" * 32, CW, "epoch 0", at),
        Reader("c" * 32, None, "requester", "epoch 0", at),
        Reader("d" * 32, "2" * 32, CW, "grant " + "e" * 32, later),
        Reader("f" * 32, "1" * 32, CW, "grant " + "e" * 32, later),
    )
    entry = Readable("e" * 32, "dialogue-123456789", 1, "MessageSent", "c" * 32, at, 0, readers)
    assert by_person(entry, "c" * 32) == [(CW, "epoch", 30, 1), (CW, "grant", 90, 1)]


# --- the commands ---------------------------------------------------------------------------------


@pytest.fixture
def zegel(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    told = {"HOME": str(tmp_path / "home"), "SERVER": world.url, "PIN": world.pin, "LANG": "en"}
    for name, setting in {**told, "PASSPHRASE": PASSPHRASE}.items():
        monkeypatch.setenv(f"ZEGEL_{name}", setting)
    return lambda *arguments, **options: CliRunner().invoke(cli, arguments, **options)


def keep(session: Session, home: Path) -> None:
    home.mkdir(exist_ok=True)
    value = {"sign": b64(session.keys.sign), "kem": b64(session.keys.kem)}
    write_key_file(home / "device.key", "device", value, PASSPHRASE)


def shown(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_who_comes_back_with_a_code_is_told_who_can_read_what_she_wrote(
    world: World, zegel: Callable[..., Result]
) -> None:
    (anna, _) = world.staff(CW, CW)
    entropy = new_code()
    code = CodeKeys(entropy, unb64(world.pin))
    mother = world.session(code.keys)
    chain = consultation.ask(mother, code, 0, "anonymous", "a question")
    consulting.take(anna, read(world, anna, chain))
    speaking.answer(anna, read(world, anna, chain), "an answer")
    world.settle()
    said = zegel("return", "-", "--readers", input=show_code(entropy))
    assert said.exit_code == 0, said.output
    assert said.stdout.count("2 × worker: can read it") == 1
    assert "nobody else has a key to it" in said.stdout and "an answer" not in said.stdout
    told = shown(zegel("return", "-", "--readers", "--json", input=show_code(entropy)))
    (entry,) = told["entries"]
    assert entry["author"] == mother.device and len(entry["readers"]) == 3


def test_a_member_is_told_of_the_parts_in_which_she_stands_and_of_no_other(
    world: World, zegel: Callable[..., Result], tmp_path: Path
) -> None:
    (anna,) = world.staff(CW)
    mother, chain, _ = world.mother()
    consulting.take(anna, read(world, anna, chain))
    speaking.answer(anna, read(world, anna, chain), "an answer")
    world.settle()
    keep(anna, tmp_path / "home")
    told = shown(zegel("who", chain.case[:8], "--json"))
    assert told["case"] == chain.case
    assert {one["compartment"] for one in told["entries"]} == {chain.name}
    question, *_ = told["entries"]
    opened = openers([mother, anna], chain)
    assert {one["device"] for one in question["readers"]} == opened[question["id"]]
    (only,) = shown(zegel("who", chain.case, question["id"][:8], "--json"))["entries"]
    assert only == question
    before = str(question["at"][0])
    (alone,) = shown(zegel("who", chain.case, "--at", before, "--json"))["entries"]
    assert alone["id"] == question["id"]
    assert "consultation worker" in zegel("who", chain.case).stdout
    refused = zegel("who", chain.case, "--reads").exception
    assert isinstance(refused, NotPossible) and "auditors" in str(refused)
    assert isinstance(zegel("who", "f" * 32).exception, NotPossible)
