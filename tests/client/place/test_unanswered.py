"""When an answer is lost: nothing untrue is said, and trying again stores nothing twice.

Holds client/server/posting.py, client/place/repeated.py, client/cases/sent_before.py,
cli/writing/again.py.
"""

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.sentences import advice
from cli.sentences.cannot import CannotDo
from client.cases import consultation, consulting
from client.cases.registration import register
from client.errors import (
    AgainstRules,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
    Unanswered,
    Unreachable,
    not_stored,
)
from client.place.chain import Chain, Item
from client.server import transport
from client.server.transport import Transport
from client.session import Session
from client.why import Why
from crypto.mistakes import Mistake
from domain.refusal import Refusal, Refused, Unmet
from tests.support.kills.breaking_line import BreakingLine
from tests.support.people import speaking
from tests.support.world import World, read, texts


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(transport, "PAUSE_SECONDS", (0.01,))
    with World(tmp_path) as made:
        made.staff("consultation_worker")
        yield made


def behind(world: World, line: BreakingLine, session: Session) -> Session:
    """A new run of the same device behind a line."""
    run = world.session(session.keys, session.pins)
    run.transport.url = line.url  # the line alone is another: the server that is meant is the same
    run.again = lambda _: False
    return run


def watched(session: Session, seen: list[Item], again: bool = False) -> Session:
    def told(item: Item) -> bool:
        seen.append(item)
        return again

    session.again = told
    return session


def found(session: Session, chain: Chain) -> Chain:
    there = session.read(chain.case, chain.name)
    assert there is not None
    return there


def test_a_lost_answer_is_told_as_not_known_and_the_same_again_is_not_stored_twice(
    world: World,
) -> None:
    mother, chain, code = world.mother()
    with BreakingLine(world.url, 1) as line:
        run = behind(world, line, mother)
        with pytest.raises(Unanswered) as lost:
            consultation.say(run, found(run, chain), "he has a knife")
    assert not not_stored(lost.value)
    seen: list[Item] = []
    after = watched(world.session(code.keys), seen)
    world.settle()
    again = found(after, chain)
    consultation.say(after, again, "he has a knife")
    assert texts(after, read(world, after, chain)) == ["a question", "he has a knife"]
    assert [one.entry.header.seq for one in seen] == [2]
    consultation.say(after, again, "he went away")
    consultation.say(after, again, "he has a knife")  # not the last that was written
    assert len(texts(after, again)) == 4


def test_who_is_asked_and_says_yes_writes_it_once_more(world: World) -> None:
    mother, chain, _code = world.mother()
    seen: list[Item] = []
    consultation.say(watched(mother, seen, again=True), chain, "help")
    consultation.say(mother, chain, "help")
    assert texts(mother, chain) == ["a question", "help", "help"] and len(seen) == 1


def test_trying_again_at_once_sends_the_same_entry(world: World) -> None:
    mother, chain, _code = world.mother()
    asked: list[Unreachable] = []
    with BreakingLine(world.url, 1) as line:
        run = behind(world, line, mother)

        def mend(silence: Unreachable) -> bool:
            asked.append(silence)
            run.transport.url = world.url
            return True

        run.once_more = mend
        here = found(run, chain)
        consultation.say(run, here, "he has a knife")
    assert isinstance(asked[0], Unanswered)
    assert texts(run, read(world, run, chain)) == ["a question", "he has a knife"]


def test_a_stored_entry_that_a_conflict_shows_is_the_answer(world: World) -> None:
    mother, chain, code = world.mother()
    early = world.session(code.keys)
    early.again = lambda _: False
    late = found(early, chain)  # read before the first try came in
    consultation.say(mother, chain, "he has a knife")
    consultation.say(early, late, "he has a knife")
    assert texts(mother, read(world, mother, chain)) == ["a question", "he has a knife"]


def test_a_closed_conversation_is_opened_again_once(world: World) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, chain, code = world.mother()
    taken = found(worker, chain)
    consulting.take(worker, taken)
    speaking.advise(worker, taken, dict.fromkeys(ADVICE, "text"))
    speaking.close(worker, taken, "answered", "done")
    world.settle()
    consultation.say(mother, found(mother, chain), "once more")
    after = watched(world.session(code.keys), [])
    consultation.say(after, read(world, after, chain), "once more")
    kinds = [one.entry.header.kind for one in read(world, after, chain).items]
    assert kinds[-2:] == ["ConsultationClosed", "ConsultationReopened"]


