"""What waits, for whom, and by when: for those who work here, and for their supervisors."""

from dataclasses import asdict, dataclass
from typing import Any

from api.blueprint import Blueprint
from api.cases import wait_for
from api.problems import ProblemError, documented
from api.proof import holder_of, proven_device
from api.state import opened
from domain.services.registry import SERVICES
from domain.terms import ALARM
from domain.trust import Trust
from projections.access import read_standings
from projections.work_list import Place, Standing, read_places, read_untaken, read_work
from wire.calendar import Calendar
from wire.paths import OVERVIEW, STANDINGS, WORK_LIST
from wire.proof import Unproven
from wire.reads import READERS
from wire.work_schemas import Overview, Standings, StandingsQuery, WaitQuery, WorkList

blueprint = Blueprint("work", __name__, description="What waits")
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Due:
    """A term that runs. explained: whether a reason was given for its delay."""

    term: str
    since: int
    due: int
    explained: bool


def due_in(calendar: Calendar, place: Place, role: str, now: float) -> list[Due]:
    """The terms that run in a place, are the work of a role and are told at a unix time, most
    urgent first."""
    found = []
    for term in calendar.terms[place.service]:
        since = term.runs(place.state, place.moments)
        if since is None or role not in term.roles or place.type not in term.shown_in:
            continue
        if not term.is_told(since, now):
            continue
        explained = term.is_told(since, place.explained.get(term.name, 0))
        found.append(Due(term.name, since, calendar.office.due(since, term.amount), explained))
    return sorted(found, key=lambda one: (one.due, one.term))


def _due(place: Place, role: str) -> list[Due]:
    return due_in(opened().calendar, place, role, opened().store.now())


@blueprint.route(WORK_LIST)
@blueprint.arguments(WaitQuery, location="query")
@blueprint.response(200, WorkList)
@documented(400, 401, 409, 429, 503)
def work_list(query: dict[str, Any]) -> dict[str, Any]:
    """The compartments in which the asking device stands, those waiting longest first

    Who stands in no compartment that tells the state of its case by itself is not told it,
    supervisors excepted.
    """
    try:
        device = proven_device()
    except Unproven as error:
        raise ProblemError("unproven", str(error)) from error
    wait_for("work_list", query["wait"])
    trust = opened().store.trust()
    with opened().views.reading() as cursor:
        found = read_work(cursor, device)
        waiting = read_untaken(cursor, device, _untaken(trust, device))
    if trust.device(device) is not None:
        found = [one for one in found if trust.gives(device, one.role)]
    knows = {one.place.case for one in found if _tells_state(one.place)}
    supervises = trust.gives(device, SUPERVISOR)
    work = [_work(one, supervises or one.place.case in knows) for one in found]
    return {"work": work, "elsewhere": waiting}


def _untaken(trust: Trust, device: str) -> frozenset[tuple[str, str]]:
    """The service and state of what someone of this device's roles may take; nothing for a device
    that is in no roster."""
    person = trust.person(device)
    if person is None:
        return frozenset()
    return frozenset(
        (service.name, state)
        for service in SERVICES.values()
        for role in person.roles
        for state in service.untaken(role)
    )


def _tells_state(place: Place) -> bool:
    return SERVICES[place.service].tells_state(place.type)


def _is_first(place: Place) -> bool:
    return place.type in SERVICES[place.service].first


def _work(one: Standing, knows_state: bool) -> dict[str, Any]:
    place = one.place
    return {
        "case": place.case,
        "compartment": place.compartment,
        "service": place.service,
        "state": place.state if knows_state else None,
        "done": place.state in SERVICES[place.service].done,
        "quiet": place.state in SERVICES[place.service].quiet,
        "role": one.role,
        "mine": one.mine,
        "seq": place.seq,
        "position": place.position,
        "opened": place.opened,
        "waits_for": place.waits_for or None,
        "waiting_since": place.waiting_since,
        "terms": [asdict(due) for due in _due(place, one.role)],
    }


@blueprint.route(STANDINGS)
@blueprint.arguments(StandingsQuery, location="query")
@blueprint.response(200, Standings)
@documented(400, 404, 409, 429, 503)
def standings(query: dict[str, Any]) -> dict[str, Any]:
    """Where a device stood and stands, in every case, for auditors and privacy officers

    For when a device was lost or stolen: within 72 hours it must be told what it could read.
    """
    holder_of(*READERS)
    wait_for("access", opened().store.position())
    with opened().views.reading() as cursor:
        found = read_standings(cursor, query["device"])
    return {
        "standings": [
            {
                "case": one.case,
                "compartment": one.standing.compartment,
                "role": one.standing.role,
                "since": one.standing.since.stored,
                "until": one.standing.until.stored if one.standing.until else None,
            }
            for one in found
        ]
    }


@blueprint.route(OVERVIEW)
@blueprint.arguments(WaitQuery, location="query")
@blueprint.response(200, Overview)
@documented(400, 404, 409, 429, 503)
def overview(query: dict[str, Any]) -> dict[str, Any]:
    """Every case that is not done, for supervisors: state, waiting and terms, no content

    SERVICES.md 2.1: a team leader sees the metadata of all consultations.
    """
    holder_of(SUPERVISOR)
    wait_for("work_list", query["wait"])
    done = frozenset((one.name, state) for one in SERVICES.values() for state in one.done)
    with opened().views.reading() as cursor:
        places = read_places(cursor, done)
    cases: dict[str, list[Place]] = {}
    for place in places:
        cases.setdefault(place.case, []).append(place)
    told = (_overview(of_case) for of_case in cases.values())
    return {"cases": [one for one in told if _is_open(one)]}


def _is_open(case: dict[str, Any]) -> bool:
    """Whether something is to be done: a question has come, and it is not done, or in crisis; in
    a quiet state, whether somebody is waited for or a term runs."""
    service, state = SERVICES[case["service"]], case["state"]
    crisis = any(term["term"] == ALARM for term in case["terms"])
    if state in service.quiet:
        return bool(case["waits_for"] or case["terms"])
    return state != service.begins and (crisis or state not in service.done)


def _overview(places: list[Place]) -> dict[str, Any]:
    """A case by its first compartment, with the terms that run in any of them."""
    first = next(place for place in places if _is_first(place))
    terms = {
        due.term: due
        for place in places
        for role in SERVICES[place.service].term_roles
        for due in _due(place, role)
    }
    return {
        "case": first.case,
        "service": first.service,
        "state": first.state,
        "opened": first.opened,
        "waits_for": first.waits_for or None,
        "waiting_since": first.waiting_since,
        "terms": [asdict(due) for due in sorted(terms.values(), key=lambda one: one.due)],
    }
