"""Entries of another case, for the rows that look at one (scope L)."""

from collections.abc import Iterator
from typing import Any

from domain.entry import Entry
from domain.guard import Link, Linked, Scope
from domain.kinds import OPENED
from domain.services.registry import SERVICES, link_of
from domain.state import Case
from domain.step import Step
from tests.support.rules.writing import LONG_AGO

NOBODY = "0d" * 16
CONFIRMED = "pool_confirmed"


def links(step: Step, case: Case, entry: Entry) -> Iterator[Linked | None]:
    """What may stand behind the link that an entry names: nothing; what confirms an expert and
    what does not; for each service, and what the guards' facts say, the first entry of such a
    case and a later one like it."""
    yield None
    header = entry.header
    link = link_of(header.kind, header.body)
    if link is None or all(guard.scope is not Scope.LINKED for guard in step.guards):
        return
    if any(guard.name == CONFIRMED for guard in step.guards):
        yield from _confirmations(entry, link.case)
        return
    facts = [str(guard.arguments.get("fact")) for guard in step.guards]
    remembered = [case.facts[fact] for fact in facts if fact in case.facts]
    for name in dict.fromkeys([*SERVICES, *remembered]):
        for first in (False, True):
            body = {"service": name}
            yield Linked(OPENED, link.case, NOBODY, None, body, entry.stored, first)
    if any(guard.name == "names_a_vetting" for guard in step.guards):
        yield from (_entry(link, "ExpertVetted", one, entry) for one in _vettings(case, entry))


def _entry(link: Link, kind: str, body: dict[str, Any], entry: Entry) -> Linked:
    return Linked(kind, link.case, NOBODY, None, body, entry.stored, first=False)


def _vettings(case: Case, entry: Entry) -> Iterator[dict[str, Any]]:
    """Of each who stands here, until when the entry says; then one that says no, and one until
    another time."""
    header = entry.header
    for line in case.compartments[header.compartment].lines:
        until = header.body["vetted_until"]
        body = {"expert": line.device, "clearance": True, "registration": True, "expires": until}
        yield body
    for other in ({"clearance": False}, {"registration": False}, {"expires": LONG_AGO}):
        yield {**body, **other}


def _confirmations(entry: Entry, case: str) -> Iterator[Linked]:
    """The right one last: what is refused is tried for as long as it shows something."""
    expert, author = entry.header.body["expert"], entry.header.author
    for kind, device, lead in (
        ("ExpertReleased", expert, author),
        ("ExpertDeployed", NOBODY, author),
        ("ExpertDeployed", expert, NOBODY),
        ("ExpertDeployed", expert, None),
        ("ExpertDeployed", expert, author),
    ):
        body = {"expert": device, "as": "author", "match": None, "proposal": None, "for": lead}
        yield Linked(kind, case, NOBODY, "coordinator", body, entry.stored, False)
