"""docs/rules.json is enough: a program that reads it, and shares nothing with ours but the
functions that guards name, comes to the same verdicts and the same cases.

Holds domain/rule_book.py, docs/rules.json.
"""

import ast
import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from domain.guard import CONDITIONS
from domain.refusal import Refused
from domain.rule_book import rule_book
from domain.services.registry import KINDS
from tests.domain.test_rule_book import FILE
from tests.support.cases.registered import registered
from tests.support.plain import rules as plain_rules
from tests.support.plain.rules import PlainRules
from tests.support.plain.shapes import fits
from tests.support.rules.lines import FILE as VECTORS
from tests.support.rules.lines import case_hash, read
from tests.support.rules.probe import PROBE
from tests.support.rules.replay import Replay, Replayed
from tests.support.rules.vectors import lines

Book = dict[str, Any]


@cache
def book() -> Book:
    read_: Book = json.loads(FILE.read_text("utf-8"))
    return read_


@cache
def replayed() -> tuple[Replayed, ...]:
    return tuple(Replay(PlainRules(book())).through(read(VECTORS.read_bytes())))


def test_every_vector_is_answered_alike_by_who_reads_the_book_alone() -> None:
    """Verdict and case after it, for who holds all and for who holds a part."""
    wrong = [one for one in replayed() if not one.agrees]
    assert [(one.line["entry"]["header"]["kind"], one.whole, one.parts) for one in wrong[:3]] == []
    assert len(replayed()) > 1_000


def test_a_table_that_says_what_no_service_says_is_read_alike() -> None:
    """By the book that is drawn of it."""
    with registered(PROBE, {}):
        drawn = json.loads(json.dumps(rule_book()))
        answers = [*Replay(PlainRules(drawn)).through(lines((*PROBE.earlier.values(), PROBE)))]
    assert [one.line for one in answers if not one.agrees] == [] and len(answers) > 100


def notices(changed: Book, kinds: set[str]) -> bool:
    """Whether a vector of these kinds is answered otherwise by another book, or not at all."""
    reader = PlainRules(changed)
    for one in replayed():
        if one.line["entry"]["header"]["kind"] not in kinds:
            continue
        try:
            verdict = reader.judged(one.before, one.line, one.trust, whole=True)
        except (KeyError, TypeError, ValueError):
            return True
        if verdict != one.whole["verdict"]:
            return True
        if not verdict:
            after = reader.plain(reader.folded(one.before, one.line, one.trust))
            if case_hash(after) != one.whole["case"]:
                return True
    return False


def guards(changed: Book) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every guard of every row, with the kind of that row."""
    for versions in changed["services"].values():
        for table in versions.values():
            for row in table["rows"]:
                yield from ((row["kind"], guard) for guard in row["guards"])


def others(value: Any) -> Iterator[Any]:
    """Values that an argument could have instead."""
    if isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, str):
        yield "another"
    else:
        yield from ([one for one in value if one != left_out] for left_out in value)


# Arguments that a guard only tells, in its sentence: it answers for every role alike.
TOLD = {("is_not_the_lead", "role"), ("the_lead_stays", "role")}


def arguments() -> list[tuple[str, str, Any]]:
    """Every argument of every guard, by the guard's name and arguments."""
    found: dict[str, tuple[str, str, Any]] = {}
    for _, guard in guards(book()):
        for name in guard["arguments"]:
            if (guard["name"], name) not in TOLD:
                said = json.dumps(guard["arguments"], sort_keys=True)
                found[f"{guard['name']}.{name} {said}"] = (guard["name"], name, guard["arguments"])
    return [found[one] for one in sorted(found)]


def test_another_argument_of_a_guard_is_noticed() -> None:
    """Each value that it could have instead."""
    unnoticed = []
    for guard, argument, of in arguments():
        for other in others(of[argument]):
            changed, kinds = copy.deepcopy(book()), set()
            for kind, one in guards(changed):
                if (one["name"], one["arguments"]) == (guard, of):
                    one["arguments"] = {**of, argument: other}
                    kinds.add(kind)
            if not notices(changed, kinds):
                unnoticed.append((guard, argument, other))
    assert unnoticed == []


CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "a state less from which it may be written": (
        "SupportProposed", lambda row: row["sources"].remove("advised"),
    ),
    "a state more": ("ConsultationClosed", lambda row: row["sources"].append("closed")),
    "another state after it": ("ConsultationClosed", lambda row: row.update(to="dormant")),
    "a writer more": ("ConsultationClosed", lambda row: row["writers"].append("requester")),
    "no payload": ("SupportProposed", lambda row: row.update(payload=None)),
    "nothing remembered": ("ConsultationAssigned", lambda row: row.update(facts={})),
    "nothing added to a set": ("ExpertDeployed", lambda row: row.update(adds={})),
    "nothing dropped from a set": ("ExpertReleased", lambda row: row.update(drops={})),
    "nobody waited for": ("AnswerGiven", lambda row: row.update(waits=None)),
    "no proposal": ("SupportProposed", lambda row: row.update(proposes=False)),
    "no moment": ("ConsultationClosed", lambda row: row.update(stamps=[])),
    "nothing forgotten": ("CrisisResolved", lambda row: row.update(clears=[])),
    "no moment that a body says": ("ExpertInvited", lambda row: row.update(times={})),
    "no moment of a place ended": ("DeploymentAccepted", lambda row: row.update(forgets=[])),
    "somebody else waited for": ("ExpertSuspended", lambda row: row.update(waits="supervisor")),
}  # fmt: skip


def test_another_column_of_a_row_is_noticed() -> None:
    unnoticed = []
    for change, (kind, differ) in CHANGES.items():
        changed = copy.deepcopy(book())
        for versions in changed["services"].values():
            for table in versions.values():
                for row in table["rows"]:
                    if row["kind"] == kind:
                        differ(row)
        if not notices(changed, {kind}):
            unnoticed.append(change)
    assert unnoticed == []


def test_who_reads_the_book_shares_the_functions_of_guards_and_nothing_else() -> None:
    """What the modules take of ours: the catalogue, and what fills it."""
    shared = {"domain.guard": {"CONDITIONS", "LISTINGS"}}
    for file in Path(plain_rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert {one.name for one in node.names} <= {"re", "domain.services.registry"}
            if isinstance(node, ast.ImportFrom) and node.module:
                taken = {one.name for one in node.names}
                ours = node.module.startswith(("domain", "wire", "crypto", "client"))
                assert not ours or taken == shared[node.module], file
                assert "tests" not in node.module or "plain" in node.module, file
    assert {guard["name"] for _, guard in guards(book())} <= CONDITIONS.keys()


# --- shapes --------------------------------------------------------------------------------------

TEXTS = ("", "x", "A" * 43, "0" * 32, "Z" * 49)
ODD: tuple[Any, ...] = (None, True, 0, -1, 1, 2, 2**53 - 1, 2**53, *TEXTS, [], {}, 1.5)


def bodies() -> Iterator[tuple[str, Any]]:
    """Bodies of the vectors, a few of each kind, and the same with one thing in them different: a
    value, a field, or what stands in another body of the kind."""
    found: dict[str, dict[str, Any]] = {}
    for line in read(VECTORS.read_bytes()):
        if "entry" not in line:
            continue
        kind, body = (line["entry"]["header"][name] for name in ("kind", "body"))
        alike = json.dumps([sorted(body), body.get("reason")])
        found.setdefault(kind, {}).setdefault(alike, body)
    for kind, unlike in found.items():
        optional = book()["kinds"][kind]["body"]["optional"]
        for body in unlike.values():
            yield kind, body
            yield from ((kind, {**body, **other}) for other in unlike.values())
            yield from ((kind, other) for other in differing(body))
            yield from ((kind, {**body, name: odd}) for name in optional for odd in ODD)


def differing(value: Any) -> Iterator[Any]:
    yield from ODD
    if isinstance(value, dict):
        yield {**value, "another": "field"}
        for name, one in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: other} for other in differing(one))
        yield dict.fromkeys(value)
    if isinstance(value, list):
        yield [*value, *value]
        yield value[::-1]
        for place, one in enumerate(value[:2]):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in differing(one))


def product_takes(kind: str, body: Any) -> bool:
    try:
        KINDS[kind](body, "body")
    except (Refused, TypeError):  # a list in a list that is to be distinct has no hash
        return False
    return True


def test_what_a_shape_says_of_itself_is_what_it_asks() -> None:
    shapes = {kind: said["body"] for kind, said in book()["kinds"].items()}
    tried = list(bodies())
    assert {kind for kind, _ in tried} == KINDS.keys()
    for kind, body in tried:
        try:
            taken = fits(shapes[kind], body)
        except TypeError:
            taken = False
        assert taken == product_takes(kind, body), (kind, body)
