"""Sealed bytes and public keys have one form each: who holds the right key and seals in another is
refused all the same, so that nothing can be marked, hidden or forced to a key of small order.

Holds crypto/device.py, crypto/padding.py, crypto/secret/payload.py, crypto/secret/attachment.py,
crypto/secret/wrap.py.
"""

from collections.abc import Callable

import pytest

from crypto.device import Card, card_from
from crypto.encoding import Malformed, canonical
from crypto.padding import ATTACHMENT_FLOOR, CHUNK_BYTES, MARK, PAYLOAD_FLOOR, padded_size
from crypto.secret.attachment import open_attachment
from crypto.secret.payload import (
    KEY_BYTES,
    KEYBOX_BYTES,
    Place,
    open_keybox,
    open_payload,
    seal_keybox,
    seal_part,
)
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import EPOCH_KEY_BYTES, CannotOpen, hpke_seal, open_wrap
from tests.support.hostile.attacks import attack

KEYS = DeviceKeys(bytes(32), bytes(32))
PLACE = Place("c" * 32, "dialogue-123456789", "e" * 32, KEYS.card().device)
KEY, EPOCH_KEY = bytes(KEY_BYTES), bytes(EPOCH_KEY_BYTES)

# --- keys ----------------------------------------------------------------------------------------


@attack("seals an epoch's key of another length", "a member", "a wrap is opened", "does not open")
@pytest.mark.parametrize("longer", [-1, 1, EPOCH_KEY_BYTES])
def test_an_epochs_key_has_one_length(longer: int) -> None:
    """Sealed by a member to a member: it opens, and is none."""
    right = hpke_seal(KEYS.card(), b"here", EPOCH_KEY)
    assert open_wrap(KEYS, b"here", right) == EPOCH_KEY
    other = hpke_seal(KEYS.card(), b"here", bytes(EPOCH_KEY_BYTES + longer))
    with pytest.raises(CannotOpen, match="a wrap has"):
        open_wrap(KEYS, b"here", other)


@attack(
    "seals an entry's key of another length", "an author", "an entry is opened", "does not open"
)
@pytest.mark.parametrize("longer", [-1, 1])
def test_the_key_of_an_entry_has_one_length(longer: int) -> None:
    assert open_keybox(EPOCH_KEY, PLACE, 0, seal_keybox(EPOCH_KEY, PLACE, 0, KEY)) == KEY
    other = seal_keybox(EPOCH_KEY, PLACE, 0, bytes(KEY_BYTES + longer))
    assert len(other) == KEYBOX_BYTES + longer
    with pytest.raises(CannotOpen, match="a key box has"):
        open_keybox(EPOCH_KEY, PLACE, 0, other)


# --- padding -------------------------------------------------------------------------------------


def right(text: bytes, floor: int) -> bytes:
    """What follows a text: one mark, zeros."""
    return bytes([MARK]) + bytes(padded_size(len(text), floor) - len(text) - 1)


Form = Callable[[bytes, int], bytes]
OTHER_FORMS: dict[str, Form] = {
    "none": lambda *_: b"",
    "a mark alone": lambda *_: bytes([MARK]),
    "a byte too few": lambda text, floor: right(text, floor)[:-1],
    "a byte too many": lambda text, floor: right(text, floor) + b"\0",
    "the next size": lambda text, floor: (
        right(text, floor) + bytes(padded_size(padded_size(len(text), floor), floor))
    ),
    "another mark": lambda text, floor: b"\x01" + right(text, floor)[1:],
    "no mark": lambda text, floor: bytes(len(right(text, floor))),
    "more than zeros": lambda text, floor: right(text, floor)[:-1] + b"\x01",
}


@attack("marks a text by its padding", "an author", "a text is opened", "does not open")
@pytest.mark.parametrize("length", [1, PAYLOAD_FLOOR - 1, PAYLOAD_FLOOR, 5000])
@pytest.mark.parametrize("form", OTHER_FORMS)
def test_a_text_is_padded_in_one_way(form: str, length: int) -> None:
    text = canonical("x" * length)
    whole = seal_part(KEY, PLACE, 0, text + right(text, PAYLOAD_FLOOR))
    assert open_payload(KEY, PLACE, whole) == "x" * length
    other = seal_part(KEY, PLACE, 0, text + OTHER_FORMS[form](text, PAYLOAD_FLOOR))
    with pytest.raises(CannotOpen):
        open_payload(KEY, PLACE, other)


@attack("marks a file by its padding", "an author", "a file is opened", "does not open")
@pytest.mark.parametrize("length", [0, 1, ATTACHMENT_FLOOR - 2, 3 * CHUNK_BYTES + 5])
@pytest.mark.parametrize("form", OTHER_FORMS)
@pytest.mark.parametrize("step", [1000, 10**6], ids=["in steps", "at once"])
def test_a_file_is_padded_in_one_way(form: str, length: int, step: int) -> None:
    def opened(padded: bytes) -> bytes:
        sealed = seal_part(KEY, PLACE, 1, padded)
        steps = (sealed[start : start + step] for start in range(0, len(sealed), step))
        return b"".join(open_attachment(KEY, PLACE, 1, length, steps))

    file = b"x" * length
    assert opened(file + right(file, ATTACHMENT_FLOOR)) == file
    with pytest.raises(CannotOpen):
        opened(file + OTHER_FORMS[form](file, ATTACHMENT_FLOOR))


# --- points --------------------------------------------------------------------------------------

FIELD = 2**255 - 19
# The y of every point of order 1, 2, 4 and 8, and the same y written above the field.
ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER = [0, 1, FIELD - 1, FIELD, FIELD + 1, ORDER_8, FIELD - ORDER_8]
BASE = 4 * pow(5, -1, FIELD) % FIELD  # of the base point, to which no small order is added


def point(y: int, negative: bool) -> bytes:
    return (y | negative << 255).to_bytes(32, "little")


OTHER_POINTS = {
    **{
        f"small order {y % 1000}, {sign}": point(y, sign)
        for y in SMALL_ORDER
        for sign in (False, True)
    },
    "not on the curve": point(2, False),
    "above the field": point(FIELD + 3, False),
}


def test_a_points_check_takes_the_base_point() -> None:
    assert card_from(Card(point(BASE, False), KEYS.card().kem).fields()).sign == point(BASE, False)


@attack("shows a key of small order", "whoever makes a card", "the card is read", "malformed")
@pytest.mark.parametrize("name", OTHER_POINTS)
def test_no_card_has_a_key_under_which_anything_may_pass(name: str) -> None:
    with pytest.raises(Malformed, match="not a valid point"):
        card_from(Card(OTHER_POINTS[name], KEYS.card().kem).fields())
