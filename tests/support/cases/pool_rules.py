"""The pool's services as they are played before the rules: a profile from its nomination on, a
deployment from a request to experts who are at work, and the meetings of all."""

from dataclasses import dataclass, field, replace
from typing import Any

from domain.check import Rules, check
from domain.entry import Entry, Line
from domain.evolve import evolve
from domain.guard import Linked
from domain.refusal import Refusal
from domain.service import View
from domain.services.registry import SERVICES
from domain.trust import Trust
from tests.support.cases.history import CASE, START, History, members
from tests.support.cases.support_history import Certification, trust
from tests.support.cases.support_rules import roster
from wire.header import minute_of

R = Refusal
DAY = 86_400
PC, PC_2, COLLEAGUE, SUPERVISOR = "20" * 16, "21" * 16, "22" * 16, "23" * 16
CM, CM_2, LATC = "30" * 16, "31" * 16, "32" * 16
FIRST, FIRST_2, SECOND, SECOND_2 = "40" * 16, "41" * 16, "42" * 16, "43" * 16
PC_EXPERT, LATC_EXPERT = "50" * 16, "51" * 16  # devices, as experts, of who has another role too
ALL = {
    PC: ("coordinator", "pool_coordinator"),
    PC_2: ("coordinator", "pool_coordinator"),
    COLLEAGUE: ("colleague", "pool_coordinator"),
    SUPERVISOR: ("supervisor", "supervisor"),
    CM: ("casemanager", "casemanager"),
    CM_2: ("another casemanager", "casemanager"),
    LATC: ("board", "lat_coordinator"),
    FIRST: ("first", "duidingsexpert"),
    FIRST_2: ("first", "duidingsexpert"),
    SECOND: ("second", "zorgexpert"),
    SECOND_2: ("second", "duidingsexpert"),
    PC_EXPERT: ("coordinator", "duidingsexpert"),
    LATC_EXPERT: ("board", "zorgexpert"),
}
LINE = {device: Line(device, role, None) for device, (_, role) in ALL.items()}
SEALED = {
    step.kind
    for name in ("expert_profile", "deployment", "expert_pool")
    for step in SERVICES[name].steps
    if step.payload
}
YEAR = minute_of(START + 365 * DAY)
ASKED_UNTIL, REMINDED_AT = minute_of(START + 2 * DAY), minute_of(START + DAY)
POOL, ONE, TWO, THREE = "pool", "conflict-111111111", "conflict-222222222", "conflict-333333333"


def everyone(owners: dict[str, tuple[str, str]] = ALL) -> Trust:
    return roster(trust("auditor", Certification.UNKNOWN), owners)


def vetting(
    of: str, until: str = YEAR, clearance: bool = True, registration: bool = True
) -> Linked:
    """The entry of a profile by which a coordinator vetted somebody."""
    body = {"expert": of, "clearance": clearance, "registration": registration, "expires": until}
    return Linked("ExpertVetted", "7" * 32, COLLEAGUE, "colleague", body, START - DAY, False)


