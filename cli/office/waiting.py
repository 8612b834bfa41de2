"""What waits, case by case: the rows of the work list folded to one line each, most pressing first,
with the first words of what it is about. Showing them is not here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from client.cases.casework import CHARGED
from client.cases.charge import table_of
from client.cases.proposals import open_for, proposals
from client.errors import NotPossible, Unreadable
from client.place.chain import Chain, Item
from client.place.names import type_of
from client.session import Session
from domain.service import Service
from domain.services.registry import SERVICES, askers
from domain.terms import ALARM
from wire.payloads.book import SCHEMAS
from wire.payloads.fields import about

Row = dict[str, Any]
RAISES = "CrisisFlagged"
SUPERVISOR = "supervisor"
DECIDE = frozenset({SUPERVISOR, "privacy_officer"})  # on what was proposed


def decides_in(row: Row) -> bool:
    """Whether a second person decides in the place of a row, also when a case is done."""
    table = SERVICES.get(row["service"])
    return table is not None and type_of(row.get("compartment", "")) in table.deciding


@dataclass(frozen=True)
class Waiting:
    """A case with the rows of it in which the device stands. now: unix time."""

    rows: list[Row]
    now: float

    @property
    def case(self) -> str:
        return str(self.rows[0]["case"])

    @property
    def service(self) -> str:
        return str(self.rows[0]["service"])

    @property
    def table(self) -> Service | None:
        """None for a service that a server names and nobody knows here."""
        return SERVICES.get(self.service)

    @property
    def state(self) -> str:
        return next((str(row["state"]) for row in self.rows if row["state"]), "")

    @property
    def mine(self) -> bool:
        return any(row.get("mine") for row in self.rows)

    @property
    def terms(self) -> list[dict[str, Any]]:
        """Those that run, each once; not explained before explained, the earliest first."""
        found = {term["term"]: term for row in self.rows for term in row["terms"]}
        return sorted(found.values(), key=lambda term: (term["explained"], term["due"]))

    @property
    def crisis(self) -> bool:
        return any(term["term"] == ALARM for term in self.terms)

    @property
    def overdue(self) -> bool:
        return any(term["due"] < self.now and not term["explained"] for term in self.terms)

    @property
    def waiting(self) -> list[Row]:
        """The rows in which somebody is waited for: those that wait for this device's role first,
        then those for others who work here, each by how long they wait."""

        def rank(row: Row) -> tuple[bool, bool, int]:
            whom = row["waits_for"]
            return whom != row.get("role"), whom in askers(), row["waiting_since"] or 0

        return sorted((row for row in self.rows if row["waits_for"]), key=rank)

    @property
    def waits_for(self) -> str:
        """The role that is waited for; empty for nobody."""
        return str(self.waiting[0]["waits_for"]) if self.waiting else ""

    @property
    def waits_for_me(self) -> bool:
        return bool(self.waiting) and self.waits_for == self.waiting[0].get("role")

    @property
    def decides(self) -> int:
        """How many proposals this person may answer, as far as its places were read."""
        return sum(row.get("decides", 0) for row in self.rows)

    @property
    def untaken(self) -> bool:
        """Whether nobody has it and this device's role may take it."""
        table, role = self.table, self.rows[0].get("role", "")
        return table is not None and self.state in table.untaken(role)

    def is_apart(self, row: Row) -> bool:
        """Whether a row is of notes beside the case, of those whose it is or with one of them."""
        if self.table is None or decides_in(row):
            return False
        wall = self.table.walls.get(type_of(row.get("compartment", "")))
        return wall is not None and CHARGED in wall.lists

    @property
    def listed(self) -> bool:
        """Whether it belongs in a list of what waits: a question has come, and the case is not
        done. One that is done stays only for a term that runs all the same (a crisis, one who
        stopped), or for what a second person decides; one that is quiet, while somebody is waited
        for or a term runs."""
        if self.table is not None and self.state == self.table.begins:
            return False
        if any(row.get("quiet") for row in self.rows):
            return bool(self.waiting or self.terms)
        done = any(row.get("done") for row in self.rows)
        decides = any(
            row["waits_for"] == row.get("role") and decides_in(row)
            for row in self.rows
            if row["waits_for"] == SUPERVISOR
        )
        return not done or bool(self.terms) or decides

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Crisis first, then what is late, then what waits for this person, then what waits."""
        due = [term["due"] for term in self.terms if not term["explained"]]
        since = self.waiting[0]["waiting_since"] if self.waiting else None
        return (
            not self.crisis,
            not self.overdue,
            not self.waits_for_me,
            not self.waiting,
            min(due, default=float("inf")),
            float("inf") if since is None else since,
            self.case,
        )


def cases_of(rows: Iterable[Row], now: float) -> list[Waiting]:
    """The cases that belong in a list of what waits, the most pressing first."""
    of_case: dict[str, list[Row]] = {}
    for row in rows:
        of_case.setdefault(row["case"], []).append(row)
    found = (Waiting(of_one, now) for of_one in of_case.values())
    return sorted((one for one in found if one.listed), key=lambda one: one.urgency)


class Told(NamedTuple):
    """What a place tells. open: its proposals that nobody answered; mine: those of them that this
    person may answer."""

    words: str = ""
    open: int = 0
    mine: int = 0


@dataclass
class Words:
    """The first words of what cases are about, opened on this machine alone and kept in memory for
    as long as nothing moves. Each costs one conversation that is read and one content."""

    session: Session
    _told: dict[str, tuple[int, Told]] = field(default_factory=dict)

    def of(self, waiting: Waiting) -> str:
        """Of what was asked; for who does not read that, of a crisis, of what is proposed, or of
        what was said first where she stands, and empty where that is nothing. Raises Distrust,
        ServerRefused."""
        told = (self._of_place(row).words for row in _telling(waiting))
        return next(filter(None, told), "")

    def truly(self, row: Row) -> Row:
        """A row of governance with whom it waits for as its own entries say: a second person while
        a proposal is open, and in a crisis else the office, whose step it is to end it. decides:
        how many proposals this person may answer. Raises Distrust, ServerRefused."""
        crisis = any(term["term"] == ALARM for term in row["terms"])
        if not decides_in(row) or not (crisis or row.get("role") in DECIDE):
            return row
        told, taking = self._of_place(row), SERVICES[row["service"]].taking
        # Whose step it is to end a crisis: those who could have the case.
        office = next(iter(sorted(taking))) if crisis and taking else row["waits_for"]
        turn = SUPERVISOR if told.open else office
        return row | {"waits_for": turn, "decides": told.mine}

    def _of_place(self, row: Row) -> Told:
        place = f"{row['case']}/{row['compartment']}"
        known = self._told.get(place)
        if known is None or known[0] != row["position"]:
            chain = self.session.read(row["case"], row["compartment"])
            known = self._told[place] = (row["position"], self._tells(chain) if chain else Told())
        return known[1]

    def _tells(self, chain: Chain) -> Told:
        unanswered = [one for one in proposals([chain]) if not one.answer]
        mine = open_for(self.session, unanswered)
        return Told(self._words(chain), len(unanswered), len(mine))

    def _words(self, chain: Chain) -> str:
        """Empty where this device was given no key, or nothing was said."""
        for item in self._telling_items(chain):
            try:
                value = self.session.open(chain, item)
            except (Unreadable, NotPossible):
                continue  # erased, taken back or damaged: the next one tells
            # In the order of the form: the first says most of what it is about.
            form = SCHEMAS[value["schema"]].fields
            told = (value.get(name) for name, one in form.items() if about(one).words)
            return next((said for said in told if isinstance(said, str) and said), "")
        return ""

    def _telling_items(self, chain: Chain) -> list[Item]:
        """In governance what a crisis is about, or what is to be decided; elsewhere the first."""
        items = [item for item in chain.items if chain.can_open(item)]
        if chain.compartment.type not in table_of(self.session, chain).deciding:
            return items[:1]
        waiting = {one.id for one in open_for(self.session, proposals([chain]))}
        raised = [item for item in items if item.entry.header.kind == RAISES]
        asked = [item for item in items if item.entry.header.id in waiting]
        ended = chain.state.facts.get("crisis") != "raised"
        first, then = (asked, raised) if ended else (raised, asked)
        return [*reversed(first), *reversed(then), *items[:1]]


def _telling(waiting: Waiting) -> list[Row]:
    """The rows of the places that tell what a case is about, the most telling first."""

    def rank(row: Row) -> tuple[bool, bool, int, str]:
        kind, table = type_of(row["compartment"]), waiting.table
        asked, decided = table is not None and table.asks_in(kind), decides_in(row)
        return not asked, not decided, row["opened"], row["compartment"]

    # Of a crisis elsewhere a supervisor is told without a place.
    return sorted((row for row in waiting.rows if "compartment" in row), key=rank)
