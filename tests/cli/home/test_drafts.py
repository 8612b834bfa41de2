"""No text of somebody who works here is lost: from the moment the editor is closed, or broken off,
it is a sealed draft in her home until it is known to be stored; and whoever comes with a code sees
it on screen at every way out.

Holds cli/writing/drafts.py, cli/writing/unsent.py, cli/writing/editor.py, cli/home/draft_list.py,
client/kept.py.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.writing.drafts import Draft, Drafts
from cli.writing.unsent import Sealed
from client.errors import Unreachable
from client.why import Why
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import new_device
from tests.support.people.desks import Desks, cleared, desks, editor, was_opened
from tests.support.people.terminal import Terminal
from tests.support.processes import ROOT, until

SEALED = "[subject_kind]\nindividual\n[form_group]\nnone\n"
HOUR = "an hour of work"
PASSPHRASE = "a passphrase of this test"
LIKE = Draft("answer", "f" * 32, (), "zegel answer ffffffff --draft")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("drafts")) as opened:
        yield opened


@pytest.fixture
def case(office: Desks) -> str:
    cleared(office.home("anna"))
    return office.taken()


def typing(folder: Path, then: str = "true") -> str:
    """An editor in which an hour is spent; then: how it ends."""
    return editor(folder, f'echo "{HOUR}" >> "$1"; {then}')


def texts(office: Desks) -> list[str]:
    return [one["text"].strip() for one in office.drafts("anna")]


def go_on(office: Desks, case: str) -> None:
    """The one draft that waits is told of, sent as it is, and gone."""
    assert texts(office) == [HOUR]
    line = f"zegel answer {case} --draft"
    again = office.run("anna", "answer", case, EDITOR="true")
    assert f"A draft of yours waits here: {line}" in again.err and texts(office) == [HOUR]
    assert office.run("anna", "answer", case, "--send-draft").error is None
    assert office.said("anna", case)[-1]["text"].strip() == HOUR
    assert office.drafts("anna") == []


@pytest.mark.parametrize("then", ["exit 1", "kill -9 $$", "kill -INT $$", "kill -HUP $$"])
def test_an_editor_that_fails_or_is_killed_leaves_a_draft(
    office: Desks, case: str, tmp_path: Path, then: str
) -> None:
    done = office.run("anna", "answer", case, EDITOR=typing(tmp_path, then))
    done.refused("failed: name another in EDITOR, or use -m or -f")
    assert f"Go on with: zegel answer {case} --draft" in done.err
    go_on(office, case)


def test_an_editor_that_is_not_there_is_told_with_what_to_do(office: Desks, case: str) -> None:
    for name in ("/nonexistent", "'", "/"):
        done = office.run("anna", "answer", case, EDITOR=name)
        done.refused("does not start: name another in EDITOR, or use -m or -f")
    assert office.drafts("anna") == []


def test_a_draft_is_taken_up_in_the_editor_and_is_gone_once_it_is_stored(
    office: Desks, case: str, tmp_path: Path
) -> None:
    office.run("anna", "answer", case, EDITOR=typing(tmp_path, "exit 1"))
    more = editor(tmp_path, 'echo "and more" >> "$1"')
    assert office.run("anna", "answer", case, "--draft", EDITOR=more).error is None
    assert HOUR in (tmp_path / "seen").read_text()
    assert office.said("anna", case)[-1]["text"].strip() == f"{HOUR}\nand more"
    assert office.drafts("anna") == []
    office.run("anna", "answer", case, "--draft").refused("no draft waits for this")


def test_a_draft_goes_nowhere_else_than_it_was_written_for(
    office: Desks, case: str, tmp_path: Path
) -> None:
    """What was meant for colleagues does not go to who asked by a word left out."""
    fails = typing(tmp_path, "exit 1")
    office.run("anna", "message", case, "--in", "worknotes", EDITOR=fails)
    for elsewhere in (("message", case), ("answer", case), ("message", office.taken())):
        office.run("anna", *elsewhere, "--send-draft").refused("no draft waits for this")
    there = ("message", case, "--in", "worknotes")
    assert f"zegel {' '.join(there)} --draft" in office.run("anna", "message", case).err
    assert office.run("anna", *there, "--send-draft").error is None
    assert office.said("anna", case, "worknotes")[-1]["text"].strip() == HOUR


def test_a_second_text_does_not_take_the_place_of_the_first(
    office: Desks, case: str, tmp_path: Path
) -> None:
    for _ in range(2):
        office.run("anna", "answer", case, EDITOR=typing(tmp_path, "exit 1"))
    assert texts(office) == [HOUR, HOUR]
    office.run("anna", "answer", case, "--draft", "-m", "x").refused("not both")
    assert texts(office) == [HOUR, HOUR]


def test_drafts_are_listed_shown_and_thrown_away(office: Desks, case: str, tmp_path: Path) -> None:
    form = "[text]\nshe came by\n[channel]\nvisit\n[with_whom]\na father\n"
    (tmp_path / "form").write_text(form)
    wrong = editor(tmp_path, f'cat {tmp_path}/form > "$1"; exit 1')
    office.run("anna", "contact", case, EDITOR=wrong)
    listed = office.run("anna", "drafts").out
    assert "she came by" in listed and f"zegel contact {case} --draft" in listed
    assert "she came by" in office.run("anna", "drafts", "1").out
    assert office.run("anna", "drafts", "1", "--discard", typed="nee\n").error is None
    assert len(office.drafts("anna")) == 1
    assert office.run("anna", "drafts", "1", "--discard", typed="ja\n").error is None
    assert office.drafts("anna") == []
    office.run("anna", "drafts", "1").refused("there is no draft 1")


def test_a_draft_says_nothing_to_who_finds_the_file(
    office: Desks, case: str, tmp_path: Path
) -> None:
    office.run("anna", "answer", case, EDITOR=typing(tmp_path, "exit 1"))
    held = [file for file in (office.home("anna") / "drafts").rglob("*") if file.is_file()]
    assert held and not any(HOUR.encode() in file.read_bytes() for file in held)
    assert {file.stat().st_mode & 0o777 for file in held} == {0o600}
    assert Drafts(office.home("anna") / "drafts", office.keys["bram"]).every() == []


def test_a_server_that_is_silent_or_refuses_leaves_a_draft(
    office: Desks, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.server.transport.PAUSE_SECONDS", ())
    stop = typing(tmp_path, f"touch {tmp_path}/silent")
    silent = tmp_path / "silent"
    ask = "client.server.transport.Transport._exchange"
    from client.server.transport import Transport

    real = Transport._exchange

    def exchange(self: Transport, *asked: object, **how: object) -> object:
        if silent.exists():
            raise Unreachable(Why.NO_ANSWER, url="http://x")
        return real(self, *asked, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(ask, exchange)
    done = office.run("anna", "answer", case, EDITOR=stop)
    done.refused("does not answer")
    assert "Nothing was stored" not in done.err and "--draft" in done.err
    silent.unlink()
    go_on(office, case)


def test_what_comes_through_a_pipe_is_kept_as_if_it_was_typed(
    office: Desks, case: str, tmp_path: Path
) -> None:
    wrong = f"[outcome]\nbetter\n[to_you]\n{HOUR}\n{SEALED}"
    office.run("anna", "close", case, "-f", "-", typed=wrong).refused("outcome")
    (draft,) = office.drafts("anna")
    assert HOUR in draft["text"]
    file = tmp_path / "form.txt"
    file.write_text(wrong)
    done = office.run("anna", "close", case, "-f", str(file))
    assert f"Your text stands in: {file}" in done.err and len(office.drafts("anna")) == 1


def test_a_form_that_is_saved_unchanged_after_it_was_refused_ends_and_is_kept(
    office: Desks, case: str, tmp_path: Path
) -> None:
    (tmp_path / "form").write_text(f"[outcome]\nbetter\n[to_you]\n{HOUR}\n{SEALED}")
    once = f'test -e {tmp_path}/done || cat {tmp_path}/form > "$1"; touch {tmp_path}/done'
    done = office.run("anna", "close", case, EDITOR=editor(tmp_path, once))
    done.refused("outcome")
    assert was_opened(tmp_path) == 2 and HOUR in office.drafts("anna")[0]["text"]


def test_in_a_home_that_is_full_or_closed_nothing_is_asked(
    office: Desks, case: str, tmp_path: Path
) -> None:
    (office.home("anna") / "drafts").write_text("not a folder")
    try:
        done = office.run("anna", "answer", case, EDITOR=typing(tmp_path))
        done.refused("so nothing is asked of you")
        assert not was_opened(tmp_path)
    finally:
        (office.home("anna") / "drafts").unlink()


def test_a_home_that_fills_up_meanwhile_shows_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "drafts").write_text("nothing can be written here")
    unsent = Sealed(Drafts(tmp_path / "drafts", new_device()), LIKE)
    unsent.keep(HOUR)
    unsent.tell()
    assert HOUR in capsys.readouterr().err


# --- in a terminal, where a person sits -----------------------------------------------------------


@pytest.fixture(scope="module")
def at_desk(office: Desks) -> dict[str, str]:
    """The environment of anna, whose key file is opened once for all commands."""
    value = {"sign": b64(office.keys["anna"].sign), "kem": b64(office.keys["anna"].kem)}
    write_key_file(office.home("anna") / "device.key", "device", value, PASSPHRASE)
    told = {
        "ZEGEL_HOME": str(office.home("anna")),
        "ZEGEL_SERVER": office.world.url,
        "ZEGEL_PIN": office.world.pin,
        "ZEGEL_PASSPHRASE": PASSPHRASE,
        "ZEGEL_LANG": "en",
        "XDG_RUNTIME_DIR": str(office.folder),
    }
    with Terminal.zegel("unlock", **told) as terminal:
        terminal.expect("Unlocked")
    return told


def opened_at(folder: Path, first: str = "true") -> str:
    """An editor that writes the hour down, then waits until it is broken off."""
    typed = f'echo "{HOUR}" >> "$1"; touch {folder}/typed; exec sleep 60'
    return editor(folder, f"{first}; {typed}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_while_the_editor_is_open_leaves_a_draft(
    office: Desks, at_desk: dict[str, str], case: str, tmp_path: Path, number: int
) -> None:
    """After kill -9 it is the next command that finds it."""
    with Terminal.zegel("answer", case, **at_desk, EDITOR=opened_at(tmp_path)) as terminal:
        until((tmp_path / "typed").exists, "the editor")
        terminal.signal(number, all_of_it=number == signal.SIGKILL)
        code = terminal.end()
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    go_on(office, case)
    assert not any((office.home("anna") / "drafts" / "open").iterdir())


def test_an_editor_that_is_still_open_is_left_alone(
    office: Desks, at_desk: dict[str, str], case: str, tmp_path: Path
) -> None:
    """The command was killed, its editor was not: what is typed there goes on being typed."""
    stays = opened_at(tmp_path, 'trap "" HUP')
    with Terminal.zegel("answer", case, **at_desk, EDITOR=stays) as terminal:
        until((tmp_path / "typed").exists, "the editor")
        terminal.signal(signal.SIGKILL)
        terminal.end()
        assert office.drafts("anna") == []
        (opened,) = (office.home("anna") / "drafts" / "open").iterdir()
        for holder in holding(opened):
            os.kill(holder, signal.SIGKILL)
        until(lambda: not holding(opened), "the end of the editor")
    go_on(office, case)


def holding(folder: Path) -> list[int]:
    """The processes that hold a folder open."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            held = [os.readlink(one) for one in (process / "fd").iterdir()]
        except OSError:
            continue
        if process.name.isdigit() and str(folder) in held:
            found.append(int(process.name))
    return found


