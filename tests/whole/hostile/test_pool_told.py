"""What the server tells of the pool to who has no part in it: to a candidate of the others, to an
expert of what is weighed about her, to supervisors, auditors and logs of what is asked for.

Holds domain/services/pool/guards.py, api/work.py, api/app.py.
"""

import json
from calendar import timegm
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from structlog.processors import JSONRenderer

from client.audit.inspection import inspect
from client.cases.consultation import payload
from client.errors import ServerRefused
from tests.support.hostile.attacks import attack
from tests.support.hostile.pool import invited, pool_at_work, writes
from tests.support.people.pool import PoolStage
from wire.calendar import read_calendar
from wire.paths import STRUCTURE, path
from wire.schemas import Structure

STARTS = timegm((2026, 3, 2, 9, 0, 0))
SAID = {"text": "I know them"}
# All that an expert may say of a request, with what it says.
ANSWERS = {
    "DeploymentAccepted": None,
    "InvitationDeclined": payload("note/1", **SAID),
    "ConflictDeclared": payload("note/1", **SAID),
    "ConfidentialitySigned": payload("statement/1", stated=True, **SAID),
    "DeploymentEvaluated": payload("feedback/1", fit=5, **SAID),
}
# What nobody outside the sealed contents is told: of profiles, of the brief, of why somebody left.
WORDS = ("right_wing", "individual", "mother_tongue", "utrecht", "harbour", "she spoke of a case")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolStage]:
    with pool_at_work(tmp_path_factory.mktemp("pool"), STARTS) as stage:
        yield stage


@attack(
    "tries every answer, to learn by the refusals whether another said yes or is at work",
    "a candidate",
    "it is posted",
    "the same each time",
)
@pytest.mark.parametrize("no", ["refuse", None], ids=["said no", "has not answered"])
def test_a_candidate_learns_nothing_of_the_others(stage: PoolStage, no: str | None) -> None:
    case = invited(stage, "xena", "yusuf")
    place = stage.place(case, "xena")
    if no:
        stage.steps("xena", case, no, "note/1", **SAID)
    tried = [*ANSWERS] if no else ["ConfidentialitySigned", "DeploymentEvaluated"]

    def told() -> dict[str, Any]:
        stage.world.settle()
        session = stage.sessions["xena"]
        chain = session.read(case, place)
        assert chain is not None
        found: dict[str, Any] = {"work": session.work(), "place": [x.position for x in chain.items]}
        for kind in tried:
            with pytest.raises(ServerRefused) as refused:
                writes(stage, "xena", chain, kind, {}, ANSWERS[kind])
            found[kind] = (refused.value.name, refused.value.detail)
        return found

    before = told()
    device = stage.sessions["yusuf"].device
    for happens in (
        lambda: stage.accepts(case, "yusuf"),
        lambda: stage.confirms(case, "yusuf"),
        lambda: stage.steps("dirk", case, "begin"),
        lambda: stage.steps("dirk", case, "contributed"),
        lambda: writes(
            stage,
            "dirk",
            stage.deployment(case, "dirk").pool,
            "ExpertReleased",
            {"expert": device},
        ),
    ):
        happens()
        assert told() == before


def test_an_expert_does_not_see_that_her_suspension_is_weighed(stage: PoolStage) -> None:
    """Before it is decided: her work list, her profile, and who could read what of it."""
    profile = stage.desk().profile_of(stage.person("zoe"))
    assert profile is not None
    case, name = profile.chain.case, profile.chain.name
    zoe = stage.sessions["zoe"]

    def told() -> list[Any]:
        stage.world.settle()
        chain = zoe.read(case, name)
        assert chain is not None
        seen = [zoe.work_list(), [x.position for x in chain.items]]
        with pytest.raises(ServerRefused) as refused:
            zoe.transport.get(Structure, path(STRUCTURE, case=case), {}, zoe.keys)
        return [*seen, refused.value.name, refused.value.detail]

    before = told()
    stage.steps("pia", case, "propose-suspension", "note/1", text="she spoke of a case")
    assert told() == before
    (gov,) = (one for one in stage.at("carla", case).places() if one.name != name)
    body = {"of": gov.items[-1].entry.header.id}
    stage.sessions["carla"].write(gov, "ApprovalGiven", body, payload("note/1", text="yes"))
    assert told() == before
    assert zoe.read(case, gov.name) is None
    stage.steps("pia", case, "suspend", "note/1", body={"proposal": body["of"]}, text="as approved")
    assert told() != before


def test_offices_and_logs_are_told_no_word_of_what_is_asked(
    stage: PoolStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = StringIO()
    # A line as it is made, to where it can be read: the server's own goes to its first output.
    aside = structlog.wrap_logger(structlog.WriteLogger(logged), [JSONRenderer()])
    monkeypatch.setattr("api.app.log", aside)
    case = invited(stage, "xena", "yusuf")
    stage.steps("xena", case, "refuse", "note/1", text="I live near the harbour")
    stage.world.settle()
    found = inspect(stage.sessions["otto"], case, read_calendar(None))
    overview = stage.sessions["carla"].overview()
    (row,) = (one for one in overview if one["case"] == case)
    assert row["state"] == "inviting"
    told = json.dumps(overview) + repr(found) + logged.getvalue()
    assert "/v1/entries" in told
    assert [word for word in WORDS if word in told] == []
    numbers = (case, stage.place(case, "xena"), stage.sessions["xena"].device, stage.person("xena"))
    assert [one for one in numbers if one in logged.getvalue()] == []
