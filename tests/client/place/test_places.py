"""A place that a server makes up in somebody's case, with the help of one certified person outside
it, is given nothing to read: not by who works there, and not by who comes back with her code.

Holds client/place/belonging.py.
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from cli.asker import steps
from cli.asker.come_back import chosen
from client.cases import colleagues, consultation, consulting
from client.cases.beforehand import Rehearsal
from client.cases.casework import open_casework
from client.cases.charge import own_lines
from client.cases.steps import newest
from client.errors import NotPossible
from client.place.belonging import belonging, handed_over_to, is_named_by, opener
from client.place.chain import Chain, Item
from client.place.compose import Draft
from client.session import Session
from crypto.encoding import b64
from crypto.secret.invitation import Invitation, new_secret
from domain.entry import Line
from tests.support.hostile.attacks import attack
from tests.support.hostile.server import Answer, HostileServer
from tests.support.people.support_case import Cast, contribution
from tests.support.world import World
from wire.paths import CARDS, TIMELINE, WORK_LIST, WRAPS, path

FURTHER = count(10, 10)  # no two of them stand at the positions of one
OPENING = {"ground": "public_task", "purpose": "support"}


class MadeUp(Rehearsal):
    """What one certified person signs for the server: taken in on her machine, stored nowhere, and
    shown to one device as the oldest place that there is."""

    def __init__(self, world: World, by: Session, to: Session) -> None:
        by.directory.refresh()
        super().__init__(by)
        self.world, self.to, self.signed = world, to, list[tuple[Draft, bytes, bytes]]()
        self.made: Chain | None = None

    def send(self, chain: Chain, draft: Draft) -> Item:
        self.signed.append((draft, *draft.signed(self.keys)))
        self.made = chain
        return super().send(chain, draft)

    def _pretends(self, request: Request, answer: Answer) -> Answer:
        assert self.made is not None
        place = {"case": self.made.case, "compartment": self.made.name}
        if request.path == path(WORK_LIST):
            like = {"service": "consultation", "state": None, "role": "", "waits_for": ""}
            blank = {"terms": [], "waits_since": None, "opened": 0, **place}
            row = {**like, **(answer["work"][0] if answer["work"] else {}), **blank}
            return {**answer, "work": [row, *answer["work"]]}
        if request.path == path(CARDS):
            return {"cards": [*answer["cards"], self.to.card.fields()]}
        return answer

    def show(self) -> None:
        server = self.world.server
        assert isinstance(server, Pretender) and self.made is not None
        place = {"case": self.made.case, "compartment": self.made.name}
        at = self.world.opened.store.position() + next(FURTHER)
        entries = [
            {
                "header": b64(header),
                "signature": b64(signature),
                "stored": self.now(),
                "position": at + number,
            }
            for number, (_, header, signature) in enumerate(self.signed)
        ]
        wraps = [
            {"entry": draft.header.id, "wrap": b64(draft.parts.wraps[self.to.device])}
            for draft, *_ in self.signed
            if self.to.device in draft.parts.wraps
        ]
        server.whole = {
            path(TIMELINE, **place): {
                "entries": entries,
                "next": None,
                "seen": at + 9,
                "newest": at + 9,
            },
            path(WRAPS, **place): {"wraps": wraps},
        }
        server.deceive = self._pretends


class Pretender(HostileServer):
    """Answers of its own for places that it never stored."""

    whole: dict[str, Answer] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        asked = Request(environ)
        made = self.whole.get(asked.path)
        if made is None:
            return super().__call__(environ, start_response)
        return Response(json.dumps(made), mimetype="application/json")(environ, start_response)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("places"), Pretender) as world:
        yield world


@pytest.fixture(autouse=True)
def _honest(world: World) -> Iterator[None]:
    yield
    world.server.whole, world.server.deceive = {}, None  # type: ignore[attr-defined]


def as_the_server_says(chains: list[Chain], *_: object) -> list[Chain]:
    """Every place that a server tells of, whoever opened it, the newest first."""
    return chains[::-1]


BELONGING = "client.cases.casework.belonging"


@pytest.fixture(scope="module")
def cast(world: World) -> Cast:
    return Cast(world).opened()


def made_up(world: World, by: Session, to: Session, case: str, kind: str, role: str) -> MadeUp:
    """Another place of a support case, by a casemanager who does not stand in it."""
    server = MadeUp(world, by, to)
    opening = {"service": "family_support", **OPENING}
    own = own_lines(by.directory.newest, by.device, "casemanager")
    chain = server.open_beside(case, kind, own, opening)
    server.change_members(chain, "joined", tuple(sorted((*own, Line(to.device, role, None)))))
    server.show()
    return server


@attack(
    "makes up notes in his case",
    "the server and one certified person",
    "dirk writes notes",
    "it goes to his own place",
)
def test_a_casemanager_writes_in_no_place_that_an_outsider_opened(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = cast.at("dirk").only("worknotes").name
    outside = made_up(world, cast["ella"], cast["dirk"], cast.case, "worknotes", "casemanager")
    assert outside.made is not None
    dirk = cast.at("dirk")
    assert outside.made.name in {chain.name for chain in dirk.chains()}
    assert dirk.only("worknotes").name == dirk.place("worknotes").name == notes
    monkeypatch.setattr(BELONGING, as_the_server_says)
    assert cast.at("dirk").only("worknotes").name == outside.made.name


@attack(
    "makes up notes that he reads",
    "the server and one certified person",
    "dirk writes notes later",
    "it goes to his own place",
)
def test_that_it_was_read_before_gives_it_no_turn(world: World, cast: Cast) -> None:
    notes = cast.at("dirk").only("worknotes").name
    made_up(world, cast["ella"], cast["dirk"], cast.case, "worknotes", "casemanager")
    assert len(list(cast.at("dirk").chains())) == 3
    assert cast.at("dirk").only("worknotes").name == notes


@attack(
    "makes up the only place of a kind",
    "the server and one certified person",
    "dirk names that kind",
    "nobody who stands in this case opened it",
)
def test_the_only_place_of_its_kind_is_not_taken_by_its_kind(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up(world, cast["ella"], cast["dirk"], cast.case, "partners", "casemanager")
    with pytest.raises(NotPossible, match="nobody who stands in this case"):
        cast.at("dirk").work.named("partners")
    with pytest.raises(NotPossible, match="you stand in no partners"):
        cast.at("dirk").only("partners")
    monkeypatch.setattr(BELONGING, as_the_server_says)
    assert cast.at("dirk").work.named("partners")


def test_what_a_step_goes_by_is_no_entry_of_a_place_that_an_outsider_opened(
    world: World, cast: Cast
) -> None:
    outside = made_up(world, cast["ella"], cast["dirk"], cast.case, "worknotes", "casemanager")
    found = newest(cast.at("dirk").work, ["CompartmentOpened"])
    assert outside.made is not None
    assert found not in {item.entry.header.id for item in outside.made.items}


@attack(
    "chooses who is consulted",
    "the server and one certified person",
    "anna asks a colleague",
    "it is none of her places",
)
def test_what_a_colleague_was_asked_goes_to_no_colleague_of_the_servers_choice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bram = world.staff("consultation_worker", "consultation_worker")
    _, asked, _ = world.mother()
    found = anna.read(asked.case, asked.name)
    assert found is not None
    consulting.take(anna, found)
    world.settle()
    server = MadeUp(world, bram, anna)
    lines = tuple(sorted(Line(one.device, "consultation_worker", None) for one in (anna, bram)))
    opening = {"service": "consultation", **OPENING, "purpose": "consultation"}
    server.open_beside(asked.case, "worknotes", lines, opening)
    server.show()
    assert list(colleagues.asked_of_colleagues(open_casework(anna, asked.case))) == []
    monkeypatch.setattr(BELONGING, as_the_server_says)
    monkeypatch.setattr("client.cases.colleagues.opener", lambda *_: _theirs(anna))
    assert len(list(colleagues.asked_of_colleagues(open_casework(anna, asked.case)))) == 1


def _theirs(session: Session) -> str:
    person = session.directory.newest.person(session.device)
    assert person is not None
    return person.person


# --- who comes back with her code ----------------------------------------------------------------


def conversation_made_up(world: World, cast: Cast, mother: Session) -> tuple[MadeUp, Invitation]:
    """A conversation in a case of the server's making, with an invitation that she never got."""
    world.settle()
    ella = cast["ella"]
    server = MadeUp(world, ella, mother)
    opening = {"service": "family_support", **OPENING}
    own = own_lines(ella.directory.newest, ella.device, "casemanager")
    chain = server.open_beside("7" * 32, "dialogue", own, opening)
    invitation = Invitation(new_secret(), chain.case, chain.name, "requester", ella.device)
    body = {"invitation": invitation.id, "role": "requester", "expires": "2099-01-01T00:00Z"}
    server.send(chain, server.draft(chain, "ParticipantInvited", body, None, None))
    line = Line(mother.device, "requester", invitation.id)
    server.change_members(chain, "joined", tuple(sorted((*own, line))), mother.card)
    server.show()
    return server, invitation


