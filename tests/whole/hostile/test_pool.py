"""What nobody gets in the expert pool, tried with real keys against a real server, past the client
that would have refused it. Each is refused by its name, and taken once the condition that refuses
it is off.

Holds domain/services/pool/guards.py, domain/services/pool/deployment.py,
domain/services/pool/deployment_rows.py.
"""

from calendar import timegm
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from client.cases.consultation import payload
from client.pool.inviting import TOLD
from tests.support.hostile.attacks import attack
from tests.support.hostile.pool import (
    changes_members,
    confirms,
    invited,
    line,
    pool_at_work,
    refusal_of,
    second_device,
    without,
    writes,
)
from tests.support.people.pool import PoolStage
from wire.header import minute_of

STARTS = timegm((2026, 3, 2, 9, 0, 0))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PoolStage]:
    with pool_at_work(tmp_path_factory.mktemp("pool"), STARTS) as stage:
        yield stage


class Played(NamedTuple):
    """what, who, when, refusal: as docs/attacks.md tells them. check: the conditions that refuse
    it. deed: it is done in a request of its own; what it gives is done for the attack itself."""

    who: str
    when: str
    refusal: str
    check: tuple[str, ...]
    deed: Callable[[PoolStage], Callable[[], Any]]


# --- by whom nobody was asked -------------------------------------------------------------------


