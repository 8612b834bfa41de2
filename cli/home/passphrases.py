"""How good a new passphrase has to be: its key file may be copied and guessed at, at leisure.

A guess costs a second of a fast core (Argon2id, 256 MiB); the floor is what takes 10^10 of them.
Files that were made before open with what they were made with.
"""

from cli.sentences.language import _

LEAST_GUESSES = 10**10
MOST_CHARACTERS = 72  # the estimate takes no more; what follows makes it no weaker
OFTEN_DUTCH = ("wachtwoord", "wachtzin", "welkom", "geheim", "zegel", "lente", "zomer", "herfst")


def weakness(passphrase: str) -> str:
    """What is wrong with a new passphrase and what helps; empty if it will do."""
    from zxcvbn import zxcvbn  # here: it takes a quarter of a second, and is seldom asked

    from crypto.wordlists import complete

    # It knows English words and names; these are Dutch ones, the usual first.
    known = [*OFTEN_DUTCH, *complete("", "nl")]
    estimate = (
        zxcvbn(passphrase[:MOST_CHARACTERS], user_inputs=known)["guesses"] if passphrase else 0
    )
    if estimate >= LEAST_GUESSES:
        return ""
    return _(
        "This passphrase is too easy to guess. Take four or five words that have nothing to do "
        "with each other, or a sentence that only you know."
    )
