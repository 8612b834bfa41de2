"""What waits: one line a case at 80 columns, crises first, with the first words of what was asked,
for whom and by when; and no case that is done or has no question.

Holds cli/office/inbox.py, cli/office/waiting.py, cli/screen/show.py.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from cli.office.waiting import Waiting, cases_of
from cli.screen.show import due_text, due_time
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.cases.consultation import message, payload
from client.cases.steps import newest
from client.cases.support import open_case
from client.people.membership import leave
from client.place.chain import Chain
from crypto.encoding import canonical
from domain.entry import Line
from domain.services.registry import SERVICES
from tests.support.people import speaking
from tests.support.people.at_work import AtWork, at_work
from tests.support.people.support_case import Cast, propose_advice, release_advice, step
from tests.support.world import World, read

CW, TL = "consultation_worker", "supervisor"
QUESTION = "Mijn zoon (16) is hele nachten online en praat over een dag die ze zich zullen heugen."


@pytest.fixture
def at(world: World, tmp_path: Path) -> Iterator[AtWork]:
    anna, bram, carla = world.staff(CW, CW, TL)
    with at_work(world, tmp_path / "homes", anna=anna, bram=bram, carla=carla) as working:
        yield working


def asked(at: AtWork, text: str = QUESTION) -> Chain:
    return at.world.mother(text)[1]


def taken(at: AtWork, text: str = QUESTION) -> str:
    chain = asked(at, text)
    consulting.take(at.people["anna"], read(at.world, at.people["anna"], chain))
    return chain.case


VISIT = ("--channel", "visit", "--with-whom", "zijzelf")


def write(at: AtWork, person: str, case: str, where: str, kind: str, value: object) -> None:
    at.world.settle()
    work = open_casework(at.people[person], case)
    over = kind == "CrisisResolutionProposed"
    body = {"crisis": newest(work, ["CrisisFlagged"])} if over else {}
    work.write(where, kind, body, value)  # type: ignore[arg-type]


def line_of(shown: str, case: str) -> str:
    (line,) = (line for line in shown.splitlines() if case[:8] in line)
    return line


def test_each_case_is_one_line_with_its_first_words_whom_it_waits_for_and_by_when(
    at: AtWork,
) -> None:
    open_ = asked(at).case
    own = taken(at, "een andere vraag")
    write(at, "anna", own, "dialogue", "AnswerGiven", message("ja"))
    write(at, "anna", own, "governance", "SupportProposed", payload("note/1", text="zij wil het"))
    shown = at.shows("anna", "inbox")
    assert all(cell_len(line) <= 80 for line in shown.splitlines())
    assert "Mijn zoon (16)" in line_of(shown, open_) and "whoever takes it" in line_of(shown, open_)
    assert "triage: " in line_of(shown, open_)
    assert "een andere" in line_of(shown, own) and "supervisor" in line_of(shown, own)
    of_carla = line_of(at.shows("carla", "inbox"), own)
    assert "zij wil het" in of_carla and "you" in of_carla
    closed = at.shows("anna", "inbox", "--no-content")
    assert line_of(closed, open_) and "Mijn zoon" not in closed


def test_a_crisis_stands_first_and_marked_then_what_is_late(at: AtWork) -> None:
    calm, crisis = asked(at, "rustig").case, taken(at, "dringend")
    write(at, "anna", crisis, "governance", "CrisisFlagged", message("een wapen"))
    lines = at.shows("anna", "inbox").splitlines()[2:]
    assert lines[0].startswith(f"! {crisis[:8]}") and "CRISIS" in lines[0]
    assert lines[1].startswith(calm[:8])
    assert "een wapen" in line_of(at.shows("carla", "inbox"), crisis)

    def row(case: str, due: int | None, waits_for: str = "requester") -> dict[str, object]:
        terms = [] if due is None else [{"term": "triage", "due": due, "explained": False}]
        return {
            **{"case": case, "service": "consultation", "state": "in_triage", "terms": terms},
            **{"waits_for": waits_for, "waiting_since": 5, "role": CW, "compartment": "dialogue-1"},
        }

    danger = row("danger", None)
    danger["terms"] = [{"term": "crisis_decision", "due": 999, "explained": False}]
    no_question = row("no question", None) | {"state": "opened"}
    assert [one.case for one in cases_of([row("late", 9), danger, no_question], 10)] == [
        "danger",
        "late",
    ]
    rows = [row("quiet", None), row("mine", None, CW), row("late", 9), row("soon", 99)]
    assert [one.case for one in cases_of(rows, 10)] == ["late", "mine", "soon", "quiet"]
    assert due_text(Waiting([row("late", 9)], 10).terms, 10).startswith("OVERDUE: triage, ")


@pytest.mark.parametrize(
    ("hours", "told"), [(1, "00:30"), (10, "09:30"), (13, "2026-11-28"), (30, "2026-11-29")]
)
def test_what_falls_due_in_the_night_is_told_by_its_hour(hours: int, told: str) -> None:
    late = int(datetime(2026, 11, 27, 23, 30).timestamp())  # where this machine stands
    assert due_time(late + hours * 3600, late) == told


def test_a_crisis_and_what_is_to_be_decided_are_both_seen_and_whose_turn_it_is(at: AtWork) -> None:
    """Ending a crisis is the worker's step, until its end is proposed."""
    case = taken(at)
    write(at, "anna", case, "dialogue", "AnswerGiven", message("ja"))
    write(at, "anna", case, "governance", "SupportProposed", payload("note/1", text="zij wil"))
    write(at, "anna", case, "governance", "SupportProposed", payload("note/1", text="nog eens"))
    assert "you (2 to decide)" in line_of(at.shows("carla", "inbox"), case)
    write(at, "anna", case, "governance", "CrisisFlagged", message("een wapen"))
    of_carla = line_of(at.shows("carla", "inbox"), case)
    assert "CRISIS" in of_carla and "een wapen" in of_carla and "you (2 to decide)" in of_carla
    # One answer hides no other proposal.
    first = open_casework(at.people["anna"], case).proposals()[0]
    at.shows("carla", "approve", case, "--of", str(first.seq), "-m", "ja")
    assert "you (1 to decide)" in line_of(at.shows("carla", "inbox"), case)
    at.shows("carla", "refuse", case, "-m", "nee")
    of_carla = line_of(at.shows("carla", "inbox"), case)
    assert "CRISIS" in of_carla and "consultation worker" in of_carla and "you" not in of_carla
    assert "you" in line_of(at.shows("anna", "inbox"), case)
    again = taken(at, "dringend")
    write(at, "anna", again, "dialogue", "AnswerGiven", message("ja"))
    write(at, "anna", again, "governance", "CrisisFlagged", message("een mes"))
    assert "you" in line_of(at.shows("anna", "inbox"), again)
    assert "you" not in line_of(at.shows("carla", "inbox"), again)
    assert "governance: waits for consultation worker" in at.shows("carla", "show", again)
    write(at, "anna", again, "governance", "CrisisResolutionProposed", payload("note/1", text="x"))
    assert "supervisor" in line_of(at.shows("anna", "inbox"), again)
    assert "you (1 to decide)" in line_of(at.shows("carla", "inbox"), again)


