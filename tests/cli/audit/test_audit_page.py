"""The page of an audit, in a real browser: its figures are those of the JSON, it fetches and runs
nothing, and whoever uses a screen reader, a keyboard, a phone or paper has all of it.

Holds cli/audit/page.py, cli/audit/tables.py, cli/audit/markup.py, cli/audit/called.py,
cli/home/new_file.py.
"""

import json
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import Result
from playwright.sync_api import Browser, Page

from cli.audit.page import page as page_of
from cli.home.new_file import write_new
from cli.sentences.language import LANGUAGES
from client.errors import NotPossible
from tests.support.audit.audit_page import Expected, tables, utc
from tests.support.audit.browser import chromium
from tests.support.audit.verdict_copies import Copy, Played, as_auditor, auditor_key, play_in
from tests.support.processes import until

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = """<img src="https://example.org/x" onerror="alert(1)"></td></style>'&amp;<b>"""


class Audit(NamedTuple):
    """What the command gave: its page, and its JSON. done: how it ended."""

    file: Path
    found: dict[str, Any]
    done: Result


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play_in(tmp_path_factory.mktemp("played"))


@pytest.fixture(scope="module")
def commands(
    played: Played, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Copy, Callable[..., Result]]]:
    """A store to itself, and what runs a command as the auditor against it."""
    copy = Copy(played, tmp_path_factory.mktemp("copies") / "copy")
    key = auditor_key(played, tmp_path_factory.mktemp("key"))
    with pytest.MonkeyPatch.context() as patch:
        yield copy, as_auditor(copy, key, tmp_path_factory.mktemp("home"), patch)
    copy.close()


