"""What a table can say, tried on one that no service has: state by two places, rows by a field of
the body, no files, organisations counted, proposals that lapse, an earlier version of the rules.

Holds domain/service.py, domain/refusal.py, domain/table.py, domain/step.py, domain/memory.py,
domain/evolve.py, domain/services/guards.py.
"""

from dataclasses import replace
from typing import Any

import pytest

from domain.check import Rules
from domain.entry import Attachment, Entry, Line
from domain.refusal import Refusal, Refused, Unmet
from domain.service import Service, View
from domain.services.guards import (
    another_persons,
    answers_a_proposal,
    approved,
    of_another_organisation,
    organisations_are,
)
from domain.services.opening import by_rules
from domain.step import Step, Wall
from domain.trust import Trust
from tests.support.cases.history import COLLEAGUE, NAME, WORKER, History, members, trust

R = Refusal
WORKERS = frozenset({"consultation_worker"})
BOARD, TALK = frozenset({"dialogue"}), frozenset({"talk"})
OPEN, RUNNING, DONE = (frozenset({state}) for state in ("open", "running", "done"))
ANY = OPEN | RUNNING | DONE
TALKING = "talk-123456789"
LINES = (Line(WORKER, "consultation_worker", None), Line(COLLEAGUE, "consultation_worker", None))
WALL = Wall(WORKERS, WORKERS, {"consultation_worker": WORKERS})
STEPS = (
    Step("Begun", WORKERS, BOARD, OPEN, "running", facts={"assignee": "author"}),
    Step("Said", WORKERS, TALK, RUNNING, None, "note/1", no_files=True),
    Step("Decided", WORKERS, TALK, RUNNING, "done", when={"result": "yes"}),
    Step("Decided", WORKERS, TALK, RUNNING, "open", when={"result": "no"}),
    Step("Signed", WORKERS, BOARD, ANY, adds={"signed": ("person", "organisation")}),
    Step("Proposed", WORKERS, BOARD, ANY, proposes=True, lapses_on=frozenset({"Signed"})),
    Step(
        "ApprovalGiven",
        WORKERS,
        BOARD,
        ANY,
        guards=(answers_a_proposal(kinds=("Proposed",)), another_persons()),
    ),
    Step("Acted", WORKERS, BOARD, ANY, guards=(approved(kind="Proposed"),)),
    Step("Released", WORKERS, BOARD, ANY, guards=(organisations_are(name="signed", count=2),)),
    Step("Checked", WORKERS, BOARD, ANY, guards=(of_another_organisation(fact="assignee"),)),
)


def service(steps: tuple[Step, ...] = STEPS, **more: Any) -> Service:
    return Service(
        name="probe",
        begins="open",
        states=("open", "running", "done"),
        first=BOARD,
        opening=by_rules(more.get("rules", 1), "lse"),
        grounds=frozenset({"consent"}),
        purposes=frozenset({"probe"}),
        walls={"dialogue": WALL, "talk": WALL},
        steps=steps,
        **more,
    )


def two_organisations() -> Trust:
    known = trust()
    assert known.roster is not None
    other = replace(known.roster.people["colleague"], organisation="rvdk")
    people = {**known.roster.people, "colleague": other}
    return replace(known, roster=replace(known.roster, people=people))


def begun() -> History:
    """A case with its board and a place to talk."""
    history = History(Rules({"probe": service()}), two_organisations())
    history.add(opening(history, NAME, rules=1, controller="lse"))
    return history.add(opening(history, TALKING))


def opening(history: History, name: str, **said: Any) -> Entry:
    body = {"epoch": 0, "commit": "", "reason": "opened", "members": members(*LINES), "salt": ""}
    body |= {"service": "probe", "ground": "consent", "purpose": "probe", **said}
    return history.entry("CompartmentOpened", WORKER, body, compartment=name)


def says(history: History, kind: str, where: str = NAME, by: str = WORKER, **body: Any) -> Entry:
    made = history.entry(kind, by, body, compartment=where)
    payload = history.message(by).header.payload if kind == "Said" else None
    return replace(made, header=replace(made.header, payload=payload))