def test_what_was_registered_shows_what_was_said_and_not_how_it_came_in(at: AtWork) -> None:
    case = json.loads(at.shows("anna", "register", *VISIT, "-m", "zij kwam langs", "--json"))[
        "case"
    ]
    line = line_of(at.shows("anna", "inbox"), case)
    assert "zij kwam" in line and "visit" not in line


def test_forty_columns_and_a_shell_that_tells_no_width_are_readable(at: AtWork) -> None:
    case = taken(at, "woorden die heel blijven")
    narrow = at.shows("anna", "inbox", COLUMNS="40")
    assert all(cell_len(line) <= 40 for line in narrow.splitlines())
    assert {case[:8], "heel", "blijven"} <= set(narrow.split())
    for columns in ("0", "40"):
        for command in (("inbox",), ("show", case[:8]), ("timeline", case[:8])):
            shown = at.shows("anna", *command, COLUMNS=columns)
            assert {"woorden", "heel", "blijven"} <= set(shown.split())
    title = " ".join(at.shows("anna", "show", case[:8], COLUMNS="40").replace("─", "").split())
    assert "· consultation received" in title


def test_what_is_done_or_has_no_question_leaves_every_list(at: AtWork) -> None:
    case = taken(at, "opgelost")
    anna = at.people["anna"]
    advice = dict.fromkeys(
        ("yourself", "professional_help", "possible_reports", "contact_again"), "x"
    )
    write(at, "anna", case, "dialogue", "ShortAdviceGiven", payload("advice/1", **advice))
    chain = open_casework(anna, case).first
    assert chain is not None
    assert case[:8] in at.shows("carla", "overview")
    speaking.close(anna, chain, "advised", "klaar")
    # Opened, and cut short before the question.
    code = at.world.code()
    mother = at.world.session(code.keys)
    mother.directory.refresh()
    lines = (Line(mother.device, "requester", None), Line(anna.device, CW, None))
    opening = consultation.opening("consent", "anonymous")
    mother.open_first(code.compartment(0), code.salt(0), lines, opening)
    support = open_case(anna, "family_support", (), "begeleiding")
    assert support.case[:8] in at.shows("carla", "overview") + at.shows("carla", "inbox")
    at.run("carla", "case", "refuse", support.case[:8], "-m", "niet nodig")
    for person, command in (("anna", "inbox"), ("carla", "inbox"), ("carla", "overview")):
        assert "Nothing waits." in at.shows(person, command), (person, command)
        listed = json.loads(at.shows(person, command, "--json"))
        assert not listed.get("work") and not listed.get("cases"), (person, command)
    # A crisis is shown all the same.
    at.world.settle()
    open_casework(anna, case).write("governance", "CrisisFlagged", {}, message("toch"))
    for command in ("inbox", "overview"):
        assert "CRISIS" in line_of(at.shows("carla", command), case)


