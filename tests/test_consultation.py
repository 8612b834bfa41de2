"""The main line: someone asks, a worker takes it, answers, advises and closes."""

from client import consultation
from tests.support.world import World, read, texts


def test_a_question_is_answered_and_read_with_the_code_alone(world: World) -> None:
    worker, other = world.staff("consultation_worker", "consultation_worker")
    _, asked, code = world.mother("my son")
    (row,) = worker.work()
    assert (row["case"], row["state"], row["mine"]) == (asked.case, "received", False)

    chain = read(world, worker, asked)
    assert texts(worker, chain) == ["my son"]
    consultation.take(worker, chain)
    consultation.answer(worker, chain, "good that you write")

    # From nothing but the code.
    world.settle()
    returned = world.session(code.keys)
    _, found = consultation.last_case(returned, code)
    assert found is not None and found.state.state == "in_dialogue"
    assert texts(returned, found) == ["my son", "good that you write"]
    returned.write(found, "MessageSent", {}, consultation.message("one more thing"))

    chain = read(world, worker, asked)
    assert texts(worker, chain) == ["my son", "good that you write", "one more thing"]
    sections = dict.fromkeys(
        ("yourself", "professional_help", "possible_reports", "contact_again"), "text"
    )
    consultation.advise(worker, chain, sections)
    consultation.close(worker, chain, "advised", "done", "youth team")
    assert read(world, returned, found).state.state == "closed"

    # The other worker was put out: there is no such case for her.
    world.settle()
    assert other.work() == []
    assert other.read(asked.case, asked.name) is None
