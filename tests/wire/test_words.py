"""Ten words are the code: they read back in either language, and a slip is told by its word.

Holds crypto/wordlists.py, crypto/code.py.
"""

import re
from hashlib import sha256
from importlib.resources import files
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.make_dutch_words import Excluded, chosen, eligible, read_excluded, sound
from crypto import wordlists
from crypto.code import NotACode, show_code, with_checksum, without_checksum
from crypto.encoding import unb64
from crypto.wordlists import WORDLISTS, complete, read_any, read_words, show_words
from tests.support.vectors import golden

ENTROPY = bytes(range(13))
DUTCH = "aaien animatie loep animatie gram afdaling button camera audio kaneel"
ENGLISH = "abandon amount liar amount expire adjust cage candy arch guess"
BIP39_ENGLISH = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
FROZEN = {
    "nl": "e4f2624011d4e49266d93c81d74f5401463c99f0684aa3a70d03c7a24b1a5bf5",
    "en": BIP39_ENGLISH,
}
LENGTHS = {"nl": (4, 8), "en": (3, 8)}

languages = pytest.mark.parametrize("language", ["nl", "en"])
codes = st.binary(min_size=13, max_size=13)


@languages
def test_a_list_never_changes(language: str) -> None:
    stored = (files("crypto") / "words" / f"{language}.txt").read_bytes()
    assert sha256(stored).hexdigest() == FROZEN[language]
    assert stored.decode() == "".join(f"{word}\n" for word in WORDLISTS[language])
    assert sorted(WORDLISTS) == sorted(FROZEN)


@languages
def test_a_changed_list_is_refused(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wordlists.FROZEN, language, sha256(b"another list").hexdigest())
    wordlists._read_list.cache_clear()
    with pytest.raises(wordlists.Altered, match=f"{language}.txt"):
        WORDLISTS[language]


@languages
def test_a_list_has_2048_words_that_four_letters_tell_apart(language: str) -> None:
    words = WORDLISTS[language]
    shortest, longest = LENGTHS[language]
    assert len(words) == 2048
    assert list(words) == sorted(words)
    assert all(re.fullmatch("[a-z]+", word) for word in words)
    assert min(map(len, words)) == shortest
    assert max(map(len, words)) == longest
    assert len({word[:4] for word in words}) == 2048


def test_no_two_dutch_words_sound_the_same() -> None:
    assert len({sound(word) for word in WORDLISTS["nl"]}) == 2048
    assert sound("leiden") == sound("lijden")
    assert sound("rauw") == sound("rouw")
    assert sound("hart") == sound("hard")


@languages
def test_the_golden_code_has_these_words(language: str) -> None:
    code = golden()["code"]
    words = [WORDLISTS[language][number] for number in code["word_indices"]]
    assert show_words(unb64(code["entropy"]), language) == words
    assert read_words(" ".join(words)) == unb64(code["entropy"])


def test_the_examples_are_the_golden_code() -> None:
    assert " ".join(show_words(ENTROPY, "nl")) == DUTCH
    assert " ".join(show_words(ENTROPY, "en")) == ENGLISH
    assert DUTCH in (wordlists.__doc__ or "")
    assert ENGLISH in (wordlists.__doc__ or "")


@languages
@given(entropy=codes)
def test_every_code_reads_back(language: str, entropy: bytes) -> None:
    words = show_words(entropy, language)
    assert read_words(" ".join(words)) == entropy
    assert read_words(" ".join(word[:4] for word in words)) == entropy
    assert read_any(" ".join(words)) == entropy
    assert read_any(show_code(entropy)) == entropy


@pytest.mark.parametrize(
    "typed",
    [
        DUTCH.upper(),
        f"\n  {DUTCH.replace(' ', '   ')}\t",
        DUTCH.replace(" ", ", "),
        DUTCH.replace(" ", "-"),
        DUTCH.replace(" ", " – "),
        DUTCH.replace("kaneel", "kanéél").replace("button", "bu\u0308tton"),
        "aaie anim loep anim gram afda butt came audi kane",
        "Aaien, ANIM,loep-animatie  gram\nafda button CÁME audio,, kaneel",
        ENGLISH.title(),
    ],
)
def test_words_typed_sloppily_read_the_same(typed: str) -> None:
    assert read_words(typed) == read_any(typed) == ENTROPY


def test_characters_typed_sloppily_are_still_characters() -> None:
    code = golden()["code"]
    for typed in [code["crockford"], *code["reads_the_same"]]:
        assert read_any(typed) == ENTROPY
    with pytest.raises(NotACode, match="22 characters, this has 21"):
        read_any(code["crockford"][:-1])


def test_a_word_that_is_in_no_list_is_told_by_its_place_and_the_nearest() -> None:
    with pytest.raises(NotACode) as told:
        read_words(DUTCH.replace("loep", "loeb"))
    assert str(told.value) == "word 3, 'loeb', is not in the Dutch list: did you mean 'loep'?"
    with pytest.raises(NotACode) as told:
        read_any(ENGLISH.replace("guess", "quess"))
    assert str(told.value) == "word 10, 'quess', is not in the English list: did you mean 'guess'?"
    with pytest.raises(NotACode) as told:
        read_words(DUTCH.replace("kaneel", "xqxqxq"))
    assert str(told.value) == "word 10, 'xqxqxq', is not in the Dutch list"


