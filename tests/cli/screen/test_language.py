"""What people read, in both languages: nothing is untranslated, nothing is left over, and no
sentence names a command that is not there.

Holds cli/sentences/language.py, cli/sentences/rules.py, cli/sentences/raised.py,
cli/sentences/advice.py, cli/screen/spoken.py, cli/words/.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache

import click
import pytest

from cli.desk import form
from cli.main import GROUPS, OF_SERVICES, cli
from cli.office import inbox
from cli.operator import trust_people
from cli.sentences import advice, findings
from cli.sentences import faults as faults_
from cli.sentences.language import LANGUAGES, WORDS, dutch
from cli.sentences.raised import IN_OTHER_WORDS
from cli.sentences.raised import RAISED as RAISED_ROWS
from cli.sentences.rules import RULES
from cli.sentences.table import OF_CONDITIONS, TABLE
from client.audit.accounting import ACCOUNTED, ELSEWHERE
from client.audit.replay import LIMITS
from client.audit.verdicts import CHECKS, FETCHES
from client.errors import Distrust, EpochMoved, NotPossible, ServerRefused
from crypto.code import NotACode
from crypto.wordlists import read_words, show_words
from domain.kinds import REASONS, ROLES
from domain.refusal import Refusal
from domain.services.consultation import CONSULTATION
from domain.services.registry import BODIES, KINDS, SERVICES
from tests.support.payloads import OF_THE_PRODUCT
from tests.support.processes import ROOT
from wire.payloads.book import BadPayload, check_payload
from wire.payloads.fields import About, about
from wire.problems import OTHERS
from wire.reads import REFUSED, RELEASED

SHELLS = ("bash", "zsh", "fish")
# Of operators, who keep the server and the ceremony: they read English.
ENGLISH_ONLY = {"serve", "release", "projector", "demo"}
NL = dutch()
STEPS = [one for service in SERVICES.values() for one in service.commands.values()]
SENTENCES: dict[str, str] = NL["sentences"]
# Said by a library or put together, so that no call in the code shows it whole; tests below do.
PUT_TOGETHER = {
    *(one for one in RAISED_ROWS if one.startswith("word {}")),
    "{}: Must be one of: {}.",
    "{}: Not a valid boolean.",
    "{}: Length must be between {} and {}.",
    "{}: Not a day, such as 2026-03-31.",
    "{}: Not an amount in euros, such as 1250.50.",
}


def sources(*folders: str) -> Iterator[ast.AST]:
    """Every node of every module of these folders or files."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")) or [ROOT / folder]:
            yield from ast.walk(ast.parse(file.read_text("utf-8")))


def given_to(called: set[str], *folders: str) -> Iterator[ast.expr]:
    """What is given, by place, to calls of these names."""
    for node in sources(*folders):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from node.args if node.func.id in called else ()


def literals(called: set[str], *folders: str) -> set[str]:
    found = (one.value for one in given_to(called, *folders) if isinstance(one, ast.Constant))
    return {one for one in found if isinstance(one, str)}


def templates(called: set[str], *folders: str) -> set[str]:
    """The f-strings given to these, with {} for what is filled in; unless it is all filled in, or
    put together of sentences that were translated."""
    found = set()
    for one in given_to(called, *folders):
        if isinstance(one, ast.JoinedStr) and "_(" not in ast.unparse(one):
            parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in one.values)
            found.add("".join(map(str, parts)))
    return {one for one in found if re.search("[a-z]", one)}


RAISED = {"NotPossible", "NotACode", "NotAnInvitation", "Unreachable"}
RAISERS = (
    *("client", "cli", "crypto/code.py", "crypto/wordlists.py"),
    "crypto/secret/invitation.py",
)


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for called in cli.list_commands(context):
        command = cli.get_command(context, called)
        assert command is not None
        yield called, command
        if isinstance(command, click.Group) and called not in ENGLISH_ONLY:
            for inner in command.list_commands(context):
                one = command.get_command(context, inner)
                assert one is not None
                yield f"{called} {inner}", one