def test_ctrl_c_in_the_editor_is_the_editors_and_afterwards_leaves_a_draft(
    office: Desks, at_desk: dict[str, str], case: str, tmp_path: Path
) -> None:
    closing = ("--outcome", "answered", "--subject-kind", "individual", "--form-group", "none")
    form = f'trap "" INT; echo "{HOUR}" > "$1"; touch {tmp_path}/typed; sleep 1'
    slow = editor(tmp_path, form)
    with Terminal.zegel("close", case, *closing, **at_desk, EDITOR=slow) as terminal:
        until((tmp_path / "typed").exists, "the editor")
        terminal.type("\x03")
        terminal.expect("Close it as answered all the same?")
        while not terminal.ended(5):  # one that comes before input waits is not seen
            terminal.type("\x03")
        assert terminal.end() in (130, -2)
        assert f"zegel close {case}" in terminal.shown and "--draft" in terminal.shown
    (draft,) = office.drafts("anna")
    sealed = {"subject_kind": "individual", "form_group": "none"}
    assert HOUR in draft["text"] and draft["options"] == {"outcome": "answered", **sealed}


# --- who comes with a code ------------------------------------------------------------------------


def asks(folder: Path, then: str = "pass") -> list[str]:
    """A program that asks for a text and does something after it, as a command of hers."""
    program = folder / "asks.py"
    program.write_text(
        "import sys, time, click\n"
        "from cli.writing.text import written\n"
        "from cli.desk.step import posted\n"
        "@click.command()\n"
        "def ask():\n"
        "    text = written(None, None, 'Write.')\n"
        f"    {then}\n"
        "ask()\n"
    )
    return [sys.executable, str(program)]


