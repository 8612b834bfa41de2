"""How one act is looked up in the table of a service, and judged by it.

A service is a state machine over the kinds of a case (SERVICES.md section 2). The tables
themselves stand in `domain.services`; `docs/services.md` is rendered from them, and `rules.json`
is what other programs read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import product
from typing import NamedTuple

from domain.entry import Entry
from domain.guard import Act, Guard, Listing, Scope
from domain.refusal import RANK, Refusal, Refused, refuse_unless
from domain.state import Case
from domain.step import Step
from domain.table import Table
from domain.trust import Trust


class View(Enum):
    """What a reader holds of a case: all compartments (server, auditor) or some of them."""

    WHOLE = "whole"
    PART = "part"


class _Row(NamedTuple):
    """A step, with all that is asked before it in the order of the refusals' names."""

    step: Step
    guards: tuple[Guard, ...]


@dataclass(frozen=True)
class Service(Table):
    """A service's table, by which acts are judged. earlier: the versions before it, by number, by
    which the cases go on that were opened under them."""

    earlier: Mapping[int, "Service"] = field(default_factory=dict)

    def under(self, rules: object) -> "Service | None":
        """The table of a version, None if there is none. None as version is who was not told it: a
        reader without the first entry. Later versions only tighten, so the first judges him."""
        if rules is None:
            rules = min((self.rules, *self.earlier))
        return self if rules == self.rules else self.earlier.get(rules)  # type: ignore[call-overload]

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str, str], list[_Row]]:
        """Rows by kind, role and compartment type: every entry asks for its own, twice."""
        found: dict[tuple[str, str, str], list[_Row]] = {}
        for step in self.steps:
            told = all(map(self.tells_state, step.compartments))
            row = _Row(step, _ranked((_in_state(step, told), *step.guards)))
            for role, compartment_type in product(step.writers, step.compartments):
                found.setdefault((step.kind, role, compartment_type), []).append(row)
        return found

    @cached_property
    def _sealed_kinds(self) -> frozenset[str]:
        return frozenset(step.kind for step in self.steps if step.payload)

    def _candidates(
        self, kind: str, role: str, compartment_type: str, body: Mapping[str, object]
    ) -> list[_Row]:
        rows = self._rows.get((kind, role, compartment_type), [])
        return [row for row in rows if row.step.fits(body)]

    def step(
        self, kind: str, role: str, compartment_type: str, state: str | None = None
    ) -> Step | None:
        """The row for a kind, role and compartment type: the one for this state if there is one,
        else any."""
        rows = self._rows.get((kind, role, compartment_type), [])
        row = _for_state(rows, state)
        return row.step if row else None

    def carries_payload(self, kind: str) -> bool | None:
        """Whether entries of this kind carry a payload; None where the table does not say."""
        return kind in self._sealed_kinds

    def refuse_opening(self, entry: Entry, role: str, trust: Trust, *, first: bool) -> None:
        """Raises Refused(not-allowed) if this role may not open such a compartment this way."""
        header = entry.header
        wall = self.walls.get(header.type)
        refuse_unless(
            wall is not None and role in wall.opened_by and (header.type in self.first) == first,
            Refusal.NOT_ALLOWED,
            f"{role} may not open a {header.type} here",
        )
        self.refuse_holders(entry, trust)
        refuse_by_listings(entry, trust, wall.opening if wall else ())
        for field_name, allowed in (("ground", self.grounds), ("purpose", self.purposes)):
            refuse_unless(
                header.body[field_name] in allowed,
                Refusal.NOT_ALLOWED,
                f"{field_name} {header.body[field_name]} is not one of this service",
            )

    def refuse_holders(self, entry: Entry, trust: Trust) -> None:
        """Raises Refused(not-allowed) if someone is listed who never stands behind this wall."""
        wall = self.walls.get(entry.header.type)
        for line in entry.header.lines:
            refuse_unless(
                wall is not None and line.role in wall.holds,
                Refusal.NOT_ALLOWED,
                f"no {line.role} stands in a {entry.header.type}",
            )
        refuse_by_listings(entry, trust, wall.listings if wall else ())

    def refuse_change(
        self, act: Act, added: frozenset[str], removed: frozenset[str], view: View
    ) -> None:
        """Raises Refused if this role may not add and remove members of these roles here."""
        wall = self.walls[act.compartment.type]
        for word, roles, table in (("add", added, wall.adds), ("remove", removed, wall.removes)):
            refuse_unless(
                roles <= table.get(act.role, frozenset()),
                Refusal.NOT_ALLOWED,
                f"{act.role} may not {word} {', '.join(sorted(roles))}",
            )
        if added or removed:
            _refuse_by_guards(act, _ranked(wall.guards), view)

    def refuse_step(self, act: Act, view: View) -> None:
        """Raises Refused: not-allowed, wrong-state, or what a guard names.

        Who does not know the state holds an entry to be permitted if a row of some state permits
        it.
        """
        header = act.entry.header
        rows = self._candidates(header.kind, act.role, header.type, header.body)
        if not rows:
            raise Refused(
                Refusal.NOT_ALLOWED, f"{act.role} may not write {header.kind} in a {header.type}"
            )
        if view is View.PART and not self.tells_state(header.type):
            _refuse_by_all(act, rows)
            return
        row = _for_state(rows, act.case.state) or rows[0]
        _refuse_row(act, row, view)

    def taken(self, case: Case, entry: Entry, role: str | None) -> Step | None:
        """The row by which an accepted entry was written; None for what no row speaks of."""
        header = entry.header
        if role is None:
            return None
        row = _for_state(self._candidates(header.kind, role, header.type, header.body), case.state)
        return row.step if row else None


