"""A server that cheats is refused by name, and each check is what refuses it.

Holds client/place/reader.py, client/place/chain.py, client/server/pins.py,
client/server/directory.py, client/server/receipts.py, crypto/log_signer.py.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.cases import consulting
from client.errors import Distrust, NotPossible
from domain.entry import Parts
from tests.support.hostile.attacks import Deed
from tests.support.hostile.server import (
    HostileServer,
    Scene,
    adds_own_roster,
    auditor_replays,
    changes_header,
    changes_spelling,
    drops,
    exchanges,
    forges,
    gives_own_epoch_key,
    hides_newest_roster,
    id_without_kem,
    in_parts,
    in_timeline,
    mother_reads,
    mother_reads_again,
    mother_writes,
    redates,
    reorders,
    replays,
    shows_own_root,
    signs_another_receipt,
    signs_with_another_key,
    someone_asks,
    splices,
    swaps_keys,
    truncates,
    with_strangers_cards,
)
from tests.support.people import speaking
from tests.support.world import World


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with World(tmp_path, HostileServer) as world:
        (worker,) = world.staff("consultation_worker")
        (auditor,) = world.staff("auditor")
        mother, chain, code = world.mother("the first question")
        _, other, _ = world.mother("of someone else")
        found = worker.read(chain.case, chain.name)
        assert found is not None
        consulting.take(worker, found)
        speaking.answer(worker, found, "the answer")
        world.settle()
        yield Scene(world, worker, auditor, mother, chain, code, other)


PLACE = {"domain.check._check_place": lambda *_: None}
AUTHOR = {"domain.check._check_author": lambda *_: None}
FRESH = {"domain.check._check_freshness": lambda *_: None}
RECEIPT = {"client.server.receipts.verify": lambda *_: True}
WHOLE_PARTS = {"client.place.chain.find_parts": lambda *_: Parts.COMPLETE}


DEEDS = {
    "swaps a key at opening": Deed(
        swaps_keys,
        someone_asks,
        "uncertified-member",
        {"crypto.device._device_id": id_without_kem},
    ),
    "drops an entry": Deed(in_timeline(drops), mother_reads, "out-of-order", PLACE),
    "reorders entries": Deed(in_timeline(reorders), mother_reads, "out-of-order", PLACE),
    "replays an entry": Deed(in_timeline(replays), mother_reads, "duplicate-entry", PLACE),
    "truncates": Deed(
        in_timeline(truncates),
        mother_reads_again,
        "went-back",
        {"client.server.pins.Pins.check_head": lambda *_: None},
    ),
    "moves an entry in from another case": Deed(
        in_timeline(splices), mother_reads, "wrong-case", PLACE
    ),
    "answers with another case": Deed(
        in_timeline(exchanges),
        mother_reads,
        "wrong-case",
        {"client.place.reader.refuse_unasked": lambda *_: None},
    ),
    "changes a header": Deed(in_timeline(changes_header), mother_reads, "bad-signature", AUTHOR),
    "changes a header's spelling": Deed(
        in_timeline(changes_spelling),
        mother_reads,
        "malformed",
        {"wire.header.parse_canonical": lambda received, _: json.loads(received)},
    ),
    "changes the time of storing": Deed(in_timeline(redates), mother_reads, "clock", FRESH),
    "changes a ciphertext": Deed(
        in_parts("payload"), mother_reads, "payload-mismatch", WHOLE_PARTS
    ),
    "changes a key box": Deed(in_parts("keybox"), mother_reads, "payload-mismatch", WHOLE_PARTS),
    "gives a key of its own": Deed(
        gives_own_epoch_key,
        mother_reads,
        "bad-wrap",
        {
            "client.place.chain.Chain._opened": lambda *_: bytes(32),
            "client.place.chain.hash_of": lambda _: ANY,
        },
    ),
    "shows an old roster": Deed(
        hides_newest_roster,
        mother_reads_again,
        "went-back",
        {"client.server.pins.Pins.check_documents": lambda *_: None},
    ),
    "shows a newcomer an old roster": Deed(
        hides_newest_roster, mother_reads, "stale-roster", FRESH
    ),
    "certifies a worker of its own": Deed(
        with_strangers_cards(adds_own_roster),
        someone_asks,
        "bad-signature",
        {"wire.pipeline.check_roster": lambda *_: None},
    ),
    "shows a root of its own": Deed(
        shows_own_root,
        mother_reads,
        "wrong-pin",  # who has never seen the right one may have mistyped its pin
        {"client.server.directory.Directory._refuse_other_pin": lambda *_: None},
    ),
    "shows a root of its own to who knows the right one": Deed(
        shows_own_root,
        mother_reads_again,
        "unknown-author",
        {"wire.pipeline.check_root": lambda *_: None},
    ),
    "writes as someone without a card": Deed(
        in_timeline(forges), mother_reads, "unknown-author", AUTHOR
    ),
    "writes as someone who is no member": Deed(
        with_strangers_cards(in_timeline(forges)),
        mother_reads,
        "not-a-member",
        {"domain.check.acting_role": lambda *_: "consultation_worker"},
    ),
    "shows the auditor a chain with a gap": Deed(
        in_timeline(drops), auditor_replays, "out-of-order", PLACE
    ),
    "hands the auditor another case": Deed(
        in_timeline(exchanges), auditor_replays, "wrong-case", {}
    ),
    "hands the auditor nothing": Deed(
        in_timeline(lambda *_: []), auditor_replays, "out-of-order", {}
    ),
    "answers for another entry": Deed(
        signs_another_receipt,
        mother_writes,
        "bad-receipt",
        {
            "client.session.check_receipt": lambda *_: __import__(
                "client.server.receipts"
            ).receipts.Receipt(99, 0)
        },
    ),
    "signs receipts with another key": Deed(
        signs_with_another_key, mother_writes, "bad-receipt", RECEIPT
    ),
}


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANY = _Any()


def outcome(scene: Scene, deed: Deed) -> str:
    """The name by which the deed was refused, or how it went otherwise."""
    scene.turn(deed.deceit)
    try:
        deed.act(scene)
    except Distrust as refused:
        return refused.name
    except NotPossible as refused:
        return str(refused).partition(":")[0]
    except Exception as fault:
        return f"unnamed: {fault!r}"
    return "accepted"


@pytest.mark.parametrize("name", DEEDS)
def test_the_client_refuses_by_name(scene: Scene, name: str) -> None:
    assert outcome(scene, DEEDS[name]) == DEEDS[name].refusal


@pytest.mark.parametrize("name", [name for name in DEEDS if DEEDS[name].check])
def test_with_its_check_switched_off_the_deed_is_not_refused_so(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for target, replacement in DEEDS[name].check.items():
        monkeypatch.setattr(target, replacement)
    assert outcome(scene, DEEDS[name]) != DEEDS[name].refusal


def test_an_honest_server_is_not_accused(scene: Scene) -> None:
    acts: list[Callable[[Scene], None]] = [
        mother_reads,
        mother_reads_again,
        mother_writes,
        auditor_replays,
        someone_asks,
    ]
    for act in acts:
        act(scene)
