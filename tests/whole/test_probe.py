"""A service is one file: the small one of `tests.support.cases.mentoring` is registered, and
without another line it has commands with forms, a work list with its term, a timeline, who could
read what, an audit with every verdict, and its page. A kind with a payload of its own in a service
that is there takes its row, its kind with its command, and its fields.

Holds cli/desk/commands.py, cli/desk/body.py, cli/asker/by_table.py, client/cases/steps.py,
client/cases/opening.py, cli/writing/unsent.py, domain/fields.py, domain/services/registry.py.
"""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from cli.main import cli
from client.audit.verdicts import CHECKS
from client.cases.casework import open_casework
from domain.fields import choice, moment, number, optional, yes_no
from domain.rule_book import rule_book
from domain.services.consultation import CONSULTATION
from domain.services.consultation.places import DIALOGUE, FOR_HER, WORKER
from domain.services.consultation.states import TAKEN
from domain.services.page import page
from domain.services.registry import SERVICES
from domain.step import Command, Step, Wall
from tests.support.cases.mentoring import ASKED, MANAGER, MENTORING, RUNNING, SCHEMAS
from tests.support.cases.registered import registered
from tests.support.people.desks import Desks, editor, was_opened
from tests.support.world import World
from wire.payloads import fields
from wire.payloads.base import PayloadSchema
from wire.payloads.book import SCHEMAS as KNOWN

STAFF = {"dirk": "casemanager", "ella": "casemanager", "carla": "supervisor", "otto": "auditor"}
# What a wish says openly, and what it says in its form.
OPEN = ("--meetings", "0", "--no-urgent", "--until", "2027-03-01")
FORM = ("--languages", "ar,nl", "--hours", "2", "-m", "he needs a friend")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder = tmp_path_factory.mktemp("mentoring")
    (folder / "server").mkdir()
    with registered(MENTORING, SCHEMAS), World(folder / "server") as world:
        yield Desks(world, folder, STAFF)


