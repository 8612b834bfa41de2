"""The main line: someone asks, a worker takes it, answers, advises and closes.

Holds client/cases/consultation.py, client/place/names.py.
"""

import time

import pytest

from client.cases import consultation, consulting
from client.errors import Distrust, EpochMoved, NotPossible, ServerRefused, Unreachable
from client.why import Why
from tests.support.people import speaking
from tests.support.world import World, read, texts


def test_a_question_is_answered_and_read_with_the_code_alone(world: World) -> None:
    worker, other = world.staff("consultation_worker", "consultation_worker")
    _, asked, code = world.mother("my son")
    (row,) = worker.work()
    assert (row["case"], row["state"], row["mine"]) == (asked.case, "received", False)

    chain = read(world, worker, asked)
    assert texts(worker, chain) == ["my son"]
    consulting.take(worker, chain)
    speaking.answer(worker, chain, "good that you write")

    # From nothing but the code.
    world.settle()
    returned = world.session(code.keys)
    (found,) = consultation.cases_of(returned, code)
    assert found.state.state == "in_dialogue"
    assert texts(returned, found) == ["my son", "good that you write"]
    returned.write(found, "MessageSent", {}, consultation.message("one more thing"))

    chain = read(world, worker, asked)
    assert texts(worker, chain) == ["my son", "good that you write", "one more thing"]
    sections = dict.fromkeys(
        ("yourself", "professional_help", "possible_reports", "contact_again"), "text"
    )
    speaking.advise(worker, chain, sections)
    speaking.close(worker, chain, "advised", "done")
    assert read(world, returned, found).state.state == "closed"

    # The other worker was put out: there is no such case for her.
    world.settle()
    assert other.work() == []
    assert other.read(asked.case, asked.name) is None


def test_a_code_opens_a_second_case_beside_the_first(world: World) -> None:
    world.staff("consultation_worker")
    session, first, code = world.mother("the first")
    second = consultation.ask(session, code, 1, "anonymous", "the second")
    world.settle()
    found = consultation.cases_of(world.session(code.keys), code)
    assert [chain.case for chain in found] == [first.case, second.case]
    assert texts(session, found[1]) == ["the second"]


def test_of_two_workers_who_take_it_one_wins_and_the_other_is_told(world: World) -> None:
    first, second = world.staff("consultation_worker", "consultation_worker")
    _, asked, _ = world.mother()
    chains = [read(world, worker, asked) for worker in (first, second)]
    consulting.take(first, chains[0])
    with pytest.raises((NotPossible, EpochMoved, ServerRefused)):
        consulting.take(second, chains[1])
    world.settle()
    assert [row["mine"] for row in first.work()] == [True]
    assert second.work() == []


def test_taking_again_finishes_what_was_cut_short(world: World) -> None:
    worker, other = world.staff("consultation_worker", "consultation_worker")
    _, asked, _ = world.mother()
    chain = read(world, worker, asked)
    body = {"assignee": worker.device, "no_conflict": True}
    worker.write(chain, "ConsultationAssigned", body)
    with pytest.raises(ServerRefused, match="wrong-state"):
        speaking.answer(worker, chain, "too early")
    chain = read(world, worker, asked)
    consulting.take(worker, chain)
    speaking.answer(worker, chain, "now")
    assert other.read(asked.case, asked.name) is None


def test_two_who_write_at_once_both_get_through_in_the_same_epoch(world: World) -> None:
    (worker,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother()
    chain = read(world, worker, asked)
    consulting.take(worker, chain)
    stale = read(world, mother, asked)
    speaking.answer(worker, chain, "an answer")
    # She has not seen the answer; hers follows on it, under the id that she gave it.
    item = mother.write(stale, "MessageSent", {}, consultation.message("meanwhile"))
    assert item.entry.header.seq == chain.compartment.seq + 1
    assert texts(mother, stale)[-2:] == ["an answer", "meanwhile"]


def test_who_writes_while_someone_is_put_out_is_asked_again(world: World) -> None:
    worker, _ = world.staff("consultation_worker", "consultation_worker")
    mother, asked, _ = world.mother()
    stale = read(world, mother, asked)
    consulting.take(worker, read(world, worker, asked))
    with pytest.raises(EpochMoved) as moved:
        mother.write(stale, "MessageSent", {}, consultation.message("meanwhile"))
    assert len(moved.value.left) == 1 and moved.value.came == ()
    # Sealed anew, for those who are there now.
    mother.write(stale, "MessageSent", {}, consultation.message("meanwhile"))
    assert texts(mother, stale)[-1] == "meanwhile"


def test_a_revoked_device_is_put_out_before_the_next_word(world: World) -> None:
    worker, stolen = world.staff("consultation_worker", "consultation_worker")
    mother, asked, _ = world.mother()
    world.revoke(stolen)
    assert stolen.read(asked.case, asked.name) is None
    chain = read(world, mother, asked)
    mother.write(chain, "MessageSent", {}, consultation.message("one more thing"))
    assert chain.items[-2].entry.header.kind == "MembersChanged"
    assert stolen.device not in {line.device for line in chain.lines}
    assert texts(worker, read(world, worker, asked))[-1] == "one more thing"


def test_nobody_asks_when_the_list_of_people_has_expired(world: World) -> None:
    (worker,) = world.staff("consultation_worker")
    code = world.code()
    late = world.session(code.keys)
    late._clock = late.directory._clock = lambda: time.time() + 15 * 86_400
    with pytest.raises(Distrust, match="stale-roster"):
        consultation.ask(late, code, 0, "anonymous", "a question")
    assert worker.work() == []


def test_nobody_asks_when_nobody_could_answer(world: World) -> None:
    world.staff("auditor")
    with pytest.raises(NotPossible, match="nobody of the front office"):
        world.mother()


def test_a_question_that_was_cut_short_after_the_opening_is_completed(world: World) -> None:
    """Otherwise whoever cuts the line at that moment could make a code useless."""
    (worker,) = world.staff("consultation_worker")
    code = world.code()
    session = world.session(code.keys)
    written = session.write
    session.write = lambda *_: (_ for _ in ()).throw(Unreachable(Why.NO_ANSWER, url="http://x"))  # type: ignore[method-assign]
    with pytest.raises(Unreachable):
        consultation.ask(session, code, 0, "anonymous", "lost")
    session.write = written  # type: ignore[method-assign]
    world.settle()
    (chain,) = consultation.cases_of(session, code)
    consultation.say(session, chain, "the question")
    chain = read(world, worker, chain)
    assert chain.state.state == "received" and texts(worker, chain) == ["the question"]