def without_a_yes(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena", "yusuf")
    stage.accepts(case, "xena")
    return lambda: confirms(stage, case, "yusuf")


def by_the_yes_of_another(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena", "yusuf")
    stage.accepts(case, "xena")
    stage.accepts(case, "yusuf")
    return lambda: confirms(stage, case, "yusuf", of="xena")


def after(no: str) -> Callable[[PoolStage], Callable[[], Any]]:
    def deed(stage: PoolStage) -> Callable[[], Any]:
        case = invited(stage, "xena", "yusuf")
        stage.accepts(case, "xena")
        stage.accepts(case, "yusuf")
        stage.steps("yusuf", case, no, "note/1", text="I know them")
        return lambda: confirms(stage, case, "yusuf")

    return deed


def after_her_vetting(stage: PoolStage) -> Callable[[], Any]:
    soon = stage.hires_one(f"expert {len(stage.roles)}", "duidingsexpert", "clinic")
    profile = stage.nominates(soon)
    stage.vets(profile, soon, days=1)
    case = invited(stage, soon)
    stage.accepts(case, soon)
    stage.clock.passes(days=1)
    return lambda: confirms(stage, case, soon)


def after_her_release(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena", "yusuf")
    stage.accepts(case, "xena")
    stage.confirms(case, "xena")
    device = stage.sessions["xena"].device
    stage.steps("dirk", case, "begin")
    pool = stage.deployment(case, "dirk").pool
    writes(stage, "dirk", pool, "ExpertReleased", {"expert": device})
    return lambda: confirms(stage, case, "xena")


def too_late(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena", hours=2)
    place = stage.sessions["xena"].read(case, stage.place(case, "xena"))
    assert place is not None
    stage.clock.passes(hours=3)
    return lambda: writes(stage, "xena", place, "DeploymentAccepted", {})


# --- herself -------------------------------------------------------------------------------------


def both_roles(stage: PoolStage) -> str:
    """The case of the profile of pia, who is an expert too and has two devices."""
    if "pia at home" not in stage.sessions:
        stage.roles["pia"] = ["duidingsexpert"]
        second_device(stage, "pia")
        stage.vets(stage.nominates("pia", by="paul"), "pia", by="paul")
    profile = stage.desk("paul").profile_of(stage.person("pia"))
    assert profile is not None
    return profile.chain.case


def confirms_herself(device: str) -> Callable[[PoolStage], Callable[[], Any]]:
    def deed(stage: PoolStage) -> Callable[[], Any]:
        both_roles(stage)
        case = invited(stage, "pia", by="paul")
        name = stage.candidates(case, "paul")["pia"].chain.name
        for kind, value in (
            ("DeploymentAccepted", None),
            ("ConfidentialitySigned", payload("statement/1", stated=True, text="I do")),
        ):
            place = stage.sessions["pia"].read(case, name)
            assert place is not None
            writes(stage, "pia", place, kind, {}, value)
        return lambda: confirms(stage, case, "pia", by=device)

    return deed


def invites_herself(stage: PoolStage) -> Callable[[], Any]:
    profile = both_roles(stage)
    case = invited(stage)
    desk, one = stage.desk(), stage.deployment(case)
    known = desk.profile_of(stage.person("pia"))
    assert known is not None and known.vetting is not None and known.chain.case == profile
    hers = line(stage, "pia at home", "duidingsexpert")
    place = one.work.open("conflict", beside=(hers,))
    now, asked = stage.clock.now, one.asked()
    body = {
        "profile": dict(known.vetting.link),
        "vetted_until": known.vetting.until,
        "remind": minute_of(now + 3600),
        "expires": minute_of(now + 7200),
    }
    told = {name: asked.value[name] for name in TOLD}
    value = payload("invitation/1", tags={}, masked=[], acute=False, **told)
    return lambda: writes(stage, "pia", place, "ExpertInvited", body, value)


# --- where she does not stand --------------------------------------------------------------------


def answers_for_another(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena", "yusuf")
    hers = stage.candidates(case)["yusuf"].chain
    return lambda: writes(stage, "xena", hers, "DeploymentAccepted", {})


def let_in(name: str, role: str) -> Callable[[PoolStage], Callable[[], Any]]:
    def deed(stage: PoolStage) -> Callable[[], Any]:
        case = invited(stage, "yusuf")
        hers = stage.candidates(case)["yusuf"].chain
        lines = (*hers.lines, line(stage, name, role))
        return lambda: changes_members(stage, "pia", hers, "joined", lines)

    return deed


def confirms_for_herself(stage: PoolStage) -> Callable[[], Any]:
    case = invited(stage, "xena")
    stage.accepts(case, "xena")
    return lambda: confirms(stage, case, "xena", by="dirk")


def takes_her_place(stage: PoolStage) -> Callable[[], Any]:
    """The coordinator puts out who was invited, and lets another in who was not vetted for it."""
    case = invited(stage, "yusuf")
    hers = stage.candidates(case)["yusuf"].chain
    own = [one for one in hers.lines if one.role == "pool_coordinator"]
    changes_members(stage, "pia", hers, "removed", own)
    without_her = stage.sessions["pia"].read(case, hers.name)
    assert without_her is not None
    lines = [*own, line(stage, "xena", "duidingsexpert")]
    return lambda: changes_members(stage, "pia", without_her, "joined", lines)


COORDINATOR, CANDIDATE = "a coordinator", "a candidate"
CONFIRMED = "it is confirmed"
YES = ("accepted_and_signed", "names_the_acceptance", "vetting_counts")
ATTACKS = {
    "confirms who was invited and has not answered": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES, without_a_yes
    ),
    "confirms an expert by the yes of another": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES[1:2], by_the_yes_of_another
    ),
    "confirms who said yes and then no": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES, after("refuse")
    ),
    "confirms who said yes and then declared a conflict": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES, after("conflict")
    ),
    "confirms who is no longer vetted": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES[2:], after_her_vetting
    ),
    "confirms who was released, by her yes from before": Played(
        COORDINATOR, CONFIRMED, "not-allowed", YES, after_her_release
    ),
    "confirms herself": Played(
        "a coordinator who is an expert too",
        CONFIRMED,
        "four-eyes",
        ("confirms_another",),
        confirms_herself("pia"),
    ),
    "confirms herself by another device": Played(
        "a coordinator who is an expert too",
        CONFIRMED,
        "four-eyes",
        ("confirms_another",),
        confirms_herself("pia at home"),
    ),
    "invites herself, at another device": Played(
        "a coordinator who is an expert too",
        "it is posted",
        "not-allowed",
        ("names_a_vetting",),
        invites_herself,
    ),
    "confirms for herself whom she asked for": Played(
        "a casemanager", CONFIRMED, "not-allowed", (), confirms_for_herself
    ),
    "says yes after the time to answer": Played(
        CANDIDATE, "it is posted", "wrong-state", ("moment_is_ahead",), too_late
    ),
    "answers in the place of another": Played(
        CANDIDATE, "it is posted", "no-such-case", (), answers_for_another
    ),
    "lets a second expert into an invitation": Played(
        COORDINATOR, "it is posted", "not-allowed", (), let_in("xena", "duidingsexpert")
    ),
    "lets the casemanager into an invitation": Played(
        COORDINATOR, "it is posted", "not-allowed", (), let_in("dirk", "casemanager")
    ),
    "puts another in the place of who was invited": Played(
        COORDINATOR, "it is posted", "not-allowed", ("invited_alone",), takes_her_place
    ),
}


@pytest.mark.parametrize("what", ATTACKS)
def test_it_is_refused_by_its_name(stage: PoolStage, what: str) -> None:
    """And taken without the conditions that refuse it: so nothing else does."""
    played = ATTACKS[what]
    harm = played.deed(stage)
    assert refusal_of(harm) == played.refusal
    if played.check:
        with without(*played.check):
            assert refusal_of(harm) == ""


@attack("reads the invitation of another", CANDIDATE, "any reading", "answered like an outsider")
def test_a_candidate_is_not_told_that_another_was_invited(stage: PoolStage) -> None:
    """Neither that there is such a place, nor where it was asked."""
    case = invited(stage, "xena", "yusuf")
    xena, hers = stage.sessions["xena"], stage.candidates(case)["yusuf"].chain
    assert xena.read(case, stage.place(case, "xena")) is not None
    asked = (hers.name, stage.deployment(case).pool.name, "conflict-000000000")
    assert [xena.read(case, name) for name in asked] == [None] * 3
    assert [row["compartment"] for row in xena.work() if row["case"] == case] == [
        stage.place(case, "xena")
    ]
