"""What a person reads is Dutch whole, in a Dutch session: no English is left in help, wrong usage,
refusals, choices and findings; and no language holds words of the protocol.

Holds cli/sentences/table.py, cli/sentences/conditions.py, cli/sentences/click_words.py,
cli/sentences/findings.py, cli/screen/spoken.py, cli/words/, cli/screen/asking.py.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.desk import form
from cli.main import COMMANDS, cli
from cli.screen.spoken import Spoken
from cli.sentences import findings
from cli.sentences.advice import explain
from cli.sentences.click_words import OF_FILES
from cli.sentences.conditions import BESIDE, CONDITIONS, THE_SAME
from cli.sentences.findings import told
from cli.sentences.language import HERS, code_of, dutch, name, read_by
from cli.sentences.table import of_condition
from client.errors import (
    AgainstRules,
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
)
from client.why import Why
from crypto.mistakes import Mistake
from domain.guard import Guard
from domain.kinds import ROLES
from domain.refusal import Refusal, Refused, Unmet
from domain.service import _in_state
from domain.services.registry import KINDS, SERVICES
from tests.cli.screen.test_language import ROOT, commands, helps_in, python
from tests.support.cases.payloads import OF_THE_PRODUCT
from wire.problems import OTHERS

# Words that stand in nearly every English sentence, and in no Dutch one.
ENGLISH = re.compile(
    r"\b(the|of(?= the\b)|and|not|with|this|that|from|you|your|has|have|are|were|who|which|"
    r"nobody|someone|must|may|be|been|by|no(?= \w+ing\b)|does|did|there|here|where|error|usage|"
    r"missing|invalid|options|show)\b",
    re.IGNORECASE,
)
# Of the protocol. A person is told of keys at most.
PROTOCOL = re.compile(
    r"\b(epochs?|wraps?|seq|rosters?|compartiment\w*|compartments?|entry|entries|header|payload|"
    r"governance|worknotes|hash\w*|nonce)\b",
    re.IGNORECASE,
)
CODED = re.compile(
    r"(?m)^  [a-z-]+ {2,}|^[a-z]+-[a-z]+:|`[^`]+`|\([a-z-]+\)|--?[a-z][a-z-]*|"
    r"Bel nu 112 / call 112 now\."
)


def said(text: str) -> str:
    """Without the names of commands, options and rules, which have no language."""
    return CODED.sub("", text)


def english_in(text: str) -> list[str]:
    return [one for one in ENGLISH.findall(said(text)) if not one.isupper()]  # WHO is given


@pytest.fixture
def in_dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "nl")


# --- what is refused -----------------------------------------------------------------------------


def guards() -> dict[str, Refusal]:
    """Every condition of the services' tables, with the rule that it goes by."""
    found: dict[str, Refusal] = {}
    for service in SERVICES.values():
        held: list[Guard] = [one for step in service.steps for one in step.guards]
        held += [_in_state(step, service.first) for step in service.steps]
        held += [one for wall in service.walls.values() for one in wall.guards]
        found |= {one.meaning: one.refusal for one in held}
        for wall in service.walls.values():
            listings = (*wall.listings, *wall.opening)
            found |= {one.meaning: Refusal.NOT_ALLOWED for one in listings}
    return found


def refusals() -> Iterator[ClientError]:
    """Every refusal with every condition that a server may name, and every problem and alarm."""
    for meaning, rule in guards().items():
        yield ServerRefused(rule, "A title.", f"not so: {meaning}", [])
    for rule in (*Refusal, *OTHERS, "taken", "a-rule-of-tomorrow"):
        yield ServerRefused(str(rule), "A title.", "the entry names another epoch", [])
        yield Distrust(str(rule), "the header names another roster")
    for role in ROLES:
        for kind in sorted(KINDS)[:3]:
            detail = f"{role} may not write {kind} in a dialogue"
            yield ServerRefused("not-allowed", "A title.", detail, [])
    yield EpochMoved(("f" * 64,), ())
    for why in {*Why, *Mistake} - {Why.NOT_AS_ASKED}:  # what is wrong with a form stands elsewhere
        facts = re.findall(r"{(\w+)}", why.value)
        yield NotPossible(
            why, **dict.fromkeys(facts, "in_dialogue") | dict.fromkeys(facts[:1], "SupportProposed")
        )


