"""docs/attacks.md: `python -m tests.support.hostile.attacks_page > docs/attacks.md`."""

from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from tests.support.hostile.attacks import Attack

SERVER = "the server"
HEAD = """# Attacks that are played

Rendered from the tests by `python -m tests.support.hostile.attacks_page`: each row is
played and has to be refused just so. Where a check is named, the test also takes it off, and the
attack is not refused so any more. What is open stands in [threat-model.md](threat-model.md).

mother, father, aunt ask; anna works in the front office; dirk and ella are casemanagers; xena, yara
and zoe are experts; ivo interprets. A server may have the help of one who takes part.
"""


def words(act: Callable[..., Any]) -> str:
    """What a person does, by the function that does it."""
    return act.__name__.strip("_").replace("_", " ")


def of_deeds(**tables: str) -> Callable[[ModuleType], Iterator[Attack]]:
    """Of tables of deeds by their names, with who does them."""

    def rows(module: ModuleType) -> Iterator[Attack]:
        for table, who in tables.items():
            for what, deed in getattr(module, table).items():
                checks = ", ".join(f"`{one}`" for one in deed.check)
                yield Attack(what, who, words(deed.act), deed.refusal, checks)

    return rows


def of_read_log(module: ModuleType) -> Iterator[Attack]:
    for what, (told, _) in module.REFUSED.items():
        yield Attack(what, SERVER, "auditor reads the log", f"bad-read-log: {told} …", "")
    for what, (name, _) in module.SEEN_BEFORE.items():
        yield Attack(what, "who holds the log's key", "auditor reads it again", name, "")


def of_marked(module: ModuleType) -> Iterator[Attack]:
    for one in vars(module).values():
        if isinstance(found := getattr(one, "attack", None), Attack):
            yield found


def of_played(module: ModuleType) -> Iterator[Attack]:
    """Of a table in which each attack is played in a request of its own, and of single tests."""
    for what, one in module.ATTACKS.items():
        checks = ", ".join(f"`{guard}`" for guard in one.check)
        yield Attack(what, one.who, one.when, one.refusal, checks)
    yield from of_marked(module)


Source = Callable[[ModuleType], Iterator[Attack]]
SOURCES: tuple[tuple[str, str, Source], ...] = (
    ("A conversation", "whole.hostile.test_hostile_server", of_deeds(DEEDS=SERVER)),
    (
        "Behind walls",
        "whole.hostile.test_hostile_walls",
        of_deeds(DEEDS="the server, or a member for it"),
    ),
    (
        "Positions of the store",
        "client.server.test_positions",
        of_deeds(DEEDS="a revoked device, and the server", ORDER=SERVER),
    ),
    ("Places and conversations made up", "client.place.test_places", of_marked),
    ("The read log", "client.audit.test_read_log", of_read_log),
    ("Members and strangers", "whole.hostile.test_hostile_members", of_marked),
    ("In the expert pool", "whole.hostile.test_pool", of_played),
    ("A conflict that is hidden", "whole.hostile.test_pool_hidden", of_marked),
    ("Coordinators of the pool", "whole.hostile.test_pool_coordinators", of_marked),
    ("What is told of the pool", "whole.hostile.test_pool_told", of_marked),
    ("Forms of what is sealed", "wire.test_sealed_forms", of_marked),
    ("Too much", "api.test_limits", of_marked),
)


def page() -> str:
    """Markdown of every attack, by the test that plays it."""
    lines = [HEAD]
    for title, test, rows in SOURCES:
        lines += [f"## {title}", "", f"Played in `tests/{test.replace('.', '/')}.py`.", ""]
        lines += ["| attack | who | when | refused as | check |", "|---|---|---|---|---|"]
        found = list(rows(import_module(f"tests.{test}")))
        lines += [f"| {' | '.join(cell or '–' for cell in one)} |" for one in found]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(), end="")
