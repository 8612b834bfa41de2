"""Who plays in the histories that are made from a table: one device for each role, a person who has
every role besides, and rosters in which somebody is not certified any more."""

from dataclasses import replace
from functools import cached_property

from domain.kinds import ROLES
from domain.membership import OUTSIDE_ROLES
from domain.service import Service
from domain.trust import NO_HASH, Device, Person, Root, Roster, Trust

START = 1_800_000_000
EVERYONE = "everyone"  # the trust under which a case begins


class Cast:
    """The devices of a service's roles.

    first: one of a person of its own. second: of one and the same person for all roles, so that
    nobody's second person is the same. further: another device of who is first. third: of a third
    person, for the offices of the protocol. In no roster are those who ask, and others who replace
    their keys themselves: `spare` takes their place, `guest` comes where they stand already; but
    `further` is certified in their role.
    stranger: a role that may be invited and has no part in the service.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        held = [wall.holds | wall.opened_by for wall in service.walls.values()]
        written = [step.writers for step in service.steps]
        found = frozenset().union(*held, *written, OUTSIDE_ROLES.values())
        self.roles = [role for role in ROLES if role in found]
        replacing = (step.writers for step in service.steps if step.kind == "RequesterKeyReplaced")
        self.unlisted = service.askers | frozenset().union(*replacing)
        self.listed = [role for role in self.roles if role not in self.unlisted]
        self.stranger = next(role for role in ROLES if role not in self.roles)
        self.unlisted_role = min(self.unlisted, default=self.stranger)

    def first(self, role: str) -> str:
        return self._device(role, 1)

    def second(self, role: str) -> str:
        return self._device(role, 2)

    def further(self, role: str) -> str:
        return self._device(role, 3)

    def third(self, role: str) -> str:
        return self._device(role, 4)

    spare, guest = second, third

    def _device(self, role: str, number: int) -> str:
        return f"{ROLES.index(role) + 1:02x}{number}" * 10 + "00"

    def standing(self, role: str) -> tuple[str, ...]:
        """The devices that come into every place that is theirs."""
        if role in self.unlisted:
            return (self.first(role),)
        return (self.first(role), self.second(role))

    def outside(self, role: str) -> tuple[str, ...]:
        """The devices of an office that acts where it does not stand."""
        return (self.first(role), self.second(role), self.third(role))

    def name(self, device: str) -> str | None:
        """The role and number of a device of the cast; None for another text."""
        return self.names.get(device)

    def role(self, device: str) -> str:
        """The role of a device of the cast."""
        return self.names[device].rpartition(" ")[0]

    @cached_property
    def names(self) -> dict[str, str]:
        """Role and number of each device, as in "supervisor 1"."""
        return {
            self._device(role, number): f"{role} {number}"
            for role in self.roles
            for number in range(1, 5)
        }

    @cached_property
    def taking(self) -> list[str]:
        """The roles that take a case."""
        rows = (step.writers for step in self.service.steps if step.kind in self.service.assigning)
        return sorted(frozenset().union(*rows))

    @cached_property
    def trusts(self) -> dict[str, Trust]:
        """Everyone; then, for each role that takes a case, where the first in it is revoked, and
        where those who had the role have it no more but for one who comes new."""
        found = {EVERYONE: self._trust()}
        for role in self.taking:
            gone = frozenset({self.first(role), self.further(role)})
            found[f"without the first {role}"] = self._trust(revoked=gone)
            found[f"with a new {role} alone"] = self._trust(without=role)
        return found

    def without(self, name: str, device: str) -> str:
        """The name of the same trust, but with a device revoked."""
        trust, now = self.trusts[name], f"{name}, {self.name(device)} revoked"
        assert trust.roster is not None
        gone = replace(trust.roster.devices[device], revoked=True)
        roster = replace(trust.roster, devices={**trust.roster.devices, device: gone})
        self.trusts[now] = replace(trust, roster=roster)
        return now

    def uncertified(self, name: str, device: str) -> str:
        """The name of the same trust, but with no role for the person of a device."""
        trust, now = self.trusts[name], f"{name}, {self.name(device)} uncertified"
        person = trust.person(device)
        assert trust.roster is not None and person is not None
        people = {**trust.roster.people, person.person: replace(person, roles=frozenset())}
        self.trusts[now] = replace(trust, roster=replace(trust.roster, people=people))
        return now

    def _trust(self, revoked: frozenset[str] = frozenset(), without: str = "") -> Trust:
        every = frozenset(self.listed)
        people = {EVERYONE: Person(EVERYONE, every - {without}, "second", frozenset())}
        devices = {}
        for role in self.listed:
            own, new = frozenset({role}), f"third {role}"
            people[role] = Person(role, own - {without}, "first", frozenset({"a_discipline"}))
            people[new] = Person(new, own, "third", frozenset())
            for device, person in (
                (self.first(role), role),
                (self.second(role), EVERYONE),
                (self.further(role), role),
                (self.third(role), new),
            ):
                devices[device] = Device(device, person, "key", device in revoked)
        invitable = self.unlisted | {self.stranger}
        for role in self.unlisted:
            known = f"certified {role}"
            people[known] = Person(known, frozenset({role}), "fourth", frozenset())
            devices[self.further(role)] = Device(self.further(role), known, "key", False)
        root = Root("root", 1, START * 2, 2, (), (), 14, (), invitable)
        version = 2 if revoked or without else 1
        return Trust("pin", root, Roster("roster", NO_HASH, version, START * 2, 1, people, devices))
