"""The consultation's table, written out once more by hand: who may write what in which state."""

from dataclasses import replace
from itertools import product

import pytest

from domain.check import Rules
from domain.entry import Entry, Line
from domain.kinds import KINDS
from domain.refusal import Refusal
from domain.services.consultation import CONSULTATION, SERVICES
from tests.support.history import (
    COLLEAGUE,
    COLLEAGUE_LINE,
    MOTHER,
    REQUESTER_LINE,
    STRANGER,
    WORKER,
    WORKER_2,
    WORKER_LINE,
    History,
)

CARRIES = {
    "ConsultationReceived",
    "MessageSent",
    "AnswerGiven",
    "ShortAdviceGiven",
    "ConsultationClosed",
}
BODIES = {
    "ConsultationAssigned": {"assignee": WORKER, "no_conflict": True},
    "ConsultationClosed": {"attested": True},
    "WrapRefused": {"epoch": 0},
    "RequesterKeyReplaced": {"device": STRANGER},
}
SAID = {"MessageSent", "AnswerGiven", "ShortAdviceGiven", "ConsultationClosed"}
ALWAYS = {"WrapRefused", "RequesterKeyReplaced"}
MAY = {
    ("opened", MOTHER): {"ConsultationReceived"} | ALWAYS,
    ("opened", WORKER): {"WrapRefused", "MemberLeft"},
    ("received", MOTHER): {"MessageSent"} | ALWAYS,
    ("received", WORKER): {"ConsultationAssigned", "WrapRefused", "MemberLeft"},
    ("in_triage", MOTHER): {"MessageSent"} | ALWAYS,
    ("in_triage", WORKER): SAID | {"WrapRefused"},
    ("in_dialogue", MOTHER): {"MessageSent"} | ALWAYS,
    ("in_dialogue", WORKER): SAID | {"WrapRefused"},
    ("advised", MOTHER): {"MessageSent"} | ALWAYS,
    ("advised", WORKER): SAID | {"WrapRefused"},
    ("closed", MOTHER): ALWAYS,
    ("closed", WORKER): {"WrapRefused", "MemberLeft"},
}
LEADS = {
    "ConsultationReceived": "received",
    "ConsultationAssigned": "in_triage",
    "AnswerGiven": "in_dialogue",
    "ShortAdviceGiven": "advised",
    "ConsultationClosed": "closed",
}
WAY = {
    "opened": [],
    "received": [(MOTHER, "ConsultationReceived")],
    "in_triage": [(WORKER, "ConsultationAssigned")],
    "in_dialogue": [(WORKER, "AnswerGiven")],
    "advised": [(WORKER, "ShortAdviceGiven")],
    "closed": [(WORKER, "ConsultationClosed")],
}


def step(history: History, author: str, kind: str) -> Entry:
    body = dict(BODIES.get(kind, {}))
    if kind == "WrapRefused":
        body["epoch"] = history.here.epoch
    entry = history.entry(kind, author, body)
    if kind not in CARRIES:
        return entry
    payload = history.message(author).header.payload
    return replace(entry, header=replace(entry.header, payload=payload))


def reach(state: str) -> History:
    """A consultation in a state; from triage on the other workers are out."""
    history = History(Rules(SERVICES)).open(REQUESTER_LINE, WORKER_LINE, COLLEAGUE_LINE)
    for name, steps in WAY.items():
        for author, kind in steps:
            history.add(step(history, author, kind))
            if kind == "ConsultationAssigned":
                out = history.change(WORKER, REQUESTER_LINE, WORKER_LINE, reason="removed")
                history.add(out)
        if name == state:
            break
    assert history.case is not None and history.case.state == state
    return history


@pytest.mark.parametrize(("state", "author"), MAY)
def test_who_may_write_what_in_which_state(state: str, author: str) -> None:
    history = reach(state)
    special = {"CompartmentOpened", "MembersChanged"}
    kinds = {step_.kind for step_ in CONSULTATION.steps}
    accepted = {
        kind for kind in kinds - special if history.then(step(history, author, kind)) is None
    }
    assert accepted == MAY[state, author]


