"""A service that nobody offers: what a table can say and no service says yet. The explorer has no
ways for it."""

from dataclasses import replace

from domain.fields import choice, entry_of, link, proposal_of
from domain.service import Service
from domain.services.guards import (
    another_persons,
    answers_a_proposal,
    approved,
    of_another_organisation,
    opens_linked,
    organisations_are,
)
from domain.services.opening import by_rules
from domain.step import Step, Wall

WORKER, SECOND = frozenset({"consultation_worker"}), frozenset({"supervisor"})
BOTH = WORKER | SECOND
BOARD, TALK = frozenset({"dialogue"}), frozenset({"talk"})
OPEN, RUNNING, DONE = (frozenset({state}) for state in ("open", "running", "done"))
ANY = OPEN | RUNNING | DONE
HELD_BY = {"consultation_worker": BOTH}
WALL = Wall(WORKER, BOTH, HELD_BY, HELD_BY)
STEPS = (
    Step("Begun", WORKER, BOARD, OPEN, "running", facts={"assignee": "author"}),
    Step("Said", BOTH, TALK, RUNNING, None, "note/1", no_files=True, waits="supervisor"),
    Step("Decided", WORKER, TALK, RUNNING, "done", when={"result": "yes"}, stamps=("done_at",)),
    Step("Decided", WORKER, TALK, RUNNING, "open", when={"result": "no"}),
    Step("Signed", BOTH, BOARD, ANY, adds={"signed": ("person", "organisation")}),
    Step("Proposed", WORKER, BOARD, ANY, proposes=True, lapses_on=frozenset({"Begun"})),
    Step(
        "ApprovalGiven",
        BOTH,
        BOARD,
        ANY,
        guards=(answers_a_proposal(kinds=("Proposed",)), another_persons()),
    ),
    Step("Acted", WORKER, BOARD, ANY, guards=(approved(kind="Proposed", count=2),)),
    Step("Released", WORKER, BOARD, ANY, guards=(organisations_are(name="signed", count=2),)),
    Step("Checked", BOTH, BOARD, RUNNING, guards=(of_another_organisation(fact="assignee"),)),
    Step("Wanted", WORKER, BOARD, ANY, facts={"wanted": "body.service"}),
    Step("Joined", WORKER, TALK, ANY, guards=(opens_linked(fact="wanted"),)),
)
EARLIER = Service(
    name="probe",
    begins="open",
    states=("open", "running", "done"),
    first=BOARD,
    opening=by_rules(1, "lse"),
    grounds=frozenset({"consent"}),
    purposes=frozenset({"probe"}),
    walls={"dialogue": WALL, "talk": WALL},
    steps=STEPS[:4],
    kinds={
        **{kind: {} for kind in ("Begun", "Said", "Signed", "Proposed", "Released", "Checked")},
        "Decided": {"result": choice("yes", "no")},
        "ApprovalGiven": {"of": entry_of()},
        "Acted": {"proposal": proposal_of("Proposed")},
        "Wanted": {"service": choice("family_support", "lat")},
        "Joined": {"to": link},
    },
)
PROBE = replace(EARLIER, opening=by_rules(2, "lse"), steps=STEPS, rules=2, earlier={1: EARLIER})
