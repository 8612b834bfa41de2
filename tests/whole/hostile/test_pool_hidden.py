"""A server that hides a declined conflict, from each who could be deceived by it: the coordinator
who saw it, one who did not, the auditor, and the expert herself.

Holds domain/services/pool/guards.py, client/server/pins.py, client/audit/accounting.py.
"""

from calendar import timegm
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.wrappers import Request

from client.audit.accounting import accounted, list_cases
from client.audit.inspection import inspect
from client.audit.store import judged
from client.errors import Distrust, ServerRefused
from client.place.chain import Chain
from client.pool import inviting
from crypto.encoding import unb64
from tests.support.hostile.attacks import attack
from tests.support.hostile.pool import (
    WithholdingServer,
    confirms,
    invited,
    pool_at_work,
    without,
)
from tests.support.hostile.server import Answer
from tests.support.people.pool import PoolStage
from wire.calendar import read_calendar

STARTS = timegm((2026, 3, 2, 9, 0, 0))
CONFLICT = "ConflictDeclared"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolStage]:
    with pool_at_work(tmp_path_factory.mktemp("pool"), STARTS) as stage:
        yield stage


@pytest.fixture
def stage(played: PoolStage) -> Iterator[PoolStage]:
    """With an honest server, when it begins and when it ends."""
    yield played
    server(played).deceive, server(played).kept_back = None, frozenset()


def server(stage: PoolStage) -> WithholdingServer:
    found = stage.world.server
    assert isinstance(found, WithholdingServer)
    return found


def accepted(stage: PoolStage) -> str:
    """A request for which yusuf said yes and signed."""
    case = invited(stage, "yusuf")
    stage.accepts(case, "yusuf")
    return case


def declares(stage: PoolStage, case: str) -> Chain:
    return stage.steps("yusuf", case, "conflict", "note/1", text="I know them")


def hides(stage: PoolStage, hidden: Chain) -> None:
    """The server shows nobody the last entry of a place."""
    last = hidden.items[-1].position

    def deceit(request: Request, answer: Answer) -> Answer:
        if request.path.endswith(("/entries", "/structure")) and hidden.case in request.path:
            shown = [one for one in answer["entries"] if one["position"] != last]
            return {**answer, "entries": shown}
        return answer

    server(stage).deceive = deceit


@attack(
    "hides a declared conflict",
    "the server",
    "the coordinator who saw it looks again",
    "went-back",
)
def test_who_saw_it_is_told_that_it_is_gone(stage: PoolStage) -> None:
    case = accepted(stage)
    said = declares(stage, case)
    assert stage.candidates(case)["yusuf"].answer == "conflict"
    hides(stage, said)
    with pytest.raises(Distrust, match="went-back"):
        stage.candidates(case)


@attack(
    "hides a declared conflict",
    "the server",
    "a coordinator who never saw it confirms",
    "not-allowed",
)
def test_who_did_not_see_it_is_refused_by_the_rules(stage: PoolStage) -> None:
    """Her own program would confirm: it reads a yes that was signed, and no more."""
    case = accepted(stage)
    hides(stage, declares(stage, case))
    candidate = stage.candidates(case, "paul")["yusuf"]
    assert candidate.is_ready
    with pytest.raises(ServerRefused) as refused:
        inviting.confirm_candidate(stage.deployment(case, "paul"), candidate)
    assert refused.value.name == "not-allowed"


def faults(stage: PoolStage, case: str) -> str:
    """What an auditor finds of a case, and of the store if every other case is as it should be."""
    otto = stage.sessions["otto"]
    listed = list_cases(otto)
    found = []
    for each in listed.entries:
        seen = inspect(otto, each, read_calendar(None))
        found.append(judged(seen, otto.pins.heads, listed))
    store = accounted(otto, found, listed)
    return "\n".join(
        [*(fault for one in found if one.case == case for fault in one.faults), *store.faults]
    )


@attack(
    "hides a declared conflict, and takes the confirmation after it",
    "the server",
    "an auditor judges the store",
    "A1: a position is shown in no case",
)
def test_an_auditor_finds_the_hole_that_it_left(stage: PoolStage, tmp_path: Path) -> None:
    case = accepted(stage)
    said = declares(stage, case)
    with without("accepted_and_signed", "names_the_acceptance", "vetting_counts"):
        confirms(stage, case, "yusuf")
    assert "not-allowed" in faults(stage, case)
    hides(stage, said)
    assert f"position {said.items[-1].position}" in faults(stage, case)


@attack(
    "gives a receipt for a conflict, and keeps it back",
    "the server",
    "the expert who declared it looks again",
    "went-back",
)
def test_the_expert_sees_that_it_is_not_there_and_holds_the_receipt(stage: PoolStage) -> None:
    """The rules know of nothing then, and take the confirmation: she alone can show it."""
    case = accepted(stage)
    server(stage).kept_back = frozenset({CONFLICT})
    said = declares(stage, case)
    server(stage).kept_back = frozenset()
    stage.confirms(case, "yusuf", by="paul")
    yusuf = stage.sessions["yusuf"]
    with pytest.raises(Distrust, match="went-back"):
        yusuf.read(case, said.name)
    stated = unb64(yusuf.pins.receipts[-1]["receipt"]).decode()
    assert said.items[-1].entry.hash in stated
