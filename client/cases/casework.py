"""A case as someone who works here sees it: every compartment in which her device stands.

The dialogue is where the requester reads along. Beside it stand `worknotes` of those whose
consultation it is, other worknotes in which one colleague was asked something, and `governance`
with the supervisors.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.cases.analyses import refuse_another
from client.cases.consultation import lines_of, own_lines, payload
from client.cases.consulting import arrange, arrange_notes, is_anothers, take
from client.cases.proposals import Proposal, open_for, proposals, the_one
from client.cases.whole import charged_in
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.place.belonging import belonging, opener
from client.place.chain import Chain
from client.place.compose import Written
from client.place.names import type_of
from client.place.repeated import stored
from client.server.directory import person_of
from client.session import Session
from domain.entry import Line
from domain.services.consultation.guards import WORKER

SUPERVISOR = "supervisor"
ANALYSIS = "analysis"
PEER_CONSULTED = "PeerConsulted"
BESIDE = {"service": "consultation", "ground": "public_task", "purpose": "consultation"}


@dataclass
class Casework:
    """rows: of the work list, for the compartments of one case. They are read when asked for.
    pinned: the names of those that this device had read before."""

    session: Session
    rows: list[dict[str, Any]]
    _chains: dict[str, Chain] = field(default_factory=dict)
    pinned: set[str] = field(init=False)

    def __post_init__(self) -> None:
        # Before anything of it is read: reading a place is no reason to trust it.
        self.pinned = self.session.pins.compartments(self.case)

    @property
    def case(self) -> str:
        return str(self.rows[0]["case"])

    @property
    def state(self) -> str | None:
        """The state of the case as this device may know it."""
        dialogue = self.dialogue
        return dialogue.state.state if dialogue else self.rows[0]["state"]

    @property
    def role(self) -> str:
        return str(self.rows[0]["role"])

    def chains(self, compartment_type: str) -> Iterator[Chain]:
        """The compartments of a type that belong to the case (`client.place.belonging`), oldest
        first. Raises NotPossible, Distrust."""
        if compartment_type in (type_of(row["compartment"]) for row in self.rows):
            yield from (one for one in self.places() if one.compartment.type == compartment_type)

    def places(self) -> list[Chain]:
        """Every compartment that belongs to the case, oldest first. Raises as chains."""
        every = [self.chain(row["compartment"]) for row in self.rows]
        return belonging(every, self.pinned, self.session.directory.newest)

    def chain(self, name: str) -> Chain:
        """A compartment by its name; an analysis as it was announced. Raises NotPossible,
        Distrust."""
        if name not in self._chains:
            chain = self.session.read(self.case, name)
            if chain is None:
                raise NotPossible("you stand in that case no longer")
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
    def dialogue(self) -> Chain | None:
        return next(self.chains("dialogue"), None)

    @property
    def governance(self) -> Chain | None:
        return self._of_theirs("governance")

    @property
    def worknotes(self) -> Chain | None:
        return self._of_theirs("worknotes")

    def _of_theirs(self, compartment_type: str) -> Chain | None:
        """The place of those whose consultation it is: no other worker stands in it, whoever
        opened it. Who does not stand in the dialogue has the first that she was let into."""
        theirs = self._theirs()
        trust = self.session.directory.newest
        for chain in self.chains(compartment_type):
            workers = {person_of(trust, one.device) for one in chain.lines if one.role == WORKER}
            if theirs is None or workers <= theirs:
                return chain
        return None

    def asked_of_colleagues(self) -> Iterator[Chain]:
        """The worknotes in which a colleague was asked something."""
        own, theirs, trust = self.worknotes, self._theirs(), self.session.directory.newest
        return (
            chain
            for chain in self.chains("worknotes")
            if chain is not own and (theirs is None or opener(chain, trust) in theirs)
        )

    def _theirs(self) -> set[str] | None:
        dialogue = self.dialogue
        if dialogue is None:
            return None
        me = person_of(self.session.directory.newest, self.session.device)
        # Before it is taken, who raises a crisis does so for herself.
        return self.charged() or {str(me)}

    def charged(self) -> set[str]:
        """The persons whose case it is, as far as this device can know. Raises NotPossible,
        Distrust."""
        told = (*self.chains("dialogue"), *self.chains("governance"))
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
        """Write a step in a compartment of a type, which is opened if there is none yet; members
        are brought up to date first. Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        chain = self._place(where)
        taken = self.charged() if chain is self.dialogue else set()
        if taken and not is_anothers(self.session, chain, taken):
            arrange(self.session, chain, taken)
        self.session.write(chain, kind, body, value, files)
        return chain

    def _place(self, where: str) -> Chain:
        found = {
            "dialogue": lambda: self.dialogue,
            "worknotes": lambda: self.worknotes,
            "governance": lambda: self.governance,
        }[where]()
        if found is not None:
            return found
        if where == "dialogue":
            raise NotPossible("you do not stand in the dialogue of this case")
        return self._open(where)

    def _open(self, where: str, *, beside: tuple[Line, ...] = ()) -> Chain:
        trust = self.session.directory.refresh()
        lines: tuple[Line, ...] = (*own_lines(trust, self.session.device, WORKER), *beside)
        if where == "worknotes" and not beside:
            self._place("dialogue")
            lines = lines_of(trust, {*self.charged()}, WORKER)
        if where == "governance":
            supervisors = trust.holders(SUPERVISOR)
            if not supervisors:
                raise NotPossible("no supervisor is certified now")
            lines = tuple({line.device: line for line in (*_all(supervisors), *lines)}.values())
        if all(line.device != self.session.device for line in lines):
            raise NotPossible("not-allowed: only those whose consultation it is open this")
        chain = self.session.open_beside(self.case, where, lines, BESIDE)
        self.add(chain)
        return chain

    def add(self, chain: Chain) -> None:
        """Take in a compartment that was just opened."""
        self._chains[chain.name] = chain
        opened = chain.items[0].entry.stored
        self.rows.append({**self.rows[0], "compartment": chain.name, "opened": opened})

    def take(self) -> Chain:
        """Take it as `consulting.take` says, and open governance, in which a supervisor can give
        it to another. Raises as that."""
        dialogue = self._place("dialogue")
        take(self.session, dialogue, self.charged())
        self.open_governance()
        return dialogue

    def open_governance(self) -> None:
        """Open governance if there is none; where no supervisor is certified, a later try does."""
        if self.governance is None and self.session.directory.newest.holders(SUPERVISOR):
            self._open("governance")

    def reassign(self, person: str, why: str, value: dict[str, Any]) -> Chain:
        """As a supervisor: give it to another worker, and let her into governance. Whoever asked
        lets her into the dialogue with her next word. Raises as write."""
        colleague = self.colleague(person)
        body = {"assignee": colleague[0].device, "why": why}
        chain = self.write("governance", "ConsultationReassigned", body, value)
        coming = tuple(line for line in colleague if line not in chain.lines)
        if coming:
            self.session.change_members(chain, "joined", tuple(sorted((*chain.lines, *coming))))
        return chain

    def name_substitute(self, person: str) -> None:
        """Name a colleague who may take over; from here on she reads along."""
        dialogue = self._place("dialogue")
        device = self.colleague(person)[0].device
        self.write("dialogue", "SubstituteNamed", {"substitute": device})
        arrange(self.session, dialogue, self.charged())
        notes = self.worknotes
        if notes is not None:
            arrange_notes(self.session, notes, self._theirs() or set())

    def consult(self, person: str, excerpt: str, question: str) -> Chain:
        """Ask one colleague by an anonymised excerpt, in worknotes of their own: those that a try
        without an answer opened, if there are any."""
        colleague = self.colleague(person)
        value = payload("excerpt/1", anonymised=True, excerpt=excerpt, question=question)
        written = Written(PEER_CONSULTED, {}, value)
        chain = self._begun(colleague, written) or self._open("worknotes", beside=colleague)
        self.session.write(chain, PEER_CONSULTED, {}, value)
        return chain

    def _begun(self, colleague: tuple[Line, ...], written: Written) -> Chain | None:
        """The worknotes with a colleague in which nobody was asked yet, or the very same just
        before."""
        among = {self.session.device, *(line.device for line in colleague)}
        for chain in reversed([*self.asked_of_colleagues()]):
            if not among <= {line.device for line in chain.lines}:
                continue
            said = any(item.entry.header.payload is not None for item in chain.items)
            if not said or stored(self.session, chain, written) is not None:
                return chain
        return None

    def colleague(self, person: str) -> tuple[Line, ...]:
        """The devices of a colleague of the front office, by the beginning of her number."""
        trust = self.session.directory.refresh()
        me = person_of(trust, self.session.device)
        persons = {person_of(trust, device) for device in trust.holders(WORKER)} - {me, None}
        beginning = self.session.numbers.beginning(person, filter(None, persons))
        found = {one for one in persons if one and one.startswith(beginning)}
        if len(found) != 1 or not person:
            raise NotPossible(f"{len(found)} colleagues have a number that begins with {person!r}")
        return lines_of(trust, {*found}, WORKER)

    # --- what a second person decides ----------------------------------------------------------

    def proposals(self) -> list[Proposal]:
        """Proposals in governance, with their answers, oldest first."""
        return proposals(self.chains("governance"))

    def approved(self, kind: str) -> str:
        """The proposal of a kind that was approved and not acted upon. Raises NotPossible."""
        dialogue = self._place("dialogue")
        for proposal in reversed(self.proposals()):
            unused = proposal.id not in dialogue.state.used | proposal.chain.state.used
            if (proposal.kind, proposal.answer) == (kind, "ApprovalGiven") and unused:
                return proposal.id
        raise NotPossible(f"four-eyes: no {kind} has been approved by a second person")

    def decide(self, answer: str, why: str, proposal: Proposal | None = None) -> Proposal:
        """Approve or refuse a proposal of somebody else: this one, or the only one that is open.
        Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        if proposal is None:
            proposal = the_one(open_for(self.session, self.proposals(), answer))
        value = payload("note/1", text=why)
        self.session.write(self.chain(proposal.chain.name), answer, {"of": proposal.id}, value)
        return proposal


def _all(supervisors: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(Line(device, SUPERVISOR, None) for device in supervisors)


def open_casework(session: Session, beginning: str) -> Casework:
    """A case by its number, the beginning of it or its local name. Raises NotPossible."""
    work = session.work()
    beginning = session.numbers.beginning(beginning, (row["case"] for row in work))
    rows = [row for row in work if row["case"].startswith(beginning)]
    if not rows and any(place.startswith(beginning) for place in session.pins.heads):
        raise NotPossible(
            f"you read case {beginning} before and are not shown it now: a colleague may have "
            "taken it, you may have been put out, or a backup was put back"
        )
    if not rows:
        raise NotPossible(
            f"no case of yours begins with {beginning}; a colleague may have taken it"
        )
    # Cases seen before count too: a server that hides one cannot pass another off as it.
    seen = {place[:32] for place in session.pins.heads if place.startswith(beginning)}
    found = seen | {row["case"] for row in rows}
    if len(found) > 1:
        raise NotPossible(f"{len(found)} cases begin with {beginning}: give more of the number")
    session.directory.refresh()
    return Casework(session, rows)
