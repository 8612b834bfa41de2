"""What a second person decides: every open proposal is shown with its words, and the decision is
bound to the one that was shown."""

from collections.abc import Callable
from typing import IO, Any

import click

from cli.case.view import as_support
from cli.desk.form import form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_in, report, wrote
from cli.home.folder import device_session
from cli.home.names import tell_to, who
from cli.screen.show import decides, local_time, say, spoken_content
from cli.screen.spoken import JSON, Spoken
from cli.screen.terminal import put, put_within, rule
from cli.sentences.language import _, name
from client.cases.beforehand import rehearsal_of
from client.cases.casework import Casework, open_casework
from client.cases.proposals import Proposal, open_for, the_one
from client.errors import NotPossible, Unreadable
from client.people.erasure import Proposal as Erasure
from client.session import Session

OF = click.option("--of", "number", help="Which proposal, by its number; needed if more are open.")


def told(proposal: Proposal) -> str:
    """A proposal in a few words: "3: support proposed"."""
    return f"{proposal.seq}: {name(proposal.kind)}"


def show_proposals(session: Session, found: list[Proposal]) -> None:
    """Each with its number, its words, who proposed it and when."""
    several = len({one.chain.name for one in found}) > 1
    for one in found:
        at = local_time(one.item.entry.stored)
        where = f"{one.chain.name}/" if several else ""
        by = who(session, one.author, one.item.role)
        rule(f"{where}{told(one)} · {_('proposed by')} {by}, {at}")
        put_within(_words(session, one))
    put()


def _words(session: Session, proposal: Proposal) -> str:
    try:
        return spoken_content(session.open(proposal.chain, proposal.item))
    except (Unreadable, NotPossible) as error:
        return str(error)


def chosen(work: Casework, answer: str, number: str | None, as_json: bool) -> Proposal:
    """The proposal that is decided: all that are open are shown first, and which is meant is told
    before the reason is asked. Raises NotPossible."""
    found = open_for(work.session, work.proposals(), answer)
    if not as_json:
        show_proposals(work.session, found)
    proposal = the_one(found, number)
    if not as_json:
        say(f"{_('You decide on')} {told(proposal)}.")
    return proposal


def _command(
    called: str, answer: str, text: str, act: Callable[[Casework, str, Proposal], Any]
) -> click.Command:
    """A command by which a second person decides. text: its help."""

    def run(
        case: str, number: str | None, file: IO[Any] | None, as_json: bool, **given: Any
    ) -> None:
        work = open_casework(device_session(), case)
        with stored_after_all(work.session, work.case, "note/1", given):
            proposal = chosen(work, answer, number, as_json)
        deciding = f"{decides(answer)} {told(proposal)}"
        what = f"{_('Why do you decide so?')} ({deciding})"
        read_by = read_in("governance", tell_to(work.session, proposal.chain))
        wrote(
            Writing(work.session, work.case, "note/1", what, read_by, given, file),
            lambda value: act(work, value["text"], proposal),
            rehearsed=lambda value: act(rehearsal_of(work), value["text"], proposal),
        )
        report(work, proposal.chain, as_json, f"{_('Stored')}: {deciding}.")

    decorated = click.argument("case")(OF(form_options("note/1")(JSON(run))))
    return click.command(called, cls=Spoken, help=text)(decorated)


approve = _command(
    "approve",
    "ApprovalGiven",
    "Approve what another person proposed, with your reason.",
    lambda work, why, proposal: work.decide("ApprovalGiven", why, proposal),
)
refuse = _command(
    "refuse",
    "ApprovalRefused",
    "Refuse what another person proposed, with your reason.",
    lambda work, why, proposal: work.decide("ApprovalRefused", why, proposal),
)
OF_CASES = (
    _command(
        "accept",
        "CaseAccepted",
        "Accept a case that someone proposed. For supervisors.",
        lambda work, why, proposal: as_support(work).decide("CaseAccepted", why, proposal),
    ),
    _command(
        "refuse",
        "CaseNotAccepted",
        "Refuse a case that someone proposed. For supervisors.",
        lambda work, why, proposal: as_support(work).decide("CaseNotAccepted", why, proposal),
    ),
    _command(
        "release",
        "AdviceReleased",
        "Release the advice that was proposed. For supervisors.",
        lambda work, why, proposal: as_support(work).release_advice(why, proposal),
    ),
)


def erasure_told(session: Session, proposal: Erasure) -> str:
    """What is to be erased: by number and kind, where, on which ground, and who proposed it."""
    listed = ", ".join(f"{one.seq} ({name(one.kind)})" for one in proposal.contents)
    what = f"{_('everything')}: {listed}" if proposal.entries is None else listed
    by = f"{_('proposed by')} {who(session, proposal.author)}"
    return f"{name(proposal.kind)}: {proposal.compartment}, {what}; {proposal.ground}; {by}"
