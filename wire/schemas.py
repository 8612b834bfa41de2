"""Bodies of requests and answers."""

from typing import Any

from marshmallow import fields, validate

from crypto.encoding import b64, unb64
from wire.fields import Answer, Strict, bytes_field, count_field, id_field
from wire.parts import SealedParts

MAX_PARTS_CHARACTERS = 3 * 2**20


class NoQuery(Strict):
    """An operation that takes no query."""


class CardSchema(Strict):
    v = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    sign = bytes_field(43, 43, required=True)
    kem = bytes_field(1622, 1622, required=True)


class EntryEnvelope(Strict):
    """An entry as it is posted: its signed bytes, its sealed parts, and the card of a device that
    it names, when the server may not have it yet."""

    header = bytes_field(88_000, 1, required=True)
    signature = bytes_field(86, 86, required=True)
    card = fields.Nested(CardSchema)
    payload = bytes_field(MAX_PARTS_CHARACTERS)
    keybox = bytes_field(96, 96)
    wraps = fields.Dict(keys=id_field(), values=bytes_field(200_000))


class Receipt(Answer):
    """The server's signed word that an entry is stored: canonical JSON [origin, case, compartment,
    seq, id, entry hash, position, stored] and the log key's signature."""

    receipt = bytes_field(2_000, required=True)
    signature = bytes_field(86, 86, required=True)


class StoredEntry(Answer):
    header = bytes_field(88_000, required=True)
    signature = bytes_field(86, 86, required=True)
    stored = count_field()
    position = count_field()


class StructureEntry(StoredEntry):
    """linked: the entry of another case that this one names, null where it names none that is
    there."""

    linked = fields.Nested(StoredEntry, load_default=None, allow_none=True)


class Timeline(Answer):
    """Entries after the cursor, in order of seq. next: the cursor to go on from, null at the end.
    seen: the position up to which the timeline was made; newest: to which the store had come.
    charge: told to those who ask, the devices of those whose case it is now: whom to let in."""

    entries = fields.List(fields.Nested(StoredEntry), required=True)
    next = count_field(allow_none=True)
    seen = fields.Integer(required=True, strict=True)
    newest = fields.Integer(required=True, strict=True)
    charge = fields.List(fields.String(validate=validate.Length(max=32)), load_default=list)


class TimelineQuery(Strict):
    after = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=500))
    wait = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))


class UploadQuery(Strict):
    """size: of the whole ciphertext; offset: where the piece begins. Both in bytes."""

    size = fields.Integer(required=True, validate=validate.Range(min=0, max=2**53 - 1))
    offset = fields.Integer(required=True, validate=validate.Range(min=0, max=2**53 - 1))


class Uploaded(Answer):
    """How many bytes of an upload have come."""

    offset = count_field()


class Wrap(Answer):
    """A wrap for the asking device, and the entry that gives it."""

    entry = id_field(required=True)
    wrap = bytes_field(200_000, required=True)


class Wraps(Answer):
    wraps = fields.List(fields.Nested(Wrap), required=True)


class TrustDocument(Answer):
    """A root or roster as it is stored."""

    what = fields.String(required=True, validate=validate.OneOf(("root", "roster")))
    bytes = bytes_field(24 * 2**20, 1, required=True)
    signatures = fields.Raw(required=True)
    stored = count_field()
    position = count_field()


class TrustDocuments(Answer):
    """now: unix time of the server, by which a client sees how far off its own clock is before it
    proves or signs anything."""

    documents = fields.List(fields.Nested(TrustDocument), required=True)
    now = count_field(required=False)


class TrustQuery(Strict):
    after = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))
    wait = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))


class TrustPublication(Strict):
    """A root or roster to be stored, with the cards of the devices that a roster lists."""

    what = fields.String(required=True, validate=validate.OneOf(("root", "roster")))
    bytes = bytes_field(24 * 2**20, 1, required=True)
    signatures = fields.Raw(required=True)
    cards = fields.List(
        fields.Nested(CardSchema), load_default=list, validate=validate.Length(max=1000)
    )


class Published(Answer):
    position = count_field()
    stored = count_field()


class Cards(Answer):
    cards = fields.List(fields.Nested(CardSchema), required=True)


class CardsQuery(Strict):
    device = fields.List(id_field(), required=True, validate=validate.Length(min=1, max=100))


class AcceptanceSchema(Strict):
    """Someone who was invited: her card, and the tag that the invitation's secret gives."""

    invitation = id_field(required=True)
    card = fields.Nested(CardSchema, required=True)
    tag = bytes_field(43, 43, required=True)


class Accepted(Answer):
    """Nothing: an outsider is told nothing of what stands in a case."""


class Acceptances(Answer):
    acceptances = fields.List(fields.Nested(AcceptanceSchema), required=True)


class ReadsQuery(Strict):
    after = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=500))


class ReadLine(Answer):
    """A line of the read log: canonical JSON, and the hash over it and the one before."""

    number = count_field()
    body = bytes_field(8_000, required=True)
    hash = bytes_field(43, 43, required=True)


class Reads(Answer):
    """Lines after the cursor. head: canonical JSON [origin, case, how many lines there are, hash of
    the newest, unix time], signed by the log key."""

    lines = fields.List(fields.Nested(ReadLine), required=True)
    next = count_field(allow_none=True)
    head = bytes_field(1_000, required=True)
    signature = bytes_field(86, 86, required=True)


class Structure(Answer):
    """All entries of a case with the trust documents around them, in store order."""

    entries = fields.List(fields.Nested(StructureEntry), required=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    next = count_field(allow_none=True)


class CaseCount(Answer):
    """A case, and how many entries it holds."""

    case = id_field(required=True)
    entries = count_field()


class CaseList(Answer):
    """Cases by the position of their first entry. position: of the newest entry or document of the
    store when the list was made, -1 if there is none; next: the position to go on after."""

    cases = fields.List(fields.Nested(CaseCount), required=True)
    position = fields.Integer(required=True, strict=True)
    next = count_field(allow_none=True)


class StructureQuery(Strict):
    after = fields.Integer(load_default=-1, validate=validate.Range(min=-1, max=2**53 - 1))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=500))


class Health(Answer):
    """max_attachment_bytes: of a file itself, before it is sealed."""

    status = fields.String(required=True)
    log = fields.String(required=True)
    max_attachment_bytes = count_field(required=False)


class Problem(Answer):
    """RFC 9457. `missed` holds the entries that a loser of a conflict missed, `offset` how far an
    upload has come, `now` the unix time of a server for which a proof is too old or too new,
    `authority` the name by which it is to be asked."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    offset = fields.Integer(strict=True)
    now = count_field(required=False)
    authority = fields.String(validate=validate.Length(max=300))
    missed = fields.List(fields.Nested(StoredEntry))


def read_parts(envelope: dict[str, Any]) -> SealedParts:
    """The sealed parts of a loaded envelope."""
    payload, keybox = envelope.get("payload"), envelope.get("keybox")
    return SealedParts(
        None if payload is None else unb64(payload),
        None if keybox is None else unb64(keybox),
        {device: unb64(wrap) for device, wrap in envelope.get("wraps", {}).items()},
    )


def show_parts(parts: SealedParts) -> dict[str, Any]:
    """Sealed parts as fields of an envelope."""
    shown: dict[str, Any] = {}
    if parts.payload is not None and parts.keybox is not None:
        shown = {"payload": b64(parts.payload), "keybox": b64(parts.keybox)}
    if parts.wraps:
        shown["wraps"] = {device: b64(wrap) for device, wrap in parts.wraps.items()}
    return shown
