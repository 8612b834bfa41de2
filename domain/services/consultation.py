"""The consultation's main line (SERVICES.md 2.1): asked, taken, answered, advised, closed."""

from domain.refusal import Refusal
from domain.service import Act, Guard, Scope, Service, Step, Wall
from domain.shapes import exactly

REQUESTER = frozenset({"requester"})
WORKER = frozenset({"consultation_worker"})
DIALOGUE = frozenset({"dialogue"})

OPENED, RECEIVED, IN_TRIAGE = "opened", "received", "in_triage"
IN_DIALOGUE, ADVISED, CLOSED = "in_dialogue", "advised", "closed"
TAKEN = frozenset({IN_TRIAGE, IN_DIALOGUE, ADVISED})
EVERY = frozenset({OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE, ADVISED, CLOSED})


def assigned_person(act: Act) -> str | None:
    """The person who took the consultation: any of her devices may go on with it."""
    assignee = act.case.facts.get("assignee")
    return act.person(assignee) if assignee else None


def _author_is_assigned(act: Act) -> bool:
    return act.person(act.author) is not None and act.person(act.author) == assigned_person(act)


def _takes_it_himself(act: Act) -> bool:
    return bool(act.entry.header.body["assignee"] == act.author)


def _others_are_out(act: Act) -> bool:
    assigned = assigned_person(act)
    return all(
        act.person(line.device) == assigned
        for line in act.compartment.lines
        if line.role == "consultation_worker"
    )


def _only_others_go(act: Act) -> bool:
    staying = {line.device for line in act.entry.header.lines}
    assigned = assigned_person(act)
    return all(
        act.person(line.device) != assigned
        for line in act.compartment.lines
        if line.device not in staying and line.role == "consultation_worker"
    )


AUTHOR_IS_ASSIGNED = Guard(
    "the author is the worker who took the consultation",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    _author_is_assigned,
)
TAKES_IT_HIMSELF = Guard(
    "the worker takes it for the device that signs",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    _takes_it_himself,
)
IS_NOT_ASSIGNED = Guard(
    "the worker who took the consultation stays until it is closed",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    lambda act: act.case.state == CLOSED or not _author_is_assigned(act),
)
OTHERS_ARE_OUT = Guard(
    "a new epoch has put the other workers out",
    Scope.COMPARTMENT,
    Refusal.WRONG_STATE,
    _others_are_out,
)
ONLY_OTHERS_GO = Guard(
    "those put out are workers who did not take it",
    Scope.COMPARTMENT,
    Refusal.NOT_ALLOWED,
    _only_others_go,
)
AT_WORK = (AUTHOR_IS_ASSIGNED, OTHERS_ARE_OUT)

CONSULTATION = Service(
    name="consultation",
    begins=OPENED,
    states=(OPENED, RECEIVED, IN_TRIAGE, IN_DIALOGUE, ADVISED, CLOSED),
    first=DIALOGUE,
    opening={"requester_mode": exactly("anonymous", "named", "professional")},
    grounds=frozenset(
        {"consent", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"}
    ),
    purposes=frozenset({"consultation"}),
    walls={
        "dialogue": Wall(
            opened_by=REQUESTER,
            holds=REQUESTER | WORKER,
            removes={"consultation_worker": WORKER},
            guards=(AUTHOR_IS_ASSIGNED, ONLY_OTHERS_GO),
        )
    },
    steps=(
        Step(
            "ConsultationReceived", REQUESTER, DIALOGUE, frozenset({OPENED}), RECEIVED, "message/1"
        ),
        Step(
            "ConsultationAssigned",
            WORKER,
            DIALOGUE,
            frozenset({RECEIVED}),
            IN_TRIAGE,
            guards=(TAKES_IT_HIMSELF,),
            facts={"assignee": "assignee"},
        ),
        Step("MessageSent", REQUESTER, DIALOGUE, TAKEN | {RECEIVED}, None, "message/1"),
        Step("MessageSent", WORKER, DIALOGUE, TAKEN, None, "message/1", AT_WORK),
        Step("AnswerGiven", WORKER, DIALOGUE, TAKEN, IN_DIALOGUE, "message/1", AT_WORK),
        Step("ShortAdviceGiven", WORKER, DIALOGUE, TAKEN, ADVISED, "advice/1", AT_WORK),
        Step("ConsultationClosed", WORKER, DIALOGUE, TAKEN, CLOSED, "closing/1", AT_WORK),
        Step("MemberLeft", WORKER, DIALOGUE, EVERY, guards=(IS_NOT_ASSIGNED,)),
        Step("WrapRefused", REQUESTER | WORKER, DIALOGUE, EVERY),
        Step("RequesterKeyReplaced", REQUESTER, DIALOGUE, EVERY),
    ),
)
SERVICES = {CONSULTATION.name: CONSULTATION}