@pytest.mark.parametrize(("state", "kind"), list(product(WAY, LEADS)))
def test_each_step_leads_where_it_is_documented_to(state: str, kind: str) -> None:
    history = reach(state)
    for author in (MOTHER, WORKER):
        entry = step(history, author, kind)
        if history.then(entry) is None:
            history.add(entry)
            assert history.case is not None and history.case.state == LEADS[kind]
            return


def test_kinds_of_no_row_are_not_allowed() -> None:
    history = reach("in_dialogue")
    rows = {row.kind for row in CONSULTATION.steps}
    assert rows <= KINDS.keys()
    invited = {"invitation": "9" * 32, "role": "relative", "expires": "2027-01-15T08:10Z"}
    entry = history.entry("ParticipantInvited", WORKER, invited)
    assert history.then(entry) is Refusal.NOT_ALLOWED


def test_a_worker_takes_it_for_himself_alone() -> None:
    history = reach("received")
    body = {"assignee": COLLEAGUE, "no_conflict": True}
    assert history.then(history.entry("ConsultationAssigned", WORKER, body)) is Refusal.NOT_ALLOWED


def test_it_is_taken_once() -> None:
    history = reach("received")
    history.add(step(history, WORKER, "ConsultationAssigned"))
    second = history.entry(
        "ConsultationAssigned", COLLEAGUE, {"assignee": COLLEAGUE, "no_conflict": True}
    )
    assert history.then(second) is Refusal.WRONG_STATE


def test_nobody_answers_before_the_other_workers_are_out() -> None:
    history = reach("received")
    history.add(step(history, WORKER, "ConsultationAssigned"))
    assert history.then(step(history, WORKER, "AnswerGiven")) is Refusal.WRONG_STATE
    # The mother is never kept from writing.
    assert history.then(step(history, MOTHER, "MessageSent")) is None


def test_only_who_took_it_puts_others_out_and_never_the_mother() -> None:
    history = reach("received")
    history.add(step(history, WORKER, "ConsultationAssigned"))
    own = history.change(COLLEAGUE, REQUESTER_LINE, COLLEAGUE_LINE, reason="removed")
    assert history.then(own) is Refusal.NOT_ALLOWED
    alone = history.change(WORKER, WORKER_LINE, COLLEAGUE_LINE, reason="removed")
    assert history.then(alone) is Refusal.NOT_ALLOWED


def test_before_it_is_taken_nobody_puts_anybody_out() -> None:
    history = reach("received")
    out = history.change(WORKER, REQUESTER_LINE, WORKER_LINE, reason="removed")
    assert history.then(out) is Refusal.NOT_ALLOWED


def test_another_device_of_who_took_it_goes_on_with_it() -> None:
    history = reach("in_triage")
    second = Line(WORKER_2, "consultation_worker", None)
    history.add(history.change(MOTHER, REQUESTER_LINE, second))
    assert history.then(step(history, WORKER_2, "AnswerGiven")) is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ground": "curiosity"}, Refusal.NOT_ALLOWED),
        ({"purpose": "duiding"}, Refusal.NOT_ALLOWED),
        ({"service": "lottery"}, Refusal.MALFORMED),
        ({"requester_mode": "secret"}, Refusal.MALFORMED),
    ],
)
def test_an_opening_says_why_and_for_what(changes: dict[str, str], refusal: Refusal) -> None:
    history = History(Rules(SERVICES))
    opening = history.opening()
    body = {**opening.header.body, **changes}
    assert history.then(replace(opening, header=replace(opening.header, body=body))) is refusal


def test_a_worker_opens_no_consultation_in_a_requesters_name() -> None:
    history = History(Rules(SERVICES))
    opening = history.opening()
    entry = replace(opening, header=replace(opening.header, author=WORKER))
    assert history.then(entry) is Refusal.UNCERTIFIED_MEMBER
