"""Who comes to a support case and who goes: invited, let in, put out, and given what was before."""

from collections.abc import Sequence
from typing import Any

import click
import segno

from cli.case.view import place_in, support_of
from cli.home.folder import device_session
from cli.home.names import said_place
from cli.screen.asking import confirm
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.language import LANGUAGES, _, language, name
from client.cases.support import SESSION, Support
from client.errors import NotPossible
from client.people import membership
from client.place.chain import Chain
from client.server.directory import whose
from client.session import Session
from crypto.secret.invitation import INVITED, Invitation
from crypto.wordlists import safety_words

OUTSIDE = ("partners", "commission", "product")


def _told(support: Support, as_json: bool, told: str, **more: Any) -> None:
    if as_json:
        print_json({"case": support.work.case, **more})
    else:
        say(f"{told} {_('Case')} {support.work.case[:8]}.")


def link_of(server: str, invitation: Invitation) -> str:
    """What is given to someone, by another way than through the server."""
    return f"{server}/#{invitation.fragment()}"


def compared(chain_place: Sequence[str], one: str, other: str) -> str:
    """The words that two people read to each other."""
    return " ".join(safety_words(list(chain_place), one, other, language()))


@command("invite")
@click.argument("case")
@click.option("--as", "role", type=click.Choice(INVITED), required=True, help="As whom.")
@click.option(
    "--to",
    "place",
    type=click.Choice(OUTSIDE),
    help="To which place; others than the municipality get a dialogue of their own.",
)
@JSON
def invite(case: str, role: str, place: str | None, as_json: bool) -> None:
    """Invite someone whom no list of people knows: a link, a picture to scan, and words.

    Give one of them to the person by another way than through this system, and nobody else.
    """
    support = support_of(case)
    if (place is not None) != (role == "local_party"):
        raise NotPossible(_("a municipality comes to a place, with --to; nobody else does"))
    invitation = support.invite(place or "dialogue", role)
    link = link_of(support.session.transport.url, invitation)
    if as_json:
        words = {each: invitation.words(each) for each in LANGUAGES}
        fields = {"compartment": invitation.compartment, "link": link, "words": words}
        _told(support, True, "", **fields)
        return
    say(link)
    segno.make(link, error="m").terminal(compact=True)
    say(" ".join(invitation.words(language())))
    told = _("Give it to the person by another way; then let them in with `zegel case admit`.")
    say(told)


@command("admit")
@click.argument("case")
@click.option("--yes", is_flag=True, help="The safety words were compared.")
@JSON
def admit(case: str, yes: bool, as_json: bool) -> None:
    """Let in those who accepted your invitation, once you compared the safety words with them."""
    support = support_of(case)
    admitted = []
    for chain in list(support.chains()):
        if not chain.compartment.invitations:
            continue
        for invited in support.invitations.accepted(chain):
            device = invited.card.device
            words = compared((chain.case, chain.name), support.session.device, device)
            say(f"{name(invited.invitation.role)}, {chain.name}: {words}")
            if yes or confirm(_("Does the person read the same words?")):
                support.invitations.admit(chain, invited)
                admitted.append(device)
    if not admitted:
        raise NotPossible(_("nobody was let in"))
    _told(
        support, as_json, _("Let in; what was said before stays closed to them."), devices=admitted
    )


@command("let-in")
@click.argument("case")
@click.argument("place")
@click.argument("person")
@JSON
def let_in(case: str, place: str, person: str, as_json: bool) -> None:
    """Let PERSON, a certified colleague or expert, into a PLACE of yours, such as session."""
    support = support_of(case)
    support.let_in(said_place(support.work, place), person)
    _told(support, as_json, _("Let in; what was said before stays closed to them."))


@command("substitute")
@click.argument("case")
@click.argument("person")
@JSON
def substitute(case: str, person: str, as_json: bool) -> None:
    """Name PERSON, another casemanager, to take over; let them in with `zegel case let-in`."""
    support = support_of(case)
    support.name_substitute(person)
    _told(support, as_json, _("Named; now let them in where they take over."))


@command("remove")
@click.argument("case")
@click.argument("place")
@click.argument("person")
@JSON
def remove(case: str, place: str, person: str, as_json: bool) -> None:
    """Put PERSON, by the beginning of a number or device, out of PLACE; the keys are renewed."""
    support = support_of(case)
    membership.remove(
        support.session,
        place_in(support, place),
        _number(support, person),
    )
    _told(support, as_json, _("Put out: they cannot read what comes next."))


