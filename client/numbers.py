"""Numbers of cases, places, people and devices as people give them: the beginning of one, or a name
that is kept on their own machine. What such names are, and where they lie, is not here."""

from collections.abc import Iterable

from client.errors import NotPossible
from client.why import Why

SHOWN = 8  # characters of a number that people read


class Numbers:
    """Where nobody keeps names."""

    def number(self, said: str) -> str:
        """The whole number that a local name stands for; empty for what is none."""
        return ""

    def name(self, number: str) -> str:
        """The local name of a number; empty for none."""
        return ""

    def called(self, number: str) -> str:
        """What people read of a number: its local name, else its beginning."""
        return self.name(number) or number[:SHOWN]

    def beginning(self, said: str, known: Iterable[str]) -> str:
        """What the wanted one of the known numbers begins with. Raises NotPossible where a local
        name is the beginning of another number too."""
        number = self.number(said)
        typed = said.strip().lower()
        if not number:
            return typed
        if any(one.startswith(typed) and one != number for one in known):
            raise NotPossible(Why.LOCAL_NAME_AND_NUMBER, name=said)
        return number