WAYS_OUT = {
    "ctrl-c at a question": ("click.prompt('Code')", "\x03", None),
    "ctrl-c while it is sent": (
        "posted(lambda: (print('Code'), time.sleep(60)), {'text': text})",
        "\x03",
        None,
    ),
    "ended at a question": ("click.prompt('Code')", "", signal.SIGTERM),
    "a full disk": ("print('Code'); posted(lambda: open('/nonexistent/x', 'w'), {})", "", None),
    "a fault in between": ("print('Code'); raise KeyError('x')", "", None),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_who_has_a_code_sees_her_text_at_every_way_out_and_it_is_nowhere_else(
    tmp_path: Path, way: str
) -> None:
    then, keys, number = WAYS_OUT[way]
    machine = tmp_path / "machine"
    machine.mkdir()
    told = {"XDG_RUNTIME_DIR": str(machine), "HOME": str(machine), "TMPDIR": str(machine)}
    told |= {"PYTHONPATH": str(ROOT), "ZEGEL_LANG": "en"}
    with Terminal(asks(tmp_path, then), told | {"EDITOR": typing(tmp_path)}) as terminal:
        terminal.expect("Code")
        while (keys or number) and not terminal.ended(5):
            terminal.type(keys)
            if number:
                terminal.signal(number)
        assert terminal.end() != 0
        assert terminal.shown.count(HOUR) == 1, terminal.shown
    assert list(machine.rglob("*")) == []


def test_a_text_that_was_stored_is_not_shown_again(tmp_path: Path) -> None:
    then = "posted(lambda: None, {'text': text})"
    told = {"XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with Terminal(asks(tmp_path, then), told | {"EDITOR": typing(tmp_path)}) as terminal:
        assert terminal.end() == 0
        assert HOUR not in terminal.shown
