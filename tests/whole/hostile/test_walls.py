"""Whoever stands behind one wall of a support case is told nothing of what is behind the others.

Each person asks everything there is to ask (`wall_questions`, `wall_entries` of
`tests.support.hostile`) of two stores that differ in what stands elsewhere alone (`walls`): the
answers are the same byte for byte, and took the same statements.

Holds api/cases.py, store/releases.py, store/folds.py, store/standing.py.
"""

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest

from client.cases.consultation import message, payload
from client.files.enclosures import Enclosure
from client.people import erasure
from client.people.membership import leave
from crypto.encoding import b64, sha256
from crypto.padding import ATTACHMENT_FLOOR, sealed_size
from crypto.secret.invitation import Invitation
from crypto.secret.seeds import DeviceKeys, new_device
from domain.entry import Header, Line
from domain.services.consultation.states import at
from domain.services.registry import SERVICES
from domain.services.support.places import ACTIVE, GOVERNANCE, INTAKE, SUPERVISOR
from domain.state import Compartment
from domain.step import Step
from tests.support.hostile.wall_entries import EXCERPT_PROPOSED, Pen, sealed, write
from tests.support.hostile.wall_questions import About, look, send
from tests.support.hostile.walls import Tape, Twin, Visit, part, tape, whole
from tests.support.people.support_case import (
    WEIGHED,
    Cast,
    contribution,
    propose_advice,
    release_advice,
    step,
)
from tests.support.world import World
from wire.paths import (
    CARDS,
    CASES,
    OVERVIEW,
    READS,
    STANDINGS,
    STRUCTURE,
    TRUST,
    UPLOAD,
    VERSION,
    path,
    rule,
)
from wire.schemas import Uploaded
from wire.trust_documents import ROSTER_LABEL

LETTER = Enclosure("a.txt", "text/plain", 3, lambda: io.BytesIO(b"abc"))
SENT_BACK = "CaseNotAccepted"  # as if a case could be sent back
STAFF = {"noor": "consultation_worker", "gijs": "casemanager"}
STAFF |= dict.fromkeys(("yara", "wim"), "duidingsexpert")


class Seat(NamedTuple):
    """Who asks. places: where she stands or stood; she writes in the first. notes: whether the
    casemanager's notes are kept too, for they say who is asked and deployed. shown: what her office
    shows her of all compartments."""

    role: str
    places: tuple[str, ...] = ()
    notes: bool = False
    shown: tuple[str, ...] = ()


MEMBERS = {
    "mother": Seat("requester", ("mother",)),
    "father": Seat("relative", ("father",)),
    "municipality": Seat("local_party", ("partners",)),
    "xena": Seat(
        "duidingsexpert",
        ("expert", "analysis of xena", "analysis of zoe", "conflict of xena"),
        notes=True,
    ),
    "wim": Seat("duidingsexpert", ("conflict",), notes=True),
    "ivo": Seat("interpreter", ("session",)),
    "gijs": Seat("casemanager", ("care",)),
    "carla": Seat("supervisor", ("governance",), shown=(STRUCTURE, OVERVIEW)),
}
FORMER = {
    "aunt": Seat("relative", ("aunt",)),
    "yara": Seat("duidingsexpert", ("expert", "conflict of yara"), True),
}
NEVER = {"nobody": Seat(""), "stranger": Seat("requester"), "noor": Seat("consultation_worker")}
EVERYONE = MEMBERS | FORMER | NEVER