@command("leave")
@click.argument("case")
@click.argument("place")
@JSON
def leave(case: str, place: str, as_json: bool) -> None:
    """Leave PLACE: you cannot read what comes next there."""
    support = support_of(case)
    membership.leave(support.session, place_in(support, place))
    _told(support, as_json, _("You have left. Whoever writes next renews the keys without you."))


@command("end-session")
@click.argument("case")
@click.argument("place", required=False)
@JSON
def end_session(case: str, place: str | None, as_json: bool) -> None:
    """End the session of CASE, or the one called PLACE: the interpreter is put out."""
    support = support_of(case)
    support.end_session(place or SESSION)
    _told(support, as_json, _("Ended: nothing more is said there, and the interpreter is out."))


@command("rotate")
@click.argument("case")
@click.argument("place", required=False)
@JSON
def rotate(case: str, place: str | None, as_json: bool) -> None:
    """Renew the keys of PLACE, or of all your places, on all certified devices of those there."""
    support = support_of(case)
    chains = [place_in(support, place)] if place else list(support.chains())
    for chain in chains:
        membership.turn_over(support.session, chain)
    _told(support, as_json, f"{_('Keys renewed')}: {len(chains)}.")


@command("grant")
@click.argument("case")
@click.argument("place")
@click.option("--to", "person", required=True, help="Whom, by the beginning of number or device.")
@click.option("--message", "numbers", type=int, multiple=True, help="A message, by its number.")
@click.option("--epoch", "epochs", type=int, multiple=True, help="All of an epoch before this one.")
@click.option("--reason", required=True, help="Why, in one word, such as handover.")
@JSON
def grant(
    case: str,
    place: str,
    person: str,
    numbers: tuple[int, ...],
    epochs: tuple[int, ...],
    reason: str,
    as_json: bool,
) -> None:
    """Give someone who stands in PLACE what was said before they came, by an entry that says so."""
    if not numbers and not epochs:
        raise NotPossible(_("give --message or --epoch"))
    support = support_of(case)
    chain = place_in(support, place)
    devices = _devices(support, chain, _number(support, person))
    items = [one for one in chain.items if one.entry.header.seq in numbers]
    if len(items) != len(set(numbers)):
        raise NotPossible(_("there is no such message here"))
    for device in devices:
        membership.grant(support.session, chain, device, reason, sorted(epochs), items)
    _told(support, as_json, f"{_('Given to devices')}: {len(devices)}.")


def _number(support: Support, person: str) -> str:
    return support.session.numbers.number(person) or person.lower()


def _devices(support: Support, chain: Chain, beginning: str) -> list[str]:
    trust = support.session.directory.newest
    found = [
        line.device
        for line in chain.lines
        if line.device != support.session.device
        and any(one.startswith(beginning) for one in (line.device, whose(trust, line.device)))
    ]
    if not found or not beginning:
        raise NotPossible(f"{len(found)} members have a number that begins with {beginning}")
    return found


def _place_of(session: Session, case: str, compartment: str) -> tuple[str, str]:
    """Their whole numbers, by number or by local name: a custodian stands in neither."""
    numbers = session.numbers
    place = numbers.number(compartment).rpartition("/")[2]
    return numbers.number(case) or case, place or compartment


@command("approve-recovery")
@click.argument("case")
@click.argument("compartment")
@JSON
def approve_recovery(case: str, compartment: str, as_json: bool) -> None:
    """As a custodian: agree that a COMPARTMENT of a whole CASE number gets new keys."""
    session = device_session()
    membership.approve_recovery(session, *_place_of(session, case, compartment))
    if as_json:
        print_json({"case": case})
    else:
        say(_("Approved. A third custodian carries it out once two have approved."))


@command("recover")
@click.argument("case")
@click.argument("compartment")
@JSON
def recover(case: str, compartment: str, as_json: bool) -> None:
    """As a third custodian: new keys for those who stand there, and no old one for anybody."""
    session = device_session()
    membership.recover(session, *_place_of(session, case, compartment))
    if as_json:
        print_json({"case": case})
    else:
        say(_("Recovered: those who stand there have new keys."))


PEOPLE = (
    *(invite, admit, let_in, substitute, remove, leave, end_session, rotate, grant),
    *(approve_recovery, recover),
)
