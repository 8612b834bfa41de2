"""The consultation's table, written out once more by hand: who may write what, where, in which
state, and where it leads. Every state × kind × person × compartment is tried.

Holds domain/services/, domain/check.py.
"""

from dataclasses import replace
from itertools import product

import pytest

from domain.check import Rules
from domain.entry import Entry
from domain.refusal import Refusal
from domain.services.consultation import CONSULTATION
from domain.services.registry import KINDS, SERVICES
from tests.support.cases.consultations import GOVERNANCE, NOTES, WAY, Desk, entry, reach
from tests.support.cases.history import (
    COLLEAGUE,
    MOTHER,
    NAME,
    OFFICER,
    SUPERVISOR,
    WORKER,
    History,
)

R = Refusal

# What each person may write, by compartment and state. Kinds that need more than role and state
# (an approval, a crisis, fourteen silent days, …) are tried again below, where they have it.
TALK = {
    "ClarificationRequested": "in_dialogue",
    "AnswerGiven": "in_dialogue",
    "ShortAdviceGiven": "advised",
    "HelpPointed": None,
    "ReportAdvised": None,
    "MessageSent": None,
    "SubstituteNamed": None,
    "ConsultationClosed": "closed",
}
HERS = {
    "MessageSent": None,
    "RequesterNamed": None,
    "ConsentGiven": None,
    "StoppedByRequester": "closed",
    "CrisisFlagged": None,
}
SUPPORT = {
    "CaseSupportAccepted": None,
    "CaseSupportDeclined": "in_dialogue",
    "LinkConsented": None,
}
ANY = {"WrapRefused": None}
KEY = {"RequesterKeyReplaced": None}
LEAVE = {"MemberLeft": None}
CRY = {"CrisisFlagged": None}
DIALOGUE = {
    ("opened", MOTHER): {"ConsultationReceived": "received", **ANY, **KEY},
    ("opened", WORKER): {**ANY, **LEAVE},
    ("received", MOTHER): {**HERS, **ANY, **KEY},
    ("received", WORKER): {"ConsultationAssigned": "in_triage", **CRY, **ANY, **LEAVE},
    ("in_triage", MOTHER): {**HERS, **ANY, **KEY},
    ("in_triage", WORKER): {**TALK, **CRY, **ANY},
    ("in_dialogue", MOTHER): {**HERS, **ANY, **KEY},
    ("in_dialogue", WORKER): {**TALK, **CRY, **ANY},
    ("advised", MOTHER): {**HERS, **ANY, **KEY},
    ("advised", WORKER): {**TALK, **CRY, **ANY},
    ("escalation_offered", MOTHER): {**HERS, **SUPPORT, **ANY, **KEY},
    ("escalation_offered", WORKER): {
        **TALK,
        **CRY,
        **ANY,
    },
    ("escalated", MOTHER): {"LinkWithdrawn": None, **CRY, **ANY, **KEY},
    ("escalated", WORKER): {"SubstituteNamed": None, **CRY, **ANY, **LEAVE},
    ("dormant", MOTHER): {**HERS, "MessageSent": "in_dialogue", **ANY, **KEY},
    ("dormant", WORKER): {
        "MessageSent": "in_dialogue",
        "SubstituteNamed": None,
        "ConsultationClosed": "closed",
        **CRY,
        **ANY,
    },
    ("closed", MOTHER): {
        "ConsultationReopened": "in_dialogue",
        "CrisisFlagged": "in_dialogue",
        **ANY,
        **KEY,
    },
    ("closed", WORKER): {
        "ConsultationReopened": "in_dialogue",
        "CrisisFlagged": "in_dialogue",
        "SubstituteNamed": None,
        **ANY,
        **LEAVE,
    },
}
# Once they have written something there: the worker's first word makes it in_dialogue.
BACK = {"MessageWithdrawn": None, "HistoryGranted": None}
RIGHT = {"MessageCorrected": None, **BACK}
for (_state, _author), _may in DIALOGUE.items():
    if _author == MOTHER and _state != "opened":
        _may |= BACK if _state in ("escalated", "closed") else RIGHT
    if _author == WORKER and _state not in ("opened", "received", "in_triage"):
        _may |= BACK if _state in ("escalated", "dormant", "closed") else RIGHT
