"""A support case with everyone of scenario A, each with a device and a session of their own."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from client.cases import consultation
from client.cases.casework import open_casework
from client.cases.consultation import payload
from client.cases.steps import take_step
from client.cases.support import Match, Support, open_case
from client.people.invitations import Invited, accept
from client.place.chain import Chain, Item
from client.place.compose import Draft, envelope
from client.session import Session
from crypto.encoding import b64
from crypto.secret.invitation import Invitation
from crypto.secret.seeds import new_device
from domain.services.support.guards import EXPERTS
from tests.support.world import World
from wire.paths import ENTRIES, path
from wire.schemas import Receipt

ROLES = {
    "anna": "consultation_worker",
    "carla": "supervisor",
    "dirk": "casemanager",
    "ella": "casemanager",
    "xena": "duidingsexpert",
    "zoe": "zorgexpert",
    "ivo": "interpreter",
    "frits": "privacy_officer",
    "auditor": "auditor",
    **{f"custodian {number}": "key_custodian" for number in (1, 2, 3)},
    "yusuf": "duidingsexpert",
}
ADMISSION = "AdmissionProposed"
SINCE = "2026-01-01T00:00Z"
CONTRIBUTION = {
    "discipline": "a discipline",
    "findings": "findings",
    "other_explanations": "peer status, or grief",
    "contra_indications": "he helps his sister",
    "confidence": "moderate",
    "would_change": "a day or a plan",
}

WEIGHED = {
    one: "as it is"
    for one in (
        "facts",
        "purpose",
        "necessity",
        "alternative",
        "advice_asked",
        "talked_with",
        "consent",
        "informed",
        "what_to_whom",
        "deciders",
    )
}


def contribution(findings: str) -> dict[str, Any]:
    return payload("contribution/1", **{**CONTRIBUTION, "findings": findings})


def kinds(chain: Chain) -> list[str]:
    """What was written, by kind, in order."""
    return [item.entry.header.kind for item in chain.items]


def said(chain: Chain) -> list[Item]:
    """The entries that say something."""
    return [item for item in chain.items if item.entry.header.payload]


def post(session: Session, draft: Draft) -> None:
    """Post a draft as it is, unasked whether the rules allow it. Raises ServerRefused."""
    header, signature = draft.signed(session.keys)
    body = envelope(header, signature, draft.parts)
    session.transport.post(Receipt, path(ENTRIES), body)


class Cast:
    """People by name. `at` gives the case as someone sees it now."""

    def __init__(self, world: World, people: dict[str, Session] | None = None) -> None:
        """people: those of another case, who have this one too."""
        self.world = world
        if people is None:
            people = dict(zip(ROLES, world.staff(*ROLES.values()), strict=True))
        self.people = dict(people)
        self._supports: dict[str, Support] = {}
        self.case = ""

    def another(self) -> "Cast":
        """The same people, who have no case yet."""
        return Cast(self.world, self.people)

    def __getitem__(self, name: str) -> Session:
        return self.people[name]

    def person(self, name: str) -> str:
        """The number of a certified person."""
        person = self[name].directory.refresh().person(self[name].device)
        assert person is not None
        return person.person

    def hire(self, *names: str, role: str, numbers: Sequence[str] = ()) -> None:
        """More people, certified by the next roster. numbers: how theirs begin, instead of with
        zeros."""
        ceremony = self.world.ceremony
        for name, begins in zip_longest(names, numbers):
            keys, number = new_device(), len(ceremony.people) + 1
            whole = f"{begins}{number:0{32 - len(begins)}x}" if begins else f"{number:x}"
            ceremony.list_person(int(whole, 16), [role], keys)
            self.people[name] = self.world.session(keys)
        self.world.publish(*(self[name].keys for name in names))

    def another_device(self, name: str, *, instead: bool = False) -> Session:
        """A further device of a certified person, in her name from here on. instead: of those that
        she has, which are revoked."""
        keys, number = new_device(), self.person(name)
        (listed,) = (one for one in self.world.ceremony.people if one["person"] == number)
        for device in listed["devices"] if instead else ():
            device["revoked"] = SINCE
        named = {"device": keys.card().device, "sign": b64(keys.card().sign)}
        listed["devices"].append({**named, "from": SINCE, "revoked": None})
        self.world.publish(keys)
        self.people[name] = self.world.session(keys)
        return self.people[name]

    def outsider(self, name: str) -> Session:
        """Someone whom no roster knows."""
        self.people[name] = self.world.session(new_device())
        return self.people[name]

    def at(self, name: str) -> Support:
        """The case as someone sees it now; secrets of invitations stay with whoever made them."""
        self.world.settle()
        support = Support(open_casework(self[name], self.case))
        if name in self._supports:
            support.invitations = self._supports[name].invitations
        self._supports[name] = support
        return support

    def places(self, name: str) -> list[str]:
        """The types of the compartments in which someone stands."""
        self.world.settle()
        rows = [row for row in self[name].work() if row["case"] == self.case]
        return sorted(row["compartment"].partition("-")[0] for row in rows)

    def opened(self) -> "Cast":
        """A case that was accepted and taken by dirk."""
        chain = open_case(self["anna"], "family_support", [self.person("dirk")], "she asks for it")
        self.case = chain.case
        self.at("carla").work.decide("CaseAccepted", "agreed")
        self.at("dirk").take()
        return self

    def admit(self, by: str, name: str) -> None:
        """By who leads the case: a supervisor approves that an expert comes without the pool."""
        lead = self.at(by)
        held = self[name].directory.refresh().person(self[name].device)
        assert held is not None
        (role, *_) = sorted(held.roles & EXPERTS)
        called = lead.work.table.commands["propose-admission"]
        value = payload("weighing/2", **WEIGHED)
        take_step(lead.work, called, value, role=role, ground="necessity")
        support = self.at("carla")
        (*_, proposal) = (one for one in support.work.proposals() if one.kind == ADMISSION)
        support.work.decide("ApprovalGiven", "agreed", proposal)

    def clear(self, by: str, name: str, match: Match = None) -> None:
        """An expert is asked one to one, and states that she has no conflict of interest."""
        self.at(by).check_identity(self.person(name), "whom it is about", match)
        expert = self.at(name)
        take_step(expert.work, expert.work.table.commands["no-conflict"], None)

    def deploy(self, by: str, name: str, role: str = "author") -> None:
        """An expert comes into the case by an admission, the whole way of it. role: as what."""
        self.admit(by, name)
        if self.person(name) not in self.at(by).place("worknotes").state.set("checked"):
            self.clear(by, name)
        self.at(by).deploy(self.person(name), role=role)

    def accepting(self, name: str, invitation: Invitation) -> list[Invited]:
        """Someone accepts; who waits to be let in then, as dirk sees it."""
        session = self.people.get(name) or self.outsider(name)
        accept(session.transport, session.card, invitation)
        return self.waiting(invitation)

    def waiting(self, invitation: Invitation) -> list[Invited]:
        """Who waits to be let in, as dirk sees it."""
        dirk = self.at("dirk")
        return dirk.invitations.accepted(dirk.work.named(invitation.compartment))

    def invited(self, name: str, role: str, kind: str = "dialogue") -> Invitation:
        """Someone comes in by an invitation of dirk's."""
        session = self.people.get(name) or self.outsider(name)
        dirk = self.at("dirk")
        invitation = dirk.invite(kind, role)
        accept(session.transport, session.card, invitation)
        chain = dirk.work.named(invitation.compartment)
        (found,) = dirk.invitations.accepted(chain)
        assert isinstance(found, Invited) and found.card == session.card
        dirk.invitations.admit(chain, found)
        return invitation

    def texts(self, name: str, kind: str) -> list[str]:
        """What someone can read in the compartments of a type."""
        return list(self._texts(name, kind))

    def _texts(self, name: str, kind: str) -> Iterator[str]:
        if kind not in self.places(name):
            return  # who stands in no place of a case sees no case
        support = self.at(name)
        for chain in support.work.chains(kind):
            for message in consultation.conversation(support.session, chain):
                value = message.value
                yield str(value.get("text") or value.get("findings") or message.unreadable)


def step(support: Support, called: str, text: str) -> None:
    """Take a step of the table by the name of its command, with a note."""
    value = payload("note/1", text=text)
    take_step(support.work, support.work.table.commands[called], value)


def propose_advice(support: Support, text: str) -> None:
    step(support, "propose-advice", text)


def release_advice(support: Support, why: str) -> None:
    """As a supervisor: release the advice that was proposed."""
    support.work.decide("AdviceReleased", why)
