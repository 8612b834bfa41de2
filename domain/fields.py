"""The public fields of a body, as data: the shape of each, and where its value comes from.

Commands, the client and the bodies of tests follow from the origins (`client.cases.steps`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from domain.shapes import (
    Shape,
    code,
    exactly,
    hash_,
    identifier,
    integer,
    minute,
    nullable,
    record,
)
from domain.state import Case


class Origin(Enum):
    """Where the value of a field comes from."""

    OWN_DEVICE = "own device"  # that of the author
    DEVICE = "device"  # of somebody certified in one of the roles named
    ENTRY = "entry"  # the id of an entry of one of the kinds named
    PROPOSAL = "proposal"  # the same, of a proposal that was approved and not acted upon
    CHOICE = "choice"  # one of the values named
    STATED = "stated"  # the author states it; there is no other value
    TERM = "term"  # the name of one of the service's terms
    LINK = "link"  # an entry of another case: its case, id and hash
    NUMBER = "number"  # a whole number that somebody says
    YES_NO = "yes or no"  # true or false, as somebody answers
    MOMENT = "moment"  # a minute that somebody says
    SAME = "same"  # as the entry named in another field says it
    GIVEN = "given"  # made by the deed that writes it


@dataclass(frozen=True, slots=True)
class Field:
    """shape: how its value is spelled. of: the roles, kinds or values that its origin names.
    optional: a body may be without it. asks: the question that people are asked for it. usual: what
    it is in a case unless somebody says otherwise. among: the set of the case in which the entry
    stands that is named."""

    shape: Shape
    origin: Origin
    of: tuple[str, ...] = ()
    optional: bool = False
    asks: str = ""
    usual: Callable[[Case], Any] | None = None
    among: str = ""


Body = Mapping[str, Field]

own_device = Field(identifier, Origin.OWN_DEVICE)
stated = Field(exactly(True), Origin.STATED)
term = Field(code, Origin.TERM, asks="Which term has passed?")
_linked = record({"case": identifier, "id": identifier, "hash": hash_})
link = Field(_linked, Origin.LINK)
maybe_link = Field(nullable(_linked), Origin.LINK)


def states(asks: str) -> Field:
    """What people are asked whether they state it."""
    return Field(exactly(True), Origin.STATED, asks=asks)


def device_of(*roles: str, asks: str = "Who?") -> Field:
    return Field(identifier, Origin.DEVICE, roles, asks=asks)


def entry_of(*kinds: str, among: str = "", asks: str = "") -> Field:
    """The newest of these kinds; of those in a set of the case the only one, or the one that a
    person names by its number."""
    return Field(identifier, Origin.ENTRY, kinds, asks=asks, among=among)


def same_as(named: str, shape: Shape) -> Field:
    """What the entry named in another field says under the same name."""
    return Field(shape, Origin.SAME, (named,))


def proposal_of(*kinds: str) -> Field:
    return Field(identifier, Origin.PROPOSAL, kinds)


def maybe_proposal_of(*kinds: str) -> Field:
    """The same, or null where none is named."""
    return Field(nullable(identifier), Origin.PROPOSAL, kinds)


def choice(*values: str, asks: str = "", usual: Callable[[Case], Any] | None = None) -> Field:
    return Field(exactly(*values), Origin.CHOICE, values, asks=asks, usual=usual)


def number(least: int, most: int, asks: str = "") -> Field:
    """A whole number from `least` to `most`, both of them among it."""
    return Field(integer(least, most), Origin.NUMBER, asks=asks)


def yes_no(asks: str = "") -> Field:
    return Field(exactly(True, False), Origin.YES_NO, asks=asks)


def moment(asks: str = "") -> Field:
    """A UTC minute such as 2026-11-23T13:31Z."""
    return Field(minute, Origin.MOMENT, asks=asks)


def optional(field: Field) -> Field:
    """The same field, which a body may be without."""
    return replace(field, optional=True)


def given(shape: Shape) -> Field:
    return Field(shape, Origin.GIVEN)


def body_shape(body: Body) -> Shape:
    """The shape of a whole body."""
    return record(
        {name: one.shape for name, one in body.items() if not one.optional},
        {name: one.shape for name, one in body.items() if one.optional},
    )
