"""Roots and rosters: who is certified, for what, at which point of the store (PROTOCOL.md 2).

Signatures reach these rules as checked facts. What people are called is not here or anywhere on
the server: a person is a random id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.refusal import Refusal, refuse_unless

SECONDS_A_DAY = 86_400
NO_HASH = "A" * 43  # 32 zero bytes


@dataclass(frozen=True, slots=True)
class Root:
    """A root document. `keys` and `registrars` are (Ed25519, ML-DSA-65) public keys.
    previous_pins: of ceremonies before this one, whose codes still open."""

    hash: str
    version: int
    expires: int
    threshold: int
    keys: tuple[tuple[str, str], ...]
    registrars: tuple[tuple[str, str], ...]
    roster_days: int
    logs: tuple[str, ...]
    invitable: frozenset[str]
    previous_pins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a roster lists it. `sign` is its Ed25519 public key."""

    device: str
    person: str
    sign: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Person:
    person: str
    roles: frozenset[str]
    organisation: str
    disciplines: frozenset[str]


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster document. size: in bytes."""

    hash: str
    prev: str
    version: int
    expires: int
    root: int
    people: Mapping[str, Person]
    devices: Mapping[str, Device]
    size: int = 0


@dataclass(frozen=True, slots=True)
class Trust:
    """What is certified at one point of the store. A roster is the whole list, so the newest one
    names every device that any stored roster has listed."""

    pin: str
    root: Root | None = None
    roster: Roster | None = None

    def device(self, device: str) -> Device | None:
        return self.roster.devices.get(device) if self.roster else None

    def person(self, device: str) -> Person | None:
        """The person whose device this is, or None for a device that is in no roster."""
        if self.roster is None:
            return None
        listed = self.roster.devices.get(device)
        return self.roster.people[listed.person] if listed else None

    def person_of(self, device: str) -> str | None:
        """Its number; None for a device that is in no roster."""
        person = self.person(device)
        return person.person if person else None

    def gives(self, device: str, role: str) -> bool:
        """Whether the roster gives this role to the person of this device."""
        person = self.person(device)
        return person is not None and role in person.roles

    def holders(self, role: str) -> tuple[str, ...]:
        """Unrevoked devices of the people with this role, sorted."""
        if self.roster is None:
            return ()
        return tuple(
            sorted(
                listed.device
                for listed in self.roster.devices.values()
                if not listed.revoked and role in self.roster.people[listed.person].roles
            )
        )


def distinct_keys(keys: tuple[tuple[str, str], ...], signers: tuple[int, ...]) -> int:
    """How many different keys the signers (indexes into keys) stand for: a key listed under two
    indexes, or half of one, counts once."""
    chosen = [keys[index] for index in signers]
    return min(len({sign for sign, _ in chosen}), len({mldsa for _, mldsa in chosen}), len(chosen))


def check_root(
    trust: Trust,
    root: Root,
    own: tuple[int, ...] | None,
    previous: tuple[int, ...] | None,
    stored: int,
) -> None:
    """Refuse a root that may not follow.

    own, previous: indexes of the keys of this root and of the one before that signed it (both
    Ed25519 and ML-DSA-65 verified), or None if any signature given does not verify.
    Raises Refused: out-of-order, unknown-author, clock, bad-signature.
    """
    last = trust.root
    refuse_unless(
        root.version == (last.version if last else 0) + 1,
        Refusal.OUT_OF_ORDER,
        f"root {root.version} does not follow on {last.version if last else 0}",
    )
    refuse_unless(
        last is not None or root.hash == trust.pin,
        Refusal.UNKNOWN_AUTHOR,
        "this is not the root that is pinned",
    )
    refuse_unless(stored < root.expires, Refusal.CLOCK, "the root has expired")
    refuse_unless(
        own is not None and distinct_keys(root.keys, own) >= root.threshold,
        Refusal.BAD_SIGNATURE,
        f"fewer than {root.threshold} different keys of its own",
    )
    if last is not None:
        refuse_unless(
            previous is not None and distinct_keys(last.keys, previous) >= last.threshold,
            Refusal.BAD_SIGNATURE,
            f"fewer than {last.threshold} different keys of the root before",
        )
    else:
        refuse_unless(previous == (), Refusal.BAD_SIGNATURE, "root 1 has no root before it")


def evolve_root(trust: Trust, root: Root) -> Trust:
    return replace(trust, root=root)


def check_roster(
    trust: Trust, roster: Roster, signers: tuple[int, ...] | None, stored: int
) -> None:
    """Refuse a roster that may not follow; signers are indexes into the registrars of its root.

    Raises Refused: out-of-order, unknown-author, clock, bad-signature, malformed.
    """
    last, root = trust.roster, trust.root
    refuse_unless(
        roster.version == (last.version if last else 0) + 1,
        Refusal.OUT_OF_ORDER,
        f"roster {roster.version} does not follow on {last.version if last else 0}",
    )
    refuse_unless(
        roster.prev == (last.hash if last else NO_HASH),
        Refusal.OUT_OF_ORDER,
        "it does not name the roster before it",
    )
    refuse_unless(
        root is not None and roster.root == root.version,
        Refusal.UNKNOWN_AUTHOR,
        "it does not name the newest root",
    )
    assert root is not None  # for the type checker: refused above
    refuse_unless(stored < root.expires, Refusal.UNKNOWN_AUTHOR, "its root has expired")
    refuse_unless(stored < roster.expires, Refusal.CLOCK, "it has expired")
    refuse_unless(
        roster.expires <= stored + root.roster_days * SECONDS_A_DAY,
        Refusal.CLOCK,
        f"it is valid for more than {root.roster_days} days",
    )
    refuse_unless(bool(signers), Refusal.BAD_SIGNATURE, "no registrar of its root signed it")
    if last is not None:
        _refuse_changed_past(last, roster)


def _refuse_changed_past(last: Roster, roster: Roster) -> None:
    for device, before in last.devices.items():
        now = roster.devices.get(device)
        refuse_unless(now is not None, Refusal.MALFORMED, f"it drops device {device}")
        assert now is not None  # for the type checker: refused above
        same = (now.person, now.sign) == (before.person, before.sign)
        refuse_unless(same, Refusal.MALFORMED, f"it changes whose device {device} is")
        refuse_unless(
            now.revoked or not before.revoked,
            Refusal.MALFORMED,
            f"it clears the revocation of {device}",
        )


def evolve_roster(trust: Trust, roster: Roster) -> Trust:
    return replace(trust, roster=roster)