@dataclass
class Pool(History):
    """A case of the pool. A place is called by its type, or by its name."""

    rules: Rules = field(default_factory=lambda: Rules(SERVICES))
    trust: Trust = field(default_factory=everyone)
    service: str = ""
    asked_by: str = ""
    entries: list[Entry] = field(default_factory=list)

    def add(self, *entries: Entry) -> "Pool":
        super().add(*entries)
        self.entries += entries
        return self

    def read_in(self, *places: str) -> None:
        """What who holds these places alone makes of their entries. Raises Refused, where a client
        would alarm."""
        case, rules = None, replace(self.rules, view=View.PART)
        for one in self.entries:
            if one.header.compartment in map(whole_name, places):
                check(case, one, self.trust, rules)
                case = evolve(case, one, self.trust, rules.services)

    def made(self, author: str, kind: str, where: str, /, **body: Any) -> Entry:
        """An entry that would follow there."""
        made = self.entry(kind, author, body, compartment=whole_name(where))
        payload = self.message(author).header.payload if kind in SEALED else None
        return replace(made, header=replace(made.header, payload=payload))

    def write(self, author: str, kind: str, where: str, /, **body: Any) -> Entry:
        """Write it: it has to be accepted."""
        made = self.made(author, kind, where, **body)
        self.add(made)
        return made

    def yes(self, author: str, kind: str, where: str, /, **body: Any) -> None:
        assert self.then(self.made(author, kind, where, **body)) is None

    def no(self, refusal: Refusal, author: str, kind: str, where: str, /, **body: Any) -> None:
        assert self.then(self.made(author, kind, where, **body)) is refusal

    def opens(self, author: str, where: str, *devices: str) -> Entry:
        body = {
            "epoch": 0,
            "commit": "",
            "reason": "opened",
            "members": members(*(LINE[one] for one in (author, *devices))),
            "service": self.service,
            "salt": "",
            "ground": "public_task",
            "purpose": "pool",
        }
        body |= SERVICES[self.service].beginning if self.case is None else {}
        return self.entry(
            "CompartmentOpened",
            author,
            body,
            compartment=whole_name(where),
            fits_case=self.case is None,
        )

    def stand(self, author: str, where: str, *devices: str) -> Entry:
        """A change of members by which these stand there, and no others."""
        assert self.case is not None
        place = self.case.compartments[whole_name(where)]
        lines = [LINE[one] for one in (author, *devices)]
        reason = "joined" if set(lines) - set(place.lines) else "removed"
        body = {
            "epoch": place.epoch + 1,
            "commit": "",
            "reason": reason,
            "members": members(*lines),
        }
        return self.entry(
            "MembersChanged", author, body, compartment=place.name, epoch=place.epoch + 1
        )

    @property
    def state(self) -> str:
        assert self.case is not None
        return self.case.state

    def waits(self, where: str) -> str:
        """The role that is waited for there."""
        assert self.case is not None
        return self.case.compartments[whole_name(where)].waits_for

    # --- deployments -----------------------------------------------------------------------------

    def inviting(self, where: str, by: str = PC, **body: Any) -> Entry:
        linked = self.linked
        profile = {"case": "7" * 32, "id": "1" * 32, "hash": "vetted"}
        until = linked.body.get("expires", YEAR) if linked else YEAR
        told = {"vetted_until": until, "remind": REMINDED_AT, "expires": ASKED_UNTIL}
        return self.made(by, "ExpertInvited", where, profile=profile, **{**told, **body})

    def invite(self, where: str, expert: str, by: str = PC, **body: Any) -> None:
        """Invite an expert in a place of her own, which is opened if it is not there."""
        assert self.case is not None
        if where not in self.case.compartments:
            self.add(self.opens(by, where, expert, *({PC, COLLEAGUE} - {by})))
        self.linked = vetting(expert)
        self.add(self.inviting(where, by, **body))
        self.linked = None

    def signed(self, where: str, expert: str) -> Entry:
        """She accepts and signs; her acceptance."""
        accepted = self.write(expert, "DeploymentAccepted", where)
        self.write(expert, "ConfidentialitySigned", where)
        return accepted

    def confirming(self, accepted: Entry, expert: str, by: str = "", **body: Any) -> Entry:
        """An entry by which an expert is confirmed: by the coordinator, or the board for itself."""
        by = by or (PC if self.asked_by == CM else LATC)
        said = {
            "expert": expert,
            "as": "author",
            "match": naming(accepted),
            "proposal": None,
            "for": self.asked_by,
        }
        return self.made(by, "ExpertDeployed", POOL, **{**said, **body})

    def deploy(self, where: str, expert: str) -> None:
        """From an invitation to being at work."""
        self.invite(where, expert)
        self.add(self.confirming(self.signed(where, expert), expert))


def whole_name(where: str) -> str:
    return where if "-" in where else f"{where}-123456789"


def naming(entry: Entry) -> dict[str, str]:
    return {"case": CASE, "id": entry.header.id, "hash": entry.hash}


def nominated(expert: str = FIRST, by: str = PC) -> Pool:
    """A profile whose expert was nominated; with a place for second eyes."""
    case = Pool(service="expert_profile")
    case.add(case.opens(by, "profile", expert, *({PC, COLLEAGUE} - {by})))
    case.write(by, "ExpertNominated", "profile")
    case.add(case.opens(by, "governance", SUPERVISOR, *({PC, COLLEAGUE} - {by})))
    return case


def vetting_body(of: str, until: str = YEAR, **other: bool) -> dict[str, Any]:
    return {"expert": of, "clearance": True, "registration": True, "expires": until, **other}


def active() -> Pool:
    """The same once she was vetted, and stated that she keeps confidential what she hears."""
    case = nominated()
    case.write(PC, "ExpertVetted", "profile", **vetting_body(FIRST))
    case.write(FIRST, "ConfidentialityStated", "profile")
    return case


def requested(by: str = CM, acute: bool = False) -> Pool:
    """Experts were asked for, and nobody was proposed yet."""
    case = Pool(service="deployment", asked_by=by)
    case.add(case.opens(by, POOL, PC, COLLEAGUE))
    case.write(by, "MatchRequested", POOL, acute=acute, count=2)
    return case


def shortlisted(by: str = CM) -> Pool:
    case = requested(by)
    case.write(PC, "ShortlistProposed", POOL, size=3)
    return case


def running() -> Pool:
    """The pool with its experts."""
    case = Pool(service="expert_pool")
    case.add(case.opens(PC, POOL, COLLEAGUE, FIRST, SECOND))
    case.write(PC, "PoolFormed", POOL)
    return case
