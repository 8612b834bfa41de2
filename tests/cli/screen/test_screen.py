"""The screen: what is stored is what is shown, in any width, and nothing that somebody wrote can
steer the terminal or pass for the product's own words.

Holds cli/screen/terminal.py, cli/screen/show.py, cli/sentences/plain.py.
"""

import os
import pty
import re
import subprocess
import sys
import unicodedata

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from cli.screen.show import show_conversation
from cli.screen.terminal import fitting, paged, put, put_within, rule, table, wrapped
from cli.sentences.plain import TURNS, plain
from client.cases import consultation
from tests.support.people.terminal import ROOT, Terminal
from tests.support.world import World, read

# Of the kinds that people send, and that a test of printing would call unprintable.
ODD = [
    "non\u00a0breaking, soft\u00adhyphen, wide\u3000space, \u2028line\u2029paragraph",
    "👩\u200d👩\u200d👧 family, \U0001f3f4\U000e0067\U000e0062\U000e007f flag, e\u0301 and \u00e9",
    "שלום עולם و مرحبا \u200bzero \ufeffmark \ue000private \u0378unassigned \U0010ffff last",
    "Z\u0351\u0352" * 500,
    "\x1b[31mred\x1b]8;;http://x\x07link \u009b2J \u202ereversed\u202c \x00\x7f",
    "[bold]not markup[/bold] [/] :smile: [link=http://x]y[/link]",
    "\ttab\r\nline\rold line\n  two  spaces ",
]
columns = pytest.mark.parametrize("columns", ["0", "20", "40", "80", "200", "none", "-5"])


def kept(text: str) -> str:
    """What of a text must be seen: all that is no control or direction character, and no space."""
    return "".join(
        one
        for one in text
        if unicodedata.category(one) != "Cc" and one not in TURNS and one not in " \u2028"
    )


def shown(action: object, columns: str = "80", **environment: str) -> str:
    @click.command()
    def command() -> None:
        action()  # type: ignore[operator]

    done = CliRunner().invoke(command, env={"COLUMNS": columns, **environment})
    assert done.exception is None, done.exception
    return done.stdout


@columns
@pytest.mark.parametrize("text", ODD)
def test_every_character_that_steers_nothing_is_shown(text: str, columns: str) -> None:
    for put_ in (put, put_within):
        out = shown(lambda put_=put_: put_(text), columns)
        assert kept(out) == kept(text)
        assert not {"\x1b", "\r", "\x00", "\u009b", *TURNS} & set(out)
    assert plain("a\r\nb\rc\td") == "a\nb\nc\td"


def test_every_character_there_is_is_shown_unless_it_steers() -> None:
    every = [chr(one) for one in range(sys.maxunicode + 1)]
    dropped = {one for one in every if plain(one) != one}
    controls = {one for one in every if unicodedata.category(one) in ("Cc", "Cs")} - {"\n", "\t"}
    assert dropped == controls | TURNS


@pytest.mark.parametrize("wide", [20, 40, 80])
def test_lines_break_between_words_and_lose_nothing(wide: int) -> None:
    text = "Mijn zoon (16) is hele nachten online en praat over een dag die ze zich zullen heugen."
    lines = wrapped(text, wide)
    assert " ".join(lines) == text and all(cell_len(line) <= wide for line in lines)
    address = "https://example.org/" + "x" * 200
    assert address in wrapped(f"see {address} there", wide)


@columns
def test_no_row_of_a_table_is_broken_inside_a_word(columns: str) -> None:
    heads = ["case", "waits for", "due"]
    rows = [["1a2b3c4d", "medewerker frontoffice", "TE LAAT crisisbesluit"], ["2", "", "x"]]
    words = {
        word for cell in [*heads, *(cell for row in rows for cell in row)] for word in cell.split()
    }
    for environment in ({}, {"ZEGEL_PLAIN": "1"}):
        out = shown(lambda: table("Inbox", heads, rows), columns, **environment)
        assert words <= set(out.replace(":", "").split())
        wide = int(columns) if columns.isdigit() and int(columns) else 80
        assert all(cell_len(line) <= wide for line in out.splitlines())


def test_a_table_gives_its_columns_what_their_words_need() -> None:
    assert fitting([["aaaa bb", "c"]], 7) == [4, 1]
    assert fitting([["aaaaaaaa", "c"]], 6) is None


@columns
def test_a_title_is_never_cut_off(columns: str) -> None:
    title = "12 · consultation worker, 2026-11-27 05:50 · Short Advice Given"
    out = shown(lambda: rule(title), columns)
    assert "".join(title.split()) in "".join(out.replace("─", "").split())


