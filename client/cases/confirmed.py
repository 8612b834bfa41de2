"""By what an expert comes to a case: the entry with which the pool confirmed her for who asks, read
in one's own deployments (TABLES.md S7). What it is used for stands in `client.cases.support`.
"""

from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any

from client.cases.casework import Casework
from client.errors import NotPossible
from client.place.chain import Item
from client.session import Session
from client.why import Why
from domain.trust import Trust

Match = dict[str, str] | None  # an entry of another case, as `domain.fields.link` spells it
DEPLOYMENT, POOL, CONFIRMED = "deployment", "pool", "ExpertDeployed"


def confirmation(session: Session, person: str, deployment: str) -> Match:
    """The newest entry by which this deployment confirms this person for whose device this is; None
    where it does not. person: her whole number. deployment: the beginning of its number, or its
    local name. Raises NotPossible where that is not one of one's own, Distrust."""
    cases = _own(session)
    number = session.numbers.beginning(deployment, iter(cases))
    found = [rows for case, rows in cases.items() if case.startswith(number)]
    if not found:
        raise NotPossible(Why.NO_SUCH_DEPLOYMENT, beginning=deployment)
    if len(found) > 1:
        raise NotPossible(Why.SEVERAL_CASES, count=len(found), beginning=deployment)
    return _newest(session, person, [Casework(session, found[0])], ())


def unused(session: Session, person: str, used: Collection[str]) -> Match:
    """The same in any of them, of what was not used yet. used: ids of entries. Raises as
    confirmation."""
    every = [Casework(session, rows) for rows in _own(session).values()]
    return _newest(session, person, every, used)


def _own(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The rows of the work list that are of deployments, by case."""
    rows = [row for row in session.work() if row["service"] == DEPLOYMENT]
    rows.sort(key=lambda row: str(row["case"]))
    return {case: [*of_case] for case, of_case in groupby(rows, key=lambda row: str(row["case"]))}


def _newest(
    session: Session, person: str, deployments: list[Casework], used: Collection[str]
) -> Match:
    trust = session.directory.refresh() if deployments else session.directory.newest
    found = [
        (item.position, {"case": work.case, "id": header.id, "hash": item.entry.hash})
        for work in deployments
        for item in _confirming(work)
        if (header := item.entry.header).id not in used and _is_for(session, trust, person, item)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _confirming(work: Casework) -> Iterator[Item]:
    """What confirms an expert there: the case itself says what it is, not the server's list."""
    if work.service == DEPLOYMENT:
        for chain in work.chains(POOL):
            yield from (one for one in chain.items if one.entry.header.kind == CONFIRMED)


def _is_for(session: Session, trust: Trust, person: str, item: Item) -> bool:
    body = item.entry.header.body
    me = trust.person_of(session.device)
    return (trust.person_of(body["expert"]), trust.person_of(body["for"] or "")) == (person, me)