def test_the_words_of_one_code_are_in_one_language() -> None:
    with pytest.raises(NotACode, match="word 10, 'guess', is not in the Dutch list"):
        read_words(DUTCH.replace("kaneel", "guess"))


def test_a_word_too_few_is_told() -> None:
    with pytest.raises(NotACode, match="10 words, this has 9"):
        read_words(DUTCH.removesuffix(" kaneel"))
    with pytest.raises(NotACode, match="10 words, this has 0"):
        read_any(" , ")


@languages
def test_another_word_of_the_list_is_caught_63_times_in_64(language: str) -> None:
    """What is promised is 6 bits, no more: some wrong word in a place does read as a code."""
    words = show_words(ENTROPY, language)
    passed = 0
    for word in WORDLISTS[language]:
        try:
            read_words(" ".join([*words[:4], word, *words[5:]]))
        except NotACode as told:
            assert "checksum" in str(told)
        else:
            passed += 1
    assert 1 < passed < 2 * 2048 / 64


@languages
def test_another_order_is_caught_63_times_in_64(language: str) -> None:
    """What is promised is 6 bits, no more: one swap in 64 goes unseen."""
    first, *rest = show_words(ENTROPY, language)
    orders = [[first, *order, *rest[6:]] for order in permutations(rest[:6])]
    others = {tuple(order) for order in orders} - {(first, *rest)}
    passed = sum(1 for order in others if _reads(" ".join(order)))
    assert 0 < passed < 2 * len(others) / 64


def _reads(typed: str) -> bool:
    try:
        read_words(typed)
    except NotACode as told:
        assert "order" in str(told)
        return False
    return True


def test_words_that_are_in_both_lists_read_as_what_the_checksum_fits() -> None:
    both = sorted(set(WORDLISTS["nl"]) & set(WORDLISTS["en"]))
    numbers = [[WORDLISTS[language].index(word) for word in both] for language in WORDLISTS]
    draw = Random(1)
    seen = set()
    for _ in range(20_000):
        picked = draw.choices(range(len(both)), k=10)
        fits = [without_checksum(_joined([each[at] for at in picked])) for each in numbers]
        meant = {entropy for entropy in fits if entropy is not None}
        if len(meant) in seen:
            continue
        seen.add(len(meant))
        typed = " ".join(both[at] for at in picked)
        if len(meant) == 1:
            assert read_words(typed) == meant.pop()
        else:
            with pytest.raises(NotACode, match="two languages" if meant else "checksum"):
                read_words(typed)
    assert seen == {0, 1, 2}


def _joined(numbers: list[int]) -> int:
    bits = 0
    for number in numbers:
        bits = bits << 11 | number
    return bits


@given(entropy=codes, flipped=st.integers(0, 5))
def test_a_wrong_checksum_is_no_code(entropy: bytes, flipped: int) -> None:
    assert without_checksum(with_checksum(entropy)) == entropy
    assert without_checksum(with_checksum(entropy) ^ 1 << flipped) is None


def test_a_word_can_be_completed_while_it_is_typed() -> None:
    assert complete("kan", "nl") == ["kanaal", "kaneel", "kanjer", "kano", "kantoor"]
    assert complete(" KANÉ", "nl") == ["kaneel"]
    assert complete("gues", "en") == ["guess"]
    assert complete("xq", "nl") == []
    for language in WORDLISTS:
        assert all(complete(word[:4], language) == [word] for word in WORDLISTS[language][::50])


def test_the_rule_takes_the_common_and_leaves_the_inflected_the_alike_and_the_struck_out() -> None:
    counts = {
        "boom": 90, "bomen": 80, "boompje": 70, "loopt": 65, "lopen": 60, "buit": 1, "buiten": 50,
        "lijden": 40, "leiden": 39, "hond": 30, "hondje": 29, "honderd": 28, "slecht": 20,
        "slechter": 19, "kat": 18, "trottoir": 17, "reeel": 16,
    }  # fmt: skip
    spelled = [*counts, "Trottoir", "zeldzaam"]
    excluded = read_excluded("# struck out\nlopen trottoir  # remark\nslec*\n")
    assert excluded == Excluded(frozenset({"lopen", "trottoir"}), frozenset({"slec"}))
    ranked = eligible([word for word in spelled if word != "reeel"], counts, excluded)
    assert ranked == [
        "boom", "loopt", "buiten", "lijden", "leiden", "hond", "honderd", "buit",
    ]  # fmt: skip
    assert chosen(ranked, 4) == ["boom", "buiten", "lijden", "loopt"]
    assert chosen(ranked, 5) == ["boom", "buiten", "hond", "lijden", "loopt"]
    with pytest.raises(SystemExit, match="only 5 words"):
        chosen(ranked, 6)
