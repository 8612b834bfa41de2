"""The rule vectors replayed by any reader of the rules: the product's own is here, another one in
`tests.support.plain`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from domain.check import Rules, check
from domain.entry import Entry
from domain.evolve import evolve
from domain.refusal import Refused
from domain.service import View
from domain.services.registry import SERVICES
from domain.state import Case
from domain.trust import Trust
from tests.support.rules.lines import case_hash, entry_of, linked_of, plain_case, trust_of

Line = Mapping[str, Any]
Places = tuple[str, ...] | None  # those that a reader holds; None for all


class Reader(Protocol):
    """Whoever judges by the rules. A case is whatever it makes of one, None before the first
    entry; trust is what `trusted` made of a line."""

    def trusted(self, line: Line) -> Any: ...

    def judged(self, case: Any, line: Line, trust: Any, whole: bool) -> str:
        """The refusal by name; "" for an entry that is accepted."""
        ...

    def folded(self, case: Any, line: Line, trust: Any) -> Any: ...

    def plain(self, case: Any) -> dict[str, Any]:
        """As `lines.plain_case` says it."""
        ...


class Product:
    """The reader that server, client and auditor are."""

    _line: Line | None = None  # of which it holds the entry, for one line is read several times
    _entry: Entry

    def _read(self, line: Line) -> Entry:
        if line is not self._line:
            self._line, self._entry = None, entry_of(line["entry"])
            self._line = line
        return self._entry

    def trusted(self, line: Line) -> Trust:
        return trust_of(line)

    def judged(self, case: Case | None, line: Line, trust: Trust, whole: bool) -> str:
        rules = Rules(SERVICES, View.WHOLE if whole else View.PART)
        try:
            check(case, self._read(line), trust, rules, linked_of(line["linked"]))
        except Refused as refused:
            return str(refused.refusal)
        return ""

    def folded(self, case: Case | None, line: Line, trust: Trust) -> Case:
        return evolve(case, self._read(line), trust, SERVICES)

    def plain(self, case: Case) -> dict[str, Any]:
        return plain_case(case)


class Replayed(NamedTuple):
    """A line, with what a reader says of it. before: the case of who holds all; held: of those who
    hold a part. trust: theirs."""

    line: Line
    whole: dict[str, Any]
    parts: list[dict[str, Any]]
    before: Any
    held: list[Any]
    trust: Any

    @property
    def agrees(self) -> bool:
        return (self.whole, self.parts) == (self.line["whole"], self.line["parts"])


class Replay:
    """A reader that goes through the lines, in their order."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.trusts: dict[str, Any] = {}
        self.lines: dict[int, Line] = {}  # by id
        self.cases: dict[tuple[int, Places], Any] = {}

    def through(self, lines: Iterable[Line], parts: bool = True) -> Iterator[Replayed]:
        """parts: whether readers of parts judge too."""
        for line in lines:
            if "roster" in line:
                self.trusts[line["trust"]] = self.reader.trusted(line)
                continue
            whole = self._said(line, None)
            groups = [tuple(one["places"]) for one in line["parts"]] if parts else []
            said = [{"places": list(places), **self._said(line, places)} for places in groups]
            trust, after = self.trusts[line["trust"]], line["after"]
            held = [self.case(after, places) for places in groups]
            yield Replayed(line, whole, said, self.case(after, None), held, trust)
            if "id" in line:
                self.lines[line["id"]] = line

    def case(self, after: int | None, places: Places) -> Any:
        """The case as a reader knows it after a line."""
        if after is None:
            return None
        if (after, places) not in self.cases:
            line = self.lines[after]
            case = self.case(line["after"], places)
            if places is None or line["entry"]["header"]["compartment"] in places:
                case = self.reader.folded(case, line, self.trusts[line["trust"]])
            self.cases[after, places] = case
        return self.cases[after, places]

    def _said(self, line: Line, places: Places) -> dict[str, Any]:
        case, trust = self.case(line["after"], places), self.trusts[line["trust"]]
        verdict = self.reader.judged(case, line, trust, whole=places is None)
        if verdict:
            return {"verdict": verdict}
        folded = self.reader.folded(case, line, trust)
        if "id" in line:
            self.cases[line["id"], places] = folded
        after = self.reader.plain(folded)
        return {"verdict": "", "state": after["state"], "case": case_hash(after)}
