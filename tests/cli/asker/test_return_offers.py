"""What someone who asks is told and offered when she comes back, as she reads it.

Holds cli/asker/come_back.py, cli/asker/steps.py, cli/asker/what_now.py, cli/asker/new_code.py.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.asker import come_back, new_code, session, steps
from cli.asker.what_now import tell_what_now
from cli.sentences.advice import explain
from cli.writing.text import written
from client.cases import consultation, consulting
from client.cases.casework import open_casework
from client.errors import ClientError, NotPossible, Unreachable
from crypto.code import show_code
from crypto.secret.seeds import new_code as make_code
from tests.support.world import Server, World, quick_code, read, texts

NOTE = consultation.payload("note/1", text="they want to go on")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    (tmp_path / "server").mkdir()
    monkeypatch.setattr(session, "CodeKeys", lambda entropy, _: quick_code(entropy, made.pin))
    with World(tmp_path / "server") as made:
        yield made


class Mother:
    """Someone who asked, at a terminal or in a script."""

    def __init__(self, world: World) -> None:
        self.world, self.entropy = world, make_code()
        self.code = quick_code(self.entropy, world.pin)
        self.session = world.session(self.code.keys)
        self.chain = consultation.ask(self.session, self.code, 0, "anonymous", "a question")
        world.settle()

    def comes_back(self, *given: str, typed: str = "", **environment: str) -> Result:
        where = ["--server", self.world.url, "--pin", self.world.pin]
        arguments = [show_code(self.entropy), *where, *given]
        runner = CliRunner(env={"ZEGEL_LANG": "en", "COLUMNS": "200"} | environment)
        return runner.invoke(come_back.return_, arguments, input=typed)

    def said(self) -> list[str]:
        return texts(self.session, read(self.world, self.session, self.chain))


class Losing(Server):
    """What it stores is stored, and its answer is lost."""

    def answer(self, request: Any, answer: dict[str, Any]) -> dict[str, Any]:
        if request.method == "POST":
            raise ConnectionResetError
        return answer


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (come_back, new_code):
        monkeypatch.setattr(module, "at_a_terminal", lambda: True)


def test_reading_tells_when_and_where_help_is_and_offers_nothing_to_a_script(world: World) -> None:
    world.staff("consultation_worker")
    shown = Mother(world).comes_back().output
    for told in ("expect a first answer before", "no notice", "112", "0800-0113", "--crisis"):
        assert told in shown
    assert "write something" not in shown
    assert "eerste antwoord verwachten" in Mother(world).comes_back(ZEGEL_LANG="nl").output


@pytest.mark.usefixtures("at_a_terminal")
def test_she_may_write_after_reading_and_enter_leaves(world: World, tmp_path: Path) -> None:
    world.staff("consultation_worker")
    mother = Mother(world)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "he came home" >> "$1"\n')
    editor.chmod(0o700)
    left = mother.comes_back(typed="\n", EDITOR=str(editor))
    assert left.exit_code == 0 and mother.said() == ["a question"]
    done = mother.comes_back(typed="J\n", EDITOR=str(editor))
    assert done.exit_code == 0, done.exception
    assert "This goes to: one worker." in done.output
    assert mother.said() == ["a question", "he came home"]


def test_the_same_word_once_more_needs_again(world: World) -> None:
    world.staff("consultation_worker")
    mother = Mother(world)
    mother.comes_back("-m", "help")
    world.settle()
    second = mother.comes_back("-m", "help")
    assert second.exit_code == 0 and "exactly this last" in second.output
    assert mother.said() == ["a question", "help"]
    mother.comes_back("-m", "help", "--again")
    assert mother.said() == ["a question", "help", "help"]


def test_what_she_sent_by_an_option_is_told_to_be_stored_also_if_the_server_then_goes_silent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.staff("consultation_worker")
    mother = Mother(world)
    assert "Your message is stored, sealed." in mother.comes_back("-m", "one").output
    crisis = mother.comes_back("--crisis", "-m", "two").output
    assert "Your message is stored, sealed." in crisis and "Then tell us too" not in crisis
    assert "first answer before" not in crisis  # it is no matter of days
    number = mother.comes_back("--json", "-m", "three").output
    assert "is stored, sealed" not in number
    assert "That you take it back is stored." in mother.comes_back("--withdraw", "2").output
    told = mother.comes_back("--name", "M.", "--contact", "by post").output
    assert "What you told us is stored." in told

    def silent(*_: object) -> Any:
        raise Unreachable("it does not answer")

    monkeypatch.setattr("client.cases.consultation.open_all", silent)
    broken = mother.comes_back("-m", "four")
    assert isinstance(broken.exception, Unreachable)
    assert "Your message is stored, sealed." in broken.output


@pytest.mark.usefixtures("at_a_terminal")
def test_a_new_code_says_what_it_closes_and_is_taken_only_by_who_has_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.staff("consultation_worker")
    mother = Mother(world)
    kept = mother.comes_back("--new-code", typed="\n")
    assert "stays closed to it, for good" in kept.output and mother.comes_back().exit_code == 0
    entropy = make_code()
    typed = [mother.entropy, entropy]
    monkeypatch.setattr(new_code, "new_code", lambda: entropy)
    monkeypatch.setattr(new_code, "typed_code", lambda _: typed.pop(0))
    taken = mother.comes_back("--new-code", typed="ja\n")
    assert taken.exit_code == 0 and typed == [] and "That is another code" in taken.output
    world.settle()
    assert str(mother.comes_back().exception).startswith("there is no conversation with this code")


@pytest.mark.usefixtures("at_a_terminal")
def test_a_new_code_that_was_broken_off_says_which_of_the_two_to_keep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.staff("consultation_worker")
    mother = Mother(world)
    left = mother.comes_back("--new-code", typed="ja\n")  # the terminal is closed at the question
    assert left.exit_code == 1 and "Keep this code" in left.output
    assert "keep the code that you had. The new one opens nothing." in left.output
    assert mother.comes_back().exit_code == 0
    entropy = make_code()
    monkeypatch.setattr(new_code, "new_code", lambda: entropy)
    typed = [mother.entropy, entropy]
    monkeypatch.setattr(new_code, "typed_code", lambda _: typed.pop(0))
    monkeypatch.setattr("client.server.transport.PAUSE_SECONDS", ())
    world._http.app = Losing(world.app)
    lost = mother.comes_back("--new-code", typed="ja\n")
    assert isinstance(lost.exception, ClientError)
    assert "Keep both, and try each with: zegel return" in lost.output


STATES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "opened": ({}, ("has not come in yet",)),
    "escalated": ({}, ("goes on with a casemanager",)),
    "escalation_offered": ({"support": "offered"}, ("--accept", "Declining has no consequences")),
    "closed": ({}, ("Within 90 days", "no notice")),
    "dormant": ({}, ("rests", "no notice")),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_told_plainly(
    state: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, told = STATES[state]
    line = SimpleNamespace(role="requester")
    place = SimpleNamespace(
        waits_for="requester", moments={}, type="dialogue", line=lambda _device: line
    )
    stands = SimpleNamespace(service="consultation", state=state, facts=facts)
    chain: Any = SimpleNamespace(state=stands, compartment=place, device="")
    monkeypatch.setattr(consultation, "is_erased", lambda _: False)
    monkeypatch.setattr(consultation, "is_answered_for", lambda *_: True)
    tell_what_now(SimpleNamespace(), chain)  # type: ignore[arg-type]
    shown = " ".join(capsys.readouterr().out.split())
    for one in told:
        assert one in shown
    assert steps.may_write(chain) is (state != "escalated")


def test_an_answer_to_an_offer_is_stored_once_until_it_is_another(world: World) -> None:
    anna, carla = world.staff("consultation_worker", "supervisor")
    mother = Mother(world)
    consulting.take(anna, read(world, anna, mother.chain))

    def offered() -> None:
        world.settle()
        open_casework(anna, mother.chain.case).write("governance", "SupportProposed", {}, NOTE)
        world.settle()
        open_casework(carla, mother.chain.case).decide("ApprovalGiven", "agreed")
        world.settle()
        work = open_casework(anna, mother.chain.case)
        body = {"proposal": work.approved("SupportProposed")}
        work.write("dialogue", "CaseSupportOffered", body, consultation.message("an offer"))
        world.settle()

    def answers() -> list[str]:
        kinds = [one.entry.header.kind for one in read(world, mother.session, mother.chain).items]
        said = {"CaseSupportAccepted": "yes", "CaseSupportDeclined": "no", "LinkConsented": "link"}
        return [said[kind] for kind in kinds if kind in said]

    offered()
    mother.comes_back("--accept")
    world.settle()
    again = mother.comes_back("--accept")
    assert again.exit_code == 0 and "stored already: you accepted the support" in again.output
    assert answers() == ["yes"]
    mother.comes_back("--allow-link", "family_support")
    mother.comes_back("--allow-link", "family_support")
    mother.comes_back("--decline")
    world.settle()
    assert "stored already: you declined" in mother.comes_back("--decline").output
    assert answers() == ["yes", "link", "no"]
    offered()
    mother.comes_back("--accept")  # of another offer
    assert answers() == ["yes", "link", "no", "yes"]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_who_writes_nothing_is_told_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    with pytest.raises(NotPossible) as refused:
        written(" ", None, "")
    told = explain(refused.value, asks=True)
    assert told["next"].startswith({"en": "Nothing was sent.", "nl": "Er is niets"}[language])
