"""A small service that no support point has: three states, five rows, two places, two payloads and
one term. What stands here is all that it takes."""

from collections.abc import Mapping

from marshmallow import Schema

from domain.charge import ASSIGNEE
from domain.fields import (
    Body,
    choice,
    moment,
    number,
    optional,
    own_device,
    states,
    term,
    yes_no,
)
from domain.service import Service
from domain.services.guards import leads, names_own_device
from domain.services.opening import GROUNDS, by_rules
from domain.step import Command, Step, Wall
from domain.terms import Amount, Term, Unit
from wire.payloads import fields
from wire.payloads.base import PayloadSchema

MANAGER, SUPERVISOR = frozenset({"casemanager"}), frozenset({"supervisor"})
TABLE, NOTES = frozenset({"table"}), frozenset({"notes"})
ASKED, RUNNING, ENDED = "asked", "running", "ended"
HIS = leads(role="casemanager")


class Meeting(PayloadSchema):
    """What is said of a meeting with a mentor."""

    mood = fields.choice("How it was", ("good", "hard"))
    text = fields.message("What you talked about")


class Wish(PayloadSchema):
    """Whom somebody looks for."""

    languages = fields.several("Which languages are spoken", ("nl", "ar", "tr"))
    weeks = fields.lines("In which weeks", "[0-9]{4}-W[0-9]{2}", "2026-W49", required=False)
    hours = fields.number("How many hours a week", 1, 40)
    text = fields.message("Whom you look for")


SCHEMAS: Mapping[str, Schema] = {"talk/1": Meeting(), "wish/1": Wish()}
KINDS: Mapping[str, Body] = {
    "MentorAsked": {
        "meetings": number(0, 12, asks="How many meetings?"),
        "urgent": yes_no(asks="Is it urgent?"),
        "until": moment(asks="Until when?"),
    },
    "MentorTaken": {"mentor": own_device, "no_conflict": states("Are you free to do this?")},
    "MeetingHeld": {"next": optional(moment(asks="When is the next?"))},
    "MentoringDelayed": {"term": term},
    "MentoringEnded": {"how": choice("well", "early", asks="How did it end?")},
}
MENTORING = Service(
    name="mentoring",
    begins="begun",
    states=("begun", ASKED, RUNNING, ENDED),
    first=TABLE,
    opening=by_rules(1, "lse"),
    grounds=GROUNDS,
    purposes=frozenset({"support"}),
    walls={
        "table": Wall(
            opened_by=MANAGER,
            holds=MANAGER | SUPERVISOR,
            lists=("supervisor", "casemanager"),
            purpose="support",
        ),
        "notes": Wall(opened_by=MANAGER, holds=MANAGER, lists=("charged",), purpose="support"),
    },
    steps=(
        Step(
            "MentorAsked",
            MANAGER,
            TABLE,
            frozenset({"begun"}),
            ASKED,
            "wish/1",
            stamps=("asked_at",),
            waits="casemanager",
        ),
        Step(
            "MentorTaken",
            MANAGER,
            TABLE,
            frozenset({ASKED}),
            RUNNING,
            guards=(names_own_device(field="mentor"),),
            facts={ASSIGNEE: "body.mentor"},
            waits="casemanager",
        ),
        Step(
            "MeetingHeld",
            MANAGER,
            NOTES,
            frozenset({RUNNING}),
            payload="talk/1",
            guards=(HIS,),
        ),
        Step(
            "MentoringDelayed",
            MANAGER,
            TABLE,
            frozenset({ASKED, RUNNING}),
            payload="talk/1",
            explains=True,
        ),
        Step(
            "MentoringEnded",
            MANAGER,
            TABLE,
            frozenset({RUNNING}),
            ENDED,
            "talk/1",
            guards=(HIS,),
            waits="",
        ),
    ),
    terms=(
        Term(
            "first_meeting",
            "asked_at",
            frozenset({ASKED, RUNNING}),
            TABLE,
            MANAGER,
            Amount(0, Unit.HOURS),
            "who asks for a mentor is met at once",
        ),
    ),
    done=frozenset({ENDED}),
    kinds=KINDS,
    commands={
        "ask": Command("MentorAsked", "table", "Ask for a mentor.", "Asked."),
        "take": Command("MentorTaken", "table", "Be the mentor.", "You are the mentor."),
        "meet": Command("MeetingHeld", "notes", "Note a meeting.", "Noted."),
        "delay": Command("MentoringDelayed", "table", "Say why it is late.", "Noted."),
        "end": Command("MentoringEnded", "table", "End the mentoring.", "It is over."),
    },
)
