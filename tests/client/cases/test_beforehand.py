"""Whatever can be known before somebody types is told before an editor opens, by the rules
themselves; and trying it changes nothing.

Holds client/cases/beforehand.py.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.cases import consultation, consulting
from client.cases.beforehand import Rehearsal, rehearsal_of
from client.cases.casework import open_casework
from client.cases.registration import register
from client.errors import NotPossible
from tests.support.people.desks import Desks, Done, desks, editor, was_opened
from tests.support.world import World

WEIGHED = (
    *("facts", "purpose", "necessity", "alternative", "advice-asked", "talked-with"),
    *("consent", "informed", "what-to-whom"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("beforehand")) as opened:
        yield opened


@pytest.fixture
def untyped(office: Desks, tmp_path: Path) -> Any:
    """Runs a command that must be refused without an editor, and without a word stored."""

    def run(person: str, *arguments: str, typed: str = "") -> Done:
        before = office.world.opened.store.position()
        opens = editor(tmp_path, 'echo typed >> "$1"; exit 1')
        done = office.run(person, *arguments, typed=typed, EDITOR=opens)
        assert done.error is not None, done
        assert not was_opened(tmp_path), done
        assert office.world.opened.store.position() == before
        return done

    return run


def test_a_step_out_of_state_or_of_another_is_told_before_anyone_types(
    office: Desks, untyped: Any
) -> None:
    case = office.asked()
    for called in ("answer", "clarify", "advise", "point", "close", "rest", "signal", "reopen"):
        untyped("anna", called, case).refused("not")
    untyped("anna", "propose-support", case).refused("not-allowed")
    office.run("bram", "take", case, "--no-conflict")
    untyped("anna", "answer", case).refused("and are not shown it now")
    untyped("carla", "answer", case).refused("you do not stand in the dialogue")
    untyped("bram", "rest", case).refused("wrong-state: not so: nobody has written for 14 days")
    untyped("bram", "correct", case, "9").refused("there is no message 9")
    untyped("bram", "correct", case, "1").refused("not-allowed")


def test_what_needs_a_second_person_is_told_before_anyone_types(
    office: Desks, untyped: Any
) -> None:
    case = office.taken()
    untyped("anna", "offer-support", case).refused("four-eyes")
    assert office.run("anna", "propose-support", case, "-m", "she wants it").error is None
    untyped("anna", "approve", case).refused("wrong-state: nothing of another person waits")
    untyped("anna", "offer-support", case).refused("four-eyes")
    assert office.run("carla", "approve", case, "-m", "agreed").error is None
    untyped("carla", "approve", case).refused("wrong-state: nothing of another person waits")


def test_a_crisis_that_is_not_there_is_told_before_anyone_types(
    office: Desks, untyped: Any
) -> None:
    case = office.taken()
    assert office.run("anna", "crisis", case, "-m", "he is packing").error is None
    untyped("anna", "close", case).refused("no crisis is open")
    assert office.run("anna", "crisis-over", case, "-m", "over").error is None
    assert office.run("carla", "approve", case, "-m", "agreed").error is None
    assert office.run("anna", "resolve", case).error is None
    untyped("anna", "crisis-over", case).refused("a crisis has been raised and not resolved")


def test_files_people_and_statements_come_before_the_text(
    office: Desks, untyped: Any, tmp_path: Path
) -> None:
    case, picture = office.taken(), tmp_path / "letter.txt"
    picture.write_text("x")
    untyped("anna", "answer", case, "--attach", str(picture), typed="y\n").refused("take it out")
    untyped("anna", "consult", case, "ffff", "--without-names").refused("0 colleagues")
    untyped("anna", "consult", case, "f", typed="nee\n").refused("asked without names")
    untyped("anna", "message", case, "--in", "asked").refused("no colleague was asked here")


def test_that_nobody_could_read_it_is_told_before_anyone_types(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        anna, carla = world.staff("consultation_worker", "supervisor")
        world.revoke(carla)
        chain = register(anna, "anonymous", contact())
        world.settle()
        work = open_casework(anna, chain.case)
        with pytest.raises(NotPossible, match="no supervisor is certified now"):
            rehearsal_of(work).write("governance", "CrisisFlagged", {}, consultation.message("x"))


def contact() -> dict[str, Any]:
    return consultation.payload("contact/2", channel="telephone", with_whom="her", text="she rang")


def test_an_expired_list_is_told_before_anyone_types(tmp_path: Path) -> None:
    begun, ahead = time.time(), [0.0]
    with World(tmp_path, clock=lambda: begun + ahead[0]) as world:
        anna, _bram = world.staff("consultation_worker", "consultation_worker")
        _mother, chain, _code = world.mother()
        world.settle()
        work = open_casework(anna, chain.case).first
        assert work is not None
        consulting.take(anna, work)
        ahead[0] = 15 * 86_400
        with pytest.raises(NotPossible, match="stale-roster"):
            rehearsal = Rehearsal(anna)
            rehearsal.write(rehearsal.chain(work), "AnswerGiven", {}, consultation.message("x"))


def test_a_rehearsal_stores_nothing_and_leaves_the_chain_as_it_was(tmp_path: Path) -> None:
    """Also where it would open places, put people out and let others in."""
    with World(tmp_path) as world:
        anna, _bram, _carla = world.staff(
            "consultation_worker", "consultation_worker", "supervisor"
        )
        _mother, chain, _code = world.mother()
        world.settle()
        work = open_casework(anna, chain.case)
        dialogue = work.first
        assert dialogue is not None
        before = (world.opened.store.position(), dialogue.hashes, dict(dialogue.epoch_keys))
        tried = rehearsal_of(work)
        assert tried.first is not None
        consulting.take(tried.session, tried.first)
        tried.write("dialogue", "AnswerGiven", {}, consultation.message("x"))
        tried.write("worknotes", "MessageSent", {}, consultation.message("x"))
        tried.write("governance", "CrisisFlagged", {}, consultation.message("x"))
        assert tried.first.state.state == "in_dialogue"
        register(Rehearsal(anna), "anonymous", contact())
        after = (world.opened.store.position(), dialogue.hashes, dict(dialogue.epoch_keys))
        assert after == before and dialogue.state.state == "received"


def test_what_may_be_written_is_let_through(office: Desks, tmp_path: Path) -> None:
    """The rehearsal refuses nothing that the server would store."""
    case = office.taken()
    opens = editor(tmp_path, 'echo typed >> "$1"')
    for arguments in (
        ("answer", case),
        ("clarify", case),
        ("message", case, "--in", "worknotes"),
        ("report-noted", case),
        ("delay", case, "--term", "first_answer"),
        ("crisis", case),
        ("propose-support", case),
        ("message", case, "--in", "governance"),
        ("contact", case, "--channel", "visit", "--with-whom", "his teacher"),
    ):
        done = office.run("anna", *arguments, EDITOR=opens)
        assert done.error is None, done
    assert was_opened(tmp_path) == 9
    assert office.run("carla", "approve", case, EDITOR=opens).error is None
