"""Support cases as a test states them: any state, place and membership of one author, with whatever
else his act needs. `stated` gives them to the rules alone, `Stage` lays them down in a store."""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from crypto.encoding import hash_of
from domain.check import NO_LOG_ROOT, Rules, check
from domain.entry import Entry, Header, Line, Payload
from domain.evolve import evolve
from domain.ledger import Ledger
from domain.refusal import Refusal, Refused
from domain.services.registry import BODIES, SERVICES
from domain.shapes import data_of
from domain.state import Approval, Case, Compartment, Invitation, Note
from domain.trust import NO_HASH, Device, Person, Root, Roster, Trust
from tests.support.cases.history import CASE, START, members
from tests.support.rules.writing import example

RULES = Rules(SERVICES)
SERVICE = "family_support"
FAMILY = ("requester", "minor", "relative", "professional", "foster_family")
EXPERTS = ("duidingsexpert", "zorgexpert")

# Devices. The author is the one whose role, membership and certification are tried; all others
# are certified people. NEW has a card and is in no roster.
AUTHOR, NEW, NEWCOMER = "10" * 16, "11" * 16, "12" * 16
LEAD, COLLEAGUE, SUPERVISOR = "20" * 16, "21" * 16, "22" * 16
FIRST, SECOND = "30" * 16, "31" * 16
INVITATION = "9" * 32
EVER = "2099-01-01T00:00Z"
PEOPLE = {
    LEAD: ("lead", "casemanager"),
    COLLEAGUE: ("colleague", "casemanager"),
    SUPERVISOR: ("supervisor", "supervisor"),
    FIRST: ("first expert", "duidingsexpert"),
    SECOND: ("second expert", "zorgexpert"),
}
LEAD_LINE = Line(LEAD, "casemanager", None)

# Entries that are there, by what they are.
SAID, PROPOSAL, ADVICE, APPROVED, OPEN, ERASURE, HERS, ONE, TWO, EXCERPT, ORIGIN, UNSEALED = (
    f"{number:032x}" for number in range(1, 13)
)
ONE_IS_IN, TWO_IS_IN, ADMITTED, FREE = (f"{number:032x}" for number in range(13, 17))
ADMISSION = {"role": "duidingsexpert", "ground": "necessity"}
APART = frozenset(
    {"ExpertContributed", "HistoryGranted", "ExcerptNoted", "MembersChanged", "AnalysesUnsealed"}
)
WITH_PAYLOAD = frozenset(
    {
        "CaseProposed",
        "CaseAccepted",
        "CaseNotAccepted",
        "MessageSent",
        "MessageCorrected",
        "ExcerptShared",
        "DisclosureProposed",
        "ExpertInputRequested",
        "ConflictDeclared",
        "AdmissionProposed",
        "ExpertContributed",
        "AdviceProposed",
        "AdviceReleased",
        "ApprovalGiven",
        "ApprovalRefused",
    }
)


class Membership(Enum):
    """How the author stands to the place. ELSEWHERE: in another compartment of the case."""

    MEMBER = "member"
    ELSEWHERE = "elsewhere"
    LEFT = "left"
    NEVER = "never"


class Certification(Enum):
    """What vouches for a device. UNKNOWN: in no roster, and not invited."""

    CERTIFIED = "certified"
    OTHER_ROLE = "other role"
    REVOKED = "revoked"
    INVITED = "invited"
    UNKNOWN = "unknown"

    @property
    def listed(self) -> bool:
        return self not in (Certification.INVITED, Certification.UNKNOWN)


class Written(NamedTuple):
    """An entry that is there. where: the name of its compartment."""

    id: str
    kind: str
    where: str
    author: str
    body: Mapping[str, Any] = {}


def announcing(analysis: str) -> dict[str, str]:
    """The body of an announcement, with what stands for the hash of the analysis's entry."""
    return {"analysis": analysis, "hash": hash_of(analysis.encode())}


def deploying(device: str, admission: str | None = None) -> dict[str, Any]:
    """The body of a deployment, by an admission or by nothing at all."""
    named = {"match": None, "proposal": admission, "for": None}
    return {"expert": device, "as": "author", **named}


def name_of(place: str) -> str:
    return f"{place}-123456789"


def other_role(role: str) -> str:
    """A role that stands nowhere in a support case."""
    return "auditor" if role == "pool_coordinator" else "pool_coordinator"


