"""A support case whose server has turned: what it does to walls, members and keys, alone or with a
member who signs what it likes. It changes what it shows; what is stored was posted by people.

Each deed is done in a place of its own, so that many can be tried in one case.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

from werkzeug.wrappers import Request

from api.rendering import stored_entry
from client.people.invitations import Invitations, accept
from client.place.chain import Chain
from client.place.compose import Draft, draft_change, draft_grant, envelope
from client.server.pins import Pins
from client.session import Session
from crypto.device import Card
from crypto.encoding import b64
from crypto.secret.grant import Granted
from crypto.secret.invitation import Invitation
from crypto.secret.seeds import DeviceKeys, new_device
from domain.entry import Line
from tests.support.hostile.server import Answer, HostileServer
from tests.support.people.support_case import ROLES, Cast, contribution
from tests.support.world import Ceremony, World
from wire.paths import ACCEPTANCES, ENTRIES, MANY_PARTS, PARTS, TIMELINE, TRUST, WRAPS, path
from wire.schemas import Receipt, show_parts
from wire.trust_documents import ROSTER_LABEL

Deceit = Callable[[Request, Answer], Answer]
OPENING = {"service": "family_support", "ground": "public_task", "purpose": "support"}
LATER = 10**6  # a position that no store comes to here


class Seen(NamedTuple):
    """A request as it came in."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class WatchingServer(HostileServer):
    """Keeps what it is asked, also what is refused."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.seen: list[Seen] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        asked = Request(environ)
        query = asked.query_string.decode()
        self.seen.append(Seen(asked.method, asked.path, query, dict(asked.headers), body))
        return super().__call__(environ, start_response)


@dataclass
class Scene:
    """A case with two of a family and two experts. names: its compartments by whose they are.
    place: where a deed is done. pins, writer, chain: what someone held before. later: by how many
    seconds the clocks of dirk and the server are ahead when a deed is done."""

    world: World
    cast: Cast
    names: dict[str, str]
    place: str = ""
    pins: Pins | None = None
    writer: Session | None = None
    chain: Chain | None = None
    later: int = 0
    dirk: Session = field(init=False)
    invitations: Invitations = field(init=False)

    def __post_init__(self) -> None:
        self.dirk = self.session("dirk")
        self.dirk.directory.refresh()
        self.invitations = Invitations(self.dirk)

    @property
    def case(self) -> str:
        return self.cast.case

    @property
    def server(self) -> WatchingServer:
        server = self.world.server
        assert isinstance(server, WatchingServer)
        return server

    def turn(self, deceit: Deceit | None) -> None:
        self.world.settle()
        self.server.deceive = deceit

    def session(self, who: str, pins: Pins | None = None) -> Session:
        """Someone in a process of its own, who remembers nothing or these pins."""
        return self.world.session(self.cast[who].keys, pins)

    def read(self, session: Session) -> Chain:
        self.world.settle()
        found = session.read(self.case, self.place)
        assert found is not None
        return found

    def seen_by(self, who: str) -> None:
        """Someone has read the place, and remembers."""
        self.pins = Pins()
        self.writer = self.session(who, self.pins)
        self.chain = self.read(self.writer)

    def open(self, kind: str, *who: str) -> Chain:
        """Another place of a type, opened by dirk, who lets these in."""
        own, *others = (Line(self.cast[one].device, ROLES[one], None) for one in ("dirk", *who))
        chain = self.dirk.open_beside(self.case, kind, (own,), OPENING)
        self.place = chain.name
        if others:
            self.dirk.change_members(chain, "joined", tuple(sorted((own, *others))))
        return chain

    def experts(self) -> Chain:
        return self.open("expert", "xena", "zoe")

    def invited(self, chain: Chain) -> tuple[Session, Invitation]:
        """A municipality that was invited and said so, and was not let in yet."""
        guest = self.world.session(new_device())
        invitation = self.invitations.invite(chain, "local_party")
        accept(guest.transport, guest.card, invitation)
        return guest, invitation

    def put_out(self, chain: Chain, who: str) -> None:
        """dirk puts someone out."""
        staying = tuple(one for one in chain.lines if one.device != self.cast[who].device)
        self.dirk.change_members(chain, "removed", staying)

    def leaves(self, who: str) -> Chain:
        """Someone leaves the place; as dirk reads it then."""
        session = self.session(who)
        session.write(self.read(session), "MemberLeft", {})
        return self.read(self.dirk)

    def joining(self, chain: Chain, line: Line, card: Card, author: str = "") -> Draft:
        """A list with one more on it, by dirk unless another device is named."""
        lines = tuple(sorted((*chain.lines, line)))
        self.world.settle()
        cards = self.dirk.directory.cards(one.device for one in chain.lines) | {card.device: card}
        device, version = author or self.dirk.device, self.dirk.roster_version()
        now = self.dirk.now() + self.later
        return draft_change(
            chain.compartment, self.case, "joined", lines, cards, device, version, now
        )

    def granting(self, chain: Chain, granted: Granted) -> Draft:
        """A grant of dirk's to ella, of whatever keys."""
        card, version = self.cast["ella"].card, self.dirk.roster_version()
        place, now = chain.compartment, self.dirk.now()
        return draft_grant(
            place, self.case, card, granted, "handover", self.dirk.device, version, now
        )

    def post(self, draft: Draft) -> None:
        """Have what dirk signed stored as it is: what is sealed in it no server can see."""
        header, signature = draft.signed(self.dirk.keys)
        body = envelope(header, signature, draft.parts)
        self.dirk.transport.post(Receipt, path(ENTRIES), body)

    def asks_for(self, template: str, request: Request) -> bool:
        return request.path == path(template, case=self.case, compartment=self.place)

    def stored(self, case: str, place: str) -> list[Answer]:
        """A timeline as it was stored."""
        found = self.world.opened.store.structure(case, 0, 1_000)
        return [
            stored_entry(one)
            for one in found
            if f'"compartment":"{place}"'.encode() in one.entry.header
        ]


