"""The shape of an attack that tests play. What is made of them for people to read is in
`tests.support.hostile.attacks_page`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Deed:
    """What the server does, what a person does then, the name it is refused by, and the check that
    refuses it (what stands in its place when it is switched off)."""

    deceit: Callable[..., Any]
    act: Callable[..., Any]
    refusal: str
    check: Mapping[str, Any]


class Attack(NamedTuple):
    """A row of the page. when: what is done by whom it is meant for. check: where it stands."""

    what: str
    who: str
    when: str
    refusal: str
    check: str


def attack(what: str, who: str, when: str, refusal: str) -> Callable[[Any], Any]:
    """Says of a single test which attack it plays."""

    def mark(test: Any) -> Any:
        test.attack = Attack(what, who, when, refusal, "")
        return test

    return mark
