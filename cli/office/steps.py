"""The steps of someone who works here, one command each, made from the table of the service.

Which fields a step asks for, where it is written and when it may be, is not said here again: it
stands in `domain.services` and `wire.payload_schemas`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import click

from cli.desk.attach import ATTACHING, attach_options, enclosures
from cli.desk.form import F, form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_in, report, wrote
from cli.home.folder import device_session
from cli.home.names import tell_to_place
from cli.screen.asking import confirm
from cli.screen.spoken import JSON, Spoken
from cli.sentences.language import _
from client.cases.beforehand import rehearsal_of
from client.cases.casework import Casework, is_unanswered, open_casework
from client.errors import NotPossible
from domain.services.consultation import CONSULTATION

Options = Mapping[str, Any]
GROUNDS = sorted(CONSULTATION.grounds)
TERMS = [term.name for term in CONSULTATION.terms]


def _nothing(work: Casework, given: Options) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class StepCommand:
    """help: what it does, in one sentence. done: what is said afterwards. body: what rules read."""

    kind: str
    where: str
    help: str
    done: str
    body: Callable[[Casework, Options], dict[str, Any]] = _nothing
    options: tuple[Callable[[F], F], ...] = ()

    @property
    def schema(self) -> str | None:
        rows = (step for step in CONSULTATION.steps if step.kind == self.kind)
        return next(
            step.payload
            for step in rows
            if "consultation_worker" in step.writers and self.where in step.compartments
        )


def _of_approved(kind: str) -> Callable[[Casework, Options], dict[str, Any]]:
    return lambda work, given: {"proposal": work.approved(kind)}


STEPS: Mapping[str, StepCommand] = {
    "answer": StepCommand(
        "AnswerGiven",
        "dialogue",
        "Answer the person who asked.",
        "Your answer is stored, sealed.",
    ),
    "clarify": StepCommand(
        "ClarificationRequested",
        "dialogue",
        "Ask the person what you need to know.",
        "Your question is stored, sealed.",
    ),
    "advise": StepCommand(
        "ShortAdviceGiven",
        "dialogue",
        "Give short advice in its four sections.",
        "Your advice is stored, sealed.",
    ),
    "point": StepCommand(
        "HelpPointed",
        "dialogue",
        "Point the person to a kind of help.",
        "The pointer is stored, sealed.",
    ),
    "advise-report": StepCommand(
        "ReportAdvised",
        "dialogue",
        "Advise the person to report; whether to do so the person decides.",
        "The advice to report is stored, sealed.",
    ),
    "contact": StepCommand(
        "ContactRecorded",
        "dialogue",
        "Record a talk by telephone or at the desk; the person can read it too.",
        "The talk is recorded, sealed.",
    ),
    "signal": StepCommand(
        "SignalRegistered",
        "worknotes",
        "Register a signal: the fact, and apart from it opinion, hypothesis and source.",
        "The signal is registered in the notes; the person who asked cannot read it.",
    ),
    "report-noted": StepCommand(
        "RequesterReportNoted",
        "worknotes",
        "Note that the person told of a report of their own.",
        "Noted; the person who asked cannot read it.",
    ),
    "delay": StepCommand(
        "DelayExplained",
        "worknotes",
        "Say why a term has passed.",
        "The reason is kept in the notes.",
        lambda work, given: {"term": given["term"]},
        (
            click.option(
                "--term",
                type=click.Choice(TERMS),
                prompt="Which term?",
                help="The term that has passed.",
            ),
        ),
    ),
    "crisis": StepCommand(
        "CrisisFlagged",
        "governance",
        "Raise a crisis: the supervisors see it at once, and decide with you within the hour.",
        "The crisis is raised. Ring a supervisor now.",
    ),
    "crisis-over": StepCommand(
        "CrisisResolutionProposed",
        "governance",
        "Propose that the crisis is over, for a supervisor to approve.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "resolve": StepCommand(
        "CrisisResolved",
        "governance",
        "End the crisis after a supervisor approved it.",
        "The crisis is over.",
        _of_approved("CrisisResolutionProposed"),
    ),
    "propose-support": StepCommand(
        "SupportProposed",
        "governance",
        "Propose to offer support by a casemanager, for a supervisor to approve.",
        "Proposed. A supervisor answers with `zegel approve` or `zegel refuse`.",
    ),
    "offer-support": StepCommand(
        "CaseSupportOffered",
        "dialogue",
        "Offer support after a supervisor approved it; the person may decline freely.",
        "The offer is stored, sealed.",
        _of_approved("SupportProposed"),
    ),
    "propose-report": StepCommand(
        "DisclosureProposed",
        "governance",
        "Propose that we report ourselves, with its weighing, for a supervisor to decide.",
        "Proposed. Nothing goes to anyone by this.",
        lambda work, given: {"disclosure": "report_by_lse", "ground": given["ground"]},
        (
            click.option(
                "--ground",
                type=click.Choice(GROUNDS),
                prompt="On which legal ground?",
                help="The legal ground.",
            ),
        ),
    ),
    "escalate": StepCommand(
        "ConsultationEscalated",
        "dialogue",
        "Hand over to a case, after the person accepted, gave a name and allowed the link.",
        "Handed over. The consultation ends here.",
        lambda work, given: {"case": given["to_case"]},
        (click.option("--to-case", required=True, help="The whole number of the case."),),
    ),
    "rest": StepCommand(
        "ConsultationBecameDormant",
        "dialogue",
        "Let a consultation rest after two silent weeks, with a word to the person.",
        "It rests. The person can go on at any time.",
    ),
    "close": StepCommand(
        "ConsultationClosed",
        "dialogue",
        "Close a consultation, with outcome, reason and the pointers that were given.",
        "Closed. The person can reopen it within 90 days.",
        lambda work, given: {"attested": True},
        (
            click.option(
                "--unanswered",
                is_flag=True,
                help="Close it as answered though the last message has had no answer.",
            ),
        ),
    ),
    "reopen": StepCommand(
        "ConsultationReopened",
        "dialogue",
        "Open a closed consultation again, within 90 days.",
        "It is open again.",
    ),
}


def _sure_to_close(work: Casework, value: dict[str, Any], anyway: bool) -> None:
    """Ask once more before what she wrote last is closed as answered without an answer."""
    dialogue = work.dialogue
    if anyway or value.get("outcome") != "answered" or dialogue is None:
        return
    if is_unanswered(dialogue) and not confirm(
        _("The last message of who asked has had no answer. Close it as answered all the same?")
    ):
        raise NotPossible(_("it is not closed: answer first, or choose another outcome"))


def _take(
    step: StepCommand, work: Casework, file: IO[Any] | None, as_json: bool, given: dict[str, Any]
) -> None:
    body = step.body(work, given)
    files = enclosures(given.pop("attach", ()), given.pop("checked", False))
    if step.schema is None:
        report(work, work.write(step.where, step.kind, body, None, files), as_json, _(step.done))
        return
    anyway = given.pop("unanswered", False)
    read_by = read_in(step.where, tell_to_place(work, step.where))
    writing = Writing(work.session, work.case, step.schema, _(step.help), read_by, given, file)
    chain = wrote(
        writing,
        lambda value: work.write(step.where, step.kind, body, value, files),
        rehearsed=lambda value: rehearsal_of(work).write(step.where, step.kind, body, value),
        sure=lambda value: _sure_to_close(work, value, anyway),
    )
    report(work, chain, as_json, _(step.done))


def step_command(called: str) -> click.Command:
    """The command of a step."""
    step = STEPS[called]

    def run(case: str, file: IO[Any] | None = None, as_json: bool = False, **given: Any) -> None:
        session = device_session()
        work = open_casework(session, case)
        with stored_after_all(session, work.case, step.schema, given):
            _take(step, work, file, as_json, given)

    decorated = form_options(step.schema)(run)
    if step.schema in ATTACHING:
        decorated = attach_options(decorated)
    for option in reversed(step.options):
        decorated = option(decorated)
    decorated = click.argument("case")(JSON(decorated))
    return click.command(called, cls=Spoken, help=step.help)(decorated)
