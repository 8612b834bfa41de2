"""Who may do what in a support case, written out once more by hand from SERVICES.md 1.3, 2.2, 2.7,
ROLES.md and docs/adr. Every state × kind × role × place × membership × certification is tried.

Holds domain/services/, domain/check.py.
"""

import random
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest

from domain.entry import Line
from domain.kinds import ROLES
from domain.refusal import Refusal
from domain.services.registry import KINDS
from domain.state import Case, Invitation
from tests.support.cases.history import START
from tests.support.cases.support_history import (
    AUTHOR,
    EXPERTS,
    FAMILY,
    INVITATION,
    NEWCOMER,
    Certification,
    Membership,
    act,
    attempt,
    beginning,
    change,
    judged,
    listing,
    name_of,
    opening,
    state_after,
    stated,
    trust,
)
from tests.support.cases.support_stage import Situation, Stage
from tests.support.processes import drawn_seed
from tests.support.world import World
from wire.problems import NO_SUCH_CASE

R, M, C = Refusal, Membership, Certification

STATES = ("opened", "proposed", "intake", "active", "not_accepted")
ANY, WORK, TAKEN = " ".join(STATES), "intake active", "active"
FAMILIES, TWO_KINDS = " ".join(FAMILY), " ".join(EXPERTS)

# SERVICES.md 1.3, who holds the key; the rest from the actors of 2.2 and 2.7. An analysis is its
# author's until it is shared; what a local party sees is one place for each thing it is told.
STANDS = {
    "governance": "consultation_worker casemanager supervisor",
    "worknotes": "casemanager",
    "identity": "casemanager",
    "dialogue": f"casemanager {FAMILIES}",
    "expert": f"casemanager {TWO_KINDS}",
    "analysis": f"casemanager {TWO_KINDS}",
    "care": "casemanager zorgexpert",
    "partners": "casemanager local_party",
    "commission": "casemanager local_party",
    "product": "casemanager local_party",
    "conflict": f"casemanager {TWO_KINDS}",
    "session": "casemanager interpreter",
    "child": "casemanager lat_coordinator guardian",
}
PLACES = tuple(STANDS)
OUTSIDE = "partners commission product"
# Who opens a place, beside whoever opens governance, which comes first and once.
OPENS = {place: "casemanager" for place in PLACES} | {
    "governance": "",
    "analysis": TWO_KINDS,
    "care": "casemanager zorgexpert",
    "child": "casemanager lat_coordinator",
}
# Who lets in and puts out: whom a place may hold, unless said otherwise.
LETS_IN = OPENS | {"governance": "consultation_worker casemanager supervisor"}
PUTS_OUT = OPENS | {"governance": "casemanager supervisor", "analysis": "casemanager"}
BY_PERSON = ("expert", "care", "analysis", "conflict")  # to experts who were asked, or deployed
NOT_LET_IN = {"governance": "consultation_worker"}
NOT_PUT_OUT = {"analysis": "casemanager"}


class Row(NamedTuple):
    """needs: taken (by the casemanager who took the case, or the substitute), person (a certified
    one), second (one who is not who proposed), own (whose contribution it is), unlisted (by a
    device of no roster)."""

    kind: str
    who: str
    where: str
    when: str
    to: str | None = None
    needs: str = ""


