"""Nothing that we say is longer than a line of 80 columns: an editor cuts off what is, and a
terminal breaks it in a word.

Holds cli/writing/template.py, cli/desk/form.py.
"""

import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from rich.cells import cell_len

from cli.desk.form import asked, filled
from client.errors import NotPossible
from tests.support.people.desks import editor
from tests.support.people.terminal import ROOT, Terminal
from tests.support.world import World
from wire.payloads.book import SCHEMAS

READ_BY = "Wie de vraag stelde, leest dit.\nAan: 1 vrager, 12 medewerkers frontoffice"
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
DANGER = "Is er nu direct gevaar?"


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("schema", sorted(name for name in SCHEMAS if asked(name)))
def test_a_form_is_read_whole_in_the_editor(
    schema: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it comes back with what is wrong."""
    monkeypatch.setenv("ZEGEL_LANG", language)
    typed = 'cat "$1" >> pages; test -e typed || echo "wat er niet hoort" | tee -a "$1" > typed'
    monkeypatch.setenv("VISUAL", editor(tmp_path, f"cd {tmp_path}; {typed}"))
    with suppress(NotPossible):  # for what stayed empty
        filled(schema, {}, None, "What is said?", read_by=READ_BY)
    pages = (tmp_path / "pages").read_text().splitlines()
    assert len(pages) > 3 and max(map(cell_len, pages)) < 80


def test_what_she_is_told_breaks_between_words(world: World, tmp_path: Path) -> None:
    world.staff("consultation_worker")
    told = {"ZEGEL_SERVER": world.url, "ZEGEL_PIN": world.pin, "ZEGEL_LANG": "nl"}
    told |= {"HOME": str(tmp_path), "ZEGEL_HOME": str(tmp_path), "PAGER": "cat"}
    with Terminal.zegel("ask", "-m", "een vraag", **told) as terminal:
        terminal.expect(DANGER)
        terminal.line("nee")
        assert terminal.end() == 0
    lines = STEERING.sub("", terminal.shown).splitlines()
    assert [line for line in lines if cell_len(line) > 80] == []
    # What stands beside a number goes on beside it.
    assert [line for line in lines if line.startswith(("night", "and night"))] == []


def test_a_long_question_breaks_between_words_and_is_answered(tmp_path: Path) -> None:
    question = (
        "Het laatste bericht van wie de vraag stelde, is nog niet beantwoord. Toch afsluiten?"
    )
    script = f"from cli.screen.asking import confirm; print('said', confirm({question!r}))"
    told = {"ZEGEL_LANG": "nl", "PYTHONPATH": str(ROOT)}
    with Terminal([sys.executable, "-c", script], told) as terminal:
        terminal.expect("sluiten? [ja/nee]: ")
        terminal.line("ja")
        terminal.expect("said True")
        assert terminal.end() == 0
    lines = terminal.shown.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert " ".join(line.strip() for line in lines).startswith(f"{question} [ja/nee]: ja")