@cache
def trust(role: str, certification: Certification, device: str = AUTHOR) -> Trust:
    """Root 1, and a roster that knows everyone, and the device as its certification says."""
    invitable = frozenset({*FAMILY, "local_party"})
    people = {
        person: Person(person, frozenset({given}), "lse", frozenset())
        for person, given in PEOPLE.values()
    }
    devices = {one: Device(one, person, "key", False) for one, (person, _) in PEOPLE.items()}
    root = Root("root", 1, START * 2, 2, (), (), 14, (), invitable)
    roster = Roster("roster", NO_HASH, 1, START * 2, 1, people, devices)
    return listing(Trust("pin", root, roster), device, role, certification)


def listing(known: Trust, device: str, role: str, certification: Certification) -> Trust:
    """The same roster with one more person, as the certification of his device says."""
    if not certification.listed or known.roster is None:
        return known
    person, gone = f"person {device[:2]}", certification is Certification.REVOKED
    given = other_role(role) if certification is Certification.OTHER_ROLE else role
    listed = Person(person, frozenset({given}), "lse", frozenset())
    roster = replace(
        known.roster,
        people={**known.roster.people, person: listed},
        devices={**known.roster.devices, device: Device(device, person, "key", gone)},
    )
    return replace(known, roster=roster)


@cache
def before(place: str, expert: bool, apart: str) -> dict[str, Written]:
    """What was written before: whatever an act may name. expert: the author is one, deployed.
    apart: the kind of the act, if it needs other entries than the rest."""
    here, governance, notes = name_of(place), name_of("governance"), "worknotes-987654321"
    erasure = {"entries": None, "ground": "data_subject"}
    found = [
        Written(SAID, "MessageSent", here, AUTHOR),
        Written(PROPOSAL, "CaseProposed", governance, LEAD),
        Written(ADVICE, "AdviceProposed", governance, LEAD),
        Written(APPROVED, "DisclosureProposed", governance, LEAD, EXCERPT_PROPOSED),
        Written(OPEN, "DisclosureProposed", governance, LEAD, EXCERPT_PROPOSED),
        Written(ADMITTED, "AdmissionProposed", governance, LEAD, ADMISSION),
        Written(FREE, "NoConflictStated", "conflict-222222222", FIRST),
        Written(ERASURE, "ErasureProposed", here, SUPERVISOR, erasure),
        Written(ORIGIN, "MessageSent", notes, LEAD),
        Written(ONE, "ExpertContributed", "analysis-222222222", FIRST),
        Written(TWO, "ExpertContributed", "analysis-333333333", SECOND),
        Written(ONE_IS_IN, "ContributionAnnounced", name_of("expert"), FIRST, announcing(ONE)),
        Written(TWO_IS_IN, "ContributionAnnounced", name_of("expert"), SECOND, announcing(TWO)),
    ]
    if (expert or place == "analysis") and apart != "ExpertContributed":
        found.append(Written(HERS, "ExpertContributed", name_of("analysis"), AUTHOR))
    newcomer = [] if apart == "AnalysesUnsealed" else [NEWCOMER]  # she would be waited for
    for device in (FIRST, SECOND, *newcomer, *([AUTHOR] if expert else [])):
        found.append(Written(device[::-1], "ExpertDeployed", notes, LEAD, deploying(device)))
    if apart in ("HistoryGranted", "MembersChanged"):
        unsealed = {"analyses": [HERS, ONE], "given_up": None}
        found.append(Written(UNSEALED, "AnalysesUnsealed", "expert-987654321", LEAD, unsealed))
    if apart == "ExcerptNoted":
        found.append(Written(EXCERPT, "ExcerptShared", "dialogue-987654321", LEAD))
    return {one.id: one for one in found}


@cache
def _entries(place: str, expert: bool, apart: str) -> Ledger[str, Note]:
    ledger: Ledger[str, Note] = Ledger()
    for one in before(place, expert, apart).values():
        person = PEOPLE[one.author][0] if one.author in PEOPLE else f"person {one.author[:2]}"
        payload, ground = one.kind in WITH_PAYLOAD, one.body.get("ground")
        note = Note(one.kind, one.where, 1, 1, one.author, person, payload, None, ground)
        ledger = ledger.adding(one.id, note)
    return ledger


