"""Wrong input of every kind for everything that reads bytes from outside. For the tests, and in
larger numbers for `bench.fuzz`: whatever comes in, a named refusal, and never another exception."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError

from crypto.code import NotACode, read_code, show_code
from crypto.encoding import Malformed, b64, canonical, unb64
from crypto.secret.seeds import DeviceKeys
from crypto.wordlists import read_any, show_words
from domain.entry import Parts
from domain.refusal import Refused
from domain.state import Case
from domain.trust import Trust
from tests.support.cases.story import START, Story, Told
from tests.support.vectors import golden
from wire.header import ENTRY_SIGNATURE_LABEL, entry_hash, header_bytes, parse_header
from wire.pipeline import Reading
from wire.proof import (
    Request,
    Unproven,
    Untimely,
    parameters,
    proof_headers,
    proves,
    read_proof,
)
from wire.proof import signature_base as proof_base
from wire.schemas import EntryEnvelope, read_parts
from wire.trust_documents import parse_root, parse_roster

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**53, 2**63, -(2**63), 1e308, 0.5, "", "x", "\x00", "é", "🦭"),
    *([], {}, [[]], {"": None}, "0" * 32, "A" * 43, "9" * 300, "2026-11-24T00:00Z", "[" * 50),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A parser with valid inputs, and a function that says how it took one: "accepted", or the name
    of the refusal. It lets every exception through that is no named refusal."""

    corpus: Sequence[bytes]
    take: Callable[[bytes], str]

    def one(self, lots: random.Random) -> bytes:
        change = lots.choice((changed_bytes, changed_bytes, changed_json))
        return change(self.corpus, lots)


def changed_bytes(corpus: Sequence[bytes], lots: random.Random) -> bytes:
    """A valid input with a few bytes flipped, dropped, put in or doubled, cut off, or spliced."""
    found = bytearray(lots.choice(corpus))
    for _ in range(lots.choice((1, 1, 1, 2, 5))):
        place = lots.randrange(len(found) + 1)
        way = lots.randrange(6)
        if way == 0 and place < len(found):
            found[place] ^= 1 << lots.randrange(8)
        elif way == 1:
            del found[place : place + lots.choice((1, 1, 4, 50))]
        elif way == 2:
            found[place:place] = lots.randbytes(lots.choice((1, 1, 8)))
        elif way == 3:
            found[place:place] = found[place : place + lots.randrange(1, 60)]
        elif way == 4:
            del found[place:]
        else:
            other = lots.choice(corpus)
            found[place:] = other[min(place, len(other)) :]
    return bytes(found)


def changed_json(corpus: Sequence[bytes], lots: random.Random) -> bytes:
    """A valid document with one value, at any depth, taken away, replaced or swapped."""
    try:
        value, other = (json.loads(lots.choice(corpus)) for _ in range(2))
    except ValueError:  # it is no JSON
        return changed_bytes(corpus, lots)
    change_value(value, lots, other)
    return as_bytes(value)


def change_value(value: Any, lots: random.Random, other: Any) -> None:
    place, key = _somewhere(value, lots)
    if place is None:
        return
    way = lots.randrange(4)
    if way == 0:
        del place[key]
    elif way == 1:
        place[key] = lots.choice(ODD)
    elif way == 2 and isinstance(place, dict):
        place[lots.choice(("v", "kind", "id", "zz", ""))] = place[key]
    else:
        from_there, there = _somewhere(other, lots)
        place[key] = lots.choice(ODD) if from_there is None else from_there[there]


def _somewhere(value: Any, lots: random.Random) -> tuple[Any, Any]:
    """A container within a value and one of its keys; None for an empty one."""
    while isinstance(value, (dict, list)) and value:
        key = lots.choice(sorted(value)) if isinstance(value, dict) else lots.randrange(len(value))
        inner = value[key]
        if not (isinstance(inner, (dict, list)) and inner) or lots.random() < 0.4:
            return value, key
        value = inner
    return None, None


