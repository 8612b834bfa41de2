"""A mount path changes neither what a request is a proof for nor which limit it meets.

Holds api/gathering.py, api/answering.py, wire/paths.py.
"""

from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from api.answering import answer
from api.gathering import Gathering
from tests.support.world import World
from wire.paths import TRUST, path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("mount")) as world:
        yield world


def said(world: World, target: str, *headers: str) -> bytes:
    """What is answered to a request of a proxy on the same machine, which gunicorn trusts."""
    lines = (f"GET {target} HTTP/1.1", "Host: x", *headers, "", "")
    gathering = Gathering(Config(), ("127.0.0.1", 1))
    gathering.add("\r\n".join(lines).encode())
    ends = (("127.0.0.1", 1), ("127.0.0.1", 2))
    return answer(world.app, gathering.take(), ends, Config(), False).written


def test_a_route_is_found_under_its_own_path_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted, mount = f"/mount{path(TRUST)}", "SCRIPT_NAME: /mount"
    assert said(world, path(TRUST)).startswith(b"HTTP/1.1 200 ")
    assert said(world, mounted, mount).startswith(b"HTTP/1.1 404 ")
    assert said(world, path(TRUST), mount).startswith(b"HTTP/1.1 200 ")
    monkeypatch.setenv("SCRIPT_NAME", "/mount")
    assert said(world, mounted).startswith(b"HTTP/1.1 404 ")
    assert said(world, path(TRUST)).startswith(b"HTTP/1.1 200 ")
