"""Ways through the pool's services, for the explorer (`ways`): one expert is asked, says yes or no,
is confirmed and released, and asked again; another takes her place."""

from collections.abc import Mapping
from typing import Any

from domain.trust import SECONDS_A_DAY
from tests.support.rules.hints import Move, Way, opens, out
from tests.support.rules.writing import EVER

SOON, LATER = "2027-02-15T08:00Z", 40 * SECONDS_A_DAY  # 31 days after the cast begins; after it
COORDINATOR, BOARD, MANAGER = "pool_coordinator 1", "lat_coordinator 1", "casemanager 1"
# Who is let in first is one person in both roles (`Cast.second`).
EXPERT = "zorgexpert 2"


def _put_out(where: str) -> Way:
    return (out("duidingsexpert", where, COORDINATOR), out("zorgexpert", where, COORDINATOR))


def _vetted(until: str = EVER) -> Move:
    body = {"expert": f"@{EXPERT}", "clearance": True, "registration": True, "expires": until}
    return Move("ExpertVetted", COORDINATOR, body=body)


_ACTIVE: Way = ("ExpertNominated", _vetted(), Move("ConfidentialityStated", EXPERT))


def _another(*kinds: str) -> Way:
    """Another expert stands in the profile instead, and writes none of these."""
    return (
        *_put_out("profile"),
        Move("MessageSent", COORDINATOR, "profile"),
        *(Move(kind, "duidingsexpert 1", refused=True) for kind in kinds),
    )


HERS = ("ProfileUpdated", "AvailabilityUpdated", "ExpertLeft")
_PROFILE: tuple[Way, ...] = (
    ("ExpertNominated", _vetted(), *_another("ConfidentialityStated", *HERS)),
    (*_ACTIVE, *_another("ConfidentialityStated", *HERS)),
    (
        *_ACTIVE,
        Move("AvailabilityUpdated", EXPERT, body={"available": False}),
        *_another(*HERS),
    ),
    (
        "ExpertNominated",
        _vetted(SOON),
        Move("ConfidentialityStated", EXPERT, later=LATER, refused=True),
        Move("ConfidentialityStated", EXPERT),
        Move("ConfidentialityStated", EXPERT, later=LATER, refused=True),
    ),
)


def _asked(by: str) -> Way:
    return (opens(by), Move("MatchRequested", by, body={"acute": False}), "ShortlistProposed")


def _invited(until: str = EVER, vetted: str = EVER) -> Move:
    return Move("ExpertInvited", COORDINATOR, body={"expires": until, "vetted_until": vetted})


def _yes(vetted: str = EVER) -> Way:
    return (
        _invited(vetted=vetted),
        Move("DeploymentAccepted", EXPERT),
        Move("ConfidentialitySigned", EXPERT),
    )


def _deploys(by: str, asked: str, **more: Any) -> Move:
    body = {"expert": f"@{EXPERT}", "proposal": None, "for": f"@{asked}"}
    return Move("ExpertDeployed", by, body=body, **more)


def _confirmed(asked: str, vetted: str = EVER) -> Way:
    """Each other who confirms tries it too; so does he who may, once the vetting has expired."""
    by, other = (COORDINATOR, BOARD) if asked == MANAGER else (BOARD, COORDINATOR)
    expired = (_deploys(by, asked, later=LATER, refused=True),) if vetted != EVER else ()
    proposed: Way = (Move("ExpertProposed", COORDINATOR),)
    if vetted != EVER:
        proposed = (Move("ExpertProposed", COORDINATOR, later=LATER, refused=True), *proposed)
    own = "pool_coordinator 2" if asked == MANAGER else "lat_coordinator 2"
    return (
        *_yes(vetted),
        *expired,
        _deploys(other, asked, refused=True),
        _deploys(own, asked, refused=True),
        *(() if asked == MANAGER else proposed),
        _deploys(by, asked),
    )


_RELEASED = Move("ExpertReleased", COORDINATOR, body={"expert": f"@{EXPERT}"})


def _deployments(asked: str) -> tuple[Way, ...]:
    begun = Move("DeploymentBegun", asked)
    return (
        (
            *_asked(asked),
            *_confirmed(asked, SOON),
            "ConfirmationTold",
            begun,
            _RELEASED,
            *_confirmed(asked, SOON),
            begun,
            Move("ContributionNoted", asked),
            _RELEASED,
            Move("DeploymentEvaluated", asked),
            Move("DeploymentEvaluated", EXPERT),
        ),
        (
            *_asked(asked),
            *_confirmed(asked),
            _RELEASED,
            *_confirmed(asked, SOON),
            begun,
            Move("MatchWithdrawn", asked, refused=True),
        ),
    )


_DEPLOYMENT: tuple[Way, ...] = (
    *_deployments(MANAGER),
    *_deployments(BOARD),
    *(
        (*_asked(MANAGER), *begun, Move(no, EXPERT), *_yes(), Move(no, EXPERT))
        for begun in ((_invited(),), _yes())
        for no in ("InvitationDeclined", "ConflictDeclared")
    ),
    # Late: what was not answered in time is asked once more.
    *(
        (
            *_asked(MANAGER),
            *before,
            _invited(SOON),
            Move("InvitationReminded", later=LATER, refused=True),
            "InvitationReminded",
            Move("DeploymentAccepted", EXPERT, later=LATER, refused=True),
            *then,
            Move("ExpertInvited", COORDINATOR, later=LATER, body={"expires": EVER}),
        )
        for before in ((), (*_yes(), Move("InvitationDeclined", EXPERT)))
        for then in ((), (Move("InvitationLapsed", later=LATER),))
    ),
    (*_asked(MANAGER), _invited(), *_put_out("conflict")),
)
OF_THE_POOL: Mapping[str, tuple[Way, ...]] = {
    "expert_profile": _PROFILE,
    "deployment": _DEPLOYMENT,
}
