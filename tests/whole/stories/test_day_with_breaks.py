"""A working day in which every command is broken off somewhere: at a question, in the editor, right
after it, while an entry is sent, and when it is stored but nobody was told yet.

Whatever was typed is on screen, in a draft, or stored once, and trying again doubles nothing. One
exception there is, and no way around it: who comes with a code keeps nothing on the machine, so
that kill -9 before her text was sent takes it along.

Holds cli/desk/step.py, cli/desk/sent_before.py, cli/writing/unsent.py.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from client.cases import consultation, consulting
from client.cases.casework import open_casework
from tests.support.kills.breaks import (
    CLOSED,
    CODE,
    CONFLICT,
    CTRL_C,
    DANGER,
    EDITOR,
    FILES,
    HUP,
    KILL,
    NAMES,
    OPENED,
    OPENING,
    PEOPLE,
    SENT,
    STORED,
    TERM,
    UNANSWERED,
    WRITE,
    Break,
    Moment,
)
from tests.support.kills.held_server import HeldServer
from tests.support.people.at_work import AtWork, at_work
from tests.support.people.terminal import Terminal
from tests.support.world import World, read

HERS = [
    Moment("ask", DANGER, CTRL_C),
    Moment("ask", FILES, HUP),
    Moment("ask", EDITOR, TERM),
    Moment("ask", EDITOR, HUP),
    Moment("ask", EDITOR, KILL),
    Moment("ask", CLOSED, CTRL_C),
    Moment("ask", OPENING, TERM),
    Moment("ask", OPENED, CTRL_C),
    Moment("ask", SENT, HUP),
    Moment("ask", SENT, KILL),
    Moment("ask", STORED, CTRL_C),
    Moment("ask", STORED, KILL),
    Moment("return", CODE, CTRL_C),
    Moment("return", WRITE, TERM),
    Moment("return", EDITOR, HUP),
    Moment("return", SENT, CTRL_C),
    Moment("return", STORED, KILL),
]
THEIRS = [
    Moment("take", CONFLICT, CTRL_C),
    Moment("take", STORED, KILL),
    Moment("answer", EDITOR, KILL),
    Moment("answer", CLOSED, TERM),
    Moment("answer", SENT, CTRL_C),
    Moment("answer", STORED, HUP),
    Moment("advise", EDITOR, HUP),
    Moment("advise", STORED, KILL),
    Moment("consult", NAMES, CTRL_C),
    Moment("consult", EDITOR, TERM),
    Moment("consult", OPENED, KILL),
    Moment("consult", STORED, KILL),
    Moment("register", EDITOR, HUP),
    Moment("register", STORED, KILL),
    Moment("close", EDITOR, CTRL_C),
    Moment("close", UNANSWERED, HUP),
    Moment("close", STORED, TERM),
    Moment("approve", PEOPLE, CTRL_C),
    Moment("approve", EDITOR, KILL),
    Moment("approve", SENT, TERM),
    Moment("approve", STORED, CTRL_C),
]


def called(moment: Moment) -> str:
    return f"{moment.command}: {moment.at}: {moment.by.name}"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    folder = tmp_path_factory.mktemp("day")
    with World(folder, server=HeldServer) as world:
        roles = ("consultation_worker", "consultation_worker", "supervisor")
        people = dict(zip(("anna", "bram", "carla"), world.staff(*roles), strict=True))
        with at_work(world, folder / "homes", **people) as working:
            yield working


def broken_off(at: AtWork, moment: Moment, folder: Path) -> Break:
    assert isinstance(at.world.server, HeldServer)
    return Break(at.world.server, moment, folder)


def in_inbox(at: AtWork) -> set[str]:
    """The cases that wait for somebody of the front office, or may be taken."""
    return {one["case"] for one in json.loads(at.shows("anna", "inbox", "--json"))["work"]}


def counted(at: AtWork, person: str, case: str, text: str) -> int:
    """How often somebody who works here reads it in a case, or in all that she has."""
    cases = [case] if case else in_inbox(at)
    return sum(at.shows(person, "show", one, "--json").count(text) for one in cases)


# --- who comes with a code ------------------------------------------------------------------------


def her_machine(at: AtWork, folder: Path, editor: Path) -> tuple[Path, dict[str, str]]:
    """All of a machine where a program may leave something, and the environment that says so."""
    machine = folder / "machine"
    machine.mkdir()
    places = (
        "HOME",
        "TMPDIR",
        "XDG_RUNTIME_DIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "ZEGEL_HOME",
    )
    told = dict.fromkeys(places, str(machine)) | {"EDITOR": str(editor), "PAGER": "cat"}
    return machine, told | {
        "ZEGEL_SERVER": at.world.url,
        "ZEGEL_PIN": at.world.pin,
        "ZEGEL_LANG": "en",
    }


def left_on(machine: Path) -> list[Path]:
    return [file for file in machine.rglob("*") if file.is_file()]


def code_on(screen: str) -> str:
    shown = re.search(r"^ +([0-9A-Z-]{27})$", screen, re.MULTILINE)
    return shown[1] if shown else ""


@pytest.mark.parametrize("moment", [one for one in HERS if one.command == "ask"], ids=called)
def test_who_asks_loses_nothing_and_leaves_nothing(
    at: AtWork, moment: Moment, tmp_path: Path
) -> None:
    breaking = broken_off(at, moment, tmp_path)
    machine, told = her_machine(at, tmp_path, breaking.editor)
    letter = tmp_path / "letter.txt"
    letter.write_text("what he wrote")
    attaching = ("--attach", str(letter)) if moment.at == FILES else ()
    before = in_inbox(at)
    breaking.begins()
    with Terminal.zegel("ask", *attaching, **told) as terminal:
        breaking.happens(terminal, {DANGER: "n"} | ({FILES: "n"} if attaching else {}))
    typed = moment.at not in (DANGER, FILES)
    taken_along = moment == Moment("ask", EDITOR, KILL)
    code = code_on(terminal.shown)
    stored = any(counted(at, "anna", case, breaking.text) for case in in_inbox(at) - before)
    if typed and not taken_along:
        assert stored or breaking.text in terminal.shown, terminal.shown
        assert code or moment.at == EDITOR
    if taken_along:
        for file in left_on(machine):  # the editor's own, in memory alone on her machine
            file.unlink()
    assert left_on(machine) == []
    if code:
        again = ("ask", "--danger", "nee", "--code", "-m", breaking.text)
        at.run("mother", *again, typed=f"{code}\n")
    elif typed:
        at.run("mother", "ask", "--danger", "nee", "-m", breaking.text)
    found = [counted(at, "anna", case, breaking.text) for case in in_inbox(at) - before]
    assert found == [1] * typed, "an empty case, or one twice"


@pytest.mark.parametrize("moment", [one for one in HERS if one.command == "return"], ids=called)
def test_who_comes_back_loses_nothing_and_leaves_nothing(
    at: AtWork, moment: Moment, tmp_path: Path
) -> None:
    breaking = broken_off(at, moment, tmp_path)
    machine, told = her_machine(at, tmp_path, breaking.editor)
    asked = at.run("mother", "ask", "--danger", "nee", "--json", "-m", f"of {tmp_path.name}")
    code, case = (json.loads(asked.stdout)[one] for one in ("code", "case"))
    breaking.begins()
    with Terminal.zegel("return", **told) as terminal:
        breaking.happens(terminal, {CODE: code, WRITE: "y"})
    stored = counted(at, "anna", case, breaking.text)
    typed = moment.at not in (CODE, WRITE)
    assert not typed or stored or breaking.text in terminal.shown, terminal.shown
    assert left_on(machine) == [] and code not in terminal.shown
    if typed:
        at.run("mother", "return", "-", "-m", breaking.text, typed=f"{code}\n")
    assert counted(at, "anna", case, breaking.text) == int(typed)


# --- who works here -------------------------------------------------------------------------------


class Step(NamedTuple):
    """person: who takes it. beside: what the command is given, but for the text in the editor.
    questions: asked before the editor opens, and the answers."""

    person: str
    beside: tuple[str, ...]
    questions: dict[str, str]


SEALED = ("--subject-kind", "individual", "--form-group", "unknown")
STEPS = {
    "take": Step("anna", (), {CONFLICT: "y"}),
    "answer": Step("anna", (), {}),
    "advise": Step(
        "anna",
        ("--yourself", "a", "--professional-help", "b", "--possible-reports", "c"),
        {},
    ),
    "consult": Step("anna", ("BRAM", "--question", "what do you think?"), {NAMES: "y"}),
    "close": Step("anna", ("--outcome", "answered", *SEALED), {}),
    "approve": Step("carla", (), {PEOPLE: "y"}),
    "register": Step("anna", ("--channel", "visit", "--with-whom", "a father"), {}),
}


def prepared(at: AtWork, moment: Moment) -> str:
    """A case in which the step can be taken next; its number, empty for a step that opens one."""
    command = moment.command
    if command == "register":
        return ""
    world, anna = at.world, at.people["anna"]
    _mother, chain, _code = world.mother()
    if command != "take":
        consulting.take(anna, read(world, anna, chain))
        world.settle()
    if command == "close" and moment.at != UNANSWERED:
        answer = consultation.message("good that you write")
        open_casework(anna, chain.case).write("dialogue", "AnswerGiven", {}, answer)
        world.settle()
    if command == "approve":
        reason = consultation.payload("note/1", text="she wants more")
        open_casework(anna, chain.case).write("governance", "SupportProposed", {}, reason)
        world.settle()
    return chain.case


def drafts(at: AtWork, person: str) -> list[str]:
    return [one["text"] for one in json.loads(at.shows(person, "drafts", "--json"))["drafts"]]


@pytest.mark.parametrize("moment", THEIRS, ids=called)
def test_who_works_here_loses_nothing_and_doubles_nothing(
    at: AtWork, moment: Moment, tmp_path: Path
) -> None:
    breaking, step = broken_off(at, moment, tmp_path), STEPS[moment.command]
    case = prepared(at, moment)
    bram = at.world.ceremony.people[1]["person"]
    named = [case] if case else []
    line = [moment.command, *named, *(bram if one == "BRAM" else one for one in step.beside)]
    told = at.environment(step.person) | {"EDITOR": str(breaking.editor), "ZEGEL_LANG": "en"}
    breaking.begins()
    with Terminal.zegel(*line, **told) as terminal:
        breaking.happens(terminal, step.questions)
    if moment.command == "take":
        _taken_once(at, case, moment)
        return
    typed = moment.at not in (NAMES, PEOPLE)
    stored = counted(at, step.person, case, breaking.text)
    waiting = [text for text in drafts(at, step.person) if breaking.text in text]
    assert not typed or stored or waiting, terminal.shown
    assert len(waiting) <= 1
    sure = {"consult": ["--without-names"], "close": ["--unanswered"]}.get(moment.command, [])
    if waiting:
        again = at.run(step.person, *line, *sure, "--send-draft")
        assert again.exit_code == 0
    if typed:
        assert counted(at, step.person, case, breaking.text) == 1
    assert not any(breaking.text in text for text in drafts(at, step.person))


def _taken_once(at: AtWork, case: str, moment: Moment) -> None:
    """Whether she has it as it should be, and taking it once more is no second taking."""
    kinds = at.shows("anna", "show", case, "--json").count("ConsultationAssigned")
    assert kinds <= 1
