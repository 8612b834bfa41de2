"""What a second person decides: every open proposal is shown with its words, and the decision is
bound to the one that was shown."""

from typing import IO, Any

import click

from cli.desk.form import form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_among, report, wrote
from cli.home.folder import device_session
from cli.home.names import tell_to, who
from cli.screen.show import decides, local_time, say, spoken_content
from cli.screen.spoken import JSON, Spoken
from cli.screen.terminal import put, put_within, rule
from cli.sentences import findings
from cli.sentences.advice import spoken_of
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from client.cases.beforehand import rehearsal_of
from client.cases.casework import Casework, open_casework
from client.cases.proposals import Proposal, open_for, the_one
from client.errors import NotPossible, Unreadable
from client.people.erasure import Proposal as Erasure
from client.session import Session
from domain.services.registry import DECIDED_BY

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
    except NotPossible as error:
        return spoken_of(error)
    except Unreadable as error:
        return findings.told(str(error))


def chosen(
    work: Casework, yes: bool, number: str | None, as_json: bool, kinds: frozenset[str]
) -> Proposal:
    """The proposal that is decided: all that are open are shown first, and which is meant is told
    before the reason is asked. kinds: those that a command is for, any if empty. Raises
    NotPossible."""
    waiting = open_for(work.session, work.proposals())
    meant = [one for one in waiting if not kinds or one.kind in kinds]
    found = [one for one in meant if answer_to(one, yes)]
    if meant and not found:
        raise CannotDo(_("what waits here is approved or left: say why not by a message"))
    if not as_json:
        show_proposals(work.session, found)
    proposal = the_one(found, number)
    if not as_json:
        say(f"{_('You decide on')} {told(proposal)}.")
    return proposal


def answer_to(proposal: Proposal, yes: bool) -> str:
    """The kind that says yes or no to a proposal; empty where there is none."""
    answers = DECIDED_BY[proposal.kind]
    return answers[0] if yes else next(iter(answers[1:]), "")


def _command(called: str, yes: bool, text: str, *kinds: str) -> click.Command:
    """A command by which a second person decides. text: its help. kinds: of the proposals that it
    is for, any if none is named."""

    def run(
        case: str, number: str | None, file: IO[Any] | None, as_json: bool, **given: Any
    ) -> None:
        work = open_casework(device_session(), case)
        with stored_after_all(work.session, work.case, "note/1", given):
            proposal = chosen(work, yes, number, as_json, frozenset(kinds))
        answer = answer_to(proposal, yes)
        deciding = f"{decides(answer)} {told(proposal)}"
        what = f"{_('Why do you decide so?')} ({deciding})"
        read_by = read_among(tell_to(work.session, proposal.chain), work.table)
        wrote(
            Writing(work.session, work.case, "note/1", what, read_by, given, file),
            lambda value: work.decide(answer, value["text"], proposal),
            rehearsed=lambda value: rehearsal_of(work).decide(answer, value["text"], proposal),
        )
        report(work, proposal.chain, as_json, f"{_('Stored')}: {deciding}.")

    decorated = click.argument("case")(OF(form_options("note/1")(JSON(run))))
    return click.command(called, cls=Spoken, help=text)(decorated)


approve = _command("approve", True, "Approve what another person proposed, with your reason.")
refuse = _command("refuse", False, "Refuse what another person proposed, with your reason.")
PROPOSED = "CaseProposed"
OF_CASES = (
    _command("accept", True, "Accept a case that someone proposed. For supervisors.", PROPOSED),
    _command("refuse", False, "Refuse a case that someone proposed. For supervisors.", PROPOSED),
    _command(
        "release", True, "Release the advice that was proposed. For supervisors.", "AdviceProposed"
    ),
)


def erasure_told(session: Session, proposal: Erasure) -> str:
    """What is to be erased: by number and kind, where, on which ground, and who proposed it."""
    listed = ", ".join(f"{one.seq} ({name(one.kind)})" for one in proposal.contents)
    what = f"{_('everything')}: {listed}" if proposal.entries is None else listed
    by = f"{_('proposed by')} {who(session, proposal.author)}"
    return f"{name(proposal.kind)}: {proposal.compartment}, {what}; {proposal.ground}; {by}"
