"""A hostile server, the honest one with its answers changed on the way out; and what people do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request

from api.rendering import stored_entry
from client.audit.replay import fetch, replay
from client.cases import consultation
from client.errors import Distrust
from client.place.chain import Chain
from client.server.pins import Pins
from client.session import Session
from crypto.device import Card, card_from
from crypto.device import _device_id as real_device_id
from crypto.encoding import b64, canonical, parse_canonical, unb64
from crypto.log_signer import LogSigner
from crypto.note import show_vkey
from crypto.secret.seeds import CodeKeys, new_device
from crypto.secret.wrap import hpke_seal
from tests.support.world import Ceremony, Server, World
from wire.header import ENTRY_SIGNATURE_LABEL, entry_hash, minute_of, parse_header
from wire.trust_documents import ROSTER_LABEL

Answer = dict[str, Any]
Deceit = Callable[["Scene", Request, Answer], Answer]


class HostileServer(Server):
    """Changes its answers once it is told how."""

    deceive: Callable[[Request, Answer], Answer] | None = None

    def answer(self, request: Request, answer: Answer) -> Answer:
        return self.deceive(request, answer) if self.deceive else answer


@dataclass
class Scene:
    """A consultation that was answered: a mother and a worker, before the server turns."""

    world: World
    worker: Session
    auditor: Session
    mother: Session
    chain: Chain
    code: CodeKeys
    other: Chain

    def turn(self, deceit: Deceit) -> None:
        server = self.world.server
        assert isinstance(server, HostileServer)
        server.deceive = lambda request, answer: deceit(self, request, answer)

    def mother_again(self, pins: Pins | None = None) -> Session:
        return self.world.session(self.code.keys, pins)


@contextmanager
def asked(folder: Path) -> Iterator[Scene]:
    """A question that nobody has taken yet, at a server that can turn."""
    with World(folder, HostileServer) as world:
        (worker,) = world.staff("consultation_worker")
        (auditor,) = world.staff("auditor")
        mother, chain, code = world.mother("a question")
        yield Scene(world, worker, auditor, mother, chain, code, chain)


# What the person does, once the server has turned.


def mother_reads(scene: Scene) -> None:
    """With the code alone, from nothing."""
    session = scene.mother_again()
    chain = session.read(scene.chain.case, scene.chain.name)
    assert chain is not None
    consultation.conversation(session, chain)


def mother_reads_again(scene: Scene) -> None:
    """With the pins of her last visit."""
    session = scene.mother_again(scene.mother.pins)
    chain = session.read(scene.chain.case, scene.chain.name)
    assert chain is not None
    consultation.conversation(session, chain)


def someone_asks(scene: Scene) -> None:
    scene.world.mother("a new question")


def mother_writes(scene: Scene) -> None:
    chain = scene.mother.read(scene.chain.case, scene.chain.name)
    assert chain is not None
    scene.mother.write(chain, "MessageSent", {}, consultation.message("more"))


def auditor_replays(scene: Scene) -> None:
    evidence, cards = fetch(scene.auditor.transport, scene.auditor.keys, scene.chain.case)
    scene.auditor.directory.refresh()
    report = replay(scene.chain.case, evidence, cards, scene.auditor.directory)
    if report.finding:
        raise Distrust(report.finding.rule, report.finding.detail)


# What the server does.


def in_timeline(change: Callable[[Scene, list[Answer]], list[Answer]]) -> Deceit:
    def deceit(scene: Scene, request: Request, answer: Answer) -> Answer:
        if request.path.endswith(("/entries", "/structure")) and scene.chain.case in request.path:
            return {**answer, "entries": change(scene, answer["entries"])}
        return answer

    return deceit


def drops(_: Scene, entries: list[Answer]) -> list[Answer]:
    return entries[:2] + entries[3:]


def reorders(_: Scene, entries: list[Answer]) -> list[Answer]:
    first, second = entries[-2:]
    swapped = [{**second, "position": first["position"]}, {**first, "position": second["position"]}]
    return entries[:-2] + swapped


def replays(_: Scene, entries: list[Answer]) -> list[Answer]:
    return [*entries, {**entries[1], "position": entries[-1]["position"] + 1}]


def truncates(_: Scene, entries: list[Answer]) -> list[Answer]:
    return entries[:1]


def splices(scene: Scene, entries: list[Answer]) -> list[Answer]:
    return [entries[0], _stored(scene, scene.other)[1], *entries[2:]]


def exchanges(scene: Scene, entries: list[Answer]) -> list[Answer]:
    return _stored(scene, scene.other)


def _stored(scene: Scene, chain: Chain) -> list[Answer]:
    return [stored_entry(one) for one in scene.world.opened.store.structure(chain.case, 0, 100)]


def changes_header(_: Scene, entries: list[Answer]) -> list[Answer]:
    fields = parse_canonical(unb64(entries[-1]["header"]), 10**6)
    fields["at"] = minute_of(parse_header(unb64(entries[-1]["header"])).at + 60)
    return [*entries[:-1], {**entries[-1], "header": b64(canonical(fields))}]


def changes_spelling(_: Scene, entries: list[Answer]) -> list[Answer]:
    return [*entries[:-1], {**entries[-1], "header": b64(unb64(entries[-1]["header"]) + b"\n")}]


def redates(_: Scene, entries: list[Answer]) -> list[Answer]:
    return [*entries[:-1], {**entries[-1], "stored": entries[-1]["stored"] + 1_000}]


def forges(scene: Scene, entries: list[Answer]) -> list[Answer]:
    """An answer by a device of the server's own, with a card, in the worker's name."""
    keys = new_device()
    STRANGERS[keys.card().device] = keys.card()
    last = entries[-1]
    fields = parse_canonical(unb64(last["header"]), 10**6)
    fields |= {"author": keys.card().device, "id": "0" * 32, "seq": fields["seq"] + 1}
    fields["prev"] = entry_hash(unb64(last["header"]))
    fields["payload"] = None
    fields["kind"] = "MemberLeft"
    header = canonical(fields)
    signature = keys.sign_with(ENTRY_SIGNATURE_LABEL, header)
    forged = {"header": b64(header), "signature": b64(signature), "stored": last["stored"]}
    return [*entries, {**forged, "position": last["position"] + 1}]


STRANGERS: dict[str, Card] = {}


def with_strangers_cards(deceit: Deceit) -> Deceit:
    def also(scene: Scene, request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/cards"):
            return {"cards": answer["cards"] + [card.fields() for card in STRANGERS.values()]}
        return deceit(scene, request, answer)

    return also


def swaps_keys(scene: Scene, request: Request, answer: Answer) -> Answer:
    """The worker's card with the server's own encapsulation key in it."""
    if not request.path.endswith("/cards"):
        return answer
    forged = []
    for fields in answer["cards"]:
        mine = new_device().card().kem
        PASSES_FOR[mine] = card_from(fields).device
        forged.append({**fields, "kem": b64(mine)})
    return {"cards": forged}


PASSES_FOR: dict[bytes, str] = {}


def id_without_kem(sign: bytes, kem: bytes) -> str:
    """A device id that does not commit to the encapsulation key."""
    return PASSES_FOR.get(kem) or real_device_id(sign, kem)


def hides_newest_roster(_: Scene, request: Request, answer: Answer) -> Answer:
    if not request.path.endswith("/trust"):
        return answer
    return {"documents": [one for one in answer["documents"] if one["position"] < 2]}


def adds_own_roster(scene: Scene, request: Request, answer: Answer) -> Answer:
    """A roster of the server's making, with a worker of its own, signed by a key of its own."""
    if not request.path.endswith("/trust") or not answer["documents"]:
        return answer
    own, keys = Ceremony(), new_device()
    STRANGERS[keys.card().device] = keys.card()
    own.people = list(scene.world.ceremony.people)
    own.rosters = list(scene.world.ceremony.rosters)
    own.list_person(99, ["consultation_worker"], keys)
    last = answer["documents"][-1]
    document = own.roster(last["stored"])
    forged = {
        "what": "roster",
        "bytes": b64(document),
        "signatures": [own.registrar.sign_document(0, ROSTER_LABEL, document)],
        "stored": last["stored"],
        "position": last["position"] + 1,
    }
    return {"documents": [*answer["documents"], forged]}


