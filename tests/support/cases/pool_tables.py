"""The tables of the pool's three services, written down by hand from TABLES.md S7, SERVICES.md 2.7
and ROLES.md: who writes what, where, in which states, and what comes of it; who stands where.
`tests.domain.test_pool_tables` holds the rules to them."""

SHORT = {
    "PC": "pool_coordinator",
    "EXP": "duidingsexpert zorgexpert",
    "CM": "casemanager",
    "LATC": "lat_coordinator",
    "SV": "supervisor",
    "KC": "key_custodian",
    "FG": "privacy_officer",
    "nobody": "",
}
STATES = {
    "expert_profile": "opened nominated vetted active unavailable suspended left",
    "deployment": "opened requested shortlisted inviting accepted confirmed active contributed "
    "released evaluated withdrawn",
    "expert_pool": "opened running",
}
# Sets of states that several rows say.
SETS = {
    "staying": "nominated vetted active unavailable suspended",
    "later": "vetted active unavailable suspended",
    "team": "accepted confirmed active contributed released",
    "forming": "inviting accepted confirmed active contributed released",
    "asked": "requested shortlisted inviting accepted confirmed active contributed released "
    "evaluated withdrawn",
    "standing": "requested shortlisted inviting accepted confirmed active contributed",
}

# Guards that several rows ask for.
READY = "confirms_another accepted_and_signed names_the_acceptance vetting_counts"
GUARDS = {
    "READY": READY,
    "CONFIRMS": f"fact_is is_for_who_asked {READY}",
    "INVITES": "names_a_vetting is_ahead is_ahead invites_anew",
    "VETS": "names_the_expert is_ahead",
    "HERS": "is_the_expert",
    "HERS_NOW": "is_the_expert moment_is_ahead",
}
# kind, with fields that are true or false | writers | places | from > to | payload | guards | waits
TABLES = {
    "expert_profile": """
ExpertNominated | PC | profile | opened > nominated | nomination/1 | | PC
ExpertVetted +clearance +registration | PC | profile | nominated > vetted | | VETS | other
ExpertVetted +clearance +registration | PC | profile | later | | VETS |
ExpertVetted +clearance -registration | PC | profile | staying | | names_the_expert |
ExpertVetted -clearance +registration | PC | profile | staying | | names_the_expert |
ExpertVetted -clearance -registration | PC | profile | staying | | names_the_expert |
ConfidentialityStated | EXP | profile | vetted > active | statement/1 | HERS_NOW | nobody
ConfidentialityStated | EXP | profile | active | statement/1 | HERS_NOW | nobody
ProfileUpdated | EXP | profile | nominated vetted active unavailable | profile/1 | HERS |
AvailabilityUpdated -available | PC EXP | profile | active > unavailable | availability/1 | HERS |
AvailabilityUpdated +available | PC EXP | profile | unavailable > active | availability/1 | HERS |
AvailabilityUpdated -available | PC EXP | profile | unavailable | availability/1 | HERS |
AvailabilityUpdated +available | PC EXP | profile | active | availability/1 | HERS |
SuspensionProposed | PC | governance | active unavailable | note/1 | | SV
ReinstatementProposed | PC | governance | suspended | note/1 | | SV
ApprovalGiven | SV | governance | any | note/1 | answers_a_proposal another_persons | PC
ApprovalRefused | SV | governance | any | note/1 | answers_a_proposal another_persons | PC
ExpertSuspended | PC | profile | active unavailable > suspended | note/1 | approved | other
ExpertReinstated | PC | profile | suspended > active | note/1 | approved | other
ExpertLeft | PC | profile | staying > left | | | nobody
ExpertLeft | EXP | profile | staying > left | | HERS | PC
MessageSent | PC | profile | staying | message/1 | | other
MessageSent | EXP | profile | staying | message/1 | | PC
MessageSent | PC SV | governance | staying | message/1 | |
DelayExplained | PC | profile | staying | note/1 | |
MessageCorrected | PC EXP | profile | any | message/1 | own_words |
MessageCorrected | PC SV | governance | any | message/1 | own_words |
MessageWithdrawn | PC EXP | profile | any | | |
MessageWithdrawn | PC SV | governance | any | | |
WrapRefused | PC EXP | profile | any | | |
WrapRefused | PC SV | governance | any | | |
MemberLeft | PC EXP | profile | any | | |
MemberLeft | PC SV | governance | any | | |
HistoryGranted | PC | profile governance | any | | granted_for |
RecoveryApproved | KC | profile governance | any | | |
ErasureProposed | SV | profile governance | any | | |
PayloadErased | FG | profile governance | any | | |
""",
    "deployment": """
MatchRequested -acute | CM LATC | pool | opened > requested | match_brief/1 | | PC
MatchRequested +acute | CM LATC | pool | opened > requested | match_brief/1 | | PC
ShortlistProposed | PC | pool | requested shortlisted > shortlisted | shortlist/1 | |
ShortlistProposed | PC | pool | forming | shortlist/1 | |
MatchOverridden | PC | pool | shortlisted forming | note/1 | |
ExpertInvited | PC | conflict | shortlisted > inviting | invitation/1 | INVITES | other
ExpertInvited | PC | conflict | forming | invitation/1 | INVITES | other
InvitationReminded | PC | conflict | forming | | moment_is_ahead reminds_once |
InvitationLapsed | PC | conflict | forming | | has_lapsed | nobody
InvitationDeclined | EXP | conflict | forming | note/1 | is_invited | PC
ConflictDeclared | EXP | conflict | forming | note/1 | is_invited | PC
DeploymentAccepted | EXP | conflict | inviting > accepted | | moment_is_ahead | PC
DeploymentAccepted | EXP | conflict | team | | moment_is_ahead | PC
ConfidentialitySigned | EXP | conflict | team | statement/1 | has_accepted | PC
ExpertProposed | PC | pool | team | | fact_is READY | LATC
ExpertDeployed | PC | pool | accepted > confirmed | | CONFIRMS | CM
ExpertDeployed | PC | pool | confirmed active contributed | | CONFIRMS | CM
ExpertDeployed | PC | pool | released > active | | CONFIRMS | CM
ExpertDeployed | LATC | pool | accepted > confirmed | | CONFIRMS | LATC
ExpertDeployed | LATC | pool | confirmed active contributed | | CONFIRMS | LATC
ExpertDeployed | LATC | pool | released > active | | CONFIRMS | LATC
ConfirmationTold | PC | conflict | confirmed active contributed | | expert_is_deployed | nobody
DeploymentBegun | CM LATC | pool | confirmed > active | | | nobody
DeploymentBegun | CM LATC | pool | active | | | nobody
ContributionNoted | CM LATC | pool | active > contributed | | |
ContributionNoted | CM LATC | pool | contributed released | | |
ExpertReleased | CM LATC PC | pool | active contributed > released | | names_the_deployed |
ExpertReleased | CM LATC PC | pool | confirmed released evaluated | | names_the_deployed |
DeploymentEvaluated | CM LATC | pool | contributed released > evaluated | feedback/1 | | nobody
DeploymentEvaluated | CM LATC | pool | evaluated | feedback/1 | |
DeploymentEvaluated | EXP | conflict | contributed released evaluated | feedback/1 | has_served |
MatchWithdrawn | CM LATC PC | pool | standing > withdrawn | note/1 | set_is_empty | nobody
MessageSent | CM LATC | pool | asked | message/1 | | PC
MessageSent | PC | pool conflict | asked | message/1 | | other
MessageSent | EXP | conflict | asked | message/1 | | PC
DelayExplained | PC | pool | asked | note/1 | |
MessageCorrected | PC CM LATC | pool | any | message/1 | own_words |
MessageCorrected | PC EXP | conflict | any | message/1 | own_words |
MessageWithdrawn | PC CM LATC | pool | any | | |
MessageWithdrawn | PC EXP | conflict | any | | |
WrapRefused | PC CM LATC | pool | any | | |
WrapRefused | PC EXP | conflict | any | | |
MemberLeft | PC CM LATC | pool | any | | |
MemberLeft | PC EXP | conflict | any | | |
HistoryGranted | PC | pool conflict | any | | granted_for |
RecoveryApproved | KC | pool conflict | any | | |
ErasureProposed | SV | pool conflict | any | | |
PayloadErased | FG | pool conflict | any | | |
""",
    "expert_pool": """
PoolFormed | PC | pool | opened > running | message/1 | |
PoolMeetingPlanned | PC | pool | running | meeting/1 | |
PoolMeetingHeld | PC | pool | running | minutes/1 | as_planned |
PoolMeetingCancelled | PC | pool | running | note/1 | names_one_of |
DevelopmentItemAdded | PC | pool | running | development/1 | |
DevelopmentItemAdded | EXP | pool | running | development/1 | | PC
DevelopmentItemProgressed +done | PC | pool | running | development/1 | names_one_of | nobody
DevelopmentItemProgressed -done | PC | pool | running | development/1 | names_one_of | nobody
DevelopmentItemProgressed +done | EXP | pool | running | development/1 | names_one_of |
DevelopmentItemProgressed -done | EXP | pool | running | development/1 | names_one_of |
FairnessReported | PC | pool | running | fairness/1 | |
MessageSent | PC | pool | running | message/1 | | nobody
MessageSent | EXP | pool | running | message/1 | | PC
DelayExplained | PC | pool | running | note/1 | |
MessageCorrected | PC EXP | pool | any | message/1 | own_words |
MessageWithdrawn | PC EXP | pool | any | | |
WrapRefused | PC EXP | pool | any | | |
MemberLeft | PC EXP | pool | any | | |
HistoryGranted | PC | pool | any | | granted_for |
RecoveryApproved | KC | pool | any | | |
ErasureProposed | SV | pool | any | | |
PayloadErased | FG | pool | any | | |
""",
}
# Who stands in a place; who opens it and lets people in, and whom.
STANDS = {
    ("expert_profile", "profile"): "PC EXP",
    ("expert_profile", "governance"): "PC SV",
    ("deployment", "pool"): "CM LATC PC",
    ("deployment", "conflict"): "PC EXP",
    ("expert_pool", "pool"): "PC EXP",
}
OPENS = dict.fromkeys(STANDS, "PC") | {("deployment", "pool"): "CM LATC"}
FIRST = {("expert_profile", "profile"), ("deployment", "pool"), ("expert_pool", "pool")}
LETS_IN = {
    ("expert_profile", "profile"): {"PC": "PC EXP"},
    ("expert_profile", "governance"): {"PC": "PC SV", "SV": "PC SV"},
    ("deployment", "pool"): {"CM": "CM PC", "LATC": "LATC PC", "PC": "PC"},
    ("deployment", "conflict"): {"PC": "PC EXP"},
    ("expert_pool", "pool"): {"PC": "PC EXP"},
}
# Who asked puts out nobody who answers; a supervisor, by whom others are watched, not herself.
PUTS_OUT = LETS_IN | {
    ("expert_profile", "governance"): {"PC": "PC SV", "SV": "PC"},
    ("deployment", "pool"): {"CM": "CM", "LATC": "LATC", "PC": "PC"},
}
# SERVICES.md 2.7: how a profile and a deployment go on.
ARROWS = {
    "expert_profile": """
opened nominated vetted active unavailable suspended left
unavailable active suspended active left
nominated left | vetted left | unavailable left""",
    "deployment": """
opened requested shortlisted inviting accepted confirmed active contributed released evaluated
shortlisted shortlisted | active released active | contributed evaluated
requested withdrawn | shortlisted withdrawn | inviting withdrawn | accepted withdrawn
confirmed withdrawn | active withdrawn | contributed withdrawn""",
    "expert_pool": "opened running",
}
