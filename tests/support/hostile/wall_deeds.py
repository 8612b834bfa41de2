"""What people do at the walls of a support case, and what a hostile server does with its members:
who is listed, invited, let in, gone and certified. Keys and contents: `wall_keys`.

Each deed is prepared in a place of its own, and gives what the server shows from then on.
"""

from collections.abc import Callable
from typing import Any

from client.cases import consultation
from client.cases.casework import open_casework
from client.cases.consultation import message
from client.cases.support import Support
from client.people import membership
from client.people.invitations import Invited
from client.place.chain import Chain
from crypto.device import card_from
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from domain.entry import Line
from domain.trust import SECONDS_A_DAY
from tests.support.hostile.hostile_walls import (
    Deceit,
    Scene,
    accepts,
    random_key,
    shows,
    shows_roster,
    without,
)
from wire.header import minute_of
from wire.paths import WORK_LIST, path

Act = Callable[[Scene], str | None]
Prepared = Callable[[Scene], Deceit]


# --- what people do once the server has turned ----------------------------------------------------


def reads(who: str) -> Act:
    """Reads all of it, with what she remembers if that was noted."""

    def act(scene: Scene) -> str | None:
        session = scene.session(who, scene.pins)
        chain = scene.read(session)
        consultation.conversation(session, chain)
        if chain.refused:
            return "no-key"
        return "bad-grant" if chain.bad_grants else None

    act.__name__ = f"{who}_reads"
    return act


def zoe_writes(scene: Scene) -> str | None:
    """zoe writes, where she read before if that was noted; the kind of what had to come first."""
    session = scene.writer or scene.session("zoe")
    chain = scene.chain or scene.read(session)
    before = len(chain.items)
    session.write(chain, "MessageSent", {}, message("more"))
    kind = chain.items[before].entry.header.kind
    return None if kind == "MessageSent" else kind


def dirk_admits(scene: Scene) -> str | None:
    """dirk lets in whoever proved to be invited; what it comes to if that is nobody."""
    chain = scene.read(scene.dirk)
    found = scene.invitations.accepted(chain)
    if not found:
        return "nobody is let in"
    for invited in found:
        scene.invitations.admit(chain, invited)
    return None


def dirk_lets_ivo_in(scene: Scene) -> None:
    session = scene.session("dirk")
    chain = scene.read(session)
    coming = Line(scene.cast["ivo"].device, "interpreter", None)
    session.change_members(chain, "joined", tuple(sorted((*chain.lines, coming))))


def xena_looks_for_it(scene: Scene) -> None:
    """xena opens the place from her work list."""
    Support(open_casework(scene.session("xena"), scene.case)).work.named(scene.place)


# --- what the server does -------------------------------------------------------------------------


def lists_itself(scene: Scene) -> Deceit:
    own = new_device()
    line = Line(own.card().device, "zorgexpert", None)
    draft = scene.joining(scene.experts(), line, own.card(), author=own.card().device)
    return shows(scene, draft, own, own.card())


def is_listed(scene: Scene) -> Deceit:
    card = new_device().card()
    draft = scene.joining(scene.experts(), Line(card.device, "zorgexpert", None), card)
    return shows(scene, draft, card=card)


def invites_a_supervisor(scene: Scene) -> Deceit:
    chain = scene.open("partners", "ella")
    expires = minute_of(scene.dirk.now() + 86_400)
    body = {"invitation": "0" * 32, "role": "supervisor", "expires": expires}
    return shows(scene, scene.dirk.draft(chain, "ParticipantInvited", body, None, None))


def lists_invited(role: str, days: int, after: int = 0) -> Prepared:
    """Someone with an invitation as a local party for so many days, in this role, so many later."""

    def prepare(scene: Scene) -> Deceit:
        chain = scene.open("partners", "ella")
        invitation = scene.invitations.invite(chain, "local_party", days)
        card, scene.later = new_device().card(), after * SECONDS_A_DAY
        draft = scene.joining(chain, Line(card.device, role, invitation.id), card)
        return shows(scene, draft, card=card)

    return prepare


def lists_by_a_used_invitation(scene: Scene) -> Deceit:
    chain = scene.open("partners", "ella")
    guest, invitation = scene.invited(chain)
    scene.invitations.admit(chain, Invited(invitation, guest.card))
    card = new_device().card()
    draft = scene.joining(chain, Line(card.device, "local_party", invitation.id), card)
    return shows(scene, draft, card=card)


