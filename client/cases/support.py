"""A support case as those who work on it see it, from proposal to advice (SERVICES.md 2.2, 2.7).

What two people decide stands in `governance`; the casemanager's notes, each family member's
dialogue and each expert's analysis are compartments of their own.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.cases import analyses
from client.cases.casework import Casework
from client.cases.consultation import lines_of, own_lines, payload
from client.cases.proposals import Proposal, open_for, the_one
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.people.invitations import Invitations
from client.people.membership import remove
from client.place.belonging import opened_at
from client.place.chain import Chain, Item
from client.place.compose import Written
from client.place.names import new_name
from client.place.repeated import opened_with
from client.server.directory import person_of, whose
from client.session import SALT_BYTES, Session
from crypto.secret.invitation import Invitation
from domain.entry import Line
from domain.services.support.guards import CASEMANAGER, EXPERTS, FAMILY

SUPERVISOR, WORKER, INTERPRETER = "supervisor", "consultation_worker", "interpreter"
SESSION = "session"
OPENERS = (CASEMANAGER, WORKER)


def open_case(session: Session, service: str, managers: Sequence[str], why: str) -> Chain:
    """Propose a case: its governance, with the supervisors and the casemanagers named (by the
    beginning of their numbers). The same once more is asked about, as in `Session.write`.
    Raises NotPossible, ServerRefused, Distrust."""
    session.directory.refresh(session.pins.position)
    trust = session.directory.current()
    role = next((one for one in OPENERS if trust.gives(session.device, one)), None)
    supervisors = trust.holders(SUPERVISOR)
    if role is None:
        raise NotPossible("not-allowed: only the front office and casemanagers propose a case")
    if not supervisors:
        raise NotPossible("no supervisor is certified now")
    lines = {line.device: line for line in own_lines(trust, session.device, role)}
    for beginning in managers:
        lines |= {line.device: line for line in _people(session, {CASEMANAGER}, beginning)}
    lines |= {device: Line(device, SUPERVISOR, None) for device in supervisors}
    name = new_name("governance")
    opening = {
        "service": service,
        "ground": "public_task",
        "purpose": "support",
        **session.rules.services[service].beginning,
    }
    listed = tuple(sorted(lines.values()))
    written = Written("CaseProposed", {}, payload("note/1", text=why))
    chain = opened_with(session, "governance", opening, written)
    if chain is None:
        chain = session.open_first(name, os.urandom(SALT_BYTES), listed, opening)
        session.write(chain, written.kind, {}, written.value)
    return chain


def _people(session: Session, roles: set[str] | frozenset[str], beginning: str) -> tuple[Line, ...]:
    """The certified devices of one person with one of the roles, by the beginning of her number or
    her local name."""
    trust = session.directory.newest
    all_ = {
        (person_of(trust, device) or "", role) for role in roles for device in trust.holders(role)
    }
    number = session.numbers.beginning(beginning, (person for person, _role in all_))
    found = {(person, role) for person, role in all_ if person.startswith(number)}
    if len(found) != 1 or not number:
        raise NotPossible(f"{len(found)} colleagues have a number that begins with {beginning!r}")
    ((person, role),) = found
    return lines_of(trust, {person}, role)


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

    @property
    def service(self) -> str:
        """As the case itself says it: a work list is the server's word."""
        return self.work.chain(self.work.rows[0]["compartment"]).state.service

    def chains(self) -> Iterator[Chain]:
        """Every compartment in which this device stands, the oldest first."""
        every = (self.work.chain(row["compartment"]) for row in self.work.rows)
        yield from sorted(every, key=opened_at)

    def only(self, kind: str) -> Chain:
        """The oldest compartment of a type. Raises NotPossible."""
        found = next(self.work.chains(kind), None)
        if found is None:
            raise NotPossible(f"you stand in no {kind} of this case")
        return found

    def named(self, name: str) -> Chain:
        """A compartment by its name, its type, or their beginning, if only one is called so; or by
        its local name."""
        # Those seen before count too: a server that hides one cannot pass another off as it.
        known = {row["compartment"] for row in self.work.rows}
        known |= self.session.pins.compartments(self.work.case)
        local = self.session.numbers.number(name).rpartition("/")[2]
        found = [one for one in known if one.startswith(local or name)]
        if not found:
            raise NotPossible(f"no place of yours in this case is called {name}")
        if len(found) > 1:
            raise NotPossible(f"{len(found)} places of yours are called {name}: give more of it")
        chain = self.work.chain(found[0])
        if name != chain.name and not local and all(one is not chain for one in self.work.places()):
            raise NotPossible(
                "nobody who stands in this case opened that place: give its whole name if it is "
                "right"
            )
        return chain

    def _open(self, kind: str, lines: tuple[Line, ...]) -> Chain:
        opening = {"service": self.service, "ground": "public_task", "purpose": "support"}
        chain = self.session.open_beside(self.work.case, kind, lines, opening)
        self.work.add(chain)
        return chain

    def open(self, kind: str) -> Chain:
        """Another compartment, with this person alone in it."""
        return self._open(kind, self._mine())

    def _mine(self) -> tuple[Line, ...]:
        trust = self.session.directory.refresh()
        roles = (CASEMANAGER, *sorted(EXPERTS), WORKER)
        role = next((one for one in roles if trust.gives(self.session.device, one)), "")
        return own_lines(trust, self.session.device, role)

    def place(self, kind: str) -> Chain:
        """The oldest compartment of a type, opened if there is none yet; of sessions, one that has
        not ended. A whole name stands for itself."""
        if "-" in kind:
            return self.named(kind)
        found = (one for one in self.work.chains(kind) if not has_ended(one))
        return next(found, None) or self.open(kind)

    # --- beginning -----------------------------------------------------------------------------

    def decide(self, kind: str, why: str, proposal: Proposal | None = None) -> Proposal:
        """As a supervisor: accept or refuse the case (CaseAccepted, CaseNotAccepted), or release
        the advice (AdviceReleased), that was proposed: this one, or the only one that is open.
        Raises NotPossible, EpochMoved, ServerRefused, Distrust."""
        if proposal is None:
            proposal = the_one(open_for(self.session, self.work.proposals(), kind))
        body = {"proposal": proposal.id}
        self.session.write(
            self.work.chain(proposal.chain.name), kind, body, payload("note/1", text=why)
        )
        return proposal

    def take(self) -> None:
        """Take the case as its casemanager, and open the notes."""
        body = {"casemanager": self.session.device, "no_conflict": True}
        self.session.write(self.only("governance"), "CasemanagerAssigned", body)
        self.place("worknotes")

    def invite(self, kind: str, role: str) -> Invitation:
        """Invite someone whom no roster knows. Each of the family gets a dialogue of her own; the
        municipality comes to a place that is opened once."""
        service = self.session.rules.services[self.service]
        if kind in service.first:
            chain = self.only(kind)
        else:
            chain = self.open(kind) if role in FAMILY else self.place(kind)
        return self.invitations.invite(chain, role)

    def let_in(self, kind: str, beginning: str) -> Chain:
        """Let a certified person into a compartment, by its type or name and the beginning of her
        number."""
        chain = self.place(kind)
        self.session.settle(chain)
        wall = self.session.rules.services[self.service].walls[chain.compartment.type]
        coming = _people(self.session, wall.holds, beginning)
        fresh = tuple(line for line in coming if line not in chain.lines)
        if fresh:
            self.session.change_members(chain, "joined", tuple(sorted((*chain.lines, *fresh))))
        return chain

    def end_session(self, name: str = SESSION) -> None:
        """End the session of this name, or whichever is open: nothing is said there any more, and
        the interpreter is put out. Doing it again finishes what was cut short."""
        found = [self.named(name)] if "-" in name else list(self.work.chains(SESSION))
        if not found:
            raise NotPossible(f"you stand in no {SESSION} of this case")
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

    def request(self, question: str) -> None:
        """Note that experts are needed, and for what."""
        value = payload("note/1", text=question)
        self.session.write(self.place("worknotes"), "ExpertInputRequested", {}, value)

    def deploy(self, beginning: str) -> None:
        """Deploy an expert, and let her into the experts' compartment."""
        self.session.directory.refresh()
        device = _people(self.session, EXPERTS, beginning)[0].device
        self.session.write(self.place("worknotes"), "ExpertDeployed", {"expert": device})
        self.let_in("expert", beginning)

    def decline(self, why: str) -> None:
        """As an expert who was asked one to one: say that there is a conflict of interest."""
        value = payload("note/1", text=why)
        self.session.write(self.only("conflict"), "ConflictDeclared", {}, value)

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

    def propose_advice(self, text: str) -> None:
        """Put advice before a supervisor."""
        value = payload("note/1", text=text)
        self.session.write(self.only("governance"), "AdviceProposed", {}, value)

    def release_advice(self, why: str, proposal: Proposal | None = None) -> None:
        """As a supervisor: release the advice that was proposed. Raises as decide."""
        self.decide("AdviceReleased", why, proposal)

    def name_substitute(self, beginning: str) -> None:
        """A second casemanager, who takes over: she is let in where she is needed (`let_in`)."""
        self.session.directory.refresh()
        device = _people(self.session, {CASEMANAGER}, beginning)[0].device
        self.session.write(self.only("governance"), "SubstituteNamed", {"substitute": device})

    def release_expert(self, beginning: str) -> None:
        """End the deployment of an expert: she holds no key of what comes next."""
        trust = self.session.directory.refresh()
        device = _people(self.session, EXPERTS, beginning)[0].device
        person = whose(trust, device)
        self.session.write(self.only("worknotes"), "ExpertReleased", {"expert": device})
        for chain in list(self.chains()):
            persons = {person_of(trust, line.device) for line in chain.lines}
            if person in persons and chain.compartment.type in ("expert", "care", "analysis"):
                remove(self.session, chain, person)


def has_ended(chain: Chain) -> bool:
    """Whether a session is over."""
    return "ended_at" in chain.compartment.moments
