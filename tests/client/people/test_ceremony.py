"""The key ceremony: made on a machine of its own, certified after comparing, published, revoked.

Holds client/people/ceremony.py, client/people/ceremony_folder.py, client/people/publishing.py,
cli/operator/trust.py, cli/home/enrol.py.
"""

import time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from client.errors import Distrust, NotPossible, Unreachable
from client.people import ceremony, next_roster, publishing
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport
from client.why import Why
from crypto.encoding import Malformed, hash_of, parse_canonical, unb64
from crypto.note import show_vkey
from crypto.secret import keyfile
from crypto.secret.long_lived import LongLivedKeys
from crypto.secret.seeds import new_device
from tests.support.hostile.server import Answer, HostileServer
from tests.support.world import World

LOG = show_vkey("log.example/0", bytes(32))


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor of Argon2id is tested below; here it would only cost time."""
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)


def _passphrase(name: str) -> str:
    return f"of {name}"


def test_a_ceremony_from_nothing_to_a_revoked_device(tmp_path: Path) -> None:
    folder = tmp_path / "ceremony"
    now = int(time.time())
    server = tmp_path / "server"
    server.mkdir()

    def pin_of(log: str) -> str:
        return ceremony.init(folder, log, 14, _passphrase, now)

    with World(server, pin=pin_of) as world:
        worker, second = new_device(), new_device()
        person = next_roster.certify(
            folder, worker.card(), ("consultation_worker",), "lse", (), None, now
        )
        transport = Transport(world.url)
        directory = Directory(transport, world.pin, Pins())
        trust = publishing.publish(folder, transport, directory, _passphrase, now)
        assert trust.holders("consultation_worker") == (worker.card().device,)
        # A second device of the same person, and the first one revoked.
        assert next_roster.certify(folder, second.card(), (), "", (), person, now) == person
        assert next_roster.revoke(folder, worker.card().device[:6], now) == [worker.card().device]
        trust = publishing.publish(folder, transport, directory, _passphrase, now)
        assert trust.holders("consultation_worker") == (second.card().device,)
        assert trust.roster is not None and trust.roster.version == 2
        # What was published is all on the server; no private key ever was.
        held = b"".join(f.read_bytes() for f in server.rglob("*") if f.is_file())
        for name in ("root-key-1", "registrar-key"):
            what = name.split("-")[0]
            value = keyfile.read_key_file(folder / f"{name}.json", what, _passphrase(name))
            assert value["sign"].encode() not in held and value["mldsa"].encode() not in held


def test_a_server_that_swallows_a_roster_is_found_out(tmp_path: Path) -> None:
    folder, server, now = tmp_path / "ceremony", tmp_path / "server", int(time.time())
    server.mkdir()

    def pin_of(log: str) -> str:
        return ceremony.init(folder, log, 14, _passphrase, now)

    with World(server, HostileServer, pin=pin_of) as world:
        transport = Transport(world.url)
        pins = Pins()
        directory = Directory(transport, world.pin, pins)
        publishing.publish(folder, transport, directory, _passphrase, now)
        assert isinstance(world.server, HostileServer)

        def old(request: Request, answer: Answer) -> Answer:
            kept = [one for one in answer.get("documents", []) if one["position"] < 2]
            return {**answer, "documents": kept} if "documents" in answer else answer

        world.server.deceive = old
        with pytest.raises(Distrust, match="shows another"):
            publishing.publish(folder, transport, directory, _passphrase, now)
        # Shown the old list, he signs no second roster of a version that he has seen.
        world.server.deceive = None
        directory.refresh()
        world.server.deceive = old
        again = Directory(transport, world.pin, pins)
        with pytest.raises(Distrust, match="went-back"):
            publishing.publish(folder, transport, again, _passphrase, now)


def test_a_roster_whose_answer_was_lost_is_sent_again_and_no_other_of_its_version_is_signed(
    tmp_path: Path,
) -> None:
    folder, server, now = tmp_path / "ceremony", tmp_path / "server", int(time.time())
    server.mkdir()

    def pin_of(log: str) -> str:
        return ceremony.init(folder, log, 14, _passphrase, now)

    with World(server, HostileServer, pin=pin_of) as world:
        transport, pins = Transport(world.url), Pins()
        directory = Directory(transport, world.pin, pins)

        def lost(request: Request, answer: Answer) -> Answer:
            return {} if request.method == "POST" and "position" in answer else answer

        publishing.publish(folder, transport, directory, _passphrase, now)
        assert isinstance(world.server, HostileServer)
        for version in (2, 3):
            next_roster.certify(folder, new_device().card(), ("auditor",), "lse", (), None, now)
            world.server.deceive = lost
            with pytest.raises(Distrust):
                publishing.publish(folder, transport, directory, _passphrase, now - 3600)
            signed = parse_canonical((folder / "signed.json").read_bytes(), 2**20)
            world.server.deceive = None
            if version == 3:  # the list goes on meanwhile: the next version says so
                next_roster.certify(folder, new_device().card(), ("auditor",), "lse", (), None, now)
            trust = publishing.publish(folder, transport, directory, _passphrase, now)
            assert trust.roster is not None and trust.roster.version == (2 if version == 2 else 4)
            if version == 2:
                assert trust.roster.hash == hash_of(unb64(signed["bytes"]))
            assert not (folder / "signed.json").exists()
        # One that never left: it is what is sent, though an hour later another would be signed.
        next_roster.certify(folder, new_device().card(), ("auditor",), "lse", (), None, now)
        with pytest.raises(Unreachable):
            publishing.publish(folder, Cut(world.url), directory, _passphrase, now - 3600)
        signed = parse_canonical((folder / "signed.json").read_bytes(), 2**20)
        trust = publishing.publish(folder, transport, directory, _passphrase, now)
        assert trust.roster is not None and trust.roster.hash == hash_of(unb64(signed["bytes"]))
        # A list that is as it was is signed anew when the office renews it.
        again = publishing.publish(folder, transport, directory, _passphrase, now)
        assert again.roster is not None and again.roster.version == trust.roster.version + 1


class Cut(Transport):
    """A line that is cut whenever something is sent."""

    def post(self, *_: object, **__: object) -> dict[str, Any]:
        raise Unreachable(Why.NO_ANSWER, url="http://x")


def test_a_ceremony_that_was_broken_off_goes_on_with_the_keys_that_are_there(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    def breaks(name: str) -> str:
        asked.append(name)
        if name == "root-key-3":
            raise KeyboardInterrupt
        return _passphrase(name)

    log, now = LOG, int(time.time())
    with pytest.raises(KeyboardInterrupt):
        ceremony.init(tmp_path, log, 14, breaks, now)
    kept = (tmp_path / "root-key-1.json").read_bytes()
    ceremony.init(tmp_path, log, 14, _passphrase, now)
    assert (tmp_path / "root-key-1.json").read_bytes() == kept
    (root,) = [parse_canonical((tmp_path / "root.json").read_bytes(), 2**20)]
    document = parse_canonical(unb64(root["bytes"]), 2**20)
    opened = keyfile.read_key_file(tmp_path / "root-key-1.json", "root", _passphrase("root-key-1"))
    keys = LongLivedKeys(unb64(opened["sign"]), unb64(opened["mldsa"]))
    assert document["keys"][0] == keys.public()


def test_nobody_is_certified_without_role_or_twice(tmp_path: Path) -> None:
    ceremony.init(tmp_path, LOG, 14, _passphrase, int(time.time()))
    card = new_device().card()
    with pytest.raises(NotPossible, match="role"):
        next_roster.certify(tmp_path, card, (), "lse", (), None, 0)
    next_roster.certify(tmp_path, card, ("auditor",), "lse", (), None, 0)
    with pytest.raises(NotPossible, match="listed already"):
        next_roster.certify(tmp_path, card, ("auditor",), "lse", (), None, 0)
    with pytest.raises(NotPossible, match="holds a root already"):
        ceremony.init(tmp_path, "log", 14, _passphrase, 0)


def test_a_key_file_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    keyfile.write_key_file(tmp_path / "key", "device", {"a": "b"}, "right")
    assert keyfile.read_key_file(tmp_path / "key", "device", "right") == {"a": "b"}
    with pytest.raises(keyfile.WrongPassphrase):
        keyfile.read_key_file(tmp_path / "key", "device", "wrong")
    with pytest.raises(Malformed):
        keyfile.read_key_file(tmp_path / "key", "root", "right")
    with pytest.raises(FileExistsError):
        keyfile.write_key_file(tmp_path / "key", "device", {"a": "b"}, "right")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_a_key_file_with_weak_parameters_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyfile.write_key_file(tmp_path / "key", "device", {"a": "b"}, "right")
    monkeypatch.undo()
    assert keyfile.MEMORY_BYTES >= 256 * 2**20 and keyfile.PASSES >= 3
    fields = parse_canonical((tmp_path / "key").read_bytes(), 10_000)
    assert fields["argon2id"]["memory"] == 2**20
    with pytest.raises(Malformed, match="parameters"):
        keyfile.read_key_file(tmp_path / "key", "device", "right")
