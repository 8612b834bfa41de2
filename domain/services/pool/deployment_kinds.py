"""The kinds of a deployment: the fields of their public bodies (TABLES.md S7), and how people call
its steps; matching, inviting and confirming are deeds with commands of their own
(`cli.pool.commands`)."""

from collections.abc import Mapping

from domain.fields import Body, given, link, number, yes_no
from domain.services.pool.common import SHARED
from domain.services.support.kinds import KINDS as OF_CASES
from domain.shapes import integer, minute
from domain.step import Command

MOST = 10  # experts of one team
NOTHING: Body = {}
KINDS: Mapping[str, Body] = {
    **{kind: SHARED[kind] for kind in ("MessageSent", "DelayExplained")},
    **{kind: OF_CASES[kind] for kind in ("ConflictDeclared", "ExpertDeployed", "ExpertReleased")},
    "MatchRequested": {
        "acute": yes_no(asks="Is it acute: do people have to be there within hours?"),
        "count": number(1, MOST, asks="How many experts?"),
    },
    "ShortlistProposed": {"size": given(integer(0))},
    "MatchOverridden": NOTHING,
    "ExpertInvited": {
        "profile": link,
        "vetted_until": given(minute),
        "remind": given(minute),
        "expires": given(minute),
    },
    "ExpertProposed": {"expert": OF_CASES["ExpertReleased"]["expert"], "match": link},
    "ConfirmationTold": NOTHING,
    "InvitationReminded": NOTHING,
    "InvitationLapsed": NOTHING,
    "InvitationDeclined": NOTHING,
    "DeploymentAccepted": NOTHING,
    "ConfidentialitySigned": NOTHING,
    "DeploymentBegun": NOTHING,
    "ContributionNoted": NOTHING,
    "DeploymentEvaluated": NOTHING,
    "MatchWithdrawn": NOTHING,
}
COMMANDS: Mapping[str, Command] = {
    "request": Command(
        "MatchRequested",
        "pool",
        "Ask for experts, by at most six coarse tags; prints the number of the request.",
        "Asked. A coordinator answers.",
    ),
    "override": Command(
        "MatchOverridden",
        "pool",
        "Say why somebody else is invited than was proposed.",
        "Noted.",
    ),
    "remind": Command(
        "InvitationReminded",
        "conflict",
        "Remind an expert who has not answered, once.",
        "Reminded.",
    ),
    "lapse": Command(
        "InvitationLapsed",
        "conflict",
        "Note that an invitation has ended without a yes; inviting the next does so too.",
        "Noted.",
    ),
    "refuse": Command(
        "InvitationDeclined",
        "conflict",
        "As an expert: say no to an invitation; coordinators read why.",
        "Noted. Nobody else is told.",
    ),
    "conflict": Command(
        "ConflictDeclared",
        "conflict",
        "As an expert: say that you have a conflict of interest.",
        "Noted. You get no key of the case.",
    ),
    "accept": Command(
        "DeploymentAccepted",
        "conflict",
        "As an expert: say yes to an invitation.",
        "Accepted. Sign confidentiality with `zegel deployment sign`.",
    ),
    "sign": Command(
        "ConfidentialitySigned",
        "conflict",
        "As an expert: sign that you keep confidential what you hear.",
        "Signed. The coordinator confirms.",
    ),
    "begin": Command(
        "DeploymentBegun", "pool", "Note that the experts have begun in the case.", "Noted."
    ),
    "contributed": Command(
        "ContributionNoted", "pool", "Note that the experts have contributed.", "Noted."
    ),
    "release": Command("ExpertReleased", "pool", "End the deployment of an expert.", "Released."),
    "evaluate": Command(
        "DeploymentEvaluated",
        "pool",
        "Say how well the experts fitted. It is for talks, and ranks nobody.",
        "Noted.",
    ),
    "feedback": Command(
        "DeploymentEvaluated",
        "conflict",
        "As an expert: say how well the deployment fitted.",
        "Noted.",
    ),
    "withdraw": Command("MatchWithdrawn", "pool", "Withdraw the request.", "Withdrawn."),
    "delay": Command("DelayExplained", "pool", "Say why a term has passed.", "Noted."),
}
