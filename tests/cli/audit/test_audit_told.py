"""What an auditor reads first: the case in five lines, the verdict with one cause, right under it
what was not shown, and by what it was judged. On screen as on the page, in both languages.

Holds cli/audit/auditor.py, cli/audit/lines.py, cli/audit/store.py, client/audit/summary.py.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from playwright.sync_api import Page

from cli.audit.markup import utc
from cli.audit.store import outcome as store_outcome
from cli.screen.show import local_time
from cli.sentences.language import LANGUAGES
from client.audit.store import audit_store
from client.cases.consultation import message
from client.errors import NotPossible
from client.place.compose import draft_entry
from client.server.pins import Pins
from tests.cli.screen.test_dutch_whole import english_in
from tests.support.audit.browser import chromium
from tests.support.audit.verdict_copies import Copy, Played, as_auditor, auditor_key, play_in
from tests.support.world import World

Zegel = Callable[..., Result]
LINES = {
    "en": ("What it is", "Opened", "Worked on it", "Decided", "How it stands"),
    "nl": ("Wat het is", "Geopend", "Werkten eraan", "Besloten", "Hoe het ervoor staat"),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play_in(tmp_path_factory.mktemp("played"))


@pytest.fixture(scope="module")
def key(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return auditor_key(played, tmp_path_factory.mktemp("key"))


@pytest.fixture
def copy(played: Played, tmp_path: Path) -> Iterator[Copy]:
    copy = Copy(played, tmp_path / "copy")
    yield copy
    copy.close()


@pytest.fixture
def zegel(copy: Copy, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zegel:
    (tmp_path / "home").mkdir()
    return as_auditor(copy, key, tmp_path / "home", monkeypatch)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_context() as context:
        yield context.new_page()


def break_off(copy: Copy) -> str:
    """Somebody writes where she does not stand, into the store behind the server's back."""
    _, chain = copy.chain("dirk", copy.played.dialogue)
    xena = copy.session("xena")
    made = (message("let me in"), bytes(32), xena.device, xena.roster_version(), xena.now())
    draft = draft_entry(chain.compartment, chain.case, "MessageSent", {}, *made)
    return copy.insert(draft, xena)


def sections(page: Page) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('h2')].map(h => h.id)"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_lines_tell_the_case_and_limits_stand_right_under_the_verdict(
    copy: Copy,
    zegel: Zegel,
    page: Page,
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    file = tmp_path / "page.html"
    done = zegel("audit", copy.played.case, "--html", str(file))
    assert done.exit_code == 0
    found = json.loads(zegel("audit", copy.played.case, "--json").stdout)
    page.goto(file.as_uri())
    told = page.locator("section:has(#lines-title)").inner_text().replace("\n", " ")
    screen = " ".join(done.stdout.split())
    opened, last = (found["history"][at]["stored"] for at in (0, -1))
    wrote = {line["person"] for line in found["history"] if line["role"] == "duidingsexpert"}
    count = len(wrote)
    assert count > 1
    people = {"en": f"duidingsexpert: {count} people", "nl": f"duidingsexpert: {count} mensen"}
    accepted = {"en": "case accepted", "nl": "casus geaccepteerd"}
    for shown, times in (
        (told, [utc(one).striptags() for one in (opened, last)]),
        (screen, [local_time(one) for one in (opened, last)]),
    ):
        at = [shown.index(one) for one in (*LINES[language],)]
        assert at == sorted(at)
        for words in (*times, people[language], accepted[language]):
            assert words in shown, words
    assert sections(page)[:3] == ["outcome-title", "limits-title", "lines-title"]
    lines = done.stdout.splitlines()
    verdict = next(
        number for number, line in enumerate(lines) if line.startswith(("Everything", "Alles"))
    )
    under = "not shown" if language == "en" else "niet aangetoond"
    assert all(under in line for line in lines[verdict + 1 : verdict + 2])