@pytest.fixture(scope="module")
def case(office: Desks, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One case, played by commands alone; its number."""
    folder = tmp_path_factory.mktemp("editor")
    form = r"[mood]\ngood\n\n[text]\nfootball, and his sister\n"
    says = editor(folder, f"printf '{form}' > \"$1\"")
    opened = office.json("dirk", "mentoring", "ask", *OPEN, *FORM)
    case = str(opened["case"])
    stands = ("--no-conflict",)
    done(office, "dirk", "mentoring", "take", case, *stands)
    done(office, "dirk", "mentoring", "meet", case, EDITOR=says)
    told = ("--term", "first_meeting", "--mood", "hard", "-m", "he was ill")
    assert "first meeting" in done(office, "dirk", "inbox")
    done(office, "dirk", "mentoring", "delay", case, *told)
    return case


def done(office: Desks, person: str, *arguments: str, typed: str = "", **environment: str) -> str:
    ran = office.run(person, *arguments, typed=typed, **environment)
    assert ran.error is None, ran
    return ran.out + ran.err


def test_its_steps_are_commands_with_help_and_forms(office: Desks) -> None:
    group = cli.get_command(click.Context(cli), "mentoring")
    assert isinstance(group, click.Group)
    assert group.list_commands(click.Context(group)) == ["ask", "take", "meet", "delay", "end"]
    shown = done(office, "dirk", "mentoring", "meet", "--help")
    assert "Note a meeting." in shown and "How it was" in shown and "[good|hard]" in shown
    assert "[first_meeting]" in done(office, "dirk", "mentoring", "delay", "--help")
    assert "mentoring" in done(office, "dirk", "--help")


def bodies(office: Desks, case: str) -> dict[str, dict[str, Any]]:
    """The newest body of each kind of a case, as it is stored for all who hold it."""
    work = open_casework(office.world.session(office.keys["dirk"]), case)
    headers = (item.entry.header for chain in work.every() for item in chain.items)
    return {header.kind: dict(header.body) for header in headers}


def test_what_an_opening_says_openly_is_stored(office: Desks, case: str) -> None:
    said = {"meetings": 0, "urgent": False, "until": "2027-03-01T22:59Z"}
    assert bodies(office, case)["MentorAsked"] == said
    sealed = {"languages": ["ar", "nl"], "hours": 2, "text": "he needs a friend"}
    assert office.said("dirk", case, "table")[0] == sealed
    assert "ar, nl" in done(office, "dirk", "show", case)


def test_what_was_not_said_is_asked_until_it_fits(office: Desks) -> None:
    typed = "13\n3\nperhaps\nja\n1 maart\n2027-07-01 09:30\n"
    asked = office.run("dirk", "mentoring", "ask", *FORM, "--json", typed=typed)
    for told in (
        *("How many meetings? (0-12)", "“13” is no whole number from 0 to 12"),
        *("Is it urgent? [yes/no]", "Please answer yes or no."),
        *("Until when? (2027-03-01, 2027-03-01T14:30)", "“1 maart” is no date or time"),
    ):
        assert told in asked.err, asked
    case = asked.out.split('"case": "')[1][:32]
    said = {"meetings": 3, "urgent": True, "until": "2027-07-01T07:30Z"}
    assert bodies(office, case)["MentorAsked"] == said


def test_nobody_answers_what_may_not_be_asked(office: Desks) -> None:
    refused = office.run("carla", "mentoring", "ask", *FORM)
    refused.refused("none of those who open")
    assert "How many" not in refused.err


def test_what_is_no_number_or_date_is_told_before_anything_is_written(
    office: Desks, case: str
) -> None:
    help_ = done(office, "dirk", "mentoring", "ask", "--help")
    for shown in ("--meetings 0-12", "--urgent / --no-urgent", "--until 2027-03-01T14:30"):
        assert shown in help_
    for option, wrong, told in (
        ("--meetings", "13", "no whole number from 0 to 12"),
        ("--meetings", "two", "no whole number"),
        ("--until", "2027-02-29", "no date or time by the clock of the office, such as"),
    ):
        ran = office.run("dirk", "mentoring", "ask", *FORM, option, wrong)
        assert isinstance(ran.error, click.BadParameter) and told in ran.error.message
    ran = office.run("dirk", "mentoring", "meet", case, "--next", "soon", "--mood", "good")
    assert isinstance(ran.error, click.BadParameter)
    dutch = office.run("dirk", "mentoring", "ask", *FORM, "--until", "x", ZEGEL_LANG="nl")
    assert "“x” is geen datum of tijd op de klok van kantoor" in str(dutch.error)


def test_what_may_be_left_out_is_not_asked_and_stands_in_the_body_if_it_is_said(
    office: Desks, case: str
) -> None:
    assert bodies(office, case)["MeetingHeld"] == {}
    met = ("--mood", "good", "-m", "again")
    done(office, "dirk", "mentoring", "meet", case, "--next", "2026-12-24T10:00Z", *met)
    assert bodies(office, case)["MeetingHeld"] == {"next": "2026-12-24T10:00Z"}


def test_a_draft_keeps_a_no_and_a_nought(office: Desks, tmp_path: Path) -> None:
    """The command to go on with says all that was said, and asks nothing anew."""
    fails = editor(tmp_path, "printf '[text]\nfor a while\n' > \"$1\"; exit 1")
    ran = office.run("dirk", "mentoring", "ask", *OPEN, *FORM[:4], EDITOR=fails)
    assert ran.error is not None and was_opened(tmp_path) == 1
    (draft,) = office.drafts("dirk")
    for part in ("--meetings 0", "--no-urgent", "--until 2027-03-01T22:59Z"):
        assert part in draft["line"]
    again = shlex.split(draft["line"].replace("--draft", "--send-draft"))[1:]
    case = office.json("dirk", *again)["case"]
    assert bodies(office, case)["MentorAsked"]["urgent"] is False
    assert office.said("dirk", case, "table")[0]["languages"] == ["ar", "nl"]
    assert office.drafts("dirk") == []


def test_who_may_not_is_told_so_before_anyone_types(office: Desks, case: str) -> None:
    meeting = ("--mood", "good", "-m", "x")
    office.run("carla", "mentoring", "ask", *OPEN, *FORM).refused("none of those who open")
    office.run("dirk", "mentoring", "meet", "0" * 32, *meeting).refused("no case of yours")
    refused = office.run("ella", "mentoring", "meet", case, *meeting)
    assert refused.error is not None
    office.run("ella", "mentoring", "take", case).refused("wrong-state")
    another = office.json("dirk", "mentoring", "ask", *OPEN, *FORM)["case"]
    office.run("ella", "mentoring", "take", another, typed="n\n").refused("it was not stated")
    office.run("dirk", "answer", case, "-m", "x").refused("there is no step answer")


def test_it_waits_in_the_inbox_with_its_term(office: Desks, case: str) -> None:
    rows = [one for one in office.json("dirk", "inbox")["work"] if one["case"] == case]
    (row,) = [one for one in rows if one["compartment"].startswith("table-")]
    assert (row["service"], row["state"], row["mine"]) == ("mentoring", "running", True)
    (term,) = row["terms"]
    assert (term["term"], term["explained"]) == ("first_meeting", True)
    assert "first meeting: late, explained" in done(office, "dirk", "inbox")
    assert "running" in done(office, "carla", "overview")


def test_it_is_shown_with_what_can_be_done(office: Desks, case: str) -> None:
    shown = office.json("dirk", "show", case)
    assert shown["steps"] == ["mentoring meet", "mentoring delay", "mentoring end"]
    assert "football, and his sister" in done(office, "dirk", "show", case)
    assert "football" not in done(office, "carla", "show", case)
    assert "mentor taken" in done(office, "dirk", "timeline", case)
    assert "casemanager" in done(office, "dirk", "who", case)


def test_an_auditor_judges_all_of_it(office: Desks, case: str) -> None:
    told = office.json("otto", "audit", case)
    verdicts = {one["name"]: one["holds"] for one in told["verdicts"]}
    assert verdicts.keys() == CHECKS.keys() and all(verdicts.values())


def test_it_ends_and_waits_no_more(office: Desks, case: str) -> None:
    done(office, "dirk", "mentoring", "end", case, "--how", "well", "--mood", "good", "-m", "bye")
    late = office.run("dirk", "mentoring", "meet", case, "--mood", "good", "-m", "again")
    late.refused("wrong-state")
    assert case[:8] not in done(office, "carla", "overview")


def test_its_page_and_its_rules_are_rendered(office: Desks) -> None:
    shown = page(SERVICES)
    assert "## mentoring" in shown and "MentoringEnded" in shown and "first_meeting" in shown
    book = rule_book(SERVICES)
    assert "mentoring" in book["services"] and "MeetingHeld" in book["kinds"]
    asked = book["kinds"]["MentorAsked"]
    assert asked["body"]["object"] == {
        "meetings": {"integer": [0, 12]},
        "urgent": {"one of": [True, False]},
        "until": {"minute": True},
    }
    origins = {name: one["from"] for name, one in asked["origins"].items()}
    assert origins == {"meetings": "number", "urgent": "yes or no", "until": "moment"}


class Praise(PayloadSchema):
    """What went well."""

    text = fields.message("What went well")


PRAISED = replace(
    CONSULTATION,
    steps=(
        *CONSULTATION.steps,
        Step("WorkPraised", WORKER, DIALOGUE, TAKEN, payload="praise/1", waits=FOR_HER),
    ),
    kinds={**CONSULTATION.kinds, "WorkPraised": {}},
    commands={
        **CONSULTATION.commands,
        "praise": Command("WorkPraised", "dialogue", "Tell what went well.", "Told."),
    },
)


def test_a_kind_in_a_service_that_is_there_is_a_row_a_kind_and_its_fields(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with registered(PRAISED, {"praise/1": Praise()}), World(tmp_path / "server") as world:
        office = Desks(world, tmp_path)
        case = office.taken()
        assert "What went well." in done(office, "anna", "consultation", "praise", "--help")
        done(office, "anna", "consultation", "praise", case, "-m", "you rang in time")
        assert "you rang in time" in done(office, "anna", "show", case)
        assert office.said("anna", case)[-1] == {"text": "you rang in time"}
        assert "WorkPraised" in page(SERVICES)


REQUESTER = frozenset({"requester"})
TALK = frozenset({"dialogue"})
# The same service with a place for who is helped, and what is his to write.
TUTORING = replace(
    MENTORING,
    name="tutoring",
    askers=REQUESTER,
    walls={
        **MENTORING.walls,
        "dialogue": Wall(
            opened_by=MANAGER,
            holds=MANAGER | REQUESTER,
            adds={"casemanager": MANAGER | REQUESTER},
            purpose="support",
        ),
    },
    steps=(
        *MENTORING.steps,
        Step("ParticipantInvited", MANAGER, TALK, frozenset({ASKED, RUNNING})),
        Step("HelpRated", REQUESTER, TALK, frozenset({ASKED, RUNNING}), payload="talk/1"),
    ),
    kinds={
        **MENTORING.kinds,
        "HelpRated": {
            "again": choice("yes", "no", asks="Once more?"),
            "mark": number(0, 10, asks="Which mark?"),
            "told": optional(yes_no(asks="May others hear of it?")),
            "on": optional(moment(asks="When was it?")),
        },
    },
    commands={
        **MENTORING.commands,
        "rate": Command("HelpRated", "dialogue", "Say how it was.", "Told."),
    },
)


def test_who_is_helped_takes_his_steps_behind_a_code_whatever_the_service(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    fresh = {name: schema for name, schema in SCHEMAS.items() if name not in KNOWN}
    with registered(TUTORING, fresh), World(tmp_path / "server") as world:
        office = Desks(world, tmp_path, {**STAFF, "anna": "consultation_worker"})
        code = office.json("him", "ask", "--danger", "no", "-m", "who helps me?")["code"]
        case = office.json("dirk", "tutoring", "ask", *OPEN, *FORM)["case"]
        link = office.json("dirk", "case", "invite", case, "--as", "requester")["link"]
        done(office, "him", "return", "-", "--join", link, typed=code)
        done(office, "dirk", "case", "admit", case, "--yes")
        shown = done(office, "him", "return", "-", "--in", case, typed=code)
        assert "rate" in shown and "--crisis" not in shown  # nobody hears of one here
        rated = ("--in", case, "--do", "rate", "--yes", "--say", "mood=good", "--say", "mark=0")
        unsaid = office.run("him", "return", "-", *rated, "-m", "well", typed=code)
        unsaid.refused("say --say again=")
        for odd, told in (
            (("--say", "again"), "again is no FIELD=VALUE"),
            (("--say", "agian=yes"), "agian=yes is no FIELD=VALUE"),
            (("--say", "again=yes", "--say", "again=no"), "again was said twice"),
            (("--say", "again=perhaps"), "say --say again="),
            (("--say", "again=yes", "--say", "told=maybe"), "say --say told=…, one of: yes, no"),
            (("--say", "again=yes", "--say", "on=soon"), "one of: 2027-03-01, 2027-03-01T14:30"),
        ):
            office.run("him", "return", "-", *rated, *odd, "-m", "well", typed=code).refused(told)
        office.run("him", "return", "-", "--say", "mood=good", typed=code).refused("with --do")
        text = tmp_path / "text"
        text.write_text("he listens")
        unmarked = (*rated[:-2], "--say", "again=yes", "--say", "mark=11", "-m", "well")
        ran = office.run("him", "return", "-", *unmarked, typed=code)
        ran.refused("say --say mark=…, one of: 0-10")
        rated += ("--say", "again=YES", "--say", "told=no", "-f", str(text))
        done(office, "him", "return", "-", *rated, typed=code)
        said = {"again": "yes", "mark": 0, "told": False}
        assert bodies(office, case)["HelpRated"] == said
        assert office.said("dirk", case)[-1] == {"mood": "good", "text": "he listens"}
        assert (
            office.run("him", "return", "-", "--in", case, "--do", "end", typed=code).error
            is not None
        )
        assert "rate" not in done(office, "dirk", "tutoring", "--help")