def played(world: World) -> Scene:
    """The case before anyone turned, with analyses that were shared; a device was revoked."""
    cast = Cast(world)
    (revoked,) = world.staff("duidingsexpert")
    world.revoke(revoked)
    cast.opened()
    names = {}
    for one, role in (("mother", "requester"), ("father", "relative")):
        names[one] = cast.invited(one, role).compartment
        support = cast.at(one)
        support.say(support.only("dialogue"), f"from the {one}")
    for one in ("xena", "zoe"):
        cast.deploy("dirk", one)
        cast.at(one).contribute(contribution(f"of {one}"))
        names[f"analysis of {one}"] = cast.at(one).only("analysis").name
    cast.at("dirk").unseal()
    for one in ("xena", "zoe"):
        cast.at(one).share()
    names |= {chain.compartment.type: chain.name for chain in cast.at("dirk").chains()}
    return Scene(world, cast, names)


# --- what the server shows ------------------------------------------------------------------------


def in_timeline(scene: Scene, change: Callable[[list[Answer]], list[Answer]]) -> Deceit:
    def deceit(request: Request, answer: Answer) -> Answer:
        if scene.asks_for(TIMELINE, request):
            return {**answer, "entries": change(answer["entries"])}
        return answer

    return deceit


def without(scene: Scene, kind: str) -> Deceit:
    """The timeline without the newest entry of a kind."""
    chain = scene.read(scene.session("dirk"))
    seq = max(one.entry.header.seq for one in chain.items if one.entry.header.kind == kind)
    return in_timeline(scene, lambda shown: shown[:seq] + shown[seq + 1 :])


def shows(
    scene: Scene,
    draft: Draft,
    keys: DeviceKeys | None = None,
    card: Card | None = None,
    *,
    alone: bool = False,
) -> Deceit:
    """An entry that was never stored, with its wraps, behind those that were, or alone. keys: of
    the device that signs, dirk's if not given. card: of a device that nobody certified."""
    header, signature = draft.signed(keys or scene.dirk.keys)
    fields = {"header": b64(header), "signature": b64(signature)}
    stored = scene.dirk.now() + scene.later

    def deceit(request: Request, answer: Answer) -> Answer:
        if scene.asks_for(TIMELINE, request):
            before = [] if alone else answer["entries"]
            return {**answer, "entries": [*before, {**fields, "stored": stored, "position": LATER}]}
        if scene.asks_for(WRAPS, request):
            wrap = draft.parts.wraps.get(_asking(request))
            given = [{"entry": draft.header.id, "wrap": b64(wrap)}] if wrap else []
            return {"wraps": given if alone else answer["wraps"] + given}
        if card is not None and request.path.endswith("/cards"):
            return {"cards": [*answer["cards"], card.fields()]}
        return answer

    return deceit


def _asking(request: Request) -> str:
    """The device that proves a request."""
    found = re.search(r'keyid="([0-9a-f]{32})"', request.headers.get("Signature-Input", ""))
    return found[1] if found else ""


def gives_wrap(scene: Scene, entry: str, wrap: bytes | None) -> Deceit:
    """Another wrap for an entry, or none."""

    def deceit(request: Request, answer: Answer) -> Answer:
        if not scene.asks_for(WRAPS, request):
            return answer
        kept = [one for one in answer["wraps"] if one["entry"] != entry]
        return {"wraps": kept + ([{"entry": entry, "wrap": b64(wrap)}] if wrap else [])}

    return deceit


def gives_parts(scene: Scene, entry: str, other: str) -> Deceit:
    """Under the id of an entry the parts of another."""
    held = scene.world.opened.store.parts_for(scene.case, other, scene.dirk.device)
    assert held is not None
    where = path(PARTS, case=scene.case, compartment=scene.place, entry=entry)
    swapped = {"entry": entry, **show_parts(held)}

    def deceive(request: Request, answer: Answer) -> Answer:
        if request.path == where:
            return show_parts(held)
        if not scene.asks_for(MANY_PARTS, request):
            return answer
        parts = [swapped if one["entry"] == entry else one for one in answer["parts"]]
        return {**answer, "parts": parts}

    return deceive


def accepts(scene: Scene, invitation: str, card: Card, tag: str) -> Deceit:
    """Someone who says that she was invited."""
    shown = {"acceptances": [{"invitation": invitation, "card": card.fields(), "tag": tag}]}
    return lambda request, answer: shown if scene.asks_for(ACCEPTANCES, request) else answer


def shows_roster(scene: Scene, change: Callable[[Any], None], *, signed: bool) -> Deceit:
    """One more roster, with its people changed like this. signed: by a registrar who cheats too."""
    real, own = scene.world.ceremony, Ceremony()
    own.people = [
        {**one, "devices": [dict(device) for device in one["devices"]]} for one in real.people
    ]
    own.rosters = list(real.rosters)
    change(own.people)
    document = own.roster(scene.dirk.now())
    registrar = real.registrar if signed else own.registrar
    fields = {
        "what": "roster",
        "bytes": b64(document),
        "signatures": [registrar.sign_document(0, ROSTER_LABEL, document)],
        "stored": scene.dirk.now(),
        "position": LATER,
    }
    return lambda request, answer: (
        {"documents": [*answer["documents"], fields]} if request.path == path(TRUST) else answer
    )


def random_key() -> bytes:
    return os.urandom(32)
