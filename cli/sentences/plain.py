"""Text from others, made fit for a terminal: what steers one is left out, and nothing else is.

A letter that some machine does not know, a soft hyphen or what joins an emoji is part of what was
said; a control character, an escape sequence's beginning and what turns the direction of reading
are not.
"""

import unicodedata

# Embeddings, overrides, isolates and marks of direction: with them a text reads as another.
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """Without control and direction characters; line ends of any system are line ends. What is
    half a character only, as in names of files, is shown as one that is not known."""
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(map(_shown, lines))


def _shown(character: str) -> str:
    if character in TURNS:
        return ""
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" and character not in "\n\t" else character
