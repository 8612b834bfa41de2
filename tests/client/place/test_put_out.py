"""Who was put out of a place is given nothing more by any door; what was refused as she went, and
was readable to her, is never sealed again.

Holds client/session.py, client/place/conflicts.py, store/releases.py.
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from client.cases import consultation
from client.cases.consultation import message
from client.errors import EpochMoved, ServerRefused
from client.files.enclosures import Enclosure
from client.place.chain import Chain
from client.place.compose import Draft, draft_change, draft_entry, draft_opening
from client.place.downloads import save
from client.server.pins import Pins
from client.session import Session
from crypto.encoding import b64, sha256, unb64
from crypto.padding import ATTACHMENT_FLOOR, sealed_size
from crypto.secret.payload import Place, open_keybox
from crypto.secret.wrap import CannotOpen
from domain.entry import Header, Line
from domain.trust import NO_HASH
from tests.support.asking import Answer, answer_of, asker
from tests.support.hostile.hostile_walls import OPENING, Scene, Seen, WatchingServer
from tests.support.people.support_case import Cast
from tests.support.world import World
from wire.header import parse_header
from wire.paths import ENTRIES, OVERVIEW, TIMELINE, UPLOAD, WORK_LIST, path
from wire.schemas import Uploaded, show_parts

ABSENT = "0" * 32
PROOF = {"Signature-Input", "Signature", "Content-Digest", "Content-Type", "Range"}


def letter() -> Enclosure:
    return Enclosure("a.txt", "text/plain", 3, lambda: io.BytesIO(b"abc"))


@dataclass
class Went:
    """xena, an expert who was released. chain: as she read it last. seen: what she asked while she
    stood there, and was answered. before, after: messages with a file from either side of that."""

    scene: Scene
    xena: Session
    chain: Chain
    seen: list[Seen]
    before: str
    after: str
    ask: Callable[..., Any]

    @property
    def place(self) -> str:
        return self.chain.name

    def again(self, seen: Seen) -> Any:
        """The very same request once more."""
        headers = {name: value for name, value in seen.headers.items() if name in PROOF}
        options = {"method": seen.method, "headers": headers, "data": seen.body}
        return self.ask(seen.path, seen.query, **options)

    def no_such_case(self) -> Answer:
        """What nobody is told of nothing."""
        return answer_of(self.ask(path(TIMELINE, case=ABSENT, compartment=self.place)))


@pytest.fixture(scope="module")
def went(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Went]:
    with World(tmp_path_factory.mktemp("went"), WatchingServer) as world:
        cast = Cast(world).opened()
        cast.invited("mother", "requester")
        for one in ("xena", "yusuf", "zoe"):
            cast.deploy("dirk", one)
        scene, xena = Scene(world, cast, {}), cast["xena"]
        dirk = cast.at("dirk")
        scene.place = dirk.only("expert").name
        dirk.say(dirk.only("expert"), "before", [letter()])
        scene.server.seen.clear()
        cast.at("xena").say(cast.at("xena").only("expert"), "of xena", [letter()])
        chain = scene.read(xena)
        consultation.conversation(xena, chain)
        before = next(one for one in chain.items if one.entry.header.payload)
        save(xena, chain, before, 1, tmp_path_factory.mktemp("saved"))
        hers = [one for one in scene.server.seen if _by(one, xena.device)]
        ask = asker(world.app, world.settings.authority)
        found = Went(scene, xena, chain, hers, before.entry.header.id, "", ask)
        assert {found.again(one).status_code for one in hers} <= {200, 201, 206}
        cast.at("dirk").release_expert(cast.person("xena"))
        dirk = cast.at("dirk")
        dirk.say(dirk.only("expert"), "after", [letter()])
        world.settle()
        yield replace(found, after=dirk.only("expert").items[-1].entry.header.id)


def _by(seen: Seen, device: str) -> bool:
    if seen.path == path(ENTRIES):
        return parse_header(unb64(json.loads(seen.body)["header"])).author == device
    return device in seen.headers.get("Signature-Input", "")


def test_no_door_tells_her_anything(went: Went) -> None:
    """Of all operations of a case, those to come included: the answer that strangers get."""
    nothing, open_to_zoe = went.no_such_case(), 0
    for rule in went.scene.world.app.url_map.iter_rules():
        if "case" not in rule.arguments:
            continue
        for entry in (went.before, went.after):
            names = {"case": went.scene.case, "compartment": went.place, "entry": entry}
            target = rule.rule
            for name, value in (names | {"number": "1", "hash": "A" * 43}).items():
                target = target.replace(f"<string:{name}>", value)
            query = "seqs=0-9" if rule.rule.endswith("/parts") and "entry" not in rule.rule else ""
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = went.ask(target, query, keys=went.xena.keys, method=method)
                if method == "GET":
                    assert answer_of(answer) == nothing, target
                    zoe = went.ask(target, query, keys=went.scene.cast["zoe"].keys)
                    open_to_zoe += zoe.status_code == 200
    assert open_to_zoe > 6  # timeline, wraps, parts and more are there for who stands in it


def test_nothing_is_taken_from_her(went: Went) -> None:
    body = os.urandom(sealed_size(ATTACHMENT_FLOOR))
    names = {"case": went.scene.case, "compartment": went.place, "hash": b64(sha256(body))}
    query = {"size": len(body), "offset": 0}
    with pytest.raises(ServerRefused) as refused:
        went.xena.transport.put(Uploaded, path(UPLOAD, **names), query, body, went.xena.keys)
    assert refused.value.name == "no-such-case"


def test_what_she_asked_before_is_not_answered_again(went: Went) -> None:
    """Signed within the last two minutes, when she stood there."""
    nothing, asked = went.no_such_case(), set()
    for one in went.seen:
        answer = went.again(one)
        if "/cases/" in one.path:
            assert answer_of(answer) == nothing, one.path
            asked.add((one.method, one.path.split("/compartments/")[1].split("/")[1]))
        elif one.path == path(WORK_LIST):
            shown = {row["compartment"] for row in answer.get_json()["work"]}
            assert went.place not in shown
    assert asked == {
        ("GET", "entries"),
        ("GET", "wraps"),
        ("GET", "uploads"),
        ("PUT", "uploads"),
        ("GET", "parts"),
    }


def test_what_she_posted_before_is_answered_as_then_and_no_further(went: Went) -> None:
    (posted,) = (one for one in went.seen if one.path == path(ENTRIES))
    answer = went.again(posted)
    fields = json.loads(unb64(answer.get_json()["receipt"]))
    assert answer.status_code == 201 and answer.get_json().keys() == {"receipt", "signature"}
    assert fields[4] == parse_header(unb64(json.loads(posted.body)["header"])).id


def test_she_is_shown_no_work_and_no_overview(went: Went) -> None:
    assert went.xena.work() == []
    assert went.ask(path(OVERVIEW), keys=went.xena.keys).status_code == 404


def drafts(went: Went, chain: Chain) -> Iterator[Draft]:
    """What she might try on the newest head of a place, if the server told her."""
    here, case, device = chain.compartment, went.scene.case, went.xena.device
    version, now = went.scene.dirk.roster_version(), went.scene.dirk.now()
    tried: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
        "MessageSent": ({}, message("from outside")),
        "MemberLeft": ({}, None),
        "WrapRefused": ({"epoch": here.epoch}, None),
        "ContributionAnnounced": ({"analysis": went.before, "hash": NO_HASH}, None),
        "MessageWithdrawn": ({"entries": [went.before], "ground": "withdrawn"}, None),
        "RecoveryApproved": ({"epoch": here.epoch}, None),
    }
    for kind, (body, value) in tried.items():
        key = os.urandom(32)
        yield draft_entry(here, case, kind, body, value, key, device, version, now)
    lines = tuple(sorted({*chain.lines, Line(device, "duidingsexpert", None)}))
    cards = {line.device: went.xena.card for line in lines}  # to herself, in everyone's name
    yield draft_change(here, case, "joined", lines, cards, device, version, now)
    for name in (chain.name, "analysis-123456789"):
        own, salt = (Line(device, "duidingsexpert", None),), os.urandom(16)
        yield draft_opening(case, name, salt, own, cards, OPENING, device, version, now)


def test_nothing_that_she_posts_is_taken_or_tells_her_anything(went: Went) -> None:
    nothing, tried = went.no_such_case(), 0
    for chain in went.scene.cast.at("dirk").chains():
        for draft in drafts(went, chain):
            header, signature = draft.signed(went.xena.keys)
            body = {"header": b64(header), "signature": b64(signature), **show_parts(draft.parts)}
            answer = went.ask(path(ENTRIES), method="POST", json=body)
            assert answer_of(answer) == nothing, (chain.name, draft.header.kind)
            tried += 1
    assert tried >= 9 * 4


def test_her_keys_open_nothing_of_it_even_with_the_servers_help(went: Went) -> None:
    store, dirk = went.scene.world.opened.store, went.scene.cast["dirk"].device
    parts = store.parts_for(went.scene.case, went.after, dirk)
    assert parts is not None and parts.keybox is not None and went.chain.epoch_keys
    place = Place(went.scene.case, went.place, went.after, dirk)
    for epoch in range(4):
        for key in went.chain.epoch_keys.values():
            with pytest.raises(CannotOpen):
                open_keybox(key, place, epoch, parts.keybox)


# --- what was refused is never sealed again -------------------------------------------------------


def posted(scene: Scene) -> list[Header]:
    """The messages that came in, also those that were refused."""
    bodies = (json.loads(one.body) for one in scene.server.seen if one.path == path(ENTRIES))
    headers = (parse_header(unb64(body["header"])) for body in bodies)
    return [header for header in headers if header.kind == "MessageSent"]


@pytest.mark.parametrize("outbox", [False, True], ids=["without an outbox", "with an outbox"])
@pytest.mark.parametrize("files", [0, 2], ids=["text", "files"])
@pytest.mark.parametrize("gone", ["put out", "left"])
def test_what_was_refused_as_someone_went_is_asked_about_and_sealed_anew(
    went: Went, tmp_path: Path, gone: str, files: int, outbox: bool
) -> None:
    """Whoever went could read what was refused: not one key, id or sealed byte of it comes back."""
    scene = Scene(went.scene.world, went.scene.cast, {})
    chain, enclosures = scene.open("expert", "yusuf", "zoe"), [letter()] * files
    own = scene.session("zoe")
    box = tmp_path if outbox else None
    zoe = Session(own.transport, scene.world.pin, own.keys, Pins(), outbox=box)
    hers = scene.read(zoe)
    if gone == "put out":
        scene.put_out(chain, "yusuf")
    else:
        scene.leaves("yusuf")
    scene.server.seen.clear()
    with pytest.raises(EpochMoved) as moved:
        zoe.write(hers, "MessageSent", {}, message("the same words"), enclosures)
    assert (moved.value.left, moved.value.came) == ((scene.cast["yusuf"].device,), ())
    assert list(tmp_path.iterdir()) == []
    zoe.write(hers, "MessageSent", {}, message("the same words"), enclosures)

    refused, stored = posted(scene)
    assert refused.payload and stored.payload
    assert stored.epoch == refused.epoch + 1 and stored.id != refused.id
    before, after = ({one.keybox, *one.hashes} for one in (refused.payload, stored.payload))
    assert len(before) == len(after) == 2 + files and not before & after
    sent = {one.path.rpartition("/")[2] for one in scene.server.seen if one.method == "PUT"}
    assert sent == {one.hash for one in refused.payload.attachments + stored.payload.attachments}