def as_bytes(value: Any) -> bytes:
    try:
        return canonical(value)
    except Malformed:
        return json.dumps(value).encode()


# --- parsers -------------------------------------------------------------------------------------


def _refusing(read: Callable[[bytes], object], *named: type[Exception]) -> Callable[[bytes], str]:
    def take(received: bytes) -> str:
        try:
            read(received)
        except Refused as refused:
            return str(refused.refusal)
        except named as error:
            return type(error).__name__
        return "accepted"

    return take


def _header(received: bytes) -> None:
    assert header_bytes(parse_header(received)) == received


def _envelope(received: bytes) -> None:
    """As the API reads a body: JSON, then its shape, then the sealed parts."""
    read_parts(EntryEnvelope().load(json.loads(received)))


def _code(received: bytes) -> None:
    typed = received.decode("utf-8", "replace")
    for read in (read_code, read_any):
        entropy = read(typed)
        assert read(show_code(entropy)) == entropy


def _proof_target() -> Target:
    asked = Request("GET", "zegel.example", "/v1/work-list", "?", b"{}")
    keys = DeviceKeys(b"\1" * 32, b"\2" * 32)
    stated = parameters(asked, keys.card().device, START, "A" * 22)
    good = proof_headers(asked, stated, keys.sign_raw(proof_base(asked, stated)))
    valid = "\n".join(good[name] for name in ("Signature-Input", "Signature", "Content-Digest"))

    def read(received: bytes) -> None:
        three = [*received.decode("latin-1").split("\n"), "", "", ""][:3]
        proof = read_proof(asked, *three, START)  # type: ignore[arg-type]
        if not proves(proof, keys.card().sign):
            raise Unproven("not by this key")
        assert "\n".join(three) == valid, "another spelling of a proof is taken"

    return Target([valid.encode()], _refusing(read, Unproven, Untimely))


def parsers() -> dict[str, Target]:
    """Every parser of what comes from outside, by name."""
    vectors = golden()
    chain = [unb64(item["header"]) for item in vectors["chain"]["store"] if "header" in item]
    root, roster = (unb64(document["bytes"]) for document in vectors["documents"][:2])
    envelopes = [
        as_bytes({"header": b64(one), "signature": "A" * 86, "keybox": "A" * 96, "payload": "AAAA"})
        for one in chain
    ]
    entropy = bytes(range(13))
    shown = [" ".join(show_words(entropy, each)).encode() for each in ("nl", "en")]
    return {
        "header": Target(chain, _refusing(_header)),
        "root": Target([root, roster], _refusing(parse_root)),
        "roster": Target([roster, root], _refusing(parse_roster)),
        "envelope": Target(
            envelopes, _refusing(_envelope, ValidationError, ValueError, RecursionError, Malformed)
        ),
        "code": Target([show_code(entropy).encode(), *shown], _refusing(_code, NotACode)),
        "proof": _proof_target(),
    }


# --- the pipeline --------------------------------------------------------------------------------