ADVICE = ("yourself", "professional_help", "possible_reports", "contact_again")


@pytest.mark.parametrize("nth", [1, 2], ids=["opening", "question"])
def test_asking_again_with_the_code_completes_it_and_opens_no_second_case(
    world: World, nth: int
) -> None:
    code = world.code()
    with BreakingLine(world.url, nth) as line:
        run = behind(world, line, world.session(code.keys))
        with pytest.raises(Unanswered):
            consultation.ask(run, code, 0, "anonymous", "a question")
    world.settle()
    after = watched(world.session(code.keys), [])
    chain = consultation.ask_again(after, code, "anonymous", "a question")
    world.settle()
    (case,) = consultation.cases_of(after, code)
    assert case.case == chain.case and texts(after, case) == ["a question"]
    consultation.ask_again(after, code, "anonymous", "another question")
    world.settle()
    assert len(consultation.cases_of(after, code)) == 2


def test_nothing_is_stored_where_no_connection_came_about(world: World) -> None:
    mother, chain, _code = world.mother()
    mother.transport = Transport("http://127.0.0.1:9")
    with pytest.raises(Unreachable) as silent:
        consultation.say(mother, chain, "help")
    assert not_stored(silent.value) and not isinstance(silent.value, Unanswered)


UNMET = Refused(Refusal.CLOCK, "not so: x", Unmet("x", {"days": 3}, "x"))
CERTAIN: list[tuple[Any, bool]] = [
    (NotPossible(Why.NO_SUCH_PLACE, place="x"), True),
    (NotPossible(Mistake.WORDS, most=10, count=9), True),
    (CannotDo("x", "y"), True),
    (AgainstRules(UNMET), True),
    (EpochMoved((), ()), True),
    (ServerRefused("wrong-state", "", "", []), True),
    (ServerRefused("internal", "", "", []), False),
    (Unreachable(Why.NO_ANSWER, url="x", sent=False), True),
    (Unreachable(Why.NO_ANSWER, url="x"), False),
    (Unanswered(), False),
    (Distrust("not-answering", ""), False),
    (KeyboardInterrupt(), False),
]


@pytest.mark.parametrize(("error", "certain"), CERTAIN, ids=lambda one: repr(one)[:24])
def test_nothing_is_called_unstored_unless_that_is_known(error: Any, certain: bool) -> None:
    assert not_stored(error) is certain


@pytest.mark.parametrize(
    "error", [error for error, _certain in CERTAIN], ids=lambda one: repr(one)[:24]
)
def test_an_error_crosses_processes_as_it_is(error: Any) -> None:
    came = pickle.loads(pickle.dumps(error))
    assert (type(came), str(came)) == (type(error), str(error))
    assert {**vars(came), "refused": str(vars(came).get("refused"))} == {
        **vars(error),
        "refused": str(vars(error).get("refused")),
    }
    if isinstance(came, AgainstRules):
        assert came.refused.unmet == UNMET.unmet


def test_what_is_told_says_that_it_is_not_known_and_where_to_look() -> None:
    for asks, where in ((True, "zegel return"), (False, "zegel show")):
        told = advice.explain(Unanswered(), asks=asks)
        assert told["name"] == "unanswered" and "not known" in told["what"]
        assert where in told["next"]
    assert json.dumps(told)


@pytest.mark.parametrize("nth", [1, 2, 3], ids=["opening", "contact", "taking"])
def test_registering_again_after_a_lost_answer_makes_no_second_case(world: World, nth: int) -> None:
    (anna,) = world.staff("consultation_worker")
    contact = consultation.payload(
        "contact/2", channel="telephone", with_whom="a father", text="a father rang"
    )
    with BreakingLine(world.url, nth) as line, pytest.raises(Unanswered):
        register(behind(world, line, anna), "anonymous", contact)
    world.settle()
    after = watched(world.session(anna.keys, anna.pins), [])
    chain = register(after, "anonymous", contact)
    world.settle()
    assert [(row["case"], row["state"]) for row in after.work()] == [(chain.case, "in_triage")]
    assert texts(after, read(world, after, chain)) == ["a father rang"]
    register(after, "anonymous", {**contact, "text": "a mother rang"})
    register(watched(after, [], again=True), "anonymous", contact)  # another call, the same words
    world.settle()
    assert len(after.work()) == 3
