"""The fields of payloads: what each takes, to the character, and what it says of itself.

Holds wire/payloads/fields.py.
"""

from typing import Any

import pytest
from marshmallow import ValidationError
from marshmallow.fields import Field, String

from wire.payloads import fields
from wire.payloads.fields import MAX_NAME, MAX_TEXT, About, about

TAKEN: list[tuple[Field[Any], list[Any], list[Any]]] = [
    (fields.text("x"), ["a", "é" * MAX_TEXT], ["", "a" * (MAX_TEXT + 1), 1, None]),
    (fields.short("x"), ["a" * MAX_NAME], ["", "a" * (MAX_NAME + 1)]),
    (fields.message(longest=3), ["abc"], ["", "abcd"]),
    (fields.choice("x", ("a", "b")), ["a", "b"], ["c", "A", "a ", ""]),
    (fields.code("x", ("a", "b")), ["a"], ["c"]),
    (fields.yes_no("x"), [True, False], ["yes", "true", None]),
    (fields.stated(), [True], [False, "true", None]),
    (
        fields.several("x", ("a", "b", "c"), most=2),
        [["a"], ["b", "a"]],
        [[], ["d"], ["a", "a"], ["a", "b", "c"], "a", [1], None],
    ),
    (
        fields.lines("x", "a|b+", "bb", most=3),
        [["a"], ["b", "bb"]],
        [[], ["ab"], ["bb\n"], ["a", "a"], ["a", "b", "bb", "bbb"], "a", None],
    ),
    (fields.number("x", 1, 5), [1, 5], [0, 6, "1", 1.5, True, None]),
]


@pytest.mark.parametrize(("field", "taken", "refused"), TAKEN)
def test_a_field_takes_what_it_says(
    field: Field[Any], taken: list[Any], refused: list[Any]
) -> None:
    for value in taken:
        assert field.deserialize(value) == value
    for value in refused:
        with pytest.raises(ValidationError):
            field.deserialize(value)
            pytest.fail(f"took {value!r}")


def test_a_field_is_asked_for_unless_it_may_stay_empty() -> None:
    assert fields.text("x").required and not fields.text("x", required=False).required


def test_a_field_says_how_it_is_asked_for_and_shown() -> None:
    assert about(fields.text("Who", heading="By")) == About("Who", heading="By")
    assert about(fields.choice("Which", "ab")).chosen and not about(fields.code("As", "ab")).chosen
    assert about(fields.stated()).kept_back and about(fields.stated()).stated
    assert about(fields.message()).message and not about(fields.text("Who")).message
    assert about(fields.text("Who")).sentence == "Who."
    assert about(String()) == About()  # of others: it has no label