@attack(
    "makes up a conversation for her",
    "the server and one certified person",
    "mother comes back",
    "her own is chosen, else she is asked",
)
def test_a_conversation_made_up_for_her_is_not_the_one_that_she_goes_on_with(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother, asked, code = world.mother()
    conversation_made_up(world, cast, mother)
    session = world.session(code.keys)
    session.directory.refresh()
    cases = consultation.cases_of(session, code)
    there = consultation.joined(session, cases)
    assert [chain.case for chain in there] == ["7" * 32]
    assert handed_over_to(cases[-1]) == ""
    assert chosen(cases, there, None).case == asked.case
    with pytest.raises(NotPossible, match="--yes"):
        steps.be_sure(session, there[0], sure=False)
    monkeypatch.setattr(steps, "has_written", lambda *_: True)
    steps.be_sure(session, there[0], sure=False)


@attack(
    "lists her where she was not invited",
    "the server and one certified person",
    "mother comes back",
    "it is none of her conversations",
)
def test_a_place_without_an_invitation_of_hers_is_none_of_her_conversations(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother, _, code = world.mother()
    conversation_made_up(world, cast, mother)
    session = world.session(code.keys)
    monkeypatch.setattr(consultation, "by_invitation", lambda _: False)
    assert consultation.joined(session, []) == []


@attack(
    "answers an invitation of another place",
    "the server and one certified person",
    "mother joins",
    "her invitation does not name it",
)
def test_an_invitation_names_one_place_and_who_gave_it(world: World, cast: Cast) -> None:
    mother, _, code = world.mother()
    _, invitation = conversation_made_up(world, cast, mother)
    session = world.session(code.keys)
    (there,) = (one for one in consultation.joined(session, []) if one.case == "7" * 32)
    assert is_named_by(there, invitation)
    hers = Invitation(new_secret(), there.case, there.name, "requester", invitation.inviter)
    assert not is_named_by(there, hers)
    for case, place, role, inviter in (
        ("6" * 32, there.name, "requester", invitation.inviter),
        (there.case, "dialogue-123456789", "requester", invitation.inviter),
        (there.case, there.name, "relative", invitation.inviter),
        (there.case, there.name, "requester", cast["dirk"].device),
    ):
        assert not is_named_by(there, Invitation(invitation.secret, case, place, role, inviter))


def test_her_own_conversation_and_one_that_she_wrote_in_ask_nothing(world: World) -> None:
    session, chain, _ = world.mother()
    steps.be_sure(session, chain, sure=False)


# --- who stood where, and when --------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A case in which zoe wrote her analysis, and was let into a place of care after that."""
    with World(tmp_path_factory.mktemp("stood")) as world:
        cast = Cast(world).opened()
        for name in ("xena", "zoe"):
            cast.deploy("dirk", name)
        for name in ("xena", "zoe"):
            cast.at(name).contribute(contribution(f"of {name}"))
        cast.at("dirk").unseal()
        for name in ("xena", "zoe"):
            cast.at(name).share()
        cast.at("dirk").let_in("care", cast.person("zoe"))
        yield cast


def test_who_stood_in_the_case_only_later_opened_nothing_of_it(shared: Cast) -> None:
    dirk = shared.at("dirk")
    trust = dirk.session.directory.newest
    every = {chain.name: chain for chain in dirk.chains()}
    hers = next(
        chain
        for chain in every.values()
        if chain.compartment.type == "analysis" and opener(chain, trust) == shared.person("zoe")
    )
    assert hers in belonging(list(every.values()), set(), trust)
    # Without the places that she came to first she stands in that of care alone.
    before = ("expert", "conflict")
    without = [chain for chain in every.values() if chain.compartment.type not in before]
    assert "care" in {chain.compartment.type for chain in without}
    assert hers not in belonging(without, set(), trust)


def test_who_stands_in_no_first_place_goes_by_what_she_read_before(shared: Cast) -> None:
    xena = shared.at("xena")
    trust = xena.session.directory.newest
    every = list(xena.chains())
    assert len(every) > 2 and not any(chain.items[0].entry.fits_case for chain in every)
    assert belonging(every, set(), trust) == every
    last = every[-1]
    assert belonging(every, {last.name}, trust) == [last, *every[:-1]]