def accepts_itself(scene: Scene) -> Deceit:
    _, invitation = scene.invited(scene.open("partners"))
    return accepts(scene, invitation.id, new_device().card(), b64(random_key()))


def swaps_the_accepting_card(scene: Scene) -> Deceit:
    guest, invitation = scene.invited(scene.open("partners"))
    return accepts(scene, invitation.id, new_device().card(), invitation.tag(guest.device))


def replays_an_acceptance(scene: Scene) -> Deceit:
    chain = scene.open("partners")
    guest, invitation = scene.invited(chain)
    _, other = scene.invited(chain)
    return accepts(scene, other.id, guest.card, invitation.tag(guest.device))


def accepts_for_another(**other: str) -> Prepared:
    """A tag that someone who was invited made for what she was not invited to."""

    def prepare(scene: Scene) -> Deceit:
        guest, invitation = scene.invited(scene.open("partners"))
        tag = invitation._replace(**other).tag(guest.device)
        return accepts(scene, invitation.id, guest.card, tag)

    return prepare


def accepts_in_another_place(scene: Scene) -> Deceit:
    """An acceptance that is good elsewhere."""
    guest, invitation = scene.invited(scene.open("partners"))
    scene.open("partners")
    return accepts(scene, invitation.id, guest.card, invitation.tag(guest.device))


def unchecked(invitations: Any, _: Chain, fields: Any) -> Invited:
    """An acceptance as it came, held against nothing."""
    return Invited(invitations.find(fields["invitation"]), card_from(fields["card"]))


def hides_a_leaving_seen_before(scene: Scene) -> Deceit:
    scene.experts()
    scene.leaves("xena")
    scene.seen_by("zoe")
    return without(scene, "MemberLeft")


def hides_a_leaving(scene: Scene) -> Deceit:
    scene.experts()
    scene.dirk.settle(scene.leaves("xena"))
    return without(scene, "MemberLeft")


def lists_who_left(scene: Scene) -> Deceit:
    scene.experts()
    line = Line(scene.cast["xena"].device, "duidingsexpert", None)
    return shows(scene, scene.joining(scene.leaves("xena"), line, scene.cast["xena"].card))


def goes_on_with_the_leaver(scene: Scene) -> Deceit:
    scene.experts()
    chain = scene.leaves("xena")
    body, key = message("as if she had not left"), chain.epoch_keys[0]
    return shows(scene, scene.dirk.draft(chain, "MessageSent", {}, body, key))


def lists_a_replaced_device(scene: Scene) -> Deceit:
    chain = scene.open("partners", "ella")
    guest, invitation = scene.invited(chain)
    scene.invitations.admit(chain, Invited(invitation, guest.card))
    after = scene.world.session(new_device())
    membership.replace_key(guest, after, [scene.read(guest)])
    line = Line(guest.device, "local_party", invitation.id)
    return shows(scene, scene.joining(scene.read(scene.dirk), line, guest.card))


def someone_is_put_out(scene: Scene) -> None:
    chain = scene.experts()
    scene.seen_by("zoe")
    scene.put_out(chain, "xena")


def someone_leaves(scene: Scene) -> None:
    scene.experts()
    scene.seen_by("zoe")
    scene.leaves("xena")


def with_roster(change: Callable[[Any], None], *, signed: bool) -> Prepared:
    """One more roster, with its people changed. signed: by the registrar."""

    def prepare(scene: Scene) -> Deceit:
        scene.place = scene.names["expert"]
        return shows_roster(scene, change, signed=signed)

    return prepare


def unrevokes(people: Any) -> None:
    for person in people:
        for device in person["devices"]:
            device["revoked"] = None


def drops(people: Any) -> None:
    people[0]["devices"].pop()


def moves(people: Any) -> None:
    people[0]["devices"] += people[1]["devices"]
    people[1]["devices"] = []


def shows_an_old_work_list(scene: Scene) -> Deceit:
    chain = scene.experts()
    scene.world.settle()
    old = {"work": scene.session("xena").work(), "elsewhere": 0}
    scene.put_out(chain, "xena")
    return lambda request, answer: old if request.path == path(WORK_LIST) else answer