EVERYONE = "everyone who may stand there"
ROWS = (
    # 2.2: proposed; decided by a second person; taken by one, for whom a substitute stands in.
    Row("CaseProposed", "consultation_worker casemanager", "governance", "opened", "proposed"),
    Row("CaseAccepted", "supervisor", "governance", "proposed", "intake", "second"),
    Row("CaseNotAccepted", "supervisor", "governance", "proposed", "not_accepted", "second"),
    Row("CasemanagerAssigned", "casemanager", "governance", "intake", "active", "person"),
    Row("CasemanagerAssigned", "casemanager", "governance", "active", None, "person"),
    Row("SubstituteNamed", "casemanager", "governance", "active", None, "taken"),
    # Talking: who stands in a place speaks there; what was said is corrected and taken back.
    Row("MessageSent", EVERYONE, "*", ANY),
    Row("MessageCorrected", EVERYONE, "*", ANY),
    Row("MessageWithdrawn", EVERYONE, "*", ANY),
    Row("WrapRefused", EVERYONE, "*", ANY),
    Row("MemberLeft", EVERYONE, "*", ANY),
    # 1.3, 2.8: an excerpt is written anew, noted apart, and outside needs a second person.
    Row("ExcerptShared", "casemanager", f"dialogue expert {OUTSIDE}", WORK, None, "taken"),
    Row("ExcerptNoted", "casemanager", "worknotes", ANY, None, "taken"),
    Row("DisclosureProposed", "casemanager", "governance", WORK, None, "taken"),
    Row("ApprovalGiven", "supervisor", "governance", ANY, None, "second"),
    Row("ApprovalRefused", "supervisor", "governance", ANY, None, "second"),
    # 2.7: experts, by the notes of the casemanager, once a supervisor approved it and she said that
    # she has no conflict; each writes apart, and then they share.
    Row("ExpertInputRequested", "casemanager", "worknotes", WORK, None, "taken"),
    Row("AdmissionProposed", "casemanager", "governance", WORK, None, "taken"),
    Row("IdentityCheckOpened", "casemanager", "worknotes", WORK, None, "taken"),
    Row("ConflictDeclared", TWO_KINDS, "conflict", WORK),
    Row("NoConflictStated", TWO_KINDS, "conflict", WORK),
    Row("ExpertDeployed", "casemanager", "worknotes", WORK, None, "taken"),
    Row("ExpertReleased", "casemanager", "worknotes", ANY, None, "taken"),
    Row("ExpertContributed", TWO_KINDS, "analysis", WORK, None, "person"),
    Row("ContributionAnnounced", TWO_KINDS, "expert", WORK, None, "own"),
    Row("AnalysesUnsealed", "casemanager", "expert", WORK, None, "taken"),
    # 2.2: advice is released by a supervisor who did not write it.
    Row("AdviceProposed", "casemanager", "governance", WORK, None, "taken"),
    Row("AdviceReleased", "supervisor", "governance", WORK, None, "second"),
    # ROLES.md: an interpreter's place closes with the session.
    Row("SessionEnded", "casemanager", "session", ANY, None, "taken"),
    # Membership, history, recovery: PROTOCOL.md 2 and 3. A family's keys are the family's own.
    Row("ParticipantInvited", "casemanager", f"dialogue {OUTSIDE}", WORK, None, "taken"),
    Row("RequesterKeyReplaced", FAMILIES, "dialogue", ANY, None, "unlisted"),
    Row("RequesterKeyReplaced", "local_party", OUTSIDE, ANY, None, "unlisted"),
    Row(
        "HistoryGranted",
        "casemanager",
        f"worknotes identity dialogue expert care {OUTSIDE} conflict session child",
        ANY,
        None,
        "taken",
    ),
    Row("HistoryGranted", "casemanager supervisor", "governance", ANY),
    Row("HistoryGranted", FAMILIES, "dialogue", ANY),
    Row("HistoryGranted", TWO_KINDS, "analysis", ANY),
    Row(
        "RecoveryApproved",
        "key_custodian",
        f"governance worknotes identity expert care {OUTSIDE}",
        ANY,
    ),
    Row("ErasureProposed", "supervisor", "*", ANY),
    Row("PayloadErased", "privacy_officer", "*", ANY),
)
UNLESS_CERTIFIED = {
    "taken": R.NOT_ALLOWED,
    "person": R.NOT_ALLOWED,
    "second": R.FOUR_EYES,
    "own": R.WRONG_STATE,
}
# PROTOCOL.md rule 7: who acts in a place without standing in it.
OFFICES = {
    "ErasureProposed": "supervisor",
    "PayloadErased": "privacy_officer",
    "RecoveryApproved": "key_custodian",
}


def rows_for(kind: str, role: str, place: str) -> list[Row]:
    return [
        row
        for row in ROWS
        if row.kind == kind
        and (row.where == "*" or place in row.where.split())
        and role in (STANDS[place] if row.who == EVERYONE else row.who).split()
    ]


FOUND = {key: rows_for(*key) for key in product(KINDS, ROLES, PLACES)}


def answer(
    state: str,
    kind: str,
    role: str,
    place: str,
    membership: Membership,
    certification: Certification,
) -> tuple[Refusal | None, str]:
    """What is said to an act, by the rules of PROTOCOL.md section 4 in their order, and the state
    after it."""
    if certification is C.REVOKED:
        return R.REVOKED, state
    certified = certification is C.CERTIFIED
    if kind == "CompartmentOpened":
        if membership not in (M.MEMBER, M.ELSEWHERE) or certification is C.OTHER_ROLE:
            return R.NOT_A_MEMBER, state
        if not certified:
            return R.UNCERTIFIED_MEMBER, state
        return (None if role in OPENS[place].split() else R.NOT_ALLOWED), state
    office = certified and OFFICES.get(kind) == role
    if not office and (membership is not M.MEMBER or certification is C.OTHER_ROLE):
        return R.NOT_A_MEMBER, state
    if kind == "MembersChanged":
        if certification is C.UNKNOWN:
            return R.UNCERTIFIED_MEMBER, state
        return (None if role in STANDS[place].split() else R.NOT_ALLOWED), state
    return _by_row(state, FOUND[kind, role, place], certification)


