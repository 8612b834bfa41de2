"""What a second person decides: every open proposal is shown with its words, one is meant and none
is guessed, and what was decided is named wherever the decision is seen.

Holds cli/case/decisions.py, client/cases/proposals.py, client/place/decisions.py, cli/case/view.py.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.cases import consulting
from client.cases.casework import open_casework
from client.cases.consultation import message, payload
from client.cases.support import open_case
from client.errors import NotPossible
from client.people import erasure
from tests.support.people.at_work import AtWork, at_work
from tests.support.world import World, read

CW, TL = "consultation_worker", "supervisor"


@pytest.fixture
def at(world: World, tmp_path: Path) -> Iterator[AtWork]:
    anna, carla, auditor, frits = world.staff(CW, TL, "auditor", "privacy_officer")
    people = {"anna": anna, "carla": carla, "auditor": auditor, "frits": frits}
    with at_work(world, tmp_path / "homes", **people) as working:
        yield working


def note(text: str) -> dict[str, object]:
    return payload("note/1", text=text)


def proposed(at: AtWork, *words: str) -> str:
    """A consultation in which support was proposed so many times; its number."""
    _mother, asked, _ = at.world.mother()
    anna = at.people["anna"]
    consulting.take(anna, read(at.world, anna, asked))
    for text in words:
        at.world.settle()
        open_casework(anna, asked.case).write("governance", "SupportProposed", {}, note(text))
    return asked.case


def test_with_more_than_one_open_the_number_is_needed_and_the_one_meant_is_decided(
    at: AtWork,
) -> None:
    case = proposed(at, "the first reason", "the second reason")
    refused = at.run("carla", "approve", case[:8], "-m", "agreed", fails=True)
    assert isinstance(refused.exception, NotPossible)
    assert "2 proposals are open" in str(refused.exception)
    assert "the first reason" in refused.stdout and "the second reason" in refused.stdout
    numbers = re.findall(
        r"(\d+): support proposed · proposed by consultation worker", refused.stdout
    )
    assert len(numbers) == 2
    wrong = at.run("carla", "approve", case[:8], "--of", "99", "-m", "agreed", fails=True)
    assert f"these are: {', '.join(numbers)}" in str(wrong.exception)
    done = at.run("carla", "approve", case[:8], "--of", numbers[1], "-m", "agreed")
    named = f"approves {numbers[1]}: support proposed"
    assert f"You decide on {numbers[1]}: support proposed" in done.stdout and named in done.stdout
    at.world.settle()
    answers = {
        str(one.seq): one.answer for one in open_casework(at.people["anna"], case).proposals()
    }
    assert answers == {numbers[0]: "", numbers[1]: "ApprovalGiven"}
    for person in ("anna", "carla"):
        assert named in at.shows(person, "show", case[:8])
    # The other is now the only one, and is shown before the reason is asked.
    done = at.run("carla", "refuse", case[:8], "-m", "not now")
    assert "the first reason" in done.stdout and "the second reason" not in done.stdout
    assert f"refuses {numbers[0]}: support proposed" in at.shows("anna", "show", case[:8])
    audit = json.loads(at.shows("auditor", "audit", case, "--json"))
    history = audit["history"]
    decided = {
        line["kind"]: history[line["about"]]["kind"]
        for line in history
        if line["kind"].startswith("Approval")
    }
    assert decided == dict.fromkeys(("ApprovalGiven", "ApprovalRefused"), "SupportProposed")
    page = at.folder / "page.html"
    shown = at.shows("auditor", "audit", case, "--html", str(page), COLUMNS="200")
    assert re.search(r"approval given \d+: support proposed", shown)
    assert re.search(r"approval given \d+: support proposed", page.read_text("utf-8"))


def test_a_decision_goes_to_the_proposal_that_was_shown_and_to_no_newer_one(at: AtWork) -> None:
    """While the reason is written, the one shown is answered and another is proposed."""
    case = proposed(at, "shown")
    carla, anna = at.people["carla"], at.people["anna"]
    at.world.settle()
    seen = open_casework(carla, case)
    (shown,) = seen.proposals()
    open_casework(carla, case).decide("ApprovalRefused", "by another device of hers")
    at.world.settle()
    open_casework(anna, case).write("governance", "SupportProposed", {}, note("another"))
    with pytest.raises(NotPossible, match="wrong-state"):
        open_casework(carla, case).decide("ApprovalGiven", "agreed", shown)
    at.world.settle()
    answers = [one.answer for one in open_casework(anna, case).proposals()]
    assert answers == ["ApprovalRefused", ""]


def test_nobody_is_asked_to_decide_on_what_they_proposed(at: AtWork) -> None:
    case = proposed(at, "a reason")
    done = at.run("anna", "approve", case[:8], "-m", "by myself", fails=True)
    assert "nothing of another person waits" in str(done.exception)
    assert "a reason" not in done.stdout


def test_a_support_case_is_accepted_after_its_words_were_shown(at: AtWork) -> None:
    chain = open_case(at.people["anna"], "family_support", (), "she asks for someone beside her")
    done = at.run("carla", "case", "accept", chain.case[:8], "-m", "agreed")
    assert "she asks for someone beside her" in done.stdout
    assert re.search(r"accepts \d+: case proposed", done.stdout)
    assert "It is now: intake." in done.stdout  # and no more what it was before
    shown = at.shows("carla", "case", "show", chain.case[:8])
    assert re.search(r"accepts \d+: case proposed", shown)


def test_what_is_to_be_erased_is_told_before_it_is(at: AtWork) -> None:
    case = proposed(at)
    anna = at.people["anna"]
    open_casework(anna, case).write("dialogue", "AnswerGiven", {}, message("too much"))
    at.world.settle()
    dialogue = open_casework(anna, case).first
    assert dialogue is not None
    seq = dialogue.compartment.seq
    erasure.propose(at.people["carla"], case, dialogue.name, [seq], "data_subject")
    done = at.run("frits", "erase", case, typed="n\n")
    told = f"{dialogue.name}, {seq} (answer given); data_subject; proposed by supervisor"
    assert told in done.output
    assert "Erased for good: 0." in done.output
    assert "Erased for good: 1." in at.shows("frits", "erase", case, "--yes")
    assert "Nothing is proposed here" in at.shows("frits", "erase", case)