def test_what_was_approved_is_told_with_who_proposed_it(
    copy: Copy, zegel: Zegel, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    assert zegel("audit", copy.played.case, "--html", str(file)).exit_code == 0
    page.goto(file.as_uri())
    rows = page.locator("#approvals > tbody > tr").all_inner_texts()
    told = [" ".join(row.replace("\u00a0", " ").split()) for row in rows]
    # Between them stand the experts, each admitted by a supervisor.
    assert all(re.match("admission proposed .*approval given", row) for row in told[1:-1])
    told = [told[0], told[-1]]
    assert re.match("case proposed .*case accepted", told[0])
    assert re.match("erasure proposed .*payload erased", told[1])
    people = page.locator("#people > tbody > tr").all_inner_texts()
    for row, (proposed, decided) in zip(told, (("anna", "carla"), ("carla", "frits")), strict=True):
        named = [people[int(number) - 1] for number in re.findall(r"(\d+) · 0{8}", row)]
        assert copy.played.persons[proposed] in named[0]
        assert copy.played.persons[decided] in named[1]


def test_one_cause_comes_first_and_what_follows_is_counted(
    copy: Copy, zegel: Zegel, page: Page, tmp_path: Path
) -> None:
    for _ in range(12):
        copy.release("xena", "welcome", copy.now())
    forged, file = break_off(copy), tmp_path / "page.html"
    done = zegel("audit", copy.played.case, "--html", str(file))
    assert done.exit_code == 1
    lines = [line.strip() for line in done.stdout.splitlines()]
    verdict = next(at for at, line in enumerate(lines) if line.startswith("DOES NOT HOLD"))
    assert "not-a-member" in done.stdout.partition("DOES NOT HOLD")[2].partition("not shown")[0]
    (besides,) = re.findall(r"Further faults, which may follow from it: (\d+)\.", done.stdout)
    assert int(besides) >= 13 and "Further faults" in " ".join(lines[verdict : verdict + 4])
    assert done.stdout.count("had not been given the key of") == 3
    assert "More of them, with --json: 9" in done.stdout
    page.goto(file.as_uri())
    outcome = page.locator("section:has(#outcome-title)").inner_text()
    assert outcome.index("not-a-member") < outcome.index("What fails") < outcome.index("Further")
    assert "had not been given" not in outcome and forged[:8] in outcome
    every = zegel("audit", "--all")
    (only,) = (one for one in every.stdout.splitlines() if f"✗ {copy.played.case}: " in one)
    assert every.exit_code == 1 and "A1 " in only and "More of them, with --json: " in every.stdout


def test_it_names_the_program_the_pin_and_the_lists(
    copy: Copy, zegel: Zegel, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    done = zegel("audit", copy.played.case, "--html", str(file))
    page.goto(file.as_uri())
    trust = copy.session("auditor").directory.newest
    assert trust.root is not None and trust.roster is not None and trust.roster.version > 1
    head = " ".join(page.locator("header").inner_text().split())
    for told in (head, " ".join(done.stdout.split()).replace(": ", " ")):
        assert zegel("--version").stdout.strip() in told
        assert f"Pin {trust.pin}" in told.replace("Pin:", "Pin")
        assert f"List of certified people version {trust.roster.version}" in told
        assert f"Root version {trust.root.version}" in told


def test_members_are_told_place_by_place(copy: Copy, zegel: Zegel) -> None:
    found = json.loads(zegel("audit", copy.played.case, "--json").stdout)
    told = " ".join(zegel("audit", copy.played.case).stdout.split())
    assert len(found["places"]) >= 5
    for place in found["places"]:
        kind, _, number = place["compartment"].partition("-")
        (members,) = re.findall(rf"Members now, {kind} {number}: ([^.]*)\.", told)
        names = [(one["person"] or one["device"])[:8] for one in place["members"]]
        assert [one.split()[-1] for one in members.split(", ")] == (names or ["–"])


def test_a_case_is_found_by_the_beginning_of_its_number(copy: Copy, zegel: Zegel) -> None:
    case = copy.played.case
    for said in (case[:8], case[:1].upper(), case):
        assert json.loads(zegel("audit", said, "--json").stdout)["case"] == case
    assert json.loads(zegel("who", case[:8], "--json").stdout)["case"] == case
    other = "0" if case[0] != "0" else "1"
    for said in (other, "no number"):
        none = zegel("audit", said).exception
        assert isinstance(none, NotPossible) and str(none).startswith("0 cases begin with")


def test_a_beginning_that_two_cases_have_is_not_guessed(
    copy: Copy, zegel: Zegel, tmp_path: Path
) -> None:
    case = copy.played.case
    other = case[:8] + ("0" if case[8] != "0" else "1") * 24
    pins = Pins(tmp_path / "home" / "pins.json")
    pins.pin_head(other, "dialogue-123456789", 0, "one", 1)
    pins.save()
    two = zegel("audit", case[:8]).exception
    assert isinstance(two, NotPossible) and str(two).startswith("2 cases begin with")


def test_times_that_stand_on_screen_and_page_bring_that_moment_back(
    copy: Copy, zegel: Zegel, page: Page, tmp_path: Path
) -> None:
    file, case = tmp_path / "page.html", copy.played.case
    found = json.loads(zegel("audit", case, "--html", str(file), "--json").stdout)
    page.goto(file.as_uri())
    row = page.locator("#timeline > tbody > tr").nth(6)
    stored = found["history"][6]["stored"]
    whole = stored - stored % 60 + 59
    for moment, ends in ((row.locator("time").inner_text(), stored), (local_time(stored), whole)):
        then = json.loads(zegel("audit", case, "--at", moment, "--json").stdout)
        assert then["history"] == [one for one in found["history"] if one["stored"] <= ends], moment


def test_nothing_to_judge_is_no_pass(copy: Copy, zegel: Zegel) -> None:
    case = copy.played.case
    for moment in ("2001-01-01T00:00Z", "0"):
        none = zegel("audit", case, "--at", moment)
        assert isinstance(none.exception, NotPossible)
        assert str(none.exception).startswith("nothing to judge: ")
    early = zegel("audit", case, "--seq", "0")
    assert early.exit_code == 0
    marks = {line.split()[1]: line.split()[0] for line in early.stdout.splitlines() if " A" in line}
    assert (marks["A1"], marks["A3"], marks["A2"]) == ("✓", "–", "–")


def test_a_store_without_a_case_is_no_pass(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        (auditor,) = world.staff("auditor")
        found = audit_store(auditor, None, tmp_path / "notes.jsonl", lambda *_: None, 1)
        assert (found.cases, found.holds) == ([], False)
        assert store_outcome(found).startswith("There was nothing to judge")


def test_evidence_and_faults_are_dutch_on_dutch_screens_and_one_for_scripts(
    copy: Copy, zegel: Zegel, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a script reads is the same in both languages."""
    case, file = copy.played.case, tmp_path / "page.html"
    copy.release("xena", "welcome", copy.now())
    break_off(copy)
    found = {}
    for language in LANGUAGES:
        monkeypatch.setenv("ZEGEL_LANG", language)
        told = json.loads(zegel("audit", case, "--json").stdout)
        found[language] = [told[part] for part in ("verdicts", "finding", "cause")]
        assert all(one["evidence"] for one in told["verdicts"])
    english = [one for one in found["en"][0] for one in (one["evidence"], *one["faults"])]
    changing = ("A2", "A10", "A11")  # that it was audited is in the read log
    for one, other in zip(*(found[language][0] for language in LANGUAGES), strict=True):
        assert one["name"] in changing or one == other
    assert found["nl"][1:] == found["en"][1:]

    monkeypatch.setenv("ZEGEL_LANG", "nl")
    screen = zegel("audit", case, "--html", str(file)).stdout
    page.goto(file.as_uri())
    shown = page.locator(".found").all_inner_texts()
    assert len(shown) >= len(english)
    for text in (*shown, *screen.partition("KLOPT NIET")[2].splitlines()):
        assert english_in(text) == [], text
    assert not any(one in screen for one in english)