def test_the_state_is_changed_by_any_place_that_the_table_names() -> None:
    history = begun()
    assert history.then(says(history, "Said", TALKING)) is R.WRONG_STATE
    history.add(says(history, "Begun"))
    history.add(says(history, "Said", TALKING))
    history.add(says(history, "Decided", TALKING, result="yes"))
    assert history.case is not None and history.case.state == "done"
    assert history.then(says(history, "Said", TALKING)) is R.WRONG_STATE


@pytest.mark.parametrize(
    ("kind", "unmet"),
    [
        ("Said", Unmet("in_state", {"states": ["running"]}, "the state is one of running")),
        (
            "Released",
            Unmet(
                "organisations_are",
                {"name": "signed", "count": 2},
                organisations_are(name="signed", count=2).meaning,
            ),
        ),
    ],
)
def test_a_refusal_carries_the_condition_that_does_not_hold(kind: str, unmet: Unmet) -> None:
    history = begun()
    with pytest.raises(Refused) as refused:
        history.add(says(history, kind, TALKING if kind == "Said" else NAME))
    assert refused.value.unmet == unmet
    assert refused.value.detail == f"not so: {unmet.meaning}"


def test_a_field_of_the_body_chooses_the_row() -> None:
    history = begun()
    history.add(says(history, "Begun"))
    assert history.then(says(history, "Decided", TALKING, result="perhaps")) is R.NOT_ALLOWED
    history.add(says(history, "Decided", TALKING, result="no"))
    assert history.case is not None and history.case.state == "open"


def test_who_holds_a_place_alone_is_not_told_the_state_and_judges_by_what_some_state_lets() -> None:
    table = service()
    assert not table.tells_state("dialogue") and not table.tells_state("talk")
    history = History(Rules({"probe": table}, View.PART), two_organisations())
    history.add(replace(opening(history, TALKING), fits_case=False))
    history.add(says(history, "Said", TALKING))
    history.add(says(history, "Decided", TALKING, result="yes"))
    assert history.then(says(history, "Said", TALKING)) is None
    assert history.then(says(history, "Begun", TALKING)) is R.NOT_ALLOWED


def test_no_files_go_where_the_row_says_so() -> None:
    history = begun()
    history.add(says(history, "Begun"))
    made = says(history, "Said", TALKING)
    assert made.header.payload is not None
    files = made.header.payload._replace(attachments=(Attachment("a file", 16_472),))
    with_file = replace(made, header=replace(made.header, payload=files))
    assert (history.then(made), history.then(with_file)) == (None, R.NOT_ALLOWED)


def test_organisations_of_the_list_of_people_count() -> None:
    history = begun()
    history.add(says(history, "Begun"))
    history.add(says(history, "Signed"))
    assert history.then(says(history, "Released")) is R.FOUR_EYES
    assert history.then(says(history, "Checked")) is R.FOUR_EYES
    assert history.then(says(history, "Checked", by=COLLEAGUE)) is None
    history.add(says(history, "Signed", by=COLLEAGUE))
    assert history.then(says(history, "Released")) is None


def test_a_proposal_lapses_on_the_kinds_that_its_row_names() -> None:
    history = begun()
    proposal = says(history, "Proposed")
    of = proposal.header.id
    history.add(proposal)
    assert history.then(says(history, "ApprovalGiven", of=of)) is R.FOUR_EYES
    history.add(says(history, "ApprovalGiven", by=COLLEAGUE, of=of))
    assert history.then(says(history, "ApprovalGiven", by=COLLEAGUE, of=of)) is R.WRONG_STATE
    assert history.then(says(history, "Acted", proposal=of)) is None
    history.add(says(history, "Signed"))
    assert history.then(says(history, "Acted", proposal=of)) is R.FOUR_EYES


@pytest.mark.parametrize(("version", "wanted"), [(1, None), (2, R.NOT_ALLOWED)])
def test_a_case_goes_on_by_the_rules_that_it_was_opened_under(
    version: int, wanted: Refusal | None
) -> None:
    first = service()
    tighter = tuple(step for step in STEPS if step.kind != "Signed")
    table = service(tighter, rules=2, earlier={1: first})
    history = History(Rules({"probe": table}), two_organisations())
    history.add(opening(history, NAME, rules=version, controller="lse"))
    assert history.then(says(history, "Signed")) is wanted
    unknown = History(Rules({"probe": table}), two_organisations())
    made = opening(unknown, NAME, rules=3, controller="lse")
    assert unknown.then(made) is R.MALFORMED