def test_every_condition_is_told_in_the_words_of_the_work() -> None:
    untold = [meaning for meaning in guards() if of_condition(meaning) is None]
    assert untold == []
    assert sorted(CONDITIONS.keys() - guards().keys()) == ["the state is one of {}"]


@pytest.mark.parametrize("asks", [False, True])
def test_no_refusal_has_english_left(asks: bool, in_dutch: None) -> None:
    for error in refusals():
        shown = explain(error, asks=asks)
        for text in (shown["what"], shown["next"]):
            assert english_in(text) == [], text
        assert not re.search(r"SupportProposed|in_dialogue|not so", shown["what"])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_refusal_speaks_of_the_protocol(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    for error in refusals():
        if isinstance(error, NotPossible):
            continue  # what a person filled in herself
        shown = explain(error)
        assert PROTOCOL.findall(said(shown["what"] + shown["next"])) == [], shown


@pytest.mark.parametrize("language", ["nl", "en"])
def test_who_asks_is_sent_to_her_own_commands(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_LANG", language)
    for rule in (*Refusal, *OTHERS):
        shown = explain(ServerRefused(str(rule), "", "", []), asks=True)
        if rule in ("four-eyes", "not-permitted"):
            continue  # nothing that she can do asks for these
        assert not re.search(r"`zegel (?!return|ask)", shown["next"]), (rule, shown)


def test_that_nothing_was_stored_is_said_only_of_what_was_refused_whole() -> None:
    """A server that fails may have stored it; one that refuses has not."""
    for rule in ("internal", "not-yet", "too-many", "out-of-order"):
        shown = explain(ServerRefused(rule, "", "", []))
        assert not re.search("was not stored|nothing was stored", shown["what"] + shown["next"])
    assert "not known whether" in explain(ServerRefused("internal", "", "", []))["what"]


def test_a_state_and_a_kind_in_a_sentence_have_their_names(in_dutch: None) -> None:
    state = "not so: the state is one of advised, in_dialogue, in_triage"
    shown = explain(ServerRefused("wrong-state", "", state, []))["what"]
    assert shown == (
        "Dit kan alleen bij deze status: geadviseerd, in gesprek of in triage. (wrong-state)"
    )


def test_what_the_client_finds_itself_is_told_as_the_server_would(in_dutch: None) -> None:
    """The condition is one, whoever looks at it first."""
    ours = NotPossible(Why.NOT_APPROVED, kind="SupportProposed")
    theirs = "not so: it names an unused SupportProposed that a second person approved"
    told_by_server = explain(ServerRefused("four-eyes", "", theirs, []))
    for key in ("name", "what", "next"):
        assert explain(ours)[key] == told_by_server[key]
    assert explain(ours)["detail"] == str(ours).removeprefix("four-eyes: ")
    for why, sentence in THE_SAME.items():
        assert why.rule and any(sentence.format(kind=kind) in CONDITIONS for kind in KINDS)


def test_what_the_rules_refuse_here_is_told_as_the_server_would(in_dutch: None) -> None:
    """By the condition itself: its sentence is not read."""
    for service in SERVICES.values():
        for step in service.steps:
            for guard in (_in_state(step, service.first), *step.guards):
                unmet = Unmet(guard.name, guard.arguments, guard.meaning)
                here = AgainstRules(Refused(guard.refusal, f"not so: {guard.meaning}", unmet))
                there = ServerRefused(guard.refusal, "", f"not so: {guard.meaning}", [])
                assert explain(here) == explain(there)


def test_what_the_rules_say_beside_the_tables_is_said_by_them() -> None:
    said_by_rules = "".join(
        (ROOT / file).read_text("utf-8")
        for file in ("domain/history.py", "domain/check.py", "domain/service.py", "wire/header.py")
    )
    for sentence in BESIDE:
        assert sentence.rpartition("{}")[0].rpartition("}")[2].strip() in said_by_rules
        assert sentence.startswith("{}") or f'"{sentence}"' in said_by_rules, sentence


# --- help and wrong usage ------------------------------------------------------------------------


def test_no_help_has_english_left() -> None:
    for text in helps_in("nl"):
        assert english_in(text) == [], text


WRONG = (
    ("--help",),
    ("ask", "--help"),
    ("close", "--help"),
    ("trust", "certify", "--help"),
    ("clos",),
    ("close",),
    ("close", "x", "--outcom", "x"),
    ("close", "x", "--outcome", "x"),
    ("close", "x", "y"),
    ("answer", "x", "-f", "/nonexistent"),
    ("answer", "x", "-f", "/"),
    ("answer", "x", "-m"),
    ("withdraw", "x", "three"),
    ("unlock", "--minutes", "9999"),
    ("enrol", "--pin", "x"),
    ("audit", "--seq", "-1", "x"),
    ("audit", "--html", "/", "x"),
    ("case", "nothing"),
    ("case", "invite", "x"),
    ("inbox",),
    ("show", "x"),
)
TELL = """
import json, os, sys
os.environ["COLUMNS"] = "80"
from click.testing import CliRunner
from cli.main import cli
shown = [CliRunner().invoke(cli, one).output for one in json.loads(sys.argv[1])]
print(json.dumps(shown))
"""


def test_wrong_usage_and_help_have_no_english_left() -> None:
    asked = [one for one in WRONG if one[0] not in ("inbox", "show")]
    done = python("-c", TELL, json.dumps(asked), ZEGEL_LANG="nl")
    assert done.returncode == 0, done.stderr
    for arguments, shown in zip(asked, json.loads(done.stdout), strict=True):
        assert shown.startswith(("Gebruik:", "Fout:")), shown
        # The names of commands, in a list by who uses them, have no language.
        listed = re.sub(rf"\b({'|'.join(COMMANDS)})(,|$)", "", shown, flags=re.MULTILINE)
        assert english_in(listed) == [], (arguments, shown)


def test_every_sentence_of_click_has_a_dutch_one() -> None:
    """What click asks gettext for, but for what only programmers do wrong."""
    asked: set[str] = set()
    for file in sorted(Path(click.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in ("_", "ngettext"):
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                asked |= {one for one in words if isinstance(one, str)}
    programmers = re.compile(
        "Deprecation|declar|defined twice|same flag|Windows|Bash version|colour|start character"
    )
    missing = {one for one in asked if one not in dutch()["click"] and not programmers.search(one)}
    assert missing == set() and len(asked) > 50
    assert dutch()["click"].keys() >= {*OF_FILES}


def test_what_is_filled_into_clicks_sentences_is_the_same_in_dutch() -> None:
    for sentence, dutch_one in dutch()["click"].items():
        holes = [re.findall(r"\{[^}]*\}|%\(\w+\)s", one) for one in (sentence, dutch_one)]
        assert sorted(holes[0]) == sorted(holes[1]), sentence


def test_a_prompt_asks_twice_in_dutch(in_dutch: None) -> None:
    @click.command()
    @click.option("--passphrase", prompt=True, hide_input=True, confirmation_prompt=True)
    def asking(passphrase: str) -> None:
        """Ask for a passphrase."""

    shown = CliRunner().invoke(asking, input="one\ntwo\none\none\n").output
    assert "Typ het nog een keer" in shown and "u typte niet twee keer hetzelfde" in shown


def test_a_question_of_an_option_is_answered_in_her_language(in_dutch: None) -> None:
    @click.command(cls=Spoken)
    @click.option("--no-conflict", is_flag=True, prompt="Erase it for good?")
    def asking(no_conflict: bool) -> None:
        """Ask something."""
        click.echo(no_conflict)

    for typed, answer in (("Ja", True), ("j", True), ("nee", False), ("y", True), ("", False)):
        shown = CliRunner().invoke(asking, input=f"{typed}\n").output
        assert "Voorgoed wissen? [ja/NEE]: " in shown and shown.endswith(f"{answer}\n")


# --- what may be chosen --------------------------------------------------------------------------


def chosen() -> Iterator[tuple[str, list[str]]]:
    """The lists that a person chooses from, in forms and with options."""
    for schema in OF_THE_PRODUCT:
        for field_name, field in form.asked(schema).items():
            if form.choices(field):
                yield f"{schema} {field_name}", form.choices(field)
    for called, command in commands():
        for option in command.params:
            if isinstance(option.type, click.Choice):
                yield f"{called} {option.name}", [*option.type.choices]


def test_what_may_be_chosen_is_taken_by_code_and_by_name_in_both_languages(in_dutch: None) -> None:
    for where, codes in chosen():
        if "ja" in codes:
            continue  # asked in both languages at once
        for code in codes:
            for typed in (code, name(code), name(code).upper(), name(code).replace(" ", "-")):
                assert code_of(typed, codes) == code, (where, typed)
            assert english_in(name(code)) == [], (where, code)
        assert code_of("something else", codes) is None


def test_a_form_shows_choices_by_name_and_takes_them(in_dutch: None) -> None:
    shown = form._labelled("closing/2", ["outcome"], form.empty_form("closing/2", ["outcome"]))
    assert "naar hulp verwezen" in shown and "pointed_to_help" not in shown
    typed = (
        "[outcome]\nNaar hulp verwezen\n[to_you]\nx\n[subject_kind]\ngezin\n[form_group]\ngeen\n"
    )
    filled = form.checked("closing/2", form.read_form("closing/2", typed))
    assert filled["outcome"] == "pointed_to_help"


def test_an_option_takes_a_name_and_shows_names(in_dutch: None) -> None:
    outcomes = ("naar-hulp-verwezen", "Naar hulp verwezen", "pointed_to_help", "elders")
    asked = [["close", "--help"], *(["close", "x", "--outcome", one] for one in outcomes)]
    helped, *taken, refused = json.loads(
        python("-c", TELL, json.dumps(asked), ZEGEL_LANG="nl").stdout
    )
    assert "[beantwoord|geadviseerd|naar-hulp-verwezen|" in helped
    assert not any(taken)  # it went on, to look for a key of this device
    assert "is niet een van deze: 'beantwoord'" in refused


# --- what an audit found -------------------------------------------------------------------------

JUDGES = (
    "client/audit/verdicts.py",
    "client/audit/accounting.py",
    "client/audit/store.py",
    "client/audit/read_log.py",
)


def judged() -> set[str]:
    """What these files say with something filled in or not, of what was found."""
    found: set[str] = set()
    for file in JUDGES:
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
                found.add("".join(map(str, parts)))
    return found


FILLED = re.compile(r"[a-z]{3,} [a-z]{2,}")


def test_every_finding_and_its_evidence_is_told_in_dutch(in_dutch: None) -> None:
    """Each sentence with a number filled in; a rule is put before what the rule says."""
    for sentence in {*judged(), *findings.FOUND}:
        if not FILLED.search(sentence) or sentence.startswith(", {}"):
            continue
        filled = sentence.replace("{}", "7")
        assert english_in(told(filled)) == [], (sentence, told(filled))


def test_every_rule_that_an_audit_names_is_told_in_dutch(in_dutch: None) -> None:
    for rule in (*Refusal, "went-back", "forked", "bad-receipt", "bad-wrap", "bad-read-log"):
        text = told(f"0af3: {rule}: the header names another roster")
        assert text.startswith("0af3: ") and f"({rule})" in text and english_in(text) == []
    for meaning in guards():
        assert english_in(told(f"0af3: wrong-state: not so: {meaning}")) == []


def test_findings_in_english_are_shown_as_they_were_made() -> None:
    text = "0af3: wrong-epoch: it names epoch 3"
    assert told(text) == text


# --- for her own eyes ----------------------------------------------------------------------------


def test_she_reads_of_her_conversation_in_her_own_words(in_dutch: None) -> None:
    assert dutch()["hers"].keys() == HERS.keys()
    with click.Context(cli, info_name="return"):
        assert name("ConsultationReceived") == "uw vraag"
        assert read_by(["consultation_worker", "requester"]) == "u en één medewerker"
        assert "medewerkers" in read_by(["consultation_worker"] * 2 + ["requester"])
        for kind in HERS:
            assert not re.search("consultatie|casus|crisis|extremis", name(kind)), kind
    with click.Context(cli, info_name="show"):
        assert name("ConsultationReceived") == "consultatie ontvangen"


def test_names_have_no_english_left(in_dutch: None) -> None:
    for part in ("names", "hers", "click", "sentences"):
        for text in dutch()[part].values():
            assert english_in(text) == [], text
