"""What a lost or stolen device could read, in every case.

Holds client/audit/reach.py, cli/audit/reach.py, client/audit/case_numbers.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import cli
from client.audit.reach import devices_of, reach
from client.cases import consultation, consulting
from client.errors import NotPossible, ServerRefused
from client.numbers import Numbers
from client.session import Session
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from tests.support.hostile.server import HostileServer
from tests.support.people import speaking
from tests.support.world import World, read

CW = "consultation_worker"
PASSPHRASE = "a passphrase of this test"


def named(session: Session, number: str) -> Session:
    """With a local name for a number."""

    class Named(Numbers):
        def number(self, said: str) -> str:
            return number if said.casefold() == "bram k." else ""

    session.numbers = Named()
    return session


def opened_by(session: Session, *places: tuple[str, str]) -> set[str]:
    """What a device's own keys open."""
    chains = (session.read(*place) for place in places)
    return {
        message.item.entry.header.id
        for chain in chains
        if chain is not None
        for message in consultation.conversation(session, chain)
    }


def test_it_is_what_the_device_had_the_keys_of_in_each_case(world: World) -> None:
    anna, bram, frits = world.staff(CW, CW, "privacy_officer")
    talks = [world.mother(f"question {number}")[1] for number in range(3)]
    places = [(chain.case, chain.name) for chain in talks]
    held = opened_by(bram, *places)
    assert len(held) == 3
    consulting.take(anna, read(world, anna, talks[0]))
    speaking.answer(anna, read(world, anna, talks[0]), "without bram")
    consulting.take(bram, read(world, bram, talks[1]))
    speaking.answer(bram, read(world, bram, talks[1]), "by bram")
    held |= opened_by(bram, *places[1:])
    world.settle()

    found = {one.case: one for one in reach(frits, [bram.device])}
    assert found.keys() == {case for case, _ in places}
    assert {entry.id for one in found.values() for entry in one.entries} == held
    ended = {case: [one.until is not None for one in found[case].standings] for case in found}
    assert ended == {places[0][0]: [True], places[1][0]: [False], places[2][0]: [False]}

    (person,) = {one.person for one in found[places[0][0]].standings}
    assert devices_of(frits, str(person)) == [bram.device]
    assert devices_of(frits, bram.device[:12]) == [bram.device]
    assert devices_of(named(frits, bram.device), "bram k.") == [bram.device]
    assert devices_of(named(frits, str(person)), "Bram K.") == [bram.device]
    assert devices_of(frits, "f" * 32) == ["f" * 32] and reach(frits, ["f" * 32]) == []
    with pytest.raises(NotPossible):
        devices_of(frits, "")
    with pytest.raises(ServerRefused) as refused:
        reach(anna, [bram.device])
    assert refused.value.name == "no-such-case"


def test_a_server_that_says_more_than_entries_do_is_not_believed(tmp_path: Path) -> None:
    with World(tmp_path, HostileServer) as world:
        anna, auditor = world.staff(CW, "auditor")
        world.mother()
        server = world.server
        assert isinstance(server, HostileServer)

        def deceive(request: Any, answer: dict[str, Any]) -> dict[str, Any]:
            for one in answer.get("standings", ()):
                one["since"] -= 60
            return answer

        (honest,) = reach(auditor, [anna.device])
        assert honest.entries and not honest.fault
        server.deceive = deceive
        (one,) = reach(auditor, [anna.device])
        assert one.case == honest.case and one.fault.startswith("not-answering") and not one.entries


def test_the_command_tells_it_in_words_and_as_json(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, frits = world.staff(CW, "privacy_officer")
    _, chain, _ = world.mother()
    world.settle()
    home = tmp_path / "home"
    home.mkdir()
    value = {"sign": b64(frits.keys.sign), "kem": b64(frits.keys.kem)}
    write_key_file(home / "device.key", "device", value, PASSPHRASE)
    told = {"HOME": str(home), "SERVER": world.url, "PIN": world.pin, "PASSPHRASE": PASSPHRASE}
    for name, setting in told.items():
        monkeypatch.setenv(f"ZEGEL_{name}", setting)

    def zegel(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    shown = json.loads(zegel("reach", anna.device[:10], "--json").stdout)
    (case,) = shown["cases"]
    assert (shown["devices"], case["case"]) == ([anna.device], chain.case)
    ((entry), (standing)) = (case["entries"][0], case["standings"][0])
    assert len(case["entries"]) == 1 and entry["through"] == "epoch 0" and entry["erased"] is None
    assert (standing["role"], standing["until"]) == (CW, None)
    said = zegel("reach", anna.device[:10])
    assert said.exit_code == 0 and "could read: 1; erased since: 0" in said.stdout
    assert chain.case in said.stdout
