"""What a hostile server does with keys, cards and contents at the walls of a support case, alone or
with dirk, who signs and seals what it likes.

Each deed is prepared in a place of its own, and gives what the server shows from then on; None
where dirk's own entry, stored by honest people, is the trap.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from client.cases.consultation import message
from client.people import membership
from client.place.chain import Chain
from client.place.compose import Draft, draft_change, draft_opening
from crypto.encoding import hash_of, parse_canonical, unb64
from crypto.secret.grant import Granted
from crypto.secret.wrap import commitment, hpke_open, hpke_seal, open_wrap, wrap_info
from domain.entry import Line
from tests.support.hostile.hostile_walls import (
    LATER,
    OPENING,
    ROLES,
    Deceit,
    Scene,
    gives_parts,
    gives_wrap,
    in_timeline,
    random_key,
    shows,
    without,
)
from tests.support.hostile.server import swaps_keys
from wire.parts import SealedParts

Prepared = Callable[[Scene], Deceit]


def seals(scene: Scene, chain: Chain, key: bytes, other: Mapping[str, bytes]) -> None:
    """dirk turns the keys over to one that he chose. other: what he gives some devices instead."""
    version, now, device = scene.dirk.roster_version(), scene.dirk.now(), scene.dirk.device
    cards = scene.dirk.directory.cards(line.device for line in chain.lines)
    lines, here = chain.lines, chain.compartment
    draft = draft_change(here, scene.case, "rotated", lines, cards, device, version, now)
    epoch, body = draft.header.epoch, draft.header.body
    commit = commitment(scene.case, here.name, epoch, key)
    wraps = {
        to: hpke_seal(
            card,
            wrap_info(scene.case, here.name, epoch, to, device, commit),
            other.get(to, key),
        )
        for to, card in cards.items()
    }
    members = [{**one, "wrap": hash_of(wraps[one["device"]])} for one in body["members"]]
    header = replace(draft.header, body={**body, "commit": commit, "members": members})
    scene.post(Draft(header, SealedParts(wraps=wraps), key))


def notes(scene: Scene) -> Chain:
    """Notes in which dirk wrote twice before ella was let in."""
    chain = scene.open("worknotes")
    for text in ("the first note", "the second note"):
        scene.dirk.write(chain, "MessageSent", {}, message(text))
    coming = Line(scene.cast["ella"].device, ROLES["ella"], None)
    scene.dirk.change_members(chain, "joined", tuple(sorted((*chain.lines, coming))))
    return chain


def two_keys(scene: Scene) -> None:
    seals(scene, scene.experts(), random_key(), {scene.cast["zoe"].device: random_key()})


def the_key_of_before(scene: Scene) -> None:
    chain = scene.experts()
    seals(scene, chain, chain.epoch_keys[1], {})


def held_or_not(chain: Chain, entry: Any, wrap: bytes) -> bytes:
    """The key in a wrap, also one that was held before."""
    header, commit = entry.header, str(entry.header.body["commit"])
    info = (header.epoch, chain.device, header.author, commit)
    return open_wrap(chain.keys, wrap_info(chain.case, chain.name, *info), wrap)


def a_wrap_of(who: str, epoch: int) -> Prepared:
    """For zoe's newest epoch the wrap of someone, or of another epoch."""

    def prepare(scene: Scene) -> Deceit:
        chain = scene.experts()
        scene.dirk.change_members(chain, "rotated", chain.lines)
        store, device = scene.world.opened.store, scene.cast[who].device
        wraps = store.wraps(scene.case, scene.place, device)
        return gives_wrap(scene, chain.items[-1].entry.header.id, wraps[epoch][1])

    return prepare


def swaps_cards(scene: Scene) -> Deceit:
    scene.open("session")
    return lambda request, answer: swaps_keys(scene, request, answer)  # type: ignore[arg-type]


def answers_with_the_fathers(scene: Scene) -> Deceit:
    scene.place = scene.names["mother"]
    other = scene.stored(scene.case, scene.names["father"])
    return in_timeline(scene, lambda _: other)


def puts_in_the_fathers(scene: Scene) -> Deceit:
    scene.place = scene.names["mother"]
    one = {**scene.stored(scene.case, scene.names["father"])[-1], "position": LATER}
    return in_timeline(scene, lambda shown: [*shown, one])


def opens_again(*, alone: bool) -> Prepared:
    """The place is opened once more under its name, behind what was said or in its place."""

    def prepare(scene: Scene) -> Deceit:
        chain = scene.open("worknotes")
        scene.seen_by("dirk")
        cards = scene.dirk.directory.cards(line.device for line in chain.lines)
        extra, version, now = OPENING, scene.dirk.roster_version(), scene.dirk.now()
        device, salt = scene.dirk.device, random_key()[:16]
        draft = draft_opening(
            scene.case, chain.name, salt, chain.lines, cards, extra, device, version, now
        )
        return shows(scene, draft, alone=alone)

    return prepare


def swaps_contents(scene: Scene) -> Deceit:
    chain = notes(scene)
    scene.dirk.write(chain, "MessageSent", {}, message("one"))
    scene.dirk.write(chain, "MessageSent", {}, message("another"))
    one, other = (item.entry.header.id for item in chain.items[-2:])
    return gives_parts(scene, one, other)


def grants(contents: Callable[[Chain], Granted]) -> Callable[[Scene], None]:
    """dirk grants ella what the function makes of his notes."""

    def prepare(scene: Scene) -> None:
        chain = notes(scene)
        scene.post(scene.granting(chain, contents(chain)))

    return prepare


def said(chain: Chain) -> list[str]:
    """The ids of what was said."""
    return [item.entry.header.id for item in chain.items if item.entry.header.payload]


def grants_something_else(scene: Scene) -> None:
    chain = notes(scene)
    first, second = said(chain)
    draft = scene.granting(chain, Granted({}, {first: random_key()}))
    body = {**draft.header.body, "entries": [second]}
    scene.post(replace(draft, header=replace(draft.header, body=body)))


def whatever_it_holds(keys: Any, info: bytes, sealed: bytes, *_: Any) -> Granted:
    """What is in a grant, held against nothing."""
    value = parse_canonical(hpke_open(keys, info, sealed), 10**6)
    return Granted({}, {name: unb64(key) for name, key in value["entries"].items()})


def in_place_of_a_grant(*, nothing: bool) -> Prepared:
    """Nothing, or what was sealed for another device."""

    def prepare(scene: Scene) -> Deceit:
        chain = notes(scene)
        membership.grant(scene.dirk, chain, scene.cast["ella"].device, "handover", [0])
        other = None if nothing else hpke_seal(scene.cast["zoe"].card, b"", b"{}")
        return gives_wrap(scene, chain.items[-1].entry.header.id, other)

    return prepare


def hides_an_announcement(scene: Scene) -> Deceit:
    scene.place = scene.names["expert"]
    return without(scene, "ContributionAnnounced")


def hides_announcements_seen_before(scene: Scene) -> Deceit:
    scene.place = scene.names["expert"]
    scene.seen_by("zoe")
    kinds = [item.entry.header.kind for item in scene.read(scene.dirk).items]
    return in_timeline(scene, lambda shown: shown[: kinds.index("ContributionAnnounced")])