@pytest.fixture(scope="module")
def audits(
    commands: tuple[Copy, Callable[..., Result]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Audit]:
    """An honest case, and the same after someone was given what was not for her."""
    copy, zegel = commands
    folder = tmp_path_factory.mktemp("pages")

    def audit(name: str) -> Audit:
        file = folder / f"{name}.html"
        done = zegel("audit", copy.played.case, "--html", str(file), "--json")
        return Audit(file, json.loads(done.stdout), done)

    honest = audit("honest")
    copy.release("xena", "welcome", copy.now())
    return {"honest": honest, "convicted": audit("convicted")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


CASES = ("honest", "convicted")
SCHEMES = ("light", "dark")
each_case = pytest.mark.parametrize("case", CASES)


@contextmanager
def opened(browser: Browser, file: Path, **context: Any) -> Iterator[Page]:
    """A page that says nothing on the console, opens no dialogue and asks for itself alone."""
    odd: list[str] = []
    with browser.new_context(**context) as opening:
        page = opening.new_page()
        page.on("console", lambda said: odd.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: odd.append(str(error)))
        page.on("dialog", lambda dialog: odd.append(dialog.message))
        page.on("request", lambda request: odd.append(request.url))
        page.goto(file.as_uri())
        yield page
        assert odd == [file.as_uri()]


def written(folder: Path, found: dict[str, Any]) -> Path:
    file = folder / "page.html"
    file.write_text(page_of(found), "utf-8")
    return file


# --- what it says --------------------------------------------------------------------------------


def agrees(page: Page, found: dict[str, Any]) -> None:
    """Holds every table against the JSON."""
    shown, expected = tables(page), Expected(found)
    others = shown["people"][len(found["people"]) :]
    del shown["people"][len(found["people"]) :]
    made = expected.tables()
    for name in made.keys() | shown.keys():
        assert shown.get(name) == made.get(name), name
    named = [one["person"] for one in expected.everyone()[len(found["people"]) :]]
    assert [one if isinstance(one, str) else one[0] for _, one, *_ in others] == named
    assert all(cells[3:] == ["–", "–"] for cells in others)
    limits = page.locator("#limits-title + ul > li").all_inner_texts()
    assert limits == [*found["limits"]]


@each_case
def test_its_figures_are_those_of_the_json(
    browser: Browser, audits: dict[str, Audit], case: str
) -> None:
    file, found, done = audits[case]
    with opened(browser, file) as page:
        agrees(page, found)
        head, title = page.locator("header").inner_text(), page.title()
    assert done.exit_code == (0 if case == "honest" else 1)
    assert head.startswith(f"Audit of case {found['case']}") and title in head
    for moment in (found["made"], found["until"]["stored"]):
        assert utc(moment) in head
    assert len(found["reads"]) >= 18 and any(one["erased"] for one in found["entries"])
    through = {one["through"].split()[0] for e in found["entries"] for one in e["readers"]}
    assert through == {"epoch", "grant"}


def outcome(page: Page) -> str:
    return page.locator("section:has(#outcome-title)").inner_text()


def test_its_outcome_is_in_words_with_what_fails(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path
) -> None:
    honest, convicted = (audits[case] for case in CASES)
    with opened(browser, honest.file) as page:
        assert f"Everything holds: {len(honest.found['history'])} entries." in outcome(page)
    with opened(browser, convicted.file) as page:
        assert "DOES NOT HOLD" in outcome(page) and "What fails: A2." in outcome(page)
        assert "Everything holds" not in page.content()
    entry = honest.found["history"][-1]["id"]
    finding = {"index": 30, "entry": entry, "rule": "wrong-state", "detail": "a detail"}
    stopped = written(tmp_path, honest.found | {"holds": False, "finding": finding})
    with opened(browser, stopped) as page:
        said = outcome(page).replace("\u00a0", " ")
        number = len(honest.found["history"]) - 1
        assert f"entry 30 ({number} · {entry[:8]}): wrong-state: a detail" in said


def test_what_was_refused_is_said_in_words(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path
) -> None:
    found = deepcopy(audits["honest"].found)
    found["reads"][3] |= {"outcome": "refused", "entry": "?", "compartment": "?"}
    with opened(browser, written(tmp_path, found)) as page:
        agrees(page, found)
        assert tables(page)["reads"][3][-1] == "✗ refused"


def test_who_may_not_see_the_read_log_is_told_so(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path
) -> None:
    found = audits["honest"].found | {"reads": None}
    with opened(browser, written(tmp_path, found)) as page:
        agrees(page, found)
        told = page.locator("section:has(#reads-title)").inner_text()
    assert "auditors and privacy officers alone" in told


def test_a_case_of_which_nothing_holds_has_a_page(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path
) -> None:
    lists = ("verdicts", "members", "places", "epochs", "people", "history", "entries", "reads")
    empty: dict[str, Any] = {one: [] for one in lists}
    nothing = {"until": None, "service": None, "state": None, "holds": False, **empty}
    nothing |= {"cause": None, "summary": None, "approvals": [], "roster": None, "root": None}
    nothing["finding"] = {"index": 0, "entry": "(unreadable)", "rule": "malformed", "detail": "x"}
    with opened(browser, written(tmp_path, audits["honest"].found | nothing)) as page:
        assert tables(page) == {} and "entry 0 ((unreadable)): malformed: x" in outcome(page)


@pytest.mark.parametrize("guarded", [True, False], ids=["as it is", "without its policy"])
def test_words_of_others_stay_words(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path, guarded: bool
) -> None:
    """Also where the browser would let it run."""

    def spoilt(value: Any) -> Any:
        if isinstance(value, str):
            return value if value in ("public", "") else f"{value} {HOSTILE}"
        if isinstance(value, dict):
            return {key: spoilt(one) for key, one in value.items()}
        return [spoilt(one) for one in value] if isinstance(value, list) else value

    found = spoilt(audits["convicted"].found)
    found["finding"] = spoilt({"index": 1, "entry": "e", "rule": "r", "detail": "d"})
    with opened(browser, written(tmp_path, found), bypass_csp=not guarded) as page:
        agrees(page, found)
        assert page.locator("img, b, script, style + style").count() == 0
        assert HOSTILE in page.title() and outcome(page).count(HOSTILE) >= 4


def test_a_long_case_is_shown_whole(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path
) -> None:
    found = deepcopy(audits["honest"].found)
    for part in ("history", "entries"):
        kept = found[part]
        found[part] = [
            {**deepcopy(kept[number % len(kept)]), "id": f"{number:032x}"} for number in range(1000)
        ]
    with opened(browser, written(tmp_path, found)) as page:
        agrees(page, found)
        assert page.locator("#readers > tbody").count() == 1000


@pytest.mark.parametrize("at", [-1, 253_402_300_800, 2**53])
def test_a_moment_that_no_calendar_has_stays_a_number(
    browser: Browser, audits: dict[str, Audit], tmp_path: Path, at: int
) -> None:
    found = deepcopy(audits["honest"].found)
    found["reads"][0]["at"] = at
    with opened(browser, written(tmp_path, found)) as page:
        assert tables(page)["reads"][0][1] == str(at)


# --- how it can be used --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "width", "scheme"),
    [("honest", 1280, "light"), *(("convicted", w, s) for w in (1280, 320) for s in SCHEMES)],
)
def test_axe_finds_nothing(
    browser: Browser, audits: dict[str, Audit], case: str, width: int, scheme: Any
) -> None:
    screen: Any = {"width": width, "height": 900}
    with browser.new_context(viewport=screen, color_scheme=scheme, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(audits[case].file.as_uri())
        page.evaluate(AXE.read_text("utf-8"))
        asked = {"runOnly": RULES, "resultTypes": ["violations", "incomplete"]}
        found = page.evaluate("asked => axe.run(document, asked)", asked)
    faults = [
        f"{one['id']}: {node['html']}"
        # Of what a frame hides, axe cannot see the contrast: on a wide screen none does.
        for part in ("violations", *(["incomplete"] if width == 1280 else []))
        for one in found[part]
        for node in one["nodes"]
    ]
    assert faults == []
    assert {"color-contrast", "html-has-lang", "region"} <= {one["id"] for one in found["passes"]}


def test_a_narrow_screen_has_all_of_it(browser: Browser, audits: dict[str, Audit]) -> None:
    """The page itself is never wider than the screen; a wide table moves in its frame, by key."""
    screen: Any = {"width": 320, "height": 600}
    with opened(browser, audits["convicted"].file, viewport=screen) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        frames = page.locator("[role=region]")
        assert frames.count() == len(tables(page))
        frames.first.focus()
        page.keyboard.press("ArrowRight")
        moved = "document.activeElement.scrollLeft > 0"
        until(lambda: bool(page.evaluate(moved)), "the table moves in its frame")


def test_the_keyboard_comes_to_the_report_at_once(
    browser: Browser, audits: dict[str, Audit]
) -> None:
    with opened(browser, audits["honest"].file) as page:
        page.keyboard.press("Tab")
        link = page.locator("a:focus")
        box = link.bounding_box()
        assert link.inner_text() == "Go to the report" and box is not None and box["x"] >= 0
        page.keyboard.press("Enter")
        until(lambda: page.url.endswith("#report"), "the link leads to the report")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_it_prints_on_a4_black_on_white(browser: Browser, audits: dict[str, Audit]) -> None:
    with opened(browser, audits["convicted"].file, color_scheme="dark") as page:
        printed = page.pdf(prefer_css_page_size=True)
        page.emulate_media(media="print", color_scheme="dark")
        styles = {
            (selector, style): page.evaluate(
                "([one, style]) => getComputedStyle(document.querySelector(one))[style]",
                [selector, style],
            )
            for selector, style in (
                ("body", "backgroundColor"),
                ("body", "color"),
                (".no", "color"),
                ("thead", "display"),
                ("tbody tr", "breakInside"),
            )
        }
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
    sizes = {
        tuple(round(float(one)) for one in box.split())
        for box in re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", printed)
    }
    assert sizes == {(0, 0, 595, 842)}
    white, black = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
    assert [*styles.values()] == [white, black, black, "table-header-group", "avoid"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_on_screen(
    browser: Browser,
    audits: dict[str, Audit],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    with opened(browser, written(tmp_path, audits["convicted"].found)) as page:
        assert page.locator("html").get_attribute("lang") == language
        title = {"nl": "Audit van casus", "en": "Audit of case"}[language]
        assert page.locator("h1").inner_text().startswith(title)
        told = page.locator("#verdicts .found").all_inner_texts()  # evidence and faults
    assert len(told) == len(audits["convicted"].found["verdicts"]) + 1


# --- the file ------------------------------------------------------------------------------------


def test_the_report_is_still_shown_and_the_moment_counts(
    commands: tuple[Copy, Callable[..., Result]], tmp_path: Path
) -> None:
    copy, zegel = commands
    file = tmp_path / "page.html"
    every = zegel("audit", "--all", "--html", str(file))
    assert isinstance(every.exception, NotPossible) and not file.exists()
    done = zegel("audit", copy.played.case, "--seq", "3", "--html", str(file))
    assert done.exit_code == 0 and "Everything holds: 4 entries." in done.stdout
    assert "Everything holds: 4 entries." in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [file]


def test_nothing_is_written_over(
    commands: tuple[Copy, Callable[..., Result]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is asked of the server first: every question leaves a line in its log."""
    copy, zegel = commands
    taken, nowhere = tmp_path / "page.html", tmp_path / "link.html"
    taken.write_text("something of hers")
    nowhere.symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("ZEGEL_SERVER", "http://127.0.0.1:9")  # where nothing answers
    for file in (taken, nowhere):
        done = zegel("audit", copy.played.case, "--html", str(file))
        assert isinstance(done.exception, NotPossible)
        assert str(done.exception) == f"{file} is there already: give the name of a new file"
        with pytest.raises(NotPossible, match="is there already"):  # as it may be by then
            write_new(file, "a page")
    assert taken.read_text() == "something of hers"
    assert {one.name for one in tmp_path.iterdir()} == {"page.html", "link.html"}


def test_a_page_that_cannot_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="No such file"):
        write_new(tmp_path / "away" / "page.html", "a page")
    with pytest.raises(UnicodeEncodeError):
        write_new(tmp_path / "page.html", "a page \ud800")
    assert [*tmp_path.iterdir()] == []