STATES = list(CONSULTATION.states)
TAKEN = {"in_triage", "in_dialogue", "advised", "escalation_offered", "dormant"}
WORKNOTES = {
    "SignalRegistered": TAKEN,
    "ContactRecorded": TAKEN,
    "ClosingNoted": {"closed", "escalated"},
    "PeerConsulted": TAKEN,
    "RequesterReportNoted": TAKEN,
    "DelayExplained": TAKEN,
    "MessageSent": TAKEN,
    "MemberLeft": set(STATES),
    "WrapRefused": set(STATES),
}
BY_WORKER_IN_GOVERNANCE = {
    "SupportProposed": {"in_triage", "in_dialogue", "advised"},
    "DisclosureProposed": TAKEN | {"closed"},
    "CrisisFlagged": set(STATES) - {"opened"},
    "MessageSent": set(STATES),
    "MemberLeft": set(STATES),
    "WrapRefused": set(STATES),
}
# In governance a proposal and its approval have been written where support was offered.
OFFERED = {"escalation_offered", "escalated"}
BY_WORKER_IN_GOVERNANCE["MessageWithdrawn"] = OFFERED
BY_SUPERVISOR = {
    kind: BY_WORKER_IN_GOVERNANCE[kind]
    for kind in ("CrisisFlagged", "MessageSent", "MemberLeft", "WrapRefused")
} | {
    "MessageWithdrawn": OFFERED,
    "ErasureProposed": set(STATES),
    "ConsultationReassigned": set(STATES) - {"opened"},
}
BY_OFFICER = {
    kind: BY_WORKER_IN_GOVERNANCE[kind]
    for kind in ("CrisisFlagged", "MessageSent", "MemberLeft", "WrapRefused")
}


@pytest.mark.parametrize(("state", "author"), DIALOGUE, ids=lambda v: v[:12])
def test_who_may_write_what_in_the_dialogue_and_where_it_leads(state: str, author: str) -> None:
    desk = reach(state)
    found = {}
    for kind in KINDS:
        if kind in ("CompartmentOpened", "MembersChanged"):
            continue
        made = _or_none(desk, author, kind)
        if made is not None and desk.then(made) is None:
            after = reach(state)
            after.add(replace(made, header=replace(made.header, id="9" * 32)))
            assert after.case is not None
            found[kind] = after.case.state if after.case.state != state else None
    expected = {kind: to if to != state else None for kind, to in DIALOGUE[state, author].items()}
    assert found == expected


def _or_none(desk: Desk, author: str, kind: str, where: str = NAME) -> Entry | None:
    """An entry of a kind, or None for a kind that no row of the consultation has: those are tried
    by themselves below, with the bodies they need."""
    rows = {row.kind for row in CONSULTATION.steps}
    if kind not in rows:
        return None
    made = entry(desk, author, kind, where)
    if kind == "WrapRefused" and desk.case is not None:
        epoch = desk.case.compartments[where].epoch
        made = replace(made, header=replace(made.header, body={"epoch": epoch}))
    return made


@pytest.mark.parametrize(
    ("state", "author", "where", "may"),
    [
        (state, *rest)
        for state, rest in product(
            STATES,
            [
                (WORKER, NOTES, WORKNOTES),
                (WORKER, GOVERNANCE, BY_WORKER_IN_GOVERNANCE),
                (SUPERVISOR, GOVERNANCE, BY_SUPERVISOR),
                (OFFICER, GOVERNANCE, BY_OFFICER),
            ],
        )
    ],
    ids=lambda v: v[:12] if isinstance(v, str) else "",
)
def test_who_may_write_what_beside_the_dialogue(
    state: str, author: str, where: str, may: dict[str, set[str]]
) -> None:
    desk = reach(state)
    found = set()
    for kind in KINDS:
        made = _or_none(desk, author, kind, where)
        if made is not None and desk.then(made) is None:
            found.add(kind)
            after = reach(state)
            after.add(replace(made, header=replace(made.header, id="9" * 32)))
            assert after.case is not None and after.case.state == state
    assert found == {kind for kind, states in may.items() if state in states}


@pytest.mark.parametrize("state", STATES)
def test_a_colleague_reads_along_in_the_worknotes_and_only_talks(state: str) -> None:
    desk = reach(state)
    found = {
        kind
        for kind in KINDS
        if (made := _or_none(desk, COLLEAGUE, kind, NOTES)) and desk.then(made) is None
    }
    talks = {"MessageSent"} if state in TAKEN else set()
    assert found == talks | {"MemberLeft", "WrapRefused"}


def test_every_kind_of_the_table_is_known_and_every_state_is_reached() -> None:
    assert {row.kind for row in CONSULTATION.steps} <= KINDS.keys()
    assert set(WAY) == set(STATES)
    assert {state for state, _ in DIALOGUE} == set(STATES)


def test_kinds_of_no_row_are_not_allowed() -> None:
    desk = reach("in_dialogue")
    invited = {"invitation": "9" * 32, "role": "relative", "expires": "2027-01-15T08:10Z"}
    assert desk.then(desk.entry("ParticipantInvited", WORKER, invited)) is R.NOT_ALLOWED
    grant = {"to": MOTHER, "epochs": [0], "entries": None, "reason": "x", "mandate": None}
    assert desk.then(desk.entry("HistoryGranted", WORKER, grant | {"wrap": ""})) is R.NOT_ALLOWED


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ground": "curiosity"}, R.NOT_ALLOWED),
        ({"purpose": "duiding"}, R.NOT_ALLOWED),
        ({"service": "lottery"}, R.MALFORMED),
        ({"requester_mode": "secret"}, R.MALFORMED),
    ],
)
def test_an_opening_says_why_and_for_what(changes: dict[str, str], refusal: Refusal) -> None:
    history = History(Rules(SERVICES))
    opening = history.opening()
    body = {**opening.header.body, **changes}
    assert history.then(replace(opening, header=replace(opening.header, body=body))) is refusal