def _by_row(
    state: str, rows: list[Row], certification: Certification
) -> tuple[Refusal | None, str]:
    row = next((row for row in rows if state in row.when.split()), rows[0] if rows else None)
    if row is None or (row.needs == "unlisted" and certification.listed):
        return R.NOT_ALLOWED, state
    lacking = None if certification is C.CERTIFIED else UNLESS_CERTIFIED.get(row.needs)
    if lacking is R.NOT_ALLOWED or (row.needs == "taken" and state not in TAKEN):
        return R.NOT_ALLOWED, state
    if state not in row.when.split():
        return R.WRONG_STATE, state
    return lacking, state if lacking else row.to or state


@pytest.mark.parametrize("place", PLACES)
def test_every_act_is_answered_as_the_table_says(place: str) -> None:
    wrong = []
    for role, invited in product(ROLES, (False, True)):
        rosters = [(one, trust(role, one)) for one in C if (one is C.INVITED) == invited]
        entries = [(kind, attempt(kind, place, role, invited)) for kind in KINDS]
        for state, membership, (kind, entry) in product(STATES, M, entries):
            case = stated(state, place, role, membership, invited, kind)
            for certification, known in rosters:
                found = judged(case, entry, known)
                wanted, to = answer(state, kind, role, place, membership, certification)
                if found is None and wanted is None:
                    wanted = None if state_after(case, entry, known) == to else f"leads to {to}"
                if found is not wanted:
                    wrong.append((state, kind, role, membership, certification, wanted, found))
    assert not wrong, (len(wrong), wrong[:20])


# Who opens a place, stands in it, is let in and is put out


def stands(place: str, role: str) -> bool:
    return role in STANDS[place].split()


def may(table: Mapping[str, str], place: str, who: str, state: str) -> bool:
    """Whether someone changes who stands there: a casemanager only what he has taken, but in
    governance, where he takes it."""
    his = who == "casemanager" and place != "governance"
    return who in table[place].split() and (state in TAKEN or not his)


def only(place: str, case: Case, *lines: Line, **invitations: Invitation) -> Case:
    """The same case with these members alone in the place, and these invitations."""
    here = case.compartments[name_of(place)]
    here = here._replace(lines=tuple(sorted(lines)), invitations=invitations)
    return case._replace(compartments={**case.compartments, here.name: here})


@pytest.mark.parametrize("place", PLACES)
def test_who_lets_whom_in_and_who_may_stand_there(place: str) -> None:
    wrong = []
    for by, role, certification in product(ROLES, ROLES, C):
        invited = certification is C.INVITED
        author = Line(AUTHOR, by, None)
        coming = Line(NEWCOMER, role, INVITATION if invited else None)
        standing = {INVITATION: Invitation(role, START + 60)} if invited else {}
        known = listing(trust(by, C.CERTIFIED), NEWCOMER, role, certification)
        entry = change(place, "joined", author, coming)
        for state in STATES:
            case = only(place, stated(state, place, by, kind="MembersChanged"), author, **standing)
            wanted: Refusal | None = R.NOT_ALLOWED
            if certification not in (C.CERTIFIED, C.INVITED):
                wanted = R.UNCERTIFIED_MEMBER
            elif place in BY_PERSON and role in EXPERTS and invited:
                wanted = R.NOT_ALLOWED  # who is no person of a roster can have been asked for none
            elif may(LETS_IN, place, by, state) and stands(place, role):
                wanted = R.NOT_ALLOWED if role == NOT_LET_IN.get(place) else None
            found = judged(case, entry, known)
            if found is not wanted:
                wrong.append((state, by, role, certification, wanted, found))
    assert not wrong, (len(wrong), wrong[:20])


@pytest.mark.parametrize("place", PLACES)
def test_who_puts_whom_out(place: str) -> None:
    wrong = []
    for by, role in product(ROLES, ROLES):
        author, going = Line(AUTHOR, by, None), Line(NEWCOMER, role, None)
        known = listing(trust(by, C.CERTIFIED), NEWCOMER, role, C.CERTIFIED)
        entry = change(place, "removed", author)
        for state in STATES:
            case = only(place, stated(state, place, by, kind="MembersChanged"), author, going)
            found = judged(case, entry, known)
            goes = may(PUTS_OUT, place, by, state) and stands(place, role)
            goes = goes and role != NOT_PUT_OUT.get(place)
            if found is not (None if goes else R.NOT_ALLOWED):
                wrong.append((state, by, role, found))
    assert not wrong, (len(wrong), wrong[:20])