def test_every_service_says_what_is_done_and_only_states_that_it_has() -> None:
    for service in SERVICES.values():
        assert service.done or service.quiet
        assert service.done | service.quiet < set(service.states)
        assert service.begins not in service.done


def test_a_device_newer_than_the_question_is_told_how_many_wait(at: AtWork) -> None:
    asked(at)
    taken(at, "die is al genomen")
    (dora,) = at.world.staff(CW)
    at.world.settle()
    assert dora.work_list() == {"work": [], "elsewhere": 1}
    assert at.people["anna"].work_list()["elsewhere"] == 0
    (auditor,) = at.world.staff("auditor")
    assert auditor.work_list()["elsewhere"] == 0
    stranger = at.world.mother()[0]
    assert stranger.work_list()["elsewhere"] == 0


def test_a_device_newer_than_the_question_says_so(at: AtWork, tmp_path: Path) -> None:
    asked(at)
    (dora,) = at.world.staff(CW)
    with at_work(at.world, tmp_path / "new", dora=dora) as working:
        shown = working.shows("dora", "inbox")
    assert "Nothing waits." in shown
    assert "this device was not let in; colleagues can do so: 1." in " ".join(shown.split())


def test_one_case_that_does_not_hold_hides_no_other(at: AtWork) -> None:
    """A pin of a later entry than there is stands for a server that went back."""
    broken, whole = asked(at), asked(at, "een hele vraag")
    at.shows("anna", "inbox")
    file = at.home("anna") / "pins.json"
    pins = json.loads(file.read_bytes())
    pins["heads"][f"{broken.case}/{broken.name}"]["seq"] += 1
    file.write_bytes(canonical(pins))
    done = at.run("anna", "inbox", fails=True)
    assert "DOES NOT HOLD" in line_of(done.output, broken.case)
    assert "een hele" in line_of(done.output, whole.case)
    assert "Do not go on here" in done.output


def test_support_cases_tell_whom_they_wait_for(world: World, tmp_path: Path) -> None:
    cast = Cast(world)
    cast.opened()
    with at_work(world, tmp_path / "homes", dirk=cast["dirk"], carla=cast["carla"]) as at:
        propose_advice(cast.at("dirk"), "blijf naast haar staan")
        of_carla = line_of(at.shows("carla", "inbox"), cast.case)
        assert "blijf naast" in of_carla and "you" in of_carla
        assert "supervisor" in line_of(at.shows("dirk", "inbox"), cast.case)
        release_advice(cast.at("carla"), "ja")
        assert "you" in line_of(at.shows("dirk", "inbox"), cast.case)


def test_who_came_later_is_told_by_what_she_may_read_or_which_service_it_is(
    world: World, tmp_path: Path
) -> None:
    cast = Cast(world)
    cast.opened()
    step(cast.at("dirk"), "request", "is dit een teken?")
    cast.deploy("dirk", "xena")
    leave(cast["xena"], cast.at("xena").only("conflict"))
    with at_work(world, tmp_path / "homes", xena=cast["xena"]) as at:
        assert "(family support)" in line_of(at.shows("xena", "inbox"), cast.case)
        cast.at("dirk").say(cast.at("dirk").only("expert"), "kijk hier eens naar")
        assert "kijk hier eens" in line_of(at.shows("xena", "inbox"), cast.case)


def test_colleagues_shows_every_role(world: World, tmp_path: Path) -> None:
    roles = [CW, "key_custodian", "privacy_officer", "auditor", "lat_coordinator", "interpreter"]
    anna, *_ = world.staff(*roles)
    with at_work(world, tmp_path / "homes", anna=anna) as at:
        shown = at.shows("anna", "colleagues")
    for role in roles:
        assert role.replace("_", " ") in shown


# --- watching ------------------------------------------------------------------------------------


class Watching:
    """`inbox --watch` in a process of its own, and what it has printed."""

    def __init__(self, at: AtWork, person: str, **environment: str) -> None:
        kept = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "ZEGEL_LANG": "en"}
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "cli.main", "inbox", "--watch"],
            env=kept | at.environment(person) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.shown = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.shown += line

    def until(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self.shown:
            assert time.monotonic() < deadline and self._process.poll() is None, self.shown
            time.sleep(0.05)

    def end(self, by: signal.Signals) -> None:
        self._process.send_signal(by)
        assert self._process.wait(20) == 0, self.shown
        deadline = time.monotonic() + 5
        while "Ended." not in self.shown and time.monotonic() < deadline:
            time.sleep(0.01)
        assert "Ended." in self.shown and "Traceback" not in self.shown


def test_watching_shows_what_comes_and_ends_when_told(at: AtWork) -> None:
    watching = Watching(at, "anna")
    watching.until("Nothing waits.")
    asked(at, "een nieuwe vraag")
    watching.until("een nieuwe")
    watching.end(signal.SIGTERM)


def test_watching_says_when_the_server_is_silent_and_goes_on(at: AtWork) -> None:
    watching = Watching(at, "anna", ZEGEL_SERVER="http://127.0.0.1:9")
    watching.until("The server does not answer")
    watching.end(signal.SIGINT)
