"""An expert pool with everyone of it, each with a device and a session of their own, and a clock
that a test turns on: who is vetted, asked for, invited, confirmed and released.

What they write is what their commands would write: steps from the tables, and the deeds of
`client.pool`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from client.cases.casework import Casework, open_casework
from client.cases.charge import person_lines
from client.cases.consultation import payload
from client.cases.opening import open_case
from client.cases.steps import take_step
from client.place.chain import Chain
from client.pool import inviting
from client.pool.deployments import Candidate, Deployment
from client.pool.desk import Desk
from client.pool.masking import mask
from client.pool.match import Match, match
from client.session import Session
from crypto.secret.seeds import new_device
from domain.entry import Line
from domain.services.registry import SERVICES
from tests.support.world import World
from wire.header import minute_of

DAY = 86_400
PROFILE = {
    "forms": ["right_wing"],
    "competences": ["individual"],
    "mother_tongues": ["nl"],
    "residence": "utrecht",
    "online": True,
    "hours": 16,
}
BRIEF = {
    "disciplines": ["duiding"],
    "form": "right_wing",
    "on_site": False,
    "weeks": 2,
    "hours": 4,
}


class Clock:
    """Unix time that moves when a test says so."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def passes(self, *, days: float = 0, hours: float = 0) -> None:
        self.now += int(days * DAY + hours * 3600)


class PoolStage:
    """People by name; a coordinator is called pia unless told otherwise."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.sessions: dict[str, Session] = {}
        self.roles: dict[str, list[str]] = {}
        self._desks: dict[str, Desk] = {}
        self._published = 0

    # --- people --------------------------------------------------------------------------------

    def hire(self, people: Mapping[str, tuple[Sequence[str], str]]) -> None:
        """Certify people: by name their roles and organisation."""
        fresh = []
        for name, (roles, organisation) in people.items():
            keys = new_device()
            self.world.ceremony.list_person(len(self.roles) + 1, [*roles], keys)
            self.world.ceremony.people[-1]["organisation"] = organisation
            self.roles[name] = [*roles]
            self.sessions[name] = self.world.session(keys)
            fresh.append(keys)
        self.world.publish(*fresh)
        self._published = self.clock.now

    def hires_one(self, name: str, role: str, organisation: str) -> str:
        self.hire({name: ([role], organisation)})
        return name

    def renew(self) -> None:
        """The next roster, before the newest expires."""
        if self.clock.now - self._published > 7 * DAY:
            self.world.publish()
            self._published = self.clock.now

    def person(self, name: str) -> str:
        return f"{[*self.roles].index(name) + 1:032x}"

    def name_of(self, person: str) -> str:
        return [*self.roles][int(person, 16) - 1]

    # --- cases ---------------------------------------------------------------------------------

    def opens(
        self,
        by: str,
        service: str,
        step: str,
        said: Any = None,
        beside: Sequence[Line] = (),
        **content: Any,
    ) -> str:
        """Begin a case by the step of a service; its number. said: of the body."""
        self.renew()
        table = SERVICES[service]
        command = table.commands[step]
        schema = next(row.payload for row in table.steps if row.kind == command.kind)
        value = payload(schema, **content) if schema else None
        session = self.sessions[by]
        body = said or {}
        return open_case(session, service, command.place, command.kind, body, value, beside).case

    def at(self, name: str, case: str) -> Casework:
        """A case as somebody sees it now."""
        self.renew()
        self.world.settle()
        return open_casework(self.sessions[name], case)

    def steps(
        self,
        by: str,
        case: str | Casework,
        step: str,
        schema: str = "",
        where: str = "",
        **given: Any,
    ) -> Chain:
        """Take a step. case: its number, or as it was seen. given: fields of the body under `body`,
        the rest of the payload."""
        work = self.at(by, case) if isinstance(case, str) else case
        body = given.pop("body", {})
        value = payload(schema, **given) if schema else None
        return take_step(work, work.table.commands[step], value, (), where, **body)

    # --- profiles ------------------------------------------------------------------------------

    def nominates(self, name: str, by: str = "pia") -> str:
        """An expert with a profile of her own in which she stands; the number of its case."""
        session = self.sessions[by]
        hers = person_lines(session, self.roles[name][:1], self.person(name))
        return self.opens(by, "expert_profile", "nominate", text=f"{name} knows this", beside=hers)

    def vets(self, case: str, name: str, days: int = 720, by: str = "pia", **body: Any) -> Chain:
        said = {
            "expert": self.person(name),
            "clearance": True,
            "registration": True,
            "expires": minute_of(self.clock.now + days * DAY),
            **body,
        }
        return self.steps(by, case, "vet", body=said)

    def joins(
        self, name: str, weeks: Sequence[str] = (), acute: bool = False, **profile: Any
    ) -> str:
        """An expert who is nominated, vetted, told of herself and active; her profile's case."""
        case = self.nominates(name)
        self.vets(case, name)
        work, told = self.at(name, case), {"acute": acute, **({"weeks": [*weeks]} if weeks else {})}
        self.steps(name, work, "confidentiality", "statement/1", stated=True, text="I do")
        self.steps(name, work, "profile", "profile/1", **{**PROFILE, **profile})
        said = {"available": True}
        self.steps(name, work, "availability", "availability/1", body=said, **told)
        return case

    # --- deployments ---------------------------------------------------------------------------

    def requests(self, by: str, count: int = 1, acute: bool = False, **brief: Any) -> str:
        return self.opens(
            by, "deployment", "request", {"acute": acute, "count": count}, **{**BRIEF, **brief}
        )

    def desk(self, by: str = "pia") -> Desk:
        self.renew()
        self.world.settle()
        return self._desks.setdefault(by, Desk(self.sessions[by])).look()

    def deployment(self, case: str, by: str = "pia") -> Deployment:
        return Deployment(self.at(by, case))

    def matches(self, case: str | Deployment, by: str = "pia") -> Match:
        """Match and propose the shortlist. case: its number, or as it was seen."""
        one, desk = self._seen(case, by), self.desk(by)
        asked = one.asked()
        found = match(asked.brief(self.clock.now), desk.experts(), asked.seed)
        inviting.propose_shortlist(one, found)
        return found

    def invites(
        self, case: str | Deployment, name: str, hours: float = 48, by: str = "pia"
    ) -> Chain:
        one, desk = self._seen(case, by), self.desk(by)
        inviting.lapse(one, self.clock.now)
        told = mask(one.asked().brief(self.clock.now), desk.experts(), desk.briefs())
        profile = desk.profile_of(self.person(name))
        assert profile is not None
        return inviting.invite(one, profile, told, self.clock.now + int(hours * 3600))

    def _seen(self, case: str | Deployment, by: str) -> Deployment:
        return self.deployment(case, by) if isinstance(case, str) else case

    def accepts(self, case: str, name: str) -> None:
        work = self.at(name, case)
        self.steps(name, work, "accept")
        self.steps(name, work, "sign", "statement/1", stated=True, text="I do")

    def candidates(self, case: str, by: str = "pia") -> dict[str, Candidate]:
        found = self.deployment(case, by).candidates(self.clock.now)
        return {self.name_of(one.person): one for one in found}

    def place(self, case: str, name: str) -> str:
        """Where somebody was asked, as a coordinator says it."""
        return self.candidates(case)[name].chain.name

    def confirms(self, case: str, name: str, by: str = "pia") -> None:
        inviting.confirm_candidate(self.deployment(case, by), self.candidates(case, by)[name])