@pytest.mark.parametrize("place", PLACES)
def test_who_opens_a_place_opens_it_for_himself(place: str) -> None:
    for by, role in product(ROLES, ROLES):
        author, other = Line(AUTHOR, by, None), Line(NEWCOMER, role, None)
        known = listing(trust(by, C.CERTIFIED), NEWCOMER, role, C.CERTIFIED)
        entry = act("CompartmentOpened", f"{place}-111111111", opening(author, other))
        assert judged(stated("active", place, by), entry, known) is R.NOT_ALLOWED, (by, role)


@pytest.mark.parametrize("place", PLACES)
def test_a_case_begins_with_governance_by_who_proposes_it(place: str) -> None:
    for role, certification in product(ROLES, C):
        entry = act("CompartmentOpened", name_of(place), beginning(Line(AUTHOR, role, None)))
        found = judged(None, replace(entry, fits_case=True), trust(role, certification))
        # A device of no roster opens cases as someone who asks: in the other service.
        known = certification is C.CERTIFIED or (not certification.listed and role == "requester")
        proposes = place == "governance" and role in ("consultation_worker", "casemanager")
        wanted: Refusal | None = None if proposes else R.NOT_ALLOWED
        if certification is C.REVOKED:
            wanted = R.REVOKED
        elif not known:
            wanted = R.UNCERTIFIED_MEMBER
        assert found is wanted, (role, certification)


def test_who_proposes_a_case_lists_whom_governance_may_hold() -> None:
    author = Line(AUTHOR, "consultation_worker", None)
    for role in ROLES:
        known = listing(trust(author.role, C.CERTIFIED), NEWCOMER, role, C.CERTIFIED)
        body = beginning(author, Line(NEWCOMER, role, None))
        entry = replace(act("CompartmentOpened", name_of("governance"), body), fits_case=True)
        wanted = None if stands("governance", role) else R.NOT_ALLOWED
        assert judged(None, entry, known) is wanted, role


@pytest.mark.parametrize("place", PLACES)
def test_what_is_the_casemanagers_waits_for_its_state(place: str) -> None:
    """The states of his rows, as they would be told if the case had been taken in each."""
    role = "casemanager"
    known = trust(role, C.CERTIFIED)
    for state, kind in product(STATES, KINDS):
        rows = FOUND[kind, role, place]
        if not any(row.needs == "taken" for row in rows):
            continue
        case = stated(state, place, role, kind=kind)._replace(facts={"assignee": AUTHOR})
        wanted = None if state in rows[0].when.split() else R.WRONG_STATE
        assert judged(case, attempt(kind, place, role), known) is wanted, (state, kind)


# The server itself


def reachable(what: Situation) -> bool:
    """Whether the protocol alone lets someone stand there so: who is in no roster is invited, to
    one of the roles that this world's root allows, or has never been let in."""
    if what.certification is C.INVITED:
        return what.role in ("requester", "relative", "local_party")
    return what.certification is not C.UNKNOWN or what.membership is M.NEVER


def drawn(lots: random.Random, wanted: Collection[str], number: int) -> list[Situation]:
    """Situations whose answer by the table is one of these: an outsider's, a refusal, accepted."""
    found: list[Situation] = []
    while len(found) < number:
        drawn = (lots.choice(tuple(one)) for one in (STATES, KINDS, ROLES, PLACES, M, C))
        what = Situation(*drawn)
        if reachable(what) and said_to(what) in wanted:
            found.append(what)
    return found


OUTSIDERS = (R.REVOKED, R.NOT_A_MEMBER)


def said_to(what: Situation) -> str:
    """What the server says: outsiders are told nothing."""
    refusal, _ = answer(*what)
    return NO_SUCH_CASE if refusal in OUTSIDERS else str(refusal or "accepted")


def test_the_server_answers_as_the_table_says(world: World) -> None:
    seed = drawn_seed()
    lots = random.Random(seed)
    inside = {str(one) for one in R} - {*map(str, OUTSIDERS)}
    sample = [
        *drawn(lots, {"accepted"}, 80),
        *drawn(lots, inside, 80),
        *drawn(lots, {NO_SUCH_CASE}, 80),
    ]
    wrong = []
    with closing(Stage(world)) as stage:
        cases = [stage.case(what) for what in sample]
        stage.turn()
        for what, case in zip(sample, cases, strict=True):
            name, words = stage.tried(case)
            silent = name != NO_SUCH_CASE or words == "There is no such case."
            if name != said_to(what) or not silent:
                wrong.append((what, said_to(what), name, words))
    assert not wrong, (len(wrong), wrong[:5], f"ZEGEL_TEST_SEED={seed}")
