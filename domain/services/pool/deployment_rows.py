"""The rows of a deployment (TABLES.md S7): asked for, matched, invited one by one, confirmed,
released."""

from domain.guard import Guard
from domain.services.guards import fact_is, is_ahead, moment_is_ahead, set_is_empty
from domain.services.pool.common import (
    COORDINATOR,
    EXPERTS,
    FOR_COORDINATOR,
    FOR_NOBODY,
    explaining,
    of_a_place,
)
from domain.services.pool.deployment_states import (
    ACCEPTED,
    ACTIVE,
    AFTER,
    ANSWERED,
    ASKING,
    AT_WORK,
    CONFIRMED,
    CONFLICT,
    CONTRIBUTED,
    EVALUATED,
    EVERY,
    FORMING,
    INVITING,
    OPENED,
    POOL,
    RELEASED,
    REQUESTED,
    REQUESTERS,
    SHORTLISTED,
    TEAM,
    WITHDRAWN,
)
from domain.services.pool.guards import (
    accepted_and_signed,
    confirms_another,
    expert_is_deployed,
    has_accepted,
    has_lapsed,
    has_served,
    invites_anew,
    is_for_who_asked,
    is_invited,
    names_a_vetting,
    names_the_acceptance,
    names_the_deployed,
    reminds_once,
    vetting_counts,
)
from domain.step import OTHER, Step


def _requests(role: str, *, acute: bool) -> Step:
    """A request, which says in which role somebody asked: she is confirmed to by that."""
    return Step(
        "MatchRequested",
        frozenset({role}),
        POOL,
        frozenset({OPENED}),
        REQUESTED,
        "match_brief/1",
        facts={"count": "body.count"},
        marks={"requester_role": role},
        stamps=("acutely_requested_at" if acute else "requested_at",),
        waits=FOR_COORDINATOR,
        when={"acute": acute},
    )


def _declines(kind: str) -> Step:
    """Whoever says no says why to the coordinators alone, and may be invited again."""
    return Step(
        kind,
        EXPERTS,
        CONFLICT,
        FORMING,
        None,
        "note/1",
        (is_invited(),),
        drops={"invited": "here", "accepted": "person", "signed": "person"},
        forgets=ANSWERED,
        waits=FOR_COORDINATOR,
    )


def _invites(sources: frozenset[str], to: str | None) -> Step:
    return Step(
        "ExpertInvited",
        COORDINATOR,
        CONFLICT,
        sources,
        to,
        "invitation/1",
        (
            names_a_vetting(),
            is_ahead(field="vetted_until"),
            is_ahead(field="expires"),
            invites_anew(),
        ),
        adds={"invited": ("here", "body.vetted_until")},
        times={"answer_by": "expires", "remind_at": "remind"},
        waits=OTHER,
    )


def _accepts(sources: frozenset[str], to: str | None) -> Step:
    return Step(
        "DeploymentAccepted",
        EXPERTS,
        CONFLICT,
        sources,
        to,
        guards=(moment_is_ahead(fact="answer_by"),),
        adds={"accepted": ("person", "here", "id", "hash")},
        forgets=ANSWERED,
        waits=FOR_COORDINATOR,
    )


READY = (confirms_another(), accepted_and_signed(), names_the_acceptance(), vetting_counts())


def _confirms(by: frozenset[str], asked_by: str, sources: frozenset[str], to: str | None) -> Step:
    """By a coordinator of the pool, or by the child protection board for itself (TABLES.md S7)."""
    return Step(
        "ExpertDeployed",
        by,
        POOL,
        sources,
        to,
        guards=(
            fact_is(fact="requester_role", value=asked_by),
            is_for_who_asked(),
            *READY,
        ),
        adds={"deployed": ("person.expert",), "served": ("person.expert",)},
        waits=asked_by,
    )


def _releases(sources: frozenset[str], to: str | None) -> Step:
    return Step(
        "ExpertReleased",
        ASKING | COORDINATOR,
        POOL,
        sources,
        to,
        guards=(names_the_deployed(),),
        drops={
            "deployed": "person.expert",
            "accepted": "person.expert",
            "signed": "person.expert",
        },
    )


def _by_who_asked(
    kind: str,
    sources: frozenset[str],
    to: str | None,
    payload: str | None = None,
    waits: str | None = None,
) -> Step:
    return Step(kind, ASKING, POOL, sources, to, payload, waits=waits)


def _coordinates(
    kind: str, sources: frozenset[str], to: str | None, payload: str, *guards: Guard
) -> Step:
    return Step(kind, COORDINATOR, POOL, sources, to, payload, guards)