def test_nothing_is_drawn_for_who_has_it_read_aloud() -> None:
    def everything() -> None:
        rule("1 · you · Message Sent")
        put_within("text")
        table("Inbox", ["case", "due"], [["1a2b3c4d", "now"]])

    out = shown(everything, ZEGEL_PLAIN="1")
    assert all(unicodedata.category(one) != "So" and not "\u2500" <= one <= "\u257f" for one in out)
    assert "case: 1a2b3c4d\ndue: now" in out
    assert "─" in shown(everything)


def test_what_somebody_wrote_does_not_pass_for_the_products_own_lines() -> None:
    forged = "─" * 2 + " 9 · supervisor, 2026-11-27 05:50 · Approval Given ──"
    text = f"well\n{forged}\n" + "x" * 78 + forged.replace(" ", "\u00a0")
    out = shown(lambda: put_within(text))
    assert all(line.startswith("  ") for line in out.splitlines())


def test_a_message_is_shown_as_it_was_stored(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (anna,) = world.staff("consultation_worker")
    mother, chain, _ = world.mother()
    for text in ODD:
        consultation.say(mother, chain, text)
    chain = read(world, anna, chain)
    show_conversation(chain, consultation.conversation(anna, chain))
    out = kept(capsys.readouterr().out)
    assert all(kept(text) in out for text in ODD)


# --- the pager -----------------------------------------------------------------------------------

LONG = (
    "from cli.screen.terminal import paged, put\n"
    "with paged():\n"
    "    for number in range({}): put(f'line {{number}}')\n"
)


def on_terminal(count: int, **environment: str) -> str:
    """What a terminal of 24 lines is shown of so many lines."""
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen:
        done = subprocess.Popen(
            [sys.executable, "-c", LONG.format(count)],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "TERM": "dumb", "LINES": "24", **environment},
        )
        os.close(follower)
        out = b""
        try:
            while part := screen.read(65536):
                out += part
        except OSError:
            pass  # the other end is closed
        assert done.wait(20) == 0
    return out.decode().replace("\r\n", "\n")


def test_what_is_longer_than_the_terminal_goes_through_the_pager() -> None:
    marked = on_terminal(100, PAGER="sed s/line/paged/")
    assert "paged 0\n" in marked and "paged 99\n" in marked and "line" not in marked
    assert on_terminal(3, PAGER="sed s/line/paged/") == "line 0\nline 1\nline 2\n"
    for none in ("", "/nonexistent/pager", "'"):
        assert "line 99\n" in on_terminal(100, PAGER=none)


def test_nothing_is_paged_where_nobody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "sed s/line/paged/")

    def long() -> None:
        with paged():
            for number in range(100):
                put(f"line {number}")

    assert "line 99\n" in shown(long)


def test_what_was_put_before_a_fault_is_shown() -> None:
    @click.command()
    def command() -> None:
        with paged():
            put("before")
            raise click.ClickException("fault")

    assert "before" in CliRunner().invoke(command).output


def test_our_own_sentences_break_between_words_on_a_terminal_and_are_whole_in_a_file() -> None:
    told = "These words are not read day and night, and no word of them may be broken in two."
    line = "zegel close 55a86e3208caf26080eb3d66e282afb0 --draft"
    script = (
        f"from cli.screen.terminal import notify; notify({told!r}); notify({told!r}, err=False); "
    )
    script += f"notify('Go on with', command={line!r})"
    with Terminal([sys.executable, "-c", script], {}, columns=40) as terminal:
        assert terminal.end() == 0
        lines = terminal.shown.split("\n")
    assert lines[-3:] == ["Go on with:", line, ""]  # what is to be copied is never broken
    assert max(map(len, lines[:-2])) <= 40 and " ".join(lines[:-3]).split() == told.split() * 2
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert (ran.stdout, ran.stderr) == (f"{told}\n", f"{told}\nGo on with: {line}\n")


def test_everything_that_the_command_says_of_itself_goes_that_way() -> None:
    said = {
        file.relative_to(ROOT / "cli").as_posix(): file.read_text("utf-8")
        for file in (ROOT / "cli").rglob("*.py")
    }
    raw = {name for name, text in said.items() if re.search(r"click\.echo\([^)]*err=True", text)}
    # JSON, and a text that is to be copied.
    assert raw <= {"operator/demo.py", "main.py", "writing/unsent.py"}