def helps() -> Iterator[str]:
    """What the whole is, then every help and prompt of the commands that speak two languages, as
    this process shows it."""
    yield inspect.cleandoc(cli.help or "")
    for called, command in commands():
        if called in ENGLISH_ONLY:
            continue
        yield command.help or ""
        for option in command.params:
            if isinstance(option, click.Option):
                yield from (str(one) for one in (option.help, option.prompt) if one)


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=kept | {"ZEGEL_HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@cache
def helps_in(language: str) -> list[str]:
    """The helps as a process in a language shows them."""
    told = "import json, tests.cli.screen.test_language as t; print(json.dumps([*t.helps()]))"
    done = python("-c", told, ZEGEL_LANG=language)
    assert done.returncode == 0, done.stderr
    return list(map(str, json.loads(done.stdout)))


def told_of_fields() -> list[About]:
    return [about(field) for schema in OF_THE_PRODUCT.values() for field in schema.fields.values()]


def tables() -> dict[str, set[str]]:
    """What is passed to `_()` other than as a literal, and every sentence it may be."""
    helped = set(helps_in("en"))
    said = {advice.ALARM_OR_RESTORE}
    for row in TABLE.values():
        said |= {row.what, row.next, row.asker} - {""}
    return {
        "about(field).sentence": {one.sentence for one in told_of_fields() if one.label},
        "one.heading": {one.heading for one in told_of_fields()} - {""},
        "column": set(inbox.COLUMNS),
        "field.asks": {one.asks for body in BODIES.values() for one in body.values()} - {""},
        "step.help": {step.help for step in STEPS},
        "step.done": {step.done for step in STEPS},
        "limit": set(LIMITS),
        "who": {*GROUPS, OF_SERVICES},
        "OFTEN.get(fault.errno or 0, OTHERWISE)": {*faults_.OFTEN.values(), faults_.OTHERWISE},
        "NOT_UTF_8": {faults_.NOT_UTF_8},
        "NEXT": {faults_.NEXT},
        "NEXT_UTF_8": {faults_.NEXT_UTF_8},
        "one['what']": set(CHECKS.values()),
        "what": set(CHECKS.values()),
        "one.what": {ACCOUNTED, ELSEWHERE},
        "through": {"epoch", "grant"},
        "sentence": {one for one, row in RAISED_ROWS.items() if not row.what} | {*findings.FOUND},
        "text": literals(RAISED, *RAISERS) - IN_OTHER_WORDS.keys(),
        "rule.found": {rule.found for rule in RULES.values()} - {""},
        "IN_FORCE": {trust_people.IN_FORCE},
        "trust_people.IN_FORCE": {trust_people.IN_FORCE},
        "RULES['wrong-epoch'].what": said,
        "advice.asker": said,
        "reason.what": said,
        "said.next": said,
        "advice.what": said,
        "row.what": said,
        "advice.next": said,
        "inspect.cleandoc(options.get('help') or '')": helped,
        "one.help": helped,
        "str(one.prompt)": helped,
    }


def used() -> set[str]:
    return literals({"_"}, "cli").union(*tables().values())


# --- the sentences -------------------------------------------------------------------------------


def test_every_sentence_has_a_dutch_one() -> None:
    assert sorted(used() - SENTENCES.keys()) == []


def test_yes_and_no_are_asked_in_one_way_that_knows_the_language() -> None:
    found = {
        ast.unparse(one)
        for tree in sources("cli")
        for one in ast.walk(tree)
        if isinstance(one, ast.Attribute) and one.attr == "confirm"
    }
    assert found == set()


def test_no_sentence_stands_in_two_files_of_the_catalogue() -> None:
    files = [tomllib.loads(file.read_text("utf-8")) for file in sorted(WORDS.glob("*.nl.toml"))]
    said = [(part, key) for file in files for part in file for key in file[part]]
    assert sorted(said) == sorted(set(said)) and len(files) > 1


def test_the_catalogue_has_no_sentence_that_nothing_uses() -> None:
    assert sorted(SENTENCES.keys() - used()) == []


def test_what_is_translated_is_a_literal_or_stands_in_a_table_known_here() -> None:
    given = given_to({"_"}, "cli")
    found = {ast.unparse(one) for one in given if not isinstance(one, ast.Constant)}
    assert sorted(found - tables().keys()) == []


def test_what_is_raised_with_something_filled_in_can_be_told_in_dutch() -> None:
    filled = templates(RAISED, *RAISERS) - templates(RAISED, "client/people/ceremony_folder.py")
    assert sorted(filled - RAISED_ROWS.keys()) == []


def test_advice_stands_only_by_what_is_raised() -> None:
    raised = templates(RAISED, *RAISERS) | literals(RAISED, *RAISERS) | PUT_TOGETHER
    assert sorted(RAISED_ROWS.keys() - raised) == []


def test_every_rule_has_a_row_and_no_key_stands_for_two_things() -> None:
    assert sorted(advice.KNOWN - RULES.keys()) == []
    alarms = {name for name, rule in RULES.items() if rule.what == advice.DOES_NOT_HOLD.what}
    assert RULES.keys() - advice.KNOWN == alarms
    assert len(TABLE) == len(RULES) + len(OF_CONDITIONS) + len(RAISED_ROWS)


def test_no_sentence_is_left_in_english() -> None:
    same = {english for english, dutch in SENTENCES.items() if english == dutch or not dutch}
    assert same == {"Bel nu 112 / call 112 now."}  # for both


NAMED = re.compile(r"`[^`]+`|(?<![\w-])--?[a-z][a-z-]*|\{\}|\b(?:CASE|CODE|PERSON)\b")


def named(sentence: str) -> list[str]:
    """The commands, options, arguments and places to fill in that a sentence names."""
    return sorted(NAMED.findall(sentence))


def test_both_languages_name_the_same_commands_and_places_to_fill_in() -> None:
    for english, said in SENTENCES.items():
        assert named(said) == named(english), english


def test_every_command_and_option_that_a_sentence_names_exists() -> None:
    known = {"--help", "{}", "CASE", "CODE", "PERSON"} | {
        f"`zegel {called}`" for called, _one in commands()
    }
    known |= {"LINK", "PLACE", "WHAT", "TO", "NUMBER", "COMPARTMENT", "`zegel return --join`"}
    known |= {"`zegel show --help`"}
    for _called, command in commands():
        for option in command.params:
            known |= {*option.opts, *option.secondary_opts, "-"}
    assert sorted(set().union(*map(named, used())) - known) == []


# --- the names -----------------------------------------------------------------------------------


def identifiers() -> set[str]:
    """Everything that `name()` is asked for, and what a person may choose."""
    fields = {one: field for schema in OF_THE_PRODUCT for one, field in form.asked(schema).items()}
    chosen = (one for field in fields.values() for one in form.choices(field))
    chosen = {*chosen, *choices_of_commands()}
    words = {one for one in chosen if len(one) > 1} - {"ja", "nee", *SHELLS}  # for both
    things = {*KINDS, *ROLES}
    for service in SERVICES.values():
        things |= {service.name, *service.states, *service.walls, *service.grounds}
    terms = {term.name for term in CONSULTATION.terms}
    things |= {*FETCHES, "StructureFetched", RELEASED, REFUSED, "member", "from outside", *REASONS}
    return things | terms | words | fields.keys()


def choices_of_commands() -> set[str]:
    """What may be chosen with an option."""
    kinds = (option.type for _called, command in commands() for option in command.params)
    return {one for kind in kinds if isinstance(kind, click.Choice) for one in kind.choices}


def test_every_kind_state_role_term_field_and_choice_has_a_dutch_name() -> None:
    assert sorted(identifiers() - NL["names"].keys()) == []


def test_the_catalogue_has_no_name_of_nothing() -> None:
    assert sorted(NL["names"].keys() - identifiers()) == []


# --- what goes wrong -----------------------------------------------------------------------------

DUTCH = set(SENTENCES.values())


@pytest.fixture
def in_dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "nl")


