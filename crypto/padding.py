"""Sizes that say little (PROTOCOL.md section 3): Padmé, with a floor, and what sealing adds.

Cobblestone-256 puts 24 bytes of nonce and 32 of commitment before the text, and 16 after every
chunk of 16 KiB and after the rest, which may be empty.
"""

PAYLOAD_FLOOR = 512
ATTACHMENT_FLOOR = 16_384
CHUNK_BYTES = 16_384
HEAD_BYTES = 56
TAG_BYTES = 16
MARK = 0x80


def padme(length: int) -> int:
    """The Padmé size, in bytes, of a length: at most 12 % more, few different values."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    last_bits = exponent - exponent.bit_length()
    mask = (1 << last_bits) - 1
    return (length + mask) & ~mask


def padded_size(length: int, floor: int = PAYLOAD_FLOOR) -> int:
    """Bytes of plaintext after padding: the text, one mark, zeros."""
    return padme(max(length + 1, floor))


def sealed_size(padded: int) -> int:
    """Bytes of ciphertext of so many bytes of padded plaintext."""
    return HEAD_BYTES + padded + TAG_BYTES * (padded // CHUNK_BYTES + 1)


def is_sealed_size(size: int, floor: int = PAYLOAD_FLOOR) -> bool:
    """Whether some padded plaintext has a ciphertext of this size."""
    chunks, rest = divmod(size - HEAD_BYTES, CHUNK_BYTES + TAG_BYTES)
    padded = chunks * CHUNK_BYTES + rest - TAG_BYTES
    return padded >= floor and sealed_size(padded) == size and padme(padded) == padded


def pad(text: bytes, floor: int = PAYLOAD_FLOOR) -> bytes:
    size = padded_size(len(text), floor)
    return text + bytes([MARK]) + bytes(size - len(text) - 1)


def unpad(padded: bytes, floor: int = PAYLOAD_FLOOR) -> bytes:
    """The text. Raises ValueError for padding of another form or another length."""
    text = padded.rstrip(b"\0")
    if not text or text[-1] != MARK or padded_size(len(text) - 1, floor) != len(padded):
        raise ValueError("the padding is not as the protocol asks")
    return text[:-1]