@dataclass(frozen=True)
class Story:
    """A case with everything in it. places: compartments by whose or what they are. pending:
    invitations that stand. begun: a file that came up and that no entry names."""

    cast: Cast
    places: dict[str, str]
    pending: tuple[Invitation, ...]
    begun: bytes
    tape: Tape


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Played once, and the server gone. With the rows so far the state of a case is the same for
    ever once anybody stands elsewhere, and telling it would tell nothing: one row more changes it.
    """
    table = SERVICES["family_support"]
    back = Step(SENT_BACK, SUPERVISOR, GOVERNANCE, at(ACTIVE), INTAKE, "note/1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SERVICES, table.name, replace(table, steps=(*table.steps, back)))
        with World(tmp_path_factory.mktemp("world")) as world:
            played = play(world)
        yield played


def play(world: World) -> Story:
    """What everybody does is mixed, so that whatever counts entries or times would tell."""
    cast = Cast(world)
    cast.people |= dict(zip(STAFF, world.staff(*STAFF.values()), strict=True))
    cast.opened()
    places = {}
    for one, role in (("mother", "requester"), ("father", "relative"), ("aunt", "relative")):
        places[one] = cast.invited(one, role).compartment
    cast.invited("municipality", "local_party", "partners")
    dirk = cast.at("dirk")
    dirk.say(dirk.work.named(places["mother"]), "welcome")
    step(dirk, "request", "a view on his age")
    for one in ("xena", "zoe", "yara"):
        cast.deploy("dirk", one)
        places[f"conflict of {one}"] = cast.at(one).only("conflict").name
    _says(cast, "mother", "dialogue", LETTER)
    _says(cast, "father", "dialogue", LETTER)
    leave(cast["aunt"], cast.at("aunt").only("dialogue"))
    dirk = cast.at("dirk")
    cast["dirk"].settle(dirk.work.named(places["aunt"]))
    dirk.release_expert(cast.person("yara"))
    for kind in ("partners", "identity", "care", "commission", "product", "child"):
        dirk.say(dirk.place(kind), f"in {kind}", [LETTER] if kind == "partners" else [])
    for kind, one in (("session", "ivo"), ("care", "gijs")):
        dirk.say(dirk.let_in(kind, cast.person(one)), "what is asked")
    cast.admit("dirk", "wim")
    cast.at("dirk").check_identity(cast.person("wim"), "what is asked")
    step(cast.at("wim"), "decline", "a neighbour")
    for one in ("xena", "zoe"):
        cast.at(one).contribute(contribution(f"of {one}"))
        places[f"analysis of {one}"] = cast.at(one).only("analysis").name
        _says(cast, "municipality", "partners")
    cast.at("dirk").unseal()
    cast.at("xena").share()
    cast.at("zoe").share()
    pending = _govern(cast, places)
    zoe = cast.at("zoe")  # who has written more, and not said so
    cast["zoe"].write(
        zoe.work.open("analysis"), "ExpertContributed", {}, contribution("of zoe alone")
    )
    named = {chain.name.partition("-")[0]: chain.name for chain in cast.at("dirk").chains()}
    _erase(cast, named["product"])
    begun = _begin(cast, named["identity"])
    return Story(cast, named | places, pending, begun, tape(world.opened))


def _says(cast: Cast, name: str, kind: str, *files: Enclosure) -> None:
    """Something is said, and put right."""
    support = cast.at(name)
    chain = support.only(kind)
    support.say(chain, f"from {name}", files)
    seq = chain.items[-1].entry.header.seq
    erasure.correct(cast[name], chain, seq, message(f"more exactly, from {name}"))


def _govern(cast: Cast, places: dict[str, str]) -> tuple[Invitation, ...]:
    """What is decided in governance, told by excerpts, and moves the state; and who is invited."""
    note, dirk = payload("note/1", text="agreed"), cast.at("dirk")
    propose_advice(dirk, "stay next to him")
    release_advice(cast.at("carla"), "agreed")
    dirk, session = cast.at("dirk"), cast["dirk"]
    chain, weighing = dirk.only("governance"), payload("weighing/2", **WEIGHED)
    proposal = session.write(
        chain, "DisclosureProposed", EXCERPT_PROPOSED, weighing
    ).entry.header.id
    session.write(chain, "SubstituteNamed", {"substitute": cast["ella"].device})
    hers = cast.at("carla").only("governance")
    cast["carla"].write(hers, "ApprovalGiven", {"of": proposal}, note)
    cast["carla"].write(hers, SENT_BACK, {"proposal": hers.items[1].entry.header.id}, note)
    dirk = cast.at("dirk")
    said = next(dirk.work.chains("analysis")).items[1]
    for place in (places["mother"], places["father"], "expert"):
        dirk.excerpt(dirk.work.named(place), said, "what you can do")
    dirk.excerpt(dirk.only("commission"), said, "what was disclosed", proposal)
    invited = ((places["mother"], "relative"), (places["father"], "relative"))
    invited += (("partners", "local_party"),)
    return tuple(dirk.invitations.invite(dirk.work.named(place), role) for place, role in invited)


def _begin(cast: Cast, place: str) -> bytes:
    """A file that waits for its entry."""
    begun, dirk = os.urandom(sealed_size(ATTACHMENT_FLOOR)), cast["dirk"]
    where = path(UPLOAD, case=cast.case, compartment=place, hash=b64(sha256(begun)))
    dirk.transport.put(Uploaded, where, {"size": len(begun), "offset": 0}, begun, dirk.keys)
    return begun


def _erase(cast: Cast, place: str) -> None:
    erasure.propose(cast["carla"], cast.case, place, None, "withdrawn")
    (found,) = erasure.proposals(erasure.structure(cast["frits"], cast.case))
    erasure.erase(cast["frits"], cast.case, found)


def kept(story: Story, who: str) -> Callable[[Header], bool]:
    """What is kept for someone: the beginning of the case, without which nobody stands anywhere,
    and the places where she stands, or stood and as long as she did. For whoever never was in it
    there is no such case."""
    seat = EVERYONE[who]
    if who in NEVER:
        return lambda header: False
    ids = _until(story, "governance", lambda header: header.kind == "CasemanagerAssigned")
    if seat.notes:
        ids |= _of_experts(story)
    if who in FORMER:
        for place in seat.places:
            ids |= _until(story, place, _puts_out)
        return lambda header: header.id in ids
    names = {story.places[place] for place in seat.places}
    return lambda header: header.compartment in names or header.id in ids


def _of_experts(story: Story) -> set[str]:
    """What says who was admitted, asked and deployed."""
    governance = [one.header for one in story.tape.here(story.places["governance"])]
    admitted = [header.id for header in governance if header.kind == "AdmissionProposed"]
    ids = _until(story, "governance", lambda header: header.body.get("of") == admitted[-1])
    notes = [one.header for one in story.tape.here(story.places["worknotes"])]
    checked = [header.id for header in notes if header.kind == "IdentityCheckOpened"]
    ids |= _until(story, "worknotes", lambda header: header.id == checked[-1])
    for one in ("xena", "zoe", "yara"):
        place = f"conflict of {one}"
        ids |= _until(story, place, lambda header: header.kind == "NoConflictStated")
    return ids


def _until(story: Story, place: str, is_last: Callable[[Header], bool]) -> set[str]:
    here = [one.header for one in story.tape.here(story.places[place])]
    last = next(header.seq for header in here if is_last(header))
    return {header.id for header in here if header.seq <= last}


def _puts_out(header: Header) -> bool:
    return header.kind == "MemberLeft" or header.body.get("reason") == "removed"


def about(story: Story, who: str) -> About:
    seat, cast = EVERYONE[who], story.cast
    own = tuple(story.places[place] for place in seat.places)
    stranger = cast["mother" if who == "father" else "father"].device
    return About(
        cast.case,
        story.tape,
        SERVICES["family_support"],
        own,
        seat.role,
        cast["dirk"].device,
        stranger,
        story.pending,
        story.begun,
    )


def keys_of(story: Story, who: str) -> DeviceKeys | None:
    made = {"nobody": lambda: None, "stranger": new_device}
    return made.get(who, lambda: story.cast[who].keys)()


@pytest.fixture
def stores(story: Story, tmp_path: Path) -> Iterator[Callable[[str], tuple[Twin, ...]]]:
    """For someone: the store with everything, and one with what is her own alone."""
    settings, now = story.cast.world.settings, int(time.time())
    with ExitStack() as stack:

        def opened(who: str) -> tuple[Twin, ...]:
            rich = whole(settings, tmp_path / "whole", now)
            stack.callback(rich.opened.close)
            bare = part(settings, tmp_path / "part", now, story.tape, kept(story, who))
            stack.callback(bare.opened.close)
            return rich, bare

        yield opened


def visit(story: Story, who: str, twins: tuple[Twin, ...]) -> Visit:
    for twin in twins:
        twin.warm(story.cast.case)
    return Visit(twins, keys_of(story, who), frozenset(map(_rule, EVERYONE[who].shown)))


def _rule(template: str) -> str:
    return VERSION + rule(template)


def publish(visit: Visit, story: Story) -> None:
    """A roster, wrongly and then rightly."""
    ceremony = story.cast.world.ceremony
    document = ceremony.roster(visit.twins[0].now)
    signed = [ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
    body = {"what": "roster", "bytes": b64(document), "signatures": signed, "cards": []}
    for changed in ({"what": "x"}, {"bytes": b64(b"{}")}, {"signatures": []}, {"cards": [1]}, {}):
        visit.send(f"a roster, {changed}", path(TRUST), body | changed)


def _without_waiting(place: Compartment) -> Compartment:
    return place._replace(waits_for="", waits_since=0)


def differ_elsewhere_alone(story: Story, who: str, twins: tuple[Twin, ...]) -> None:
    """The stores are what they are said to be."""
    rich, bare = (twin.opened.store.case(story.cast.case) for twin in twins)
    assert rich is not None
    types = {name.partition("-")[0] for name in rich.compartments}
    assert types == SERVICES["family_support"].walls.keys()
    if bare is None:
        assert who in NEVER
        return
    assert len(rich.compartments) > len(bare.compartments) + 10
    assert rich.state != bare.state or who == "carla"
    for place in MEMBERS[who].places if who in MEMBERS else ():
        name = story.places[place]
        # Whom it waits for is of the case: a place of hers may wait for what was done elsewhere.
        assert _without_waiting(rich.compartments[name]) == _without_waiting(
            bare.compartments[name]
        )


@pytest.mark.parametrize("who", EVERYONE)
def test_what_stands_elsewhere_changes_no_answer(
    story: Story, stores: Callable[[str], tuple[Twin, ...]], who: str
) -> None:
    twins = stores(who)
    asking, asked = visit(story, who, twins), about(story, who)
    differ_elsewhere_alone(story, who, twins)
    look(asking, asked)
    write(asking, asked, send(asking, asked))
    publish(asking, story)
    assert not asking.differences, "\n".join(asking.differences)
    everything = {
        (method, one.rule)
        for one in twins[0].app.url_map.iter_rules()
        for method in one.methods or ()
    }
    assert not everything - asking.asked, "nobody asks this: add it to wall_questions"
    if who == "mother":
        offices = (STRUCTURE, READS, OVERVIEW, CASES, STANDINGS)
        of_offices = {_rule(template) for template in offices}
        given = {one for one in everything if one[0] != "HEAD" and one[1] not in of_offices}
        assert not given - asking.answered, "nobody is ever given this: ask it rightly too"


def test_a_process_that_has_just_started_does_no_more_for_nobody(
    story: Story, stores: Callable[[str], tuple[Twin, ...]]
) -> None:
    """A case is folded for those alone who have proven who they are."""
    asking = Visit(stores("nobody"), None)
    look(asking, about(story, "nobody"))
    assert not asking.differences, "\n".join(asking.differences)


def test_who_holds_a_number_from_elsewhere_is_told_that_it_is_taken_and_no_more(
    story: Story, stores: Callable[[str], tuple[Twin, ...]]
) -> None:
    """Ids and hashes are unique in a case, and the first card of a device stays (PROTOCOL.md
    sections 1 and 3). Those who do not stand there would have to guess 128 random bits."""
    asking = visit(story, "mother", stores("mother"))
    pen, father = Pen(asking, about(story, "mother")), story.cast["father"]
    his = story.tape.here(story.places["father"])
    said = next(one.header for one in his if one.header.kind == "MessageCorrected")
    other_bytes = sealed()[1]
    he = Line(father.device, "relative", None)
    wrote = {
        "his id": pen.write("his id", "CaseProposed", id=said.id),
        "his text": pen.write("x", "MessageSent", payload=said.payload, envelope=other_bytes),
        "himself": pen.members("himself", "joined", *pen.lines, he),
    }
    told = {
        what: [json.loads(one.body)["type"].rpartition(":")[2] for one in answers]
        for what, answers in wrote.items()
    }
    assert told == {
        "his id": ["duplicate-entry", "not-allowed"],
        "his text": ["payload-mismatch", "payload-mismatch"],
        "himself": ["uncertified-member", "uncertified-member"],
    }
    cards = [json.loads(one.body) for one in asking.ask(path(CARDS), f"device={father.device}")]
    assert cards == [{"cards": [father.card.fields()]}, {"cards": []}]
