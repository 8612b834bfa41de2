"""Nothing is opened for a question that cannot go, and what was opened without one is no work.

Holds cli/asker/ask.py, client/cases/consultation.py, client/place/fit.py.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cli.asker import ask as asker
from client.cases import consultation
from client.errors import ClientError, NotPossible
from client.files.enclosures import Enclosure
from client.session import Session
from tests.support.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    (tmp_path / "server").mkdir()
    with World(tmp_path / "server") as made:
        yield made


def file(name: str = "letter.pdf", held: bytes = b"x") -> Enclosure:
    return Enclosure(name, "application/pdf", len(held), lambda: BytesIO(held))


def gone() -> Enclosure:
    def missing() -> Any:
        raise FileNotFoundError(2, "No such file")

    return Enclosure("gone.pdf", "application/pdf", 3, missing)


UNFIT = {
    "too long": ("x" * 65_537, [], "a message has at most 65536 characters, this has 65537"),
    "no characters": ("caf\udce9", [], "this text holds bytes that are no characters"),
    "too many files": ("text", [file()] * 21, "at most 20 files"),
    "a file that is gone": ("text", [gone()], "gone.pdf cannot be read"),
}


@pytest.mark.parametrize("unfit", UNFIT)
def test_a_question_that_cannot_go_opens_nothing(world: World, unfit: str) -> None:
    world.staff("consultation_worker")
    code, (text, files, told) = world.code(), UNFIT[unfit]
    session = world.session(code.keys)
    before = world.opened.store.position()
    with pytest.raises(NotPossible, match=told):
        consultation.ask(session, code, 0, "anonymous", text, files)
    assert world.opened.store.position() == before


def test_a_case_without_a_question_is_nobodys_work_until_it_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (worker,) = world.staff("consultation_worker")
    code = world.code()
    session = world.session(code.keys)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(Session, "write", cut)
        consultation.ask(session, code, 0, "anonymous", "a question")
    world.settle()
    assert worker.work() == []
    (opened,) = consultation.cases_of(world.session(code.keys), code)
    assert opened.state.state == "opened"
    consultation.ask_again(world.session(code.keys), code, "anonymous", "a question")
    world.settle()
    (row,) = worker.work()
    assert (row["case"], row["state"]) == (opened.case, "received")


def ask(world: World, *given: str, editor: Path) -> Result:
    where = ["--server", world.url, "--pin", world.pin, "--danger", "no"]
    return CliRunner(env={"EDITOR": str(editor), "ZEGEL_LANG": "en"}).invoke(
        asker.ask, [*where, *given]
    )


def test_what_can_be_known_is_known_before_the_editor_opens(world: World, tmp_path: Path) -> None:
    world.staff("auditor")
    editor, opened = tmp_path / "editor", tmp_path / "was-opened"
    editor.write_text(f"#!/bin/sh\ntouch {opened}\n")
    editor.chmod(0o700)
    taken = tmp_path / "note.txt"
    taken.write_text("hers")
    before = world.opened.store.position()
    for given, told in (
        ([], "nobody of the front office is certified now"),
        (["--note", str(taken)], "is there already"),
        (["--note", str(tmp_path / "nowhere" / "note.txt")], "its folder takes no file"),
        (["--pin", "A" * 43], ""),
    ):
        done = ask(world, *given, editor=editor)
        assert isinstance(done.exception, ClientError) and told in str(done.exception)
        assert not opened.exists() and "Bewaar deze code" not in done.output
    assert taken.read_text() == "hers" and world.opened.store.position() == before


@pytest.mark.parametrize("said", ["J", "ja", "Y", "YES", " Ja "])
def test_danger_is_answered_in_either_language_and_asked_until_it_is(said: str) -> None:
    @click.command()
    def asking() -> None:
        asker.refuse_danger(None)

    done = CliRunner().invoke(asking, input=f"perhaps\n\n{said}\n")
    assert isinstance(done.exception, NotPossible) and "call 112" in str(done.exception)
    for no in ("n", "NEE", "No"):
        assert CliRunner().invoke(asking, input=f"{no}\n").exit_code == 0
