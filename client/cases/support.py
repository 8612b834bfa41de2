"""A support case as those who work on it see it, from proposal to advice (SERVICES.md 2.2, 2.7).

What two people decide stands in `governance`; the casemanager's notes, each family member's
dialogue and each expert's analysis are compartments of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.cases import analyses, colleagues
from client.cases.casework import Casework
from client.cases.charge import let_in, person_lines
from client.cases.confirmed import Match, unused
from client.cases.consultation import payload
from client.cases.opening import open_case as opened
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.people.invitations import Invitations
from client.people.membership import remove
from client.place.chain import Chain, Item
from client.server.directory import whose
from client.session import Session
from client.why import Why
from crypto.secret.invitation import Invitation
from domain.services.support.guards import CASEMANAGER, EXPERTS

INTERPRETER = "interpreter"
OF_EXPERTS = ("expert", "care", "analysis", "conflict")
SESSION = "session"


def open_case(session: Session, service: str, managers: Sequence[str], why: str) -> Chain:
    """Propose a case, with the casemanagers named (by the beginning of their numbers). Raises as
    `client.cases.opening.open_case`."""
    beside = [line for one in managers for line in person_lines(session, (CASEMANAGER,), one)]
    value = payload("note/1", text=why)
    return opened(session, service, "governance", "CaseProposed", {}, value, beside)


@dataclass
class Support:
    """A support case. work: the compartments in which this device stands."""

    work: Casework
    invitations: Invitations = field(init=False)

    def __post_init__(self) -> None:
        self.invitations = Invitations(self.session)

    @property
    def session(self) -> Session:
        return self.work.session

    def chains(self) -> Iterator[Chain]:
        """Every compartment in which this device stands, the oldest first."""
        yield from self.work.every()

    def only(self, kind: str) -> Chain:
        """The oldest compartment of a type. Raises NotPossible."""
        found = next(self.work.chains(kind), None)
        if found is None:
            raise NotPossible(Why.IN_NO_SUCH_PLACE, kind=kind)
        return found

    def place(self, kind: str) -> Chain:
        """The oldest compartment of a type, opened if there is none yet; of sessions, one that has
        not ended. A whole name stands for itself."""
        if "-" in kind:
            return self.work.named(kind)
        found = (one for one in self.work.chains(kind) if not has_ended(one))
        return next(found, None) or self.work.open(kind)

    # --- beginning -----------------------------------------------------------------------------

    def take(self) -> None:
        """Take the case as its casemanager, and open the notes."""
        colleagues.take(self.work)
        self.place("worknotes")

    def invite(self, kind: str, role: str) -> Invitation:
        """Invite someone whom no roster knows. Each of the family gets a dialogue of her own; the
        municipality comes to a place that is opened once."""
        table = self.work.table
        if kind in table.first:
            chain = self.only(kind)
        else:
            chain = self.work.open(kind) if role in table.askers else self.place(kind)
        return self.invitations.invite(chain, role)

    def let_in(self, kind: str, beginning: str) -> Chain:
        """Let a certified person into a compartment, by its type or name and the beginning of her
        number."""
        chain = self.place(kind)
        self.session.settle(chain)
        wall = self.work.table.walls[chain.compartment.type]
        coming = person_lines(self.session, wall.holds, beginning)
        let_in(self.session, chain, [*coming])
        return chain

    def end_session(self, name: str = SESSION) -> None:
        """End the session of this name, or whichever is open: nothing is said there any more, and
        the interpreter is put out. Doing it again finishes what was cut short."""
        found = [self.work.named(name)] if "-" in name else list(self.work.chains(SESSION))
        if not found:
            raise NotPossible(Why.IN_NO_SUCH_PLACE, kind=SESSION)
        for chain in found:
            if not has_ended(chain):
                self.session.write(chain, "SessionEnded", {})
            staying = tuple(line for line in chain.lines if line.role != INTERPRETER)
            if staying != chain.lines:
                self.session.change_members(chain, "removed", staying)

    # --- telling and asking ----------------------------------------------------------------------

    def say(self, chain: Chain, text: str, files: Sequence[Enclosure] = ()) -> None:
        self.session.write(chain, "MessageSent", {}, payload("message/1", text=text), files)

    def excerpt(self, to: Chain, of: Item, text: str, proposal: str = "") -> None:
        """Tell behind another wall what was newly written, and note where it came from. Those who
        read it are not told of the place that it was drawn from."""
        body = {"proposal": proposal} if proposal else {}
        value = payload("excerpt_shared/1", rewritten=True, text=text)
        item = self.session.write(to, "ExcerptShared", body, value)
        noted = {"excerpt": item.entry.header.id, "origin": of.entry.header.id}
        self.session.write(self.place("worknotes"), "ExcerptNoted", noted)

    def check_identity(self, beginning: str, text: str, match: Match = None) -> Chain:
        """Ask an expert whether she has a conflict of interest, one to one: who it is about is told
        here, and to her alone. match: the pool's entry by which she was confirmed, else one that
        was not used yet, else a supervisor admitted an expert. Doing it again finishes what was cut
        short. Raises NotPossible."""
        lines = person_lines(self.session, EXPERTS, beginning)
        person = whose(self.session.directory.newest, lines[0].device)
        notes = self.place("worknotes")
        if person not in notes.state.set("checked"):
            match, _admitted = self._comes_by(person, match)
            body = {"expert": lines[0].device, "match": match}
            self.session.write(notes, "IdentityCheckOpened", body)
        chain = self.asked_alone(person) or self.work.open("conflict")
        self.session.settle(chain)
        let_in(self.session, chain, [*lines])
        self.say(chain, text)
        return chain

    def asked_alone(self, person: str) -> Chain | None:
        """The place in which an expert is asked about a conflict of interest, or one in which
        nobody was asked yet: who was asked before and is gone is no business of hers."""
        trust = self.session.directory.newest
        for chain in self.work.chains("conflict"):
            changes = (one.entry.header for one in chain.items if one.entry.header.changes_members)
            lines = (line for header in changes for line in header.lines if line.role in EXPERTS)
            if {trust.person_of(line.device) for line in lines} <= {person}:
                return chain
        return None

    def deploy(self, beginning: str, match: Match = None, role: str = "author") -> None:
        """Deploy an expert, and let her into the experts' compartment. match: as in
        check_identity. role: author or reviewer. Doing it again finishes what was cut short. Raises
        NotPossible."""
        device = person_lines(self.session, EXPERTS, beginning)[0].device
        person, notes = whose(self.session.directory.newest, device), self.place("worknotes")
        if notes.state.set("deployed").get(person) != (role,):
            match, admitted = self._comes_by(person, match)
            body = {"expert": device, "as": role, "match": match, "proposal": admitted, "for": None}
            self.session.write(notes, "ExpertDeployed", body)
        self.let_in("expert", beginning)

    def _comes_by(self, person: str, match: Match) -> tuple[Match, str | None]:
        """The pool's entry by which an expert comes, or the proposal of her admission. Raises
        NotPossible where there is neither."""
        used = self.place("worknotes").state.set("matches")
        match = match or unused(self.session, person, used)
        if match:
            return match, None
        try:
            return None, self.work.approved("AdmissionProposed")
        except NotPossible as error:
            called = self.session.numbers.called(person)
            raise NotPossible(Why.NOT_CONFIRMED, person=called) from error

    def contribute(self, value: dict[str, Any]) -> None:
        """As an expert: write one's own analysis where nobody else reads it, and say that it is
        in. value: contribution/1."""
        analyses.contribute(self, value)

    def unseal(self, given_up: str | None = None) -> None:
        """Let the analyses that are in be shared together, the newest of each expert. given_up: why
        another is not waited for, in one word."""
        analyses.unseal(self, given_up)

    def share(self) -> int:
        """As an expert: give one's own unsealed analyses to those who manage the case and to the
        experts who gave theirs; to how many devices. They get it once each of the others is given
        too."""
        return analyses.share(self)

    def name_substitute(self, beginning: str) -> None:
        """A second casemanager, who takes over: she is let in where she is needed (`let_in`)."""
        device = person_lines(self.session, (CASEMANAGER,), beginning)[0].device
        self.session.write(self.only("governance"), "SubstituteNamed", {"substitute": device})

    def release_expert(self, beginning: str) -> None:
        """End the deployment of an expert: she holds no key of what comes next."""
        trust = self.session.directory.refresh()
        device = person_lines(self.session, EXPERTS, beginning)[0].device
        person = whose(trust, device)
        self.session.write(self.only("worknotes"), "ExpertReleased", {"expert": device})
        for chain in list(self.chains()):
            persons = {trust.person_of(line.device) for line in chain.lines}
            if person in persons and chain.compartment.type in OF_EXPERTS:
                remove(self.session, chain, person)


def has_ended(chain: Chain) -> bool:
    """Whether a session is over."""
    return "ended_at" in chain.compartment.moments