def shows_own_root(_: Scene, request: Request, answer: Answer) -> Answer:
    if not request.path.endswith("/trust"):
        return answer
    own = Ceremony()
    document = own.root(show_vkey("test.example/0", bytes(32)))
    documents = list(answer["documents"])
    signatures = own.sign_root(document)
    documents[0] = {**documents[0], "bytes": b64(document), "signatures": signatures}
    return {"documents": documents}


def in_parts(name: str) -> Deceit:
    def deceit(_: Scene, request: Request, answer: Answer) -> Answer:
        if not request.path.endswith("/parts"):
            return answer
        if "parts" in answer:
            return {**answer, "parts": [flipped(one) for one in answer["parts"]]}
        return flipped(answer)

    def flipped(parts: Answer) -> Answer:
        changed = bytearray(unb64(parts[name]))
        changed[len(changed) // 2] ^= 1
        return {**parts, name: b64(bytes(changed))}

    return deceit


def gives_own_epoch_key(scene: Scene, request: Request, answer: Answer) -> Answer:
    """A wrap that opens, for the right member, of a key that the server chose."""
    if not request.path.endswith("/wraps"):
        return answer
    card = scene.code.keys.card()
    own = hpke_seal(card, b"", bytes(32))
    return {"wraps": [{**wrap, "wrap": b64(own)} for wrap in answer["wraps"]]}


def signs_another_receipt(scene: Scene, request: Request, answer: Answer) -> Answer:
    if request.method != "POST":
        return answer
    fields = parse_canonical(unb64(answer["receipt"]), 10_000)
    fields[3] += 1
    stated, signature = scene.world.opened.signer.receipt(fields[1:])
    return {"receipt": b64(stated), "signature": b64(signature)}


def signs_with_another_key(_: Scene, request: Request, answer: Answer) -> Answer:
    if request.method != "POST":
        return answer
    fields = parse_canonical(unb64(answer["receipt"]), 10_000)
    stated, signature = LogSigner(fields[0], bytes(32)).receipt(fields[1:])
    return {"receipt": b64(stated), "signature": b64(signature)}
