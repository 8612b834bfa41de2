"""A case as someone who works here sees it: every place in which her device stands, whatever the
service. What is written in it is found in the table of its service (`client.cases.steps`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.cases.analyses import ANALYSIS, refuse_another
from client.cases.charge import arrange, is_anothers, lines_of, own_lines, table_of
from client.cases.consultation import payload
from client.cases.proposals import Proposal, open_for, proposals, the_one
from client.cases.whole import charged_in, whole
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.place.belonging import belonging, opened_at, opener
from client.place.chain import Chain
from client.place.names import type_of
from client.session import Session
from client.why import Why
from domain.entry import Line
from domain.service import Service
from domain.trust import Trust

CHARGED = "charged"  # whom a wall's opening lists


@dataclass
class Casework:
    """rows: of the work list, for the places of one case. They are read when asked for. pinned: the
    names of those that this device had read before."""

    session: Session
    rows: list[dict[str, Any]]
    _chains: dict[str, Chain] = field(default_factory=dict)
    pinned: set[str] = field(init=False)

    def __post_init__(self) -> None:
        # A server that tells of a place twice has not made two of it.
        self.rows = [*{row["compartment"]: row for row in reversed(self.rows)}.values()][::-1]
        # Before anything of it is read: reading a place is no reason to trust it.
        self.pinned = self.session.pins.compartments(self.case)

    @property
    def case(self) -> str:
        return str(self.rows[0]["case"])

    @property
    def role(self) -> str:
        return str(self.rows[0]["role"])

    @property
    def service(self) -> str:
        """As the case itself says it: a work list is the server's word. Raises NotPossible,
        Distrust."""
        return self.chain(self.rows[0]["compartment"]).state.service

    @property
    def table(self) -> Service:
        """What is written in this case goes by this. Raises as `service`."""
        return table_of(self.session, self.chain(self.rows[0]["compartment"]))

    @property
    def state(self) -> str | None:
        """The state of the case as this device may know it: who stands where it began knows what
        the places say in which she stands."""
        first = self.first
        if first is not None and self.tells_state:
            return first.state.state
        if first is not None:
            case = whole(self.places(), self.session.directory)
            return case.state if case else None
        return self.rows[0]["state"]  # type: ignore[no-any-return]

    @property
    def tells_state(self) -> bool:
        """Whether who stands where the case began knows its state by that."""
        return all(map(self.table.tells_state, self.table.first))

    # --- its places ----------------------------------------------------------------------------

    def chains(self, compartment_type: str) -> Iterator[Chain]:
        """The places of a type that belong to the case (`client.place.belonging`), oldest first.
        Raises NotPossible, Distrust."""
        if compartment_type in (type_of(row["compartment"]) for row in self.rows):
            yield from (one for one in self.places() if one.compartment.type == compartment_type)

    def places(self) -> list[Chain]:
        """Every place that belongs to the case, oldest first. Raises as chains."""
        return belonging(self.every(), self.pinned, self.session.directory.newest)

    def every(self) -> list[Chain]:
        """Every place in which this device stands, oldest first. Raises as chains."""
        found = (self.chain(row["compartment"]) for row in list(self.rows))
        return sorted(found, key=opened_at)

    def chain(self, name: str) -> Chain:
        """A place by its name; an analysis as it was announced. Raises NotPossible, Distrust."""
        if name not in self._chains:
            chain = self.session.read(self.case, name)
            if chain is None:
                raise NotPossible(Why.OUT_OF_CASE)
            if chain.compartment.type == ANALYSIS:
                refuse_another(chain, self._experts(), self.session.directory.newest)
            self._chains[name] = chain
        return self._chains[name]

    def _experts(self) -> list[Chain]:
        """Where experts stand together, those read before first."""
        names = (row["compartment"] for row in self.rows)
        every = [self.chain(name) for name in names if type_of(name) == "expert"]
        return belonging(every, self.pinned, self.session.directory.newest)

    @property
    def first(self) -> Chain | None:
        """The place with which the case began, if this device stands in it."""
        types = self.table.first
        names = [row["compartment"] for row in self.rows if type_of(row["compartment"]) in types]
        return next((one for one in map(self.chain, names) if one.items[0].entry.fits_case), None)

    def hidden(self, kind: str) -> list[str]:
        """The names of places of a type that this device read before and is not shown now."""
        shown = {row["compartment"] for row in self.rows}
        seen = self.session.pins.compartments(self.case) - shown
        return sorted(one for one in seen if type_of(one) == kind)

    def standing(self, kind: str) -> Chain | None:
        """The place of a type: the oldest; where one is opened for those whose case it is, theirs,
        whoever opened it. Who does not stand in the first place has the first that she was let
        into."""
        apart = self.is_apart(kind)
        return next((one for one in self.chains(kind) if not apart or self.is_theirs(one)), None)

    def is_apart(self, kind: str) -> bool:
        """Whether a place of a type is opened for those whose case it is."""
        wall = self.table.walls.get(kind)
        return wall is not None and CHARGED in wall.lists

    def is_theirs(self, chain: Chain) -> bool:
        """Whether of those who could have the case nobody but those who have it stands here. Who
        does not see where it began knows that only of what she opened herself."""
        theirs = self.theirs()
        trust, taking = self.session.directory.newest, self.table.taking
        there = {trust.person_of(line.device) for line in chain.lines if line.role in taking}
        if theirs is None:
            # A server may hide the beginning: what she opened for a colleague is not hers alone.
            me = str(trust.person_of(self.session.device))
            return opener(chain, trust) != me or there <= {me}
        return there <= theirs

    def named(self, name: str) -> Chain:
        """A place by its name, its type, or their beginning, if only one is called so; or by its
        local name. Raises NotPossible, Distrust."""
        # Those seen before count too: a server that hides one cannot pass another off as it.
        known = {row["compartment"] for row in self.rows} | self.session.pins.compartments(
            self.case
        )
        local = self.session.numbers.number(name).rpartition("/")[2]
        found = [one for one in known if one.startswith(local or name)]
        if not found:
            raise NotPossible(Why.NO_SUCH_PLACE, place=name)
        if len(found) > 1:
            raise NotPossible(Why.SEVERAL_PLACES, count=len(found), place=name)
        chain = self.chain(found[0])
        if name != chain.name and not local and all(one is not chain for one in self.places()):
            raise NotPossible(Why.NOBODYS_PLACE)
        return chain

    # --- whose it is ---------------------------------------------------------------------------

    def theirs(self) -> set[str] | None:
        """The persons whose case it is; before it is taken this one alone, and None for who does
        not stand where it began."""
        if self.first is None:
            return None
        me = self.session.directory.newest.person_of(self.session.device)
        return self.charged() or {str(me)}

    def charged(self) -> set[str]:
        """The persons whose case it is, as far as this device can know. Raises NotPossible,
        Distrust."""
        telling = self.table.charging
        told = [chain for chain in self.places() if chain.compartment.type in telling]
        return charged_in(told, self.session.directory)

    # --- writing -------------------------------------------------------------------------------

    def write(
        self,
        where: str,
        kind: str,
        body: Mapping[str, Any],
        value: dict[str, Any] | None = None,
        files: Sequence[Enclosure] = (),
    ) -> Chain:
        """Write in a place of a type or name, which is opened if there is none yet; members are
        brought up to date first. Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        chain = self.place(where)
        asked = self.table.asks_in(chain.compartment.type)
        theirs = self.charged() if asked else set()
        if theirs and not is_anothers(self.session, chain, theirs):
            arrange(self.session, chain, theirs)
        self.session.write(chain, kind, body, value, files)
        return chain

    def there(self, where: str) -> Chain | None:
        """A place by its name, or the one of a type, None where there is none yet. Raises
        NotPossible: which one of several is meant is never guessed."""
        if "-" in where:
            return self.named(where)
        several: list[str] = []
        if not self.is_apart(where):
            # Those seen before count too: a server that hides one cannot pass another off as it.
            several = [*(one.name for one in self.chains(where)), *self.hidden(where)]
        if len(several) > 1:
            raise NotPossible(Why.WHICH_PLACE, places=", ".join(several))
        return self.standing(where)

    def place(self, where: str) -> Chain:
        """A place by its name, or of a type, opened if there is none yet. Raises as write."""
        found = self.there(where)
        if found is not None:
            return found
        if where in self.table.first:
            raise NotPossible(Why.OUT_OF_PLACE, kind=where)
        return self.open(where)

    def open(self, where: str, *, beside: tuple[Line, ...] | None = None) -> Chain:
        """Open a place. beside: who comes into it with this person, if not those whom the table
        lists. Raises as write."""
        lines = self.lines_of(where, beside)
        wall = self.table.walls[where]
        if all(line.device != self.session.device for line in lines):
            raise NotPossible(Why.NOT_THEIR_CASE)
        opening = {"service": self.service, "ground": wall.ground, "purpose": wall.purpose}
        chain = self.session.open_beside(self.case, where, lines, opening)
        self._chains[chain.name] = chain
        opened = chain.items[0].entry.stored
        self.rows.append({**self.rows[0], "compartment": chain.name, "opened": opened})
        return chain

    def lines_of(self, where: str, beside: tuple[Line, ...] | None = None) -> tuple[Line, ...]:
        """Who stands in a place that this person opens. Raises NotPossible."""
        wall, trust = self.table.walls.get(where), self.session.directory.refresh()
        if wall is None:
            raise NotPossible(Why.NO_SUCH_KIND, kind=where, kinds=", ".join(self.table.walls))
        role = self._opens(wall.opened_by)
        lists = wall.lists if beside is None else ()
        theirs = self.charged() if CHARGED in lists else set()
        own = lines_of(trust, {*theirs}, role)
        if not own and lists != (CHARGED,):  # before it is taken, who opens it does so for herself
            own = own_lines(trust, self.session.device, role)
        others = listed(trust, lists) if beside is None else beside
        return tuple(sorted({line.device: line for line in (*others, *own)}.values()))

    def _opens(self, roles: frozenset[str]) -> str:
        """In which of some roles this person opens a place: as she stands in the case, else as she
        is certified."""
        trust, device = self.session.directory.newest, self.session.device
        own = [row["role"] for row in self.rows if row["role"] in roles]
        certified = [role for role in sorted(roles) if trust.gives(device, role)]
        return next(iter(own + certified), "")

    # --- what a second person decides ----------------------------------------------------------

    def proposals(self) -> list[Proposal]:
        """What was proposed in the places of the case, with the answers, oldest first."""
        deciding = self.table.deciding
        return proposals(one for one in self.places() if one.compartment.type in deciding)

    def approved(self, kind: str) -> str:
        """The proposal of a kind that was approved and not acted upon. Raises NotPossible."""
        used = frozenset[str]().union(*(chain.state.used for chain in self.places()))
        for proposal in reversed(self.proposals()):
            if (proposal.kind, proposal.answer) == (kind, "ApprovalGiven") and (
                proposal.id not in used
            ):
                return proposal.id
        raise NotPossible(Why.NOT_APPROVED, kind=kind)

    def decide(self, answer: str, why: str, proposal: Proposal | None = None) -> Proposal:
        """Answer a proposal of somebody else: this one, or the only one that is open. answer: the
        kind of the answer. Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        if proposal is None:
            proposal = the_one(open_for(self.session, self.proposals(), answer))
        (names,) = self.table.kinds[answer]  # an answer names what it answers, and no more
        value = payload("note/1", text=why)
        self.session.write(self.chain(proposal.chain.name), answer, {names: proposal.id}, value)
        return proposal


def listed(trust: Trust, lists: Sequence[str]) -> list[Line]:
    """Everyone who is certified in the roles that an opening lists. Raises NotPossible where nobody
    is in one of them."""
    found: list[Line] = []
    for role in (one for one in lists if one != CHARGED):
        holders = trust.holders(role)
        if not holders:
            raise NotPossible(Why.NO_HOLDER, role=role)
        found += [Line(device, role, None) for device in holders]
    return found


def open_casework(session: Session, beginning: str) -> Casework:
    """A case by its number, the beginning of it or its local name. Raises NotPossible."""
    work = session.work()
    beginning = session.numbers.beginning(beginning, (row["case"] for row in work))
    rows = [row for row in work if row["case"].startswith(beginning)]
    if not rows and any(place.startswith(beginning) for place in session.pins.heads):
        raise NotPossible(Why.CASE_NOT_SHOWN, beginning=beginning)
    if not rows:
        raise NotPossible(Why.NO_SUCH_CASE, beginning=beginning)
    # Cases seen before count too: a server that hides one cannot pass another off as it.
    seen = {place[:32] for place in session.pins.heads if place.startswith(beginning)}
    found = seen | {row["case"] for row in rows}
    if len(found) > 1:
        raise NotPossible(Why.SEVERAL_CASES, count=len(found), beginning=beginning)
    session.directory.refresh()
    return Casework(session, rows)