def _for_state(rows: list[_Row], state: str | None) -> _Row | None:
    for row in rows:
        if state in row.step.sources:
            return row
    return rows[0] if rows else None


def _refuse_row(act: Act, row: _Row, view: View) -> None:
    payload = act.entry.header.payload
    if row.step.no_files and payload is not None and payload.attachments:
        raise Refused(Refusal.NOT_ALLOWED, f"no files go with {row.step.kind} here")
    _refuse_by_guards(act, row.guards, view)


def _refuse_by_all(act: Act, rows: list[_Row]) -> None:
    """Raises what the first row refuses by, if every row refuses."""
    refusals = []
    for row in rows:
        try:
            _refuse_row(act, row, View.PART)
        except Refused as refused:
            refusals.append(refused)
        else:
            return
    raise refusals[0]


def _in_state(step: Step, told: bool) -> Guard:
    """told: whether who holds the compartment knows the state by it."""
    states = sorted(step.sources)
    return Guard(
        "in_state",
        {"states": states},
        f"the state is one of {', '.join(states)}",
        Scope.COMPARTMENT if told else Scope.CASE,
        Refusal.WRONG_STATE,
        lambda act: act.case.state in step.sources,
    )


def refuse_by_listings(entry: Entry, trust: Trust, listings: tuple[Listing, ...]) -> None:
    """Raises Refused(not-allowed) for the first condition that does not hold."""
    for listing in listings:
        refuse_unless(
            listing.holds(entry, trust), Refusal.NOT_ALLOWED, f"not so: {listing.meaning}"
        )


def _ranked(guards: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(sorted(guards, key=lambda guard: RANK[guard.refusal]))


def _refuse_by_guards(act: Act, ranked: tuple[Guard, ...], view: View) -> None:
    """Raises Refused for the first guard that does not hold, in the order of the refusals' names.
    A reader of a part of the case skips guards of any wider scope."""
    for guard in ranked:
        if view is View.PART and guard.scope is not Scope.COMPARTMENT:
            continue
        if not guard.holds(act):
            raise Refused(guard.refusal, f"not so: {guard.meaning}")