STEPS = (
    *(_requests(role, acute=acute) for role in REQUESTERS for acute in (True, False)),
    _coordinates(
        "ShortlistProposed", frozenset({REQUESTED, SHORTLISTED}), SHORTLISTED, "shortlist/1"
    ),
    _coordinates("ShortlistProposed", FORMING, None, "shortlist/1"),
    _coordinates("MatchOverridden", FORMING | {SHORTLISTED}, None, "note/1"),
    _invites(frozenset({SHORTLISTED}), INVITING),
    _invites(FORMING, None),
    Step(
        "InvitationReminded",
        COORDINATOR,
        CONFLICT,
        FORMING,
        guards=(moment_is_ahead(fact="answer_by"), reminds_once()),
        forgets=("remind_at",),
    ),
    Step(
        "InvitationLapsed",
        COORDINATOR,
        CONFLICT,
        FORMING,
        guards=(has_lapsed(),),
        drops={"invited": "here"},
        forgets=ANSWERED,
        waits=FOR_NOBODY,
    ),
    _declines("InvitationDeclined"),
    _declines("ConflictDeclared"),
    _accepts(frozenset({INVITING}), ACCEPTED),
    _accepts(TEAM, None),
    Step(
        "ConfidentialitySigned",
        EXPERTS,
        CONFLICT,
        TEAM,
        None,
        "statement/1",
        (has_accepted(),),
        adds={"signed": ("person",)},
        waits=FOR_COORDINATOR,
    ),
    # Who asked for the child protection board does not see what an expert answered.
    Step(
        "ExpertProposed",
        COORDINATOR,
        POOL,
        TEAM,
        guards=(fact_is(fact="requester_role", value="lat_coordinator"), *READY),
        waits="lat_coordinator",
    ),
    *(
        _confirms(by, asked_by, sources, to)
        for by, asked_by in (
            (COORDINATOR, "casemanager"),
            (frozenset({"lat_coordinator"}), "lat_coordinator"),
        )
        for sources, to in (
            (frozenset({ACCEPTED}), CONFIRMED),
            (AT_WORK, None),
            # Who comes for one who was released early: they are at work again.
            (frozenset({RELEASED}), ACTIVE),
        )
    ),
    # Who was asked stands in her own place alone: what was confirmed is told there.
    Step(
        "ConfirmationTold",
        COORDINATOR,
        CONFLICT,
        AT_WORK,
        guards=(expert_is_deployed(),),
        waits=FOR_NOBODY,
    ),
    _by_who_asked("DeploymentBegun", frozenset({CONFIRMED}), ACTIVE, waits=FOR_NOBODY),
    _by_who_asked("DeploymentBegun", frozenset({ACTIVE}), None, waits=FOR_NOBODY),
    _by_who_asked("ContributionNoted", frozenset({ACTIVE}), CONTRIBUTED),
    _by_who_asked("ContributionNoted", frozenset({CONTRIBUTED, RELEASED}), None),
    _releases(frozenset({ACTIVE, CONTRIBUTED}), RELEASED),
    _releases(frozenset({CONFIRMED, RELEASED, EVALUATED}), None),
    _by_who_asked(
        "DeploymentEvaluated",
        frozenset({CONTRIBUTED, RELEASED}),
        EVALUATED,
        "feedback/1",
        FOR_NOBODY,
    ),
    _by_who_asked("DeploymentEvaluated", frozenset({EVALUATED}), None, "feedback/1"),
    Step("DeploymentEvaluated", EXPERTS, CONFLICT, AFTER, None, "feedback/1", (has_served(),)),
    Step(
        "MatchWithdrawn",
        ASKING | COORDINATOR,
        POOL,
        EVERY - {OPENED, RELEASED, EVALUATED, WITHDRAWN},
        WITHDRAWN,
        "note/1",
        (set_is_empty(name="deployed", meaning="nobody is deployed who was not released"),),
        waits=FOR_NOBODY,
    ),
    Step(
        "MessageSent",
        ASKING,
        POOL,
        EVERY - {OPENED},
        None,
        "message/1",
        waits=FOR_COORDINATOR,
    ),
    Step(
        "MessageSent",
        COORDINATOR,
        POOL | CONFLICT,
        EVERY - {OPENED},
        None,
        "message/1",
        waits=OTHER,
    ),
    Step(
        "MessageSent",
        EXPERTS,
        CONFLICT,
        EVERY - {OPENED},
        None,
        "message/1",
        waits=FOR_COORDINATOR,
    ),
    *of_a_place("pool", COORDINATOR, ASKING, EVERY),
    *of_a_place("conflict", COORDINATOR, EXPERTS, EVERY),
    explaining("pool", EVERY - {OPENED}),
)
