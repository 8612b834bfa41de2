"""Bodies of answers that give sealed parts out, of one entry and of many."""

from marshmallow import fields, validate

from wire.fields import Answer, Exactly, Strict, bytes_field, count_field, id_field
from wire.schemas import MAX_PARTS_CHARACTERS
from wire.seqs import MAX_SEQS_CHARACTERS, SEQS


class PartsSchema(Answer):
    payload = bytes_field(MAX_PARTS_CHARACTERS, required=True)
    keybox = bytes_field(96, 96, required=True)


class ManyPartsQuery(Strict):
    """seqs: numbers of entries in the compartment, such as 3-400,402."""

    seqs = fields.String(
        required=True, validate=[validate.Length(max=MAX_SEQS_CHARACTERS), Exactly(SEQS)]
    )


class PartsOfEntry(PartsSchema):
    entry = id_field(required=True)


class ManyParts(Answer):
    """Of those entries that were asked for and have any for the asking device, in order of seq.
    next: the seq to go on from, null at the end."""

    parts = fields.List(fields.Nested(PartsOfEntry), required=True)
    next = count_field(allow_none=True)
