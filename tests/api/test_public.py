"""Who proves nothing is told nothing that moves with writing; and a server that shows nobody what
is new does not call itself well.

Holds api/health.py, api/directory.py, projections/beat.py.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import cli
from client.session import Session
from tests.support.asking import Answer, answer_of, asker
from tests.support.processes import until
from tests.support.world import World
from wire.paths import CARDS, ENTRIES, HEALTH, INVITATIONS, TRUST, path

FAR = 2**53 - 1


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Session]]:
    with World(tmp_path_factory.mktemp("office")) as world:
        yield world, world.staff("consultation_worker")[0]


def heard(world: World, worker: Session) -> dict[str, Answer]:
    """What everything answers that anyone may ask, at this moment."""
    ask = asker(world.app, world.settings.authority)
    targets = [HEALTH, "/openapi.json", "/docs", "/metrics", path(TRUST)]
    positions = (*range(12), FAR)
    targets += [f"{path(TRUST)}?wait={one}" for one in positions]
    targets += [f"{path(TRUST)}?after={one}" for one in positions]
    targets += [f"{path(CARDS)}?device={worker.device}"]
    answers = {one: ask(one) for one in targets}
    answers |= {f"POST {one}": ask(one, method="POST", json={}) for one in (ENTRIES, INVITATIONS)}
    for one in answers.values():
        told = one.get_json(silent=True)
        if isinstance(told, dict) and told.pop("now", None):  # the time of day moves by itself
            one.set_data(repr(told))
    return {target: answer_of(one) for target, one in answers.items()}


def test_nobody_learns_from_what_anyone_may_ask_that_somebody_wrote(
    office: tuple[World, Session],
) -> None:
    world, worker = office
    world.settle()
    before = heard(world, worker)
    world.mother("I am afraid of what he is planning")
    assert heard(world, worker) == before
    assert {before[one].status for one in (HEALTH, f"{path(TRUST)}?wait={FAR}")} == {200}


def test_who_asks_for_a_roster_by_its_position_gets_it(office: tuple[World, Session]) -> None:
    world, _ = office
    ask = asker(world.app, world.settings.authority)
    before = len(ask(path(TRUST)).get_json()["documents"])
    world.publish()
    position = world.opened.store.position()
    shown = ask(path(TRUST), f"wait={position}").get_json()["documents"]
    assert (len(shown), shown[-1]["position"]) == (before + 1, position)


def test_health_is_not_ok_while_the_projector_stands_still(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        ask = asker(world.app, world.settings.authority)
        assert ask(HEALTH).status_code == 200
        lock = world.settings.projector_lock
        os.utime(lock, (time.time() - 60,) * 2)
        until(lambda: ask(HEALTH).status_code == 200, "a sign comes while nothing is written")

        world.stop_projector()
        assert ask(HEALTH).status_code == 200  # it may be starting anew
        os.utime(lock, (time.time() - 6,) * 2)
        told = ask(HEALTH)
        assert (told.status_code, told.get_json()["type"]) == (
            503,
            "urn:zegel:problem:standing-still",
        )
        lock.unlink()
        assert ask(HEALTH).status_code == 503


def test_health_is_not_ok_while_a_read_model_is_set_aside(office: tuple[World, Session]) -> None:
    world, _ = office
    ask = asker(world.app, world.settings.authority)
    with world.opened.views.writing() as cursor:
        world.opened.views.set_aside(cursor, "timeline", 3)
    told = ask(HEALTH)
    with world.opened.views.writing() as cursor:
        world.opened.views.take_back(cursor, "timeline")
    assert (told.status_code, told.get_json()["type"], told.get_json()["detail"]) == (
        503,
        "urn:zegel:problem:set-aside",
        "timeline",
    )
    assert ask(HEALTH).status_code == 200


def test_a_log_key_that_is_gone_is_never_replaced_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    monkeypatch.setenv("ZEGEL_DATA", str(data))
    assert CliRunner().invoke(cli, ["release"]).exit_code == 0
    held = (data / "log.key").read_bytes()
    (data / "log.key").unlink()
    done = CliRunner().invoke(cli, ["release"])
    assert done.exit_code == 1 and "put the key back from the backup" in done.output
    assert not (data / "log.key").exists()
    (data / "log.key").write_bytes(held)
    assert CliRunner().invoke(cli, ["release"]).exit_code == 0
