"""The rows of a service's table, and the walls of its compartments, as they are written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from domain.entry import Entry
from domain.guard import Guard, Listing
from domain.memory import added, dropped, taken
from domain.shapes import seconds_of
from domain.state import Case
from domain.trust import Trust

SEPTEMBER = 9
OTHER = "other"  # in `waits`: whoever stands there in another role than the author's


class Yearly(NamedTuple):
    """What has to be there so many times in each calendar year: of some kind, with its year, in
    these sets of the case. moment: of the compartment, the end of the first year that falls short,
    in which or before which nothing is explained yet; `formed`: the moment from which years count.
    """

    moment: str
    formed: str
    sets: tuple[str, ...]
    kind: str
    needed: int

    def ends(
        self, sets: Mapping[str, Mapping[str, tuple[str, ...]]], formed: int, stored: int
    ) -> int:
        """In unix time (UTC), as it is after an entry that was stored then. Who was formed from
        September on begins with the next year."""
        began, now = (datetime.fromtimestamp(one, UTC) for one in (formed, stored))
        year = max(now.year, began.year + (began.month >= SEPTEMBER))
        while self._count(sets, year) >= self.needed:
            year += 1
        return int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp())

    def _count(self, sets: Mapping[str, Mapping[str, tuple[str, ...]]], year: int) -> int:
        wanted = (self.kind, str(year))
        return sum(one == wanted for name in self.sets for one in sets.get(name, {}).values())


class Command(NamedTuple):
    """How people call what a kind does in a type of place: in one sentence each what it does, and
    what is said when it is done. fixed: fields of the body that it does not ask for."""

    kind: str
    place: str
    help: str
    done: str
    fixed: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """One row: who may write a kind, in which compartment types, from which states to which.

    to: None leaves the state. payload: the schema it carries, None for none. when: fields of the
    body with the values that this row is for; another row is for the others.
    waits: the role that is waited for from here on, "" for nobody, None for no change, OTHER for
    the role in which somebody else stands there.
    What the case remembers of it, by name: facts as expressions of `domain.memory`, marks as they
    stand here, stamps as the unix time of storing, first_stamps unless they are remembered already;
    what it clears is forgotten. forgets: moments of its own compartment that end, and no other's;
    times: those that a field of the body says, by name; yearly: those that follow from its sets.
    adds, drops: what comes to and goes from the sets of the case, as
    expressions too.
    proposes: whether it is a proposal, which others answer; lapses_on: the kinds after which it is
    none any more. explains: whether its `term` says why that term has passed. no_files: it carries
    no attachments. link_once: what its link names serves once in all cases, which no rule of one
    case can ask: an audit of the whole store does.
    """

    kind: str
    writers: frozenset[str]
    compartments: frozenset[str]
    sources: frozenset[str]
    to: str | None = None
    payload: str | None = None
    guards: tuple[Guard, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    first_stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    forgets: tuple[str, ...] = ()
    times: Mapping[str, str] = field(default_factory=dict)
    yearly: tuple[Yearly, ...] = ()
    waits: str | None = None
    when: Mapping[str, str | bool] = field(default_factory=dict)
    adds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drops: Mapping[str, str] = field(default_factory=dict)
    proposes: bool = False
    lapses_on: frozenset[str] = frozenset()
    explains: bool = False
    no_files: bool = False
    link_once: bool = False

    def fits(self, body: Mapping[str, object]) -> bool:
        """Whether this row is for such a body."""
        return all(body.get(name) == value for name, value in self.when.items())

    def remembered(self, case: Case, entry: Entry, trust: Trust) -> dict[str, str]:
        """The facts of a case after this step; case: before it."""
        kept = {name: fact for name, fact in case.facts.items() if name not in self.clears}
        for fact, expression in self.facts.items():
            for value in taken(expression, case, entry, trust)[:1]:
                kept[fact] = value
        kept |= self.marks
        for name in self.stamps:
            kept[name] = str(entry.stored)
        for name in self.first_stamps:
            kept.setdefault(name, str(entry.stored))
        return kept

    def sets(
        self, case: Case, entry: Entry, trust: Trust
    ) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """The sets of a case after this step; case: before it."""
        after = dropped(case.sets, self.drops, case, entry, trust) if self.drops else case.sets
        return added(after, self.adds, case, entry, trust) if self.adds else after

    def moments(
        self,
        before: Mapping[str, int],
        entry: Entry,
        sets: Mapping[str, Mapping[str, tuple[str, ...]]],
    ) -> Mapping[str, int]:
        """The moments of the compartment after this step. sets: of the case after it."""
        if not (self.stamps or self.first_stamps or self.forgets or self.times or self.yearly):
            return before
        stored, body = entry.stored, entry.header.body
        first = dict.fromkeys(self.first_stamps, stored)
        after = {**first, **before, **dict.fromkeys(self.stamps, stored)}
        after |= {name: seconds_of(body[one]) for name, one in self.times.items()}
        for one in self.yearly:
            after[one.moment] = one.ends(sets, after[one.formed], stored)
        return {name: at for name, at in after.items() if name not in self.forgets}


@dataclass(frozen=True, slots=True)
class Wall:
    """Who may stand behind the wall of a compartment type, and who may change that.

    opened_by: roles that may open it. adds, removes: the writer's role to the roles it may add or
    remove; guards hold for adding and removing, never for mere rotation. listings hold for each
    epoch, opening for the first one besides.
    lists: whom an opening lists beside its author: a role stands for everyone who is certified in
    it, `charged` for those whose case it is. ground, purpose: what it is opened on and for, unless
    somebody says otherwise.
    """

    opened_by: frozenset[str]
    holds: frozenset[str]
    adds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    removes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    listings: tuple[Listing, ...] = ()
    opening: tuple[Listing, ...] = ()
    lists: tuple[str, ...] = ()
    ground: str = "public_task"
    purpose: str = ""