class Pipeline:
    """Entries of a real story, changed and signed again, for whoever holds the case so far."""

    def __init__(self) -> None:
        self._story = Story()
        self._told = self._story.told
        self._signers = list(self._story.people.values())
        trust = self._story.reading.trust
        assert trust.roster is not None
        anna = self._story.device("anna")
        devices = trust.roster.devices
        gone = {**devices, anna: replace(devices[anna], revoked=True)}
        self._without_anna = replace(trust, roster=replace(trust.roster, devices=gone))

    def one(self, lots: random.Random) -> str:
        """Take one wrong entry: "accepted", or the name of the refusal. Raises whatever is no
        refusal, and AssertionError if what was accepted left the case in no good order."""
        place = lots.randrange(len(self._told))
        told = self._told[place]
        source = told if lots.random() < 0.7 else lots.choice(self._told)
        header, signature = self._changed(told, source, lots)
        stored = START + lots.choice((0, 0, 0, 0, 599, 601, -601, 15 * 86_400))
        parts = lots.choice((Parts.COMPLETE, Parts.COMPLETE, Parts.MISSING, Parts.MISMATCHED))
        trust = self._without_anna if lots.random() < 0.1 else told.before.trust
        try:
            after, _ = told.before.with_trust(trust).receive(header, signature, stored, parts)
        except Refused as refused:
            return str(refused.refusal)
        in_good_order(told.before, after, header, trust)
        return "accepted"

    def _changed(self, told: Told, source: Told, lots: random.Random) -> tuple[bytes, bytes]:
        if lots.random() < 0.1:
            changed = changed_bytes([source.header], lots)
            return changed, source.signature
        value = json.loads(source.header)
        self._put_in_place(told, value, lots)
        if "proposal" in value["body"] and lots.random() < 0.5:
            value["body"]["proposal"] = lots.randbytes(16).hex()  # one that nobody approved
        else:
            for _ in range(lots.choice((0, 1, 1, 2))):
                self._change(value, lots)
        header = as_bytes(value)
        author = value.get("author")
        owner = next((one for one in self._signers if one.card().device == author), None)
        signer = lots.choice(self._signers) if owner is None or lots.random() < 0.05 else owner
        return header, signer.sign_with(ENTRY_SIGNATURE_LABEL, header)

    def _put_in_place(self, told: Told, value: dict[str, Any], lots: random.Random) -> None:
        """Mostly let it follow on what is there, so that the rules behind are reached."""
        if lots.random() < 0.1:
            return
        here = told.before.case.compartments.get(value["compartment"]) if told.before.case else None
        if here is not None:
            epoch = here.epoch + (1 if "members" in value["body"] else 0)
            value |= {"seq": here.seq + 1, "prev": here.head, "epoch": epoch}
        if lots.random() < 0.9:
            value["id"] = lots.randbytes(16).hex()

    def _change(self, value: dict[str, Any], lots: random.Random) -> None:
        other = json.loads(lots.choice(self._told).header)
        way = lots.randrange(5)
        if way == 0:
            change_value(value, lots, other)
        elif way == 1 and isinstance(value.get("body"), dict):
            wrong = {"author": "0" * 32, "seen": {"size": 1, "root": "A" * 43}}
            name = lots.choice(sorted(wrong))
            value[name] = wrong[name]
        elif way == 2:
            name = lots.choice(sorted(value.keys() & other.keys()))
            value[name] = other[name]
        elif way == 3:
            value["author"] = lots.choice(self._signers).card().device
        elif isinstance(value.get("body"), dict) and value["body"].get("members"):
            line = lots.choice(value["body"]["members"])
            if isinstance(line, dict):
                line["role"] = lots.choice(("requester", "consultation_worker", "auditor"))


def in_good_order(before: Reading, after: Reading, header: bytes, trust: Trust) -> None:
    """What holds after any entry that was accepted. Raises AssertionError."""
    case, taken = after.case, parse_header(header)
    assert isinstance(case, Case) and case.case == taken.case
    here = case.compartments[taken.compartment]
    was = before.case.compartments.get(taken.compartment) if before.case else None
    assert (here.seq, here.head) == (taken.seq, entry_hash(header))
    assert here.seq == (was.seq + 1 if was else 0)
    moved = was is not None and here.epoch != was.epoch
    assert moved == (was is not None and taken.changes_members)
    assert here.epoch == (was.epoch + moved if was else 0)
    assert case.state in after.rules.services[case.service].states
    assert taken.id in case.entries and not (before.case and taken.id in before.case.entries)
    devices = [line.device for line in here.lines]
    assert devices == sorted(set(devices))
    for line in here.lines:
        listed = trust.device(line.device)
        certified = listed is not None and trust.gives(line.device, line.role)
        assert certified or line.device in case.openers or line.invitation is not None
