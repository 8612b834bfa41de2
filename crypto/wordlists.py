"""The return code as ten words of a frozen list (PROTOCOL.md section 1), in Dutch or English.

    nl   aaien animatie loep animatie gram afdaling button camera audio kaneel
    en   abandon amount liar amount expire adjust cage candy arch guess

The lists are files in `crypto/words`; the 110 bits and the 22 characters are in `crypto.code`.
What was typed is secret: an error that names a word is to be shown, never to be logged.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise

from crypto.code import (
    N_CHARACTERS,
    NotACode,
    characters_in,
    read_code,
    seen,
    with_checksum,
    without_checksum,
)
from crypto.encoding import bound_hash
from crypto.mistakes import Mistake

N_WORDS = 10
WORD_BITS = 11
SAFETY_WORDS = 6
FIRST_LETTERS = 4  # no two words of a list begin with the same four
FROZEN = {
    "nl": "e4f2624011d4e49266d93c81d74f5401463c99f0684aa3a70d03c7a24b1a5bf5",
    "en": "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
}
# Of a word that is not in a list: what is said of it, and where another is near.
UNKNOWN = {
    "nl": (Mistake.NOT_DUTCH, Mistake.NEARLY_DUTCH),
    "en": (Mistake.NOT_ENGLISH, Mistake.NEARLY_ENGLISH),
}
LEAST_WORDS = 5  # from so many on, what holds digits is words with their numbers
_COUNTS = re.compile(r"\d+|[^\W\d_]+")


class Altered(RuntimeError):
    """A list of words is not the one that was frozen: codes would not read back. Do not run."""


class _WordLists(Mapping[str, tuple[str, ...]]):
    """Language to its 2048 words in their order. A list is read and checked when first used."""

    def __getitem__(self, language: str) -> tuple[str, ...]:
        return _read_list(language)

    def __iter__(self) -> Iterator[str]:
        return iter(FROZEN)

    def __len__(self) -> int:
        return len(FROZEN)


WORDLISTS: Mapping[str, tuple[str, ...]] = _WordLists()


@cache
def _read_list(language: str) -> tuple[str, ...]:
    stored = (files("crypto") / "words" / f"{language}.txt").read_bytes()
    if sha256(stored).hexdigest() != FROZEN[language]:
        raise Altered(f"crypto/words/{language}.txt is not the list that was frozen")
    return tuple(stored.decode("ascii").split())


@cache
def _numbers(language: str) -> dict[str, int]:
    """The number of every word, and of its first four letters."""
    words = WORDLISTS[language]
    return {
        typed: number for number, word in enumerate(words) for typed in (word[:FIRST_LETTERS], word)
    }


def show_words(entropy: bytes, language: str) -> list[str]:
    """A code of 13 bytes as ten words: word i is bits 11i to 11i+10, most significant first."""
    return spell(with_checksum(entropy), N_WORDS, language)


def spell(bits: int, count: int, language: str) -> list[str]:
    """So many words for a number of count * 11 bits, most significant first."""
    mask = 2**WORD_BITS - 1
    words = WORDLISTS[language]
    return [words[bits >> WORD_BITS * place & mask] for place in reversed(range(count))]


def unspell(typed: str, count: int) -> list[int]:
    """What so many words may stand for, one number for each language that has them all."""
    words = words_in(typed, count)
    known = (_numbers(language) for language in WORDLISTS)
    return [
        _bits(words, numbers)
        for numbers in known
        if len(words) == count and all(word in numbers for word in words)
    ]


def read_words(typed: str) -> bytes:
    """The 13 bytes of a code as a person typed its ten words, in any one of the languages.

    Case, accents, and what stands between the words do not matter, nor do their numbers on a note;
    the first four letters of a word are enough. Raises NotACode, before any slow work is done:
    always for a word that is in no list; for other mistakes (another word of the list, another
    order) unless the 6 bits of the checksum happen to fit, once in 64 times.
    """
    words = words_in(typed)
    if len(words) != N_WORDS:
        raise NotACode(Mistake.WORDS, most=N_WORDS, count=len(words))
    whole = [known for known in map(_numbers, WORDLISTS) if all(word in known for word in words)]
    if not whole:
        raise _unknown(words)
    # Ten words that are in every list have a meaning in each; the checksum tells which was meant.
    read = {entropy for known in whole if (entropy := _entropy(words, known)) is not None}
    if not read:
        raise NotACode(Mistake.WORDS_WRONG)
    if len(read) > 1:
        raise NotACode(Mistake.TWO_LANGUAGES, most=N_CHARACTERS)
    return read.pop()


def read_any(typed: str) -> bytes:
    """The 13 bytes of a code typed as its 22 characters or as its ten words; on one line, on
    several, or among other lines, as long as all that can be read mean one code. Raises NotACode.
    """
    try:
        return _read(typed)
    except NotACode:
        read = {entropy for line in typed.splitlines() if (entropy := _read_line(line))}
        if len(read) != 1:
            raise
        return read.pop()


def _read(typed: str) -> bytes:
    return read_words(typed) if are_words(typed) else read_code(typed)


def _read_line(line: str) -> bytes | None:
    try:
        return _read(line)
    except NotACode:
        return None


def are_words(typed: str) -> bool:
    """Whether what was typed is meant as words: it has another length than the characters, and no
    digit, or as many words as nobody types who means characters."""
    characters = characters_in(typed)
    if len(characters) == N_CHARACTERS:
        return False
    long = [one for one in words_in(typed) if len(one) >= FIRST_LETTERS]
    return not any(one.isdigit() for one in characters) or len(long) >= LEAST_WORDS


def words_in(typed: str, count: int = N_WORDS) -> list[str]:
    """The words of what was typed, in lower case without accents; in the order of the numbers that
    stand before them, if those are 1 to count, as on a note in two columns."""
    pieces = _COUNTS.findall(_plain(typed))
    pairs = [
        (int(number), word)
        for number, word in pairwise(pieces)
        if number.isdecimal() and len(number) < FIRST_LETTERS and not word.isdecimal()
    ]
    if sorted(number for number, _word in pairs) == [*range(1, count + 1)]:
        return [word for _number, word in sorted(pairs)]
    return [one for one in pieces if not one.isdecimal()]


def doubtful(words: list[str]) -> list[int]:
    """The places, from 0, of words that are not in the list of the language that most are of."""
    known = _numbers(_language_of(words))
    return [place for place, word in enumerate(words) if word not in known]


def nearest(word: str, words: list[str]) -> str | None:
    """The word of the list of these words that looks most like one, if any does."""
    near = get_close_matches(word, WORDLISTS[_language_of(words)], n=1)
    return near[0] if near else None


def complete(prefix: str, language: str) -> list[str]:
    """The words of a list that begin so, in their order."""
    start = _plain(prefix).strip()
    return [word for word in WORDLISTS[language] if word.startswith(start)]


def _plain(typed: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", seen(typed))
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").lower()


def _language_of(words: list[str]) -> str:
    return max(WORDLISTS, key=lambda each: sum(word in _numbers(each) for word in words))


def _bits(words: list[str], numbers: dict[str, int]) -> int:
    bits = 0
    for word in words:
        bits = bits << WORD_BITS | numbers[word]
    return bits


def _entropy(words: list[str], numbers: dict[str, int]) -> bytes | None:
    return without_checksum(_bits(words, numbers))


def _unknown(words: list[str]) -> NotACode:
    """What is wrong, in the language that most of the words are of."""
    language = _language_of(words)
    place = doubtful(words)[0]
    word = words[place]
    near, (unknown, nearly) = nearest(word, words), UNKNOWN[language]
    if near:
        return NotACode(nearly, place=place + 1, word=repr(word), near=repr(near))
    return NotACode(unknown, place=place + 1, word=repr(word))


def safety_words(place: list[str], one: str, other: str, language: str) -> list[str]:
    """Six words that two devices compare aloud, the same at both ends: 66 bits of a hash over the
    place (case and compartment) and both devices' ids, which commit to their keys."""
    said = bound_hash("zegel/v1/safety-words", [*place, *sorted((one, other))])
    return spell(int.from_bytes(said[:9], "big") >> 6, SAFETY_WORDS, language)