@pytest.mark.parametrize("rule", [*Refusal, *OTHERS, "taken"])
def test_every_refusal_is_told_plainly_first_then_by_name(rule: str, in_dutch: None) -> None:
    refused = ServerRefused(rule, "A title.", "a detail", [])
    for told in (advice.explain(refused), advice.explain(NotPossible(f"{rule}: a detail"))):
        assert told["name"] == rule
        plain, _space, name = told["what"].rpartition(" (")
        assert plain in DUTCH and told["next"] in DUTCH and name == f"{rule})"
        assert told["detail"] == "a detail"


@pytest.mark.parametrize("rule", sorted({*Refusal, "went-back", "forked"} - {"stale-roster"}))
def test_what_the_server_sent_and_does_not_hold_always_alarms(rule: str, in_dutch: None) -> None:
    assert (
        advice.explain(Distrust(rule, "a detail"))["next"] == SENTENCES[advice.DOES_NOT_HOLD.next]
    )


def test_a_change_of_readers_is_told_without_numbers_of_devices(in_dutch: None) -> None:
    told = advice.explain(EpochMoved(("f" * 64,), ()))
    assert told["next"] in DUTCH and "ffff" not in told["what"]


@pytest.mark.parametrize("sentence", sorted(literals(RAISED, *RAISERS)))
def test_what_is_raised_is_told_in_dutch(sentence: str, in_dutch: None) -> None:
    told = advice.explain(NotPossible(sentence))
    assert sentence not in told["what"] and told["next"] in DUTCH
    assert " " not in told["name"]


