"""What a command itself cannot do, as it says so."""

from cli.sentences.next_steps import HOW
from client.errors import ClientError, NotPossible


class CannotDo(NotPossible):
    """A refusal of a command, for people alone. text: a sentence in the language on screen, spoken
    where it is raised: nothing reads it back, so it is no value of `Why`. following: what to do
    next, in English."""

    def __init__(self, text: str, following: str = HOW) -> None:
        ClientError.__init__(self, text)
        self.why, self.facts = None, {}
        self.following = following
