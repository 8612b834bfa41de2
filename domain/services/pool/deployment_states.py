"""The states of a deployment, its places, and who asks (TABLES.md S7)."""

(
    OPENED,
    REQUESTED,
    SHORTLISTED,
    INVITING,
    ACCEPTED,
    CONFIRMED,
    ACTIVE,
    CONTRIBUTED,
    RELEASED,
    EVALUATED,
    WITHDRAWN,
) = STATES = (
    "opened",
    "requested",
    "shortlisted",
    "inviting",
    "accepted",
    "confirmed",
    "active",
    "contributed",
    "released",
    "evaluated",
    "withdrawn",
)
EVERY = frozenset(STATES)
REQUESTERS = ("casemanager", "lat_coordinator")
ASKING = frozenset(REQUESTERS)
POOL, CONFLICT = frozenset({"pool"}), frozenset({"conflict"})
# A team of several: one is invited, or says no, while another is at work, or gone, already.
TEAM = frozenset({ACCEPTED, CONFIRMED, ACTIVE, CONTRIBUTED, RELEASED})
FORMING = TEAM | {INVITING}
AT_WORK = frozenset({CONFIRMED, ACTIVE, CONTRIBUTED})
AFTER = frozenset({CONTRIBUTED, RELEASED, EVALUATED})
ANSWERED = ("answer_by", "remind_at")  # the moments of an invitation that waits