def faults() -> Iterator[str]:
    """What is wrong with a word near one of a list or far from it, and with forms."""
    for language in LANGUAGES:
        words = show_words(bytes(13), language)
        for last in (words[-1][:3] + "q", "qqqqqqqq"):
            with pytest.raises(NotACode) as mistyped:
                read_words(" ".join([*words[:-1], last]))
            yield str(mistyped.value)
    for schema, wrong in (("closing/2", "x"), ("signal/2", "A"), ("message/1", "x" * 65_537)):
        with pytest.raises(BadPayload) as bad:
            filled = dict.fromkeys(form.asked(schema), wrong)
            check_payload(schema, {"schema": schema, "attachments": [], **filled})
        yield str(bad.value)


@pytest.mark.parametrize("fault", [*faults()])
def test_what_libraries_say_or_is_put_together_is_told_in_dutch(fault: str, in_dutch: None) -> None:
    told = advice.spoken(fault).what
    assert re.match(r"woord 10, |[\w ]+: (kies een|antwoord met|schrijf tussen) ", told)


# --- in a process of its own ---------------------------------------------------------------------


def test_every_command_shows_its_help_in_dutch() -> None:  # the first is of the group
    assert helps_in("nl")[1:] == [SENTENCES[one] for one in helps_in("en")[1:]]


SHOWN = {
    ("--help",): ("Who works here", "Operators"),
    ("signal", "--help"): ("Who saw it.", "The words themselves, if someone said them."),
    ("inbox",): ("This cannot be done", "Add --help to the command to read how it works."),
}


@pytest.mark.parametrize(
    ("environment", "dutch"),
    [
        ({"ZEGEL_LANG": "nl", "LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "nl_NL.UTF-8"}, True),
        ({"ZEGEL_LANG": "en", "LANG": "nl_NL.UTF-8"}, False),
        ({"LANG": "fr_FR.UTF-8"}, False),
        ({}, False),
    ],
    ids=["asked for nl", "machine nl", "asked for en", "machine fr", "nothing said"],
)
def test_help_and_errors_are_in_the_language_on_screen(
    environment: dict[str, str], dutch: bool
) -> None:
    for arguments, said in SHOWN.items():
        done = python("-m", "cli.main", *arguments, **environment)
        shown = done.stdout + done.stderr
        for sentence in said:
            assert (SENTENCES[sentence] in shown, sentence in shown) == (dutch, not dutch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_an_error_has_no_language(language: str) -> None:
    done = python("-m", "cli.main", "inbox", "--json", ZEGEL_LANG=language)
    assert json.loads(done.stderr)["error"]["name"] == "not-possible"
