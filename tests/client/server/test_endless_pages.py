"""A server that goes on with page after page is left off, by name: none is asked for before the one
before it was judged, and none that the page itself does not come to.

Holds client/server/transport.py, client/audit/accounting.py, client/audit/read_log.py.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from werkzeug.wrappers import Request

from client.audit.accounting import list_cases
from client.audit.read_log import fetch_reads
from client.errors import Distrust
from crypto.encoding import b64
from tests.support.hostile.server import Answer, Scene, asked, auditor_replays

ENOUGH = 20  # pages after which this server stops after all


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with asked(tmp_path_factory.mktemp("endless")) as scene:
        yield scene


def reads(scene: Scene) -> object:
    return scene.mother.read(scene.chain.case, scene.chain.name)


def lists(scene: Scene) -> object:
    return list_cases(scene.auditor)


def looks_into_the_log(scene: Scene) -> object:
    return fetch_reads(scene.auditor, scene.chain.case)


def nothing(_: int, __: Answer) -> dict[str, Any]:
    return {}


def the_same_again(_: int, answer: Answer) -> dict[str, Any]:
    (what,) = (name for name in ("entries", "lines", "cases") if name in answer)
    return {what: answer[what]}


def junk(number: int, answer: Answer) -> dict[str, Any]:
    if "entries" not in answer:
        return the_same_again(number, answer)
    entry = {"header": b64(b"junk"), "signature": b64(bytes(64)), "stored": 0}
    return {"entries": [{**entry, "position": number + 10**6}] * 100}


Page = Callable[[int, Answer], dict[str, Any]]
EMPTY: Answer = {"entries": [], "cases": [], "lines": []}


@pytest.mark.parametrize("page", [nothing, the_same_again, junk])
@pytest.mark.parametrize(
    ("act", "where"),
    [
        (reads, "/entries"),
        (auditor_replays, "/structure"),
        (lists, "/cases"),
        (looks_into_the_log, "/reads"),
    ],
)
def test_pages_without_end_are_left_off_by_name(
    scene: Scene, act: Callable[[Scene], object], where: str, page: Page
) -> None:
    first: list[Answer] = []
    asked = count()

    def deceive(_: Scene, request: Request, answer: Answer) -> Answer:
        if not request.path.endswith(where):
            return answer
        number = next(asked)
        first.append(answer)
        if number == ENOUGH:
            return answer
        shown = {name: EMPTY[name] for name in EMPTY.keys() & answer.keys()}
        begun = int(request.args["after"])
        return {**answer, **shown, **page(number, first[0]), "next": begun + 100}

    scene.auditor.directory.refresh()
    scene.turn(deceive)
    try:
        with pytest.raises(Distrust) as refused:
            act(scene)
    finally:
        scene.turn(lambda _, __, answer: answer)
    assert next(asked) <= 2
    assert refused.value.name in ("not-answering", "malformed", "duplicate-entry", "bad-read-log")
