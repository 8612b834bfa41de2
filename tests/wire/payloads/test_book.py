"""The book of payloads: whatever is registered can be asked for and shown, under a name of its own,
and no module of payloads is left out.

Holds wire/payloads/book.py, wire/payloads/base.py, wire/payloads/common.py,
wire/payloads/consultation.py, wire/payloads/disclosure.py, wire/payloads/support.py.
"""

from importlib import import_module
from pathlib import Path

import pytest
from marshmallow import Schema
from marshmallow.fields import String

from tests.support.cases.payloads import OF_THE_PRODUCT, registered
from wire import payloads
from wire.payloads import book, fields
from wire.payloads.base import PayloadSchema
from wire.payloads.book import SCHEMAS, BadPayload, check_payload, register
from wire.payloads.fields import about


class Ticket(PayloadSchema):
    number = fields.short("Which number was drawn")


class Bare(PayloadSchema):
    number = fields.short("Which number was drawn")
    drawn = String(required=True)


def unlabelled() -> list[str]:
    """The fields of every registered schema that are asked for and say no label, by schema."""
    return [
        f"{schema} {name}"
        for schema, found in SCHEMAS.items()
        for name, field in found.fields.items()
        if not about(field).kept_back and not about(field).label
    ]


def test_every_field_that_is_asked_for_has_a_label() -> None:
    assert unlabelled() == [] and len(SCHEMAS) > 10


def test_a_field_without_a_label_is_found() -> None:
    with registered({"ticket/1": Ticket(), "bare/1": Bare()}):
        assert unlabelled() == ["bare/1 drawn"]


def test_a_label_is_a_sentence_without_its_full_stop() -> None:
    told = [about(field) for schema in SCHEMAS.values() for field in schema.fields.values()]
    wrong = [one.label for one in told if one.label != one.label.strip().rstrip(".")]
    assert wrong == []


def test_a_schema_has_one_text_that_is_the_message() -> None:
    """The option -m is one of a command."""
    for name, schema in SCHEMAS.items():
        assert sum(about(field).message for field in schema.fields.values()) <= 1, name


def test_every_module_of_payloads_is_in_the_book() -> None:
    folder = Path(next(iter(payloads.__path__)))
    named = (f"wire.payloads.{file.stem}" for file in folder.glob("[a-z]*.py"))
    modules = [import_module(name) for name in named if name != book.__name__]
    tables = [one.SCHEMAS for one in modules if hasattr(one, "SCHEMAS")]
    assert len(tables) > 2
    assert {name: one for table in tables for name, one in table.items()} == dict(OF_THE_PRODUCT)


def test_what_is_registered_is_checked_and_nothing_else() -> None:
    value = {"schema": "ticket/1", "number": "7", "attachments": []}
    with registered({"ticket/1": Ticket()}):
        assert check_payload("ticket/1", value) == value
        for wrong in ({**value, "number": ""}, {**value, "colour": "red"}, {"schema": "ticket/1"}):
            with pytest.raises(BadPayload, match=r"number|colour|attachments"):
                check_payload("ticket/1", wrong)
    assert "ticket/1" not in SCHEMAS


@pytest.mark.parametrize("name", ["closing/2", "message/1"])
def test_a_number_is_given_once(name: str) -> None:
    """What was sealed by a schema is read by it for ever."""
    before = dict(SCHEMAS)
    schemas: dict[str, Schema] = {"ticket/1": Ticket(), name: Ticket()}
    with pytest.raises(ValueError, match=f"{name} is a schema already"):
        register(schemas)
    assert before == SCHEMAS
    with registered({"ticket/1": Ticket()}), pytest.raises(ValueError, match="ticket/1"):
        register({"ticket/1": Ticket()})


@pytest.mark.parametrize("name", ["ticket", "ticket/0", "Ticket/1", "ticket/1\n", "/1", "a/1/2"])
def test_a_schema_has_a_name_and_a_number(name: str) -> None:
    before = dict(SCHEMAS)
    with pytest.raises(ValueError, match="is called as"):
        register({name: Ticket()})
    assert before == SCHEMAS
