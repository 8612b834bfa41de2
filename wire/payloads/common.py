"""Payloads of every service: what is said, and what is noted."""

from wire.payloads import fields
from wire.payloads.base import PayloadSchema


class Message(PayloadSchema):
    text = fields.message()


class Note(PayloadSchema):
    text = fields.message()


SCHEMAS = {"message/1": Message(), "note/1": Note()}
