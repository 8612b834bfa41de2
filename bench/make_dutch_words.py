"""How `crypto/words/nl.txt` was made: 2048 Dutch words by rule, from two free word lists.

    python -m bench.make_dutch_words dutch nl.json.gz bench/dutch_words_excluded.txt > nl.txt

Not needed at run time, and not to be run again for a list in use: a frozen list never changes.
The sources, their versions and their licences stand in `crypto/words/LICENCES.md`.

A word is eligible when

1. it has 4 to 8 letters a to z and OpenTaal spells it so,
2. no editor struck it out (`dutch_words_excluded.txt` tells on what grounds),
3. it is no inflection of a word that is nearly as common: plurals, -e of adjectives, diminutives,
   persons and participles of verbs give way to the form that a dictionary lists.

Then, from the most to the least frequent in subtitles, a word is taken unless a taken one begins
with the same four letters or sounds the same: ei and ij, au and ou, d and t at the end, v and f,
s and z, g and ch count as one sound, and a doubled letter as one letter.
"""

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

N_WORDS = 2048
PREFIX = 4
SHAPE = re.compile(r"[a-z]{4,8}")

# A base form must be at least this much as frequent as an inflection to stand in for it; below it
# the two are different words that happen to look alike, as "buiten" (outside) and "buit" (loot).
NEARLY_AS_COMMON = 0.2

SOUNDS = [
    (r"ij|y", "ei"),
    (r"auw|ouw|ou", "au"),
    (r"isch$", "is"),
    (r"ch", "g"),
    (r"c(?=[eiy])", "s"),
    (r"c", "k"),
    (r"qu", "kw"),
    (r"x", "ks"),
    (r"ph|v", "f"),
    (r"th|dt", "t"),
    (r"z", "s"),
    (r"d$", "t"),
    (r"b$", "p"),
    (r"(.)\1", r"\1"),
]

PARTICIPLES = ("ge", "be", "ver", "ont", "her")


class Excluded(NamedTuple):
    """What an editor struck out: words, and beginnings of four letters (written `abor*`)."""

    words: frozenset[str]
    beginnings: frozenset[str]

    def strikes_out(self, word: str) -> bool:
        return word in self.words or word[:PREFIX] in self.beginnings


def sound(word: str) -> str:
    """What words that are easily mistaken for each other by ear have in common."""
    for written, heard in SOUNDS:
        word = re.sub(written, heard, word)
    return word


def stems(stem: str) -> Iterator[str]:
    """The spellings of a stem before an ending: hond(en), bom(men), bo(o)m(en), hui(s/z)en."""
    yield stem
    if stem[-1:] == stem[-2:-1]:
        yield stem[:-1]
    if re.search(r"[^aeiou][aeou][^aeiou]$", stem):
        yield stem[:-1] + stem[-2:]
    if stem[-1:] in ("z", "v"):
        yield from stems(stem[:-1] + {"z": "s", "v": "f"}[stem[-1]])


def infinitives(stem: str) -> Iterator[str]:
    """The verbs a stem may be of: werk, stop and loop give werken, stoppen and lopen."""
    yield stem + "en"
    yield stem + stem[-1:] + "en"
    if stem[-3:-2] == stem[-2:-1]:
        yield stem[:-2] + stem[-1:] + "en"


def bases(word: str, valid: set[str]) -> Iterator[str]:
    """The words that `word` may be an inflection of; not all of them exist."""
    for ending in ("en", "e", "ere", "ste", "st", "s", "je", "jes", "tje", "tjes", "pje", "etje"):
        if word.endswith(ending):
            yield from stems(word.removesuffix(ending))
    for ending in ("t", "te", "ten", "de", "den", "d", "end", "ende"):
        if word.endswith(ending):
            for stem in stems(word.removesuffix(ending)):
                yield from (verb for verb in infinitives(stem) if verb in valid)
    if word.startswith(PARTICIPLES) and word[-1] in "dtn":
        stem = word.removeprefix("ge")
        yield from (verb for verb in infinitives(stem[:-1]) if verb in valid)
        if stem != word:
            yield stem


def eligible(spelled: Iterable[str], counts: dict[str, int], excluded: Excluded) -> list[str]:
    """Every word that fulfils conditions 1 to 3, the most frequent first."""
    valid = set(spelled)

    def is_inflected(word: str) -> bool:
        enough = NEARLY_AS_COMMON * counts[word]
        return any(
            base != word and len(base) > 2 and base in valid and counts.get(base, 0) >= enough
            for base in bases(word, valid)
            if base not in excluded.words
        )

    shaped = (word for word in valid if SHAPE.fullmatch(word) and word in counts)
    left = (word for word in shaped if not excluded.strikes_out(word))
    wanted = (word for word in left if not is_inflected(word))
    return sorted(wanted, key=lambda word: (-counts[word], word))


def chosen(ranked: Iterable[str], n_words: int) -> list[str]:
    """The first n of the ranking with unlike beginnings and unlike sounds, sorted."""
    beginnings: set[str] = set()
    sounds: set[str] = set()
    taken: list[str] = []
    for word in ranked:
        if word[:PREFIX] not in beginnings and sound(word) not in sounds:
            beginnings.add(word[:PREFIX])
            sounds.add(sound(word))
            taken.append(word)
        if len(taken) == n_words:
            return sorted(taken)
    raise SystemExit(f"only {len(taken)} words fulfil the rule")


def read_excluded(text: str) -> Excluded:
    """The struck-out words and beginnings of a file in which # starts a remark."""
    struck = [word for line in text.splitlines() for word in line.split("#")[0].split()]
    return Excluded(
        frozenset(word for word in struck if not word.endswith("*")),
        frozenset(word.removesuffix("*") for word in struck if word.endswith("*")),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the Dutch list of words for return codes.")
    parser.add_argument("spelled", type=Path, help="OpenTaal's words, one a line")
    parser.add_argument("counts", type=Path, help="gzipped JSON: how often each word occurs")
    parser.add_argument("excluded", type=Path, help="what an editor struck out")
    args = parser.parse_args()
    spelled = args.spelled.read_text(encoding="utf-8").splitlines()
    counts = json.loads(gzip.decompress(args.counts.read_bytes()))
    excluded = read_excluded(args.excluded.read_text(encoding="ascii"))
    print("\n".join(chosen(eligible(spelled, counts, excluded), N_WORDS)))


if __name__ == "__main__":
    main()