EXCERPT_PROPOSED: dict[str, Any] = {
    "disclosure": "excerpt",
    "ground": "consent",
    "recipient": "municipality",
    "of": None,
    "to": None,
}
PROPOSES = {"CaseProposed", "AdviceProposed", "DisclosureProposed", "AdmissionProposed"}


def _sets(place: str, expert: bool, apart: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """What is remembered of these entries."""
    written = before(place, expert, apart)
    sets: dict[str, dict[str, tuple[str, ...]]] = {}
    for order, one in enumerate(written.values()):
        person = PEOPLE[one.author][0] if one.author in PEOPLE else f"person {one.author[:2]}"
        if one.kind == "ExpertDeployed":
            device = one.body["expert"]
            named = PEOPLE[device][0] if device in PEOPLE else f"person {device[:2]}"
            sets.setdefault("deployed", {})[named] = ("author",)
            sets.setdefault("checked", {})[named] = ()  # who was deployed was asked before
        elif one.kind == "NoConflictStated":
            sets.setdefault("free", {})[person] = ()
        elif one.kind == "ExpertContributed":
            kept = (one.where, person, hash_of(one.id.encode()), "1")
            sets.setdefault("analyses", {})[one.id] = kept
        elif one.kind == "ContributionAnnounced":
            analysis, entry_hash = one.body["analysis"], one.body["hash"]
            sets.setdefault("announced", {})[f"{one.where}/{analysis}"] = (person,)
            sets.setdefault("announced_hashes", {})[f"{one.where}/{entry_hash}"] = ()
        elif one.kind == "AnalysesUnsealed":
            places = [written[named].where for named in one.body["analyses"] if named in written]
            sets.setdefault("unsealed", {}).update(dict.fromkeys(places, (str(order),)))
        elif one.kind == "ExcerptShared":
            sets.setdefault("unnoted", {})[one.id] = ()
    return sets


def stated(
    state: str,
    place: str,
    role: str,
    membership: Membership = Membership.MEMBER,
    invited: bool = False,
    kind: str = "",
) -> Case:
    """A case in a state, with the lead in one place and the author standing to it as said. Where
    the case has been taken, the author is the substitute: what the lead may, he may. kind: of the
    act that is tried."""
    return _stated(state, place, role, membership, invited, kind if kind in APART else "")


@cache
def _stated(
    state: str, place: str, role: str, membership: Membership, invited: bool, apart: str
) -> Case:
    line = Line(AUTHOR, role, INVITATION if invited else None)
    left = membership is Membership.LEFT
    bound = None if membership is Membership.NEVER else AUTHOR
    governance = Compartment(name_of("governance"), "", 5, "head", 1, (LEAD_LINE,), LEAD)
    here = governance._replace(
        name=name_of(place),
        lines=tuple(sorted([LEAD_LINE, *([line] if membership is Membership.MEMBER else [])])),
        owed=left,
        gone=frozenset({AUTHOR} if left else ()),
        invitations={INVITATION: Invitation(role, START + 60, bound)} if invited else {},
    )
    elsewhere = governance._replace(name=f"{place}-987654321", lines=(line,))
    places = [governance, here, *([elsewhere] if membership is Membership.ELSEWHERE else [])]
    return Case(
        CASE,
        SERVICE,
        state,
        frozenset({LEAD}),
        {one.name: one for one in places},
        {"assignee": LEAD, "substitute": AUTHOR} if state == "active" else {},
        _entries(place, role in EXPERTS, apart),
        Ledger(),
        sets=_sets(place, role in EXPERTS, apart),
        open={
            one.id: one.kind
            for one in before(place, role in EXPERTS, apart).values()
            if one.kind in PROPOSES
        },
        approvals={
            one: Approval(frozenset({PEOPLE[SUPERVISOR][0]}), START) for one in (APPROVED, ADMITTED)
        },
    )


def body_of(kind: str, place: str, epoch: int = 1) -> dict[str, Any]:
    """The body of an act, which names what is there."""
    grant = {"to": LEAD, "epochs": None, "reason": "joined", "mandate": None, "wrap": ""}
    erasure = {"entries": None, "ground": "data_subject"}
    role = "relative" if place == "dialogue" else "local_party"
    bodies: dict[str, dict[str, Any]] = {
        "WrapRefused": {"epoch": epoch},
        "ParticipantInvited": {"invitation": "8" * 32, "role": role, "expires": EVER},
        "RequesterKeyReplaced": {"device": NEW},
        "HistoryGranted": {**grant, "entries": [HERS if place == "analysis" else SAID]},
        "RecoveryApproved": {"epoch": epoch},
        "ErasureProposed": erasure,
        "MessageWithdrawn": {"entries": [SAID], "ground": "withdrawn"},
        "PayloadErased": {**erasure, "proposal": ERASURE},
        "MessageCorrected": {"of": SAID},
        "SubstituteNamed": {"substitute": COLLEAGUE},
        "DisclosureProposed": EXCERPT_PROPOSED,
        "ApprovalGiven": {"of": OPEN},
        "ApprovalRefused": {"of": OPEN},
        "CaseAccepted": {"proposal": PROPOSAL},
        "CaseNotAccepted": {"proposal": PROPOSAL},
        "CasemanagerAssigned": {"casemanager": AUTHOR, "no_conflict": True},
        "ExcerptShared": {"proposal": APPROVED},
        "ExcerptNoted": {"excerpt": EXCERPT, "origin": ORIGIN},
        "AdmissionProposed": ADMISSION,
        "IdentityCheckOpened": {"expert": FIRST, "match": None},
        "ExpertDeployed": deploying(FIRST, ADMITTED),
        "ContributionAnnounced": announcing(HERS),
        "AnalysesUnsealed": {"analyses": [ONE, TWO], "given_up": None},
        "AdviceReleased": {"proposal": ADVICE},
        "ExpertReleased": {"expert": FIRST},
    }
    return bodies.get(kind) or _of_its_shape(kind)


def _of_its_shape(kind: str) -> dict[str, Any]:
    """A body for a kind that no row of a support case has."""
    shapes = {name: field.shape for name, field in BODIES.get(kind, {}).items()}
    return {name: example(data_of(shape))[0] for name, shape in shapes.items()}


OPENING = {"service": SERVICE, "ground": "public_task", "purpose": "support"}


def beginning(*lines: Line) -> dict[str, Any]:
    """The body of the opening of a case."""
    return {**opening(*lines), **SERVICES[SERVICE].beginning}


def opening(*lines: Line) -> dict[str, Any]:
    """The body of an opening."""
    said = {"epoch": 0, "commit": "", "reason": "opened", "salt": ""}
    return {**said, "members": members(*lines), **OPENING}


@cache
def attempt(kind: str, place: str, role: str, invited: bool = False) -> Entry:
    """What the author tries: an entry of a kind that names what is there. Members are changed by
    mere rotation, and a compartment is opened with the author alone in it."""
    line = Line(AUTHOR, role, INVITATION if invited else None)
    if kind == "CompartmentOpened":
        return act(kind, f"{place}-111111111", opening(line._replace(invitation=None)))
    if kind == "MembersChanged":
        return change(place, "rotated", LEAD_LINE, line)
    return act(kind, name_of(place), body_of(kind, place))


def act(kind: str, where: str, body: dict[str, Any], author: str = AUTHOR) -> Entry:
    opens, changes = kind == "CompartmentOpened", kind == "MembersChanged"
    payload = Payload(f"payload of {kind}", 584, "keybox", ()) if kind in WITH_PAYLOAD else None
    header = Header(
        case=CASE,
        compartment=where,
        seq=0 if opens else 6,
        prev=NO_HASH if opens else "head",
        kind=kind,
        epoch=0 if opens else 2 if changes else 1,
        author=author,
        roster=1,
        seen_size=0,
        seen_root=NO_LOG_ROOT,
        id="f" * 32,
        at=START,
        body=body,
        payload=payload,
    )
    carded = frozenset({author, NEW, NEWCOMER, AUTHOR, *PEOPLE})
    return Entry(header, "hash", START, signature_good=True, carded=carded)


def change(place: str, reason: str, *lines: Line) -> Entry:
    body = {"epoch": 2, "commit": "", "reason": reason, "members": members(*lines)}
    return act("MembersChanged", name_of(place), body)


def judged(case: Case | None, entry: Entry, known: Trust) -> Refusal | None:
    """What the rules say of an entry; None: accepted."""
    try:
        check(case, entry, known, RULES)
    except Refused as refused:
        return refused.refusal
    return None


def state_after(case: Case, entry: Entry, known: Trust) -> str:
    return evolve(case, entry, known, SERVICES).state
