"""What the server holds opens nothing: no word, no code and no key of anyone is in its files.

Holds client/place/compose.py, client/place/chain.py, store/application.py.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

from client.cases import consultation, consulting
from client.place.chain import Chain
from client.session import Session
from crypto.code import show_code
from crypto.secret.seeds import CodeKeys, DeviceKeys, new_code
from tests.support.people import speaking
from tests.support.world import World, read

CANARY = "kanarie-in-de-kolenmijn-é"


def _spellings(secret: bytes) -> Iterator[bytes]:
    """A secret as it is, in hex and in every alignment of base64."""
    yield secret
    yield secret.hex().encode()
    for skip in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Characters at the ends depend on what stands beside: left out.
            yield encode(bytes(skip) + secret)[4 if skip else 0 : -4]


def _files(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_no_text_no_code_and_no_key_is_in_the_servers_files(world: World, tmp_path: Path) -> None:
    (worker,) = world.staff("consultation_worker")
    entropy = new_code()
    code = CodeKeys(entropy, bytes(32))
    mother = world.session(code.keys)
    asked = consultation.ask(mother, code, 0, "anonymous", f"{CANARY} question")
    world.settle()
    chain = read(world, worker, asked)
    consulting.take(worker, chain)
    speaking.answer(worker, chain, f"{CANARY} answer")
    speaking.close(worker, chain, "other", CANARY)
    world.settle()
    assert read(world, mother, asked).state.state == "closed"

    held = _files(tmp_path)
    secrets = [CANARY.encode(), CANARY.encode("utf-16-le"), entropy, show_code(entropy).encode()]
    secrets += [seed for keys in (code.keys, worker.keys) for seed in keys]
    secrets += [*chain.epoch_keys.values(), code._master]
    for secret in secrets:
        for spelling in _spellings(secret):
            assert spelling not in held
    # The search finds what is there: the ciphertext's own hash, and the public keys.
    assert chain.items[-1].entry.header.payload is not None
    assert chain.items[-1].entry.header.payload.hash.encode() in held
    assert mother.card.sign in held or base64.urlsafe_b64encode(mother.card.sign)[:-1] in held


def test_a_removed_worker_holds_no_key_of_what_follows(world: World) -> None:
    taker, other = world.staff("consultation_worker", "consultation_worker")
    _, asked, _ = world.mother()
    before = _own(other, asked)
    assert before.epoch_keys.keys() == {0}
    chain = _own(taker, asked)
    consulting.take(taker, chain)
    speaking.answer(taker, chain, "for the mother alone")
    said = chain.items[-1]
    assert said.entry.header.epoch == 1
    # He keeps what he was given, and nothing given to him opens what came after.
    store = world.opened.store
    assert store.parts_for(asked.case, said.entry.header.id, other.device) is None
    assert [entry for entry, _ in store.wraps(asked.case, asked.name, other.device)] == [
        before.items[0].entry.header.id
    ]
    assert chain.epoch_keys[1] not in before.epoch_keys.values()


def _own(session: Session, chain: Chain) -> Chain:
    found = session.read(chain.case, chain.name)
    assert found is not None
    return found


def test_two_entries_never_share_a_key_or_a_nonce(world: World) -> None:
    world.staff("consultation_worker")
    mother, asked, _ = world.mother("the same words")
    mother.write(asked, "MessageSent", {}, consultation.message("the same words"))
    first, second = (
        world.opened.store.parts_for(asked.case, item.entry.header.id, mother.device)
        for item in asked.items[1:]
    )
    assert first is not None and second is not None
    assert first.payload is not None and second.payload is not None
    assert first.keybox is not None and second.keybox is not None
    assert len(first.payload) == len(second.payload)
    assert first.payload[:56] != second.payload[:56]
    assert first.keybox[:24] != second.keybox[:24]


def test_a_seed_is_not_shown_when_keys_are_printed() -> None:
    keys = DeviceKeys(b"\x07" * 32, b"\x08" * 32)
    assert "\\x07" not in repr(keys) and "\\x08" not in f"{keys}"
