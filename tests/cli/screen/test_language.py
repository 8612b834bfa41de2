"""What people read, in both languages: nothing is untranslated, nothing is left over, and no
sentence names a command that is not there.

Holds cli/sentences/language.py, cli/sentences/rules.py, cli/sentences/reasons.py,
cli/sentences/cannot.py, cli/sentences/of_fields.py, cli/sentences/advice.py, client/why.py,
crypto/mistakes.py, cli/screen/spoken.py, cli/words/.
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
from cli.sentences import advice, findings, matching, next_steps, worked_out
from cli.sentences import faults as faults_
from cli.sentences.cannot import CannotDo
from cli.sentences.language import LANGUAGES, WORDS, dutch
from cli.sentences.of_fields import OF_A_FIELD, of_fields
from cli.sentences.reasons import IN_OTHER_WORDS, NEXT
from cli.sentences.rules import RULES
from cli.sentences.table import OF_CONDITIONS
from client.audit.accounting import ACCOUNTED, ELSEWHERE, SERVED
from client.audit.replay import LIMITS
from client.audit.verdicts import CHECKS, FETCHES
from client.errors import (
    AgainstRules,
    ClientError,
    Distrust,
    EpochMoved,
    NotPossible,
    ServerRefused,
)
from client.why import Why
from crypto.code import NotACode
from crypto.mistakes import Mistake
from crypto.wordlists import read_words, show_words
from domain.kinds import REASONS, ROLES
from domain.refusal import Refusal, Refused
from domain.services.consultation import CONSULTATION
from domain.services.registry import BODIES, KINDS, SERVICES
from tests.support.cases.payloads import OF_THE_PRODUCT
from tests.support.processes import ROOT
from wire.payloads import pool
from wire.payloads.book import BadPayload, check_payload
from wire.payloads.fields import About, about
from wire.payloads.matching import VERDICTS
from wire.problems import OTHERS
from wire.reads import REFUSED, RELEASED

SHELLS = ("bash", "zsh", "fish")
# Of operators, who keep the server and the ceremony: they read English.
ENGLISH_ONLY = {"serve", "release", "projector", "demo"}
NL = dutch()
STEPS = [one for service in SERVICES.values() for one in service.commands.values()]
SENTENCES: dict[str, str] = NL["sentences"]
REASONS_OF_OURS = [*Why, *Mistake]
# What people are told in a reason's own words; of the others, what is filled in is all there is.
TOLD = [
    one
    for one in REASONS_OF_OURS
    if one not in IN_OTHER_WORDS and re.search(r"[a-z](?![^{]*})", one.value)
]


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


REFUSALS = {"NotPossible", "Unreachable", "NotACode", "NotAnInvitation"}
RAISERS = ("client", "crypto", "cli")


def raised() -> Iterator[tuple[Why | Mistake, ast.Call]]:
    """Each reason with the call that raises it."""
    for node in sources(*RAISERS):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args else None
            if node.func.id in REFUSALS and isinstance(first, ast.Attribute):
                kind = {"Why": Why, "Mistake": Mistake}.get(ast.unparse(first.value))
                if kind is not None:
                    yield kind[first.attr], node


def facts_of(template: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", template))


def followings() -> set[str]:
    """What the commands say to do next, where they cannot do something."""
    found = set()
    for node in sources("cli"):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "CannotDo":
            for one in node.args[1:]:
                if isinstance(one, ast.Constant):
                    found.add(str(one.value))
                elif isinstance(one, ast.Name):
                    found.add(str(getattr(next_steps, one.id)))
    return found | {next_steps.HOW}


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
    for row in (*RULES.values(), *OF_CONDITIONS.values(), *IN_OTHER_WORDS.values()):
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
        "one.what": {ACCOUNTED, ELSEWHERE, SERVED},
        "through": {"epoch", "grant"},
        "sentence": {one.value for one in TOLD} | {*findings.FOUND} | {*OF_A_FIELD},
        "NEXT[error.why]": {*NEXT.values()},
        "following": {*NEXT.values()} | followings(),
        "rule.found": {rule.found for rule in RULES.values()} - {""},
        "IN_FORCE": {trust_people.IN_FORCE},
        "trust_people.IN_FORCE": {trust_people.IN_FORCE},
        "ANSWERS[each.answer]": {*worked_out.ANSWERS.values()},
        "SENTENCES[reason]": {*matching.SENTENCES.values()},
        "RULES['wrong-epoch'].what": said,
        "advice.asker": said,
        "reason.what": said,
        "rule.what": said,
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


def test_every_reason_has_advice_of_its_own_or_of_its_rule() -> None:
    by_rule = {one for one in Why if one.rule}
    assert NEXT.keys() | IN_OTHER_WORDS.keys() | by_rule == {*REASONS_OF_OURS}
    assert len(NEXT) + len(IN_OTHER_WORDS) + len(by_rule) == len(REASONS_OF_OURS)
    assert {one.rule for one in by_rule} <= RULES.keys()


def test_a_reason_told_in_other_words_names_no_other_facts() -> None:
    for why, row in IN_OTHER_WORDS.items():
        assert facts_of(row.what) <= facts_of(why.value), why


def test_every_reason_is_raised_with_its_facts_and_by_nothing_else() -> None:
    """With the facts that are given together, where an error is passed on, by another test."""
    found: set[Why | Mistake] = {Why.NO_ANSWER_CAME}  # of every `Unanswered`
    for why, call in raised():
        given = {one.arg for one in call.keywords} - {"sent"}
        assert given == facts_of(why.value), why
        found.add(why)
    unknown = {Mistake[f"{near}_{of}"] for near in ("NOT", "NEARLY") for of in ("DUTCH", "ENGLISH")}
    assert {*REASONS_OF_OURS} - found == unknown  # chosen by language: `faults` below


def test_no_refusal_of_the_client_is_a_sentence() -> None:
    """Each is given a reason, or what was wrong with a code as it came."""
    passed_on = ("nearly", "unknown", "error.mistake")
    for one in given_to(REFUSALS, *RAISERS):
        assert ast.unparse(one).startswith(("Why.", "Mistake.")) or ast.unparse(one) in passed_on


def test_every_rule_has_a_row_and_no_key_stands_for_two_things() -> None:
    assert sorted(advice.KNOWN - RULES.keys()) == []
    alarms = {name for name, rule in RULES.items() if rule.what == advice.DOES_NOT_HOLD.what}
    assert RULES.keys() - advice.KNOWN == alarms
    assert not RULES.keys() & OF_CONDITIONS.keys()


def test_no_sentence_is_left_in_english() -> None:
    same = {english for english, dutch in SENTENCES.items() if english == dutch or not dutch}
    assert same == {"Bel nu 112 / call 112 now."}  # for both


NAMED = re.compile(r"`[^`]+`|(?<![\w-])--?[a-z][a-z-]*|\{\w*\}|\b(?:CASE|CODE|PERSON)\b")


def named(sentence: str) -> list[str]:
    """The commands, options, arguments and places to fill in that a sentence names."""
    return sorted(NAMED.findall(sentence))


def test_both_languages_name_the_same_commands_and_places_to_fill_in() -> None:
    for english, said in SENTENCES.items():
        assert named(said) == named(english), english


def test_every_command_and_option_that_a_sentence_names_exists() -> None:
    known = {"--help", "{}", "CASE", "CODE", "PERSON"} | {
        f"{{{fact}}}" for one in REASONS_OF_OURS for fact in facts_of(one.value)
    }
    known |= {f"{{{fact}}}" for one in matching.SENTENCES.values() for fact in facts_of(one)}
    known |= {f"`zegel {called}`" for called, _one in commands()}
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
    of_the_pool = {*pool.DISCIPLINES, *pool.FORMS, *pool.COMPETENCES, *pool.CARE, *VERDICTS}
    of_the_pool |= {*pool.LANGUAGES, *pool.OPT_OUTS}
    return things | terms | words | of_the_pool | fields.keys()


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
    refused: list[ClientError] = [ServerRefused(rule, "A title.", "a detail", [])]
    if rule in [*Refusal]:
        refused.append(AgainstRules(Refused(Refusal(rule), "a detail")))
    for told in map(advice.explain, refused):
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


@pytest.mark.parametrize("why", REASONS_OF_OURS, ids=lambda why: why.name)
def test_every_reason_is_told_in_dutch(why: Why | Mistake, in_dutch: None) -> None:
    error = NotPossible(why, **dict.fromkeys(facts_of(why.value), "x"))
    shown = advice.explain(error)
    assert shown["next"] in DUTCH and " " not in shown["name"]
    if why in TOLD:
        assert error.facts == {} or "x" in shown["what"]
        assert why.value.format(**error.facts) not in shown["what"]


def test_what_is_filled_in_is_shown_by_its_name(in_dutch: None) -> None:
    for filled, name in (("dialogue", "gesprek"), ("dialogue-123456789", "dialogue-123456789")):
        shown = advice.explain(NotPossible(Why.NO_SUCH_PLACE, place=filled))["what"]
        assert shown.endswith(f" {name} heet.")


def test_a_command_says_what_it_cannot_do_as_it_stands(in_dutch: None) -> None:
    shown = advice.explain(CannotDo("zomaar iets: clock: x.", next_steps.SEE))
    assert shown == {
        "name": "not-possible",
        "what": "Dit kan niet: zomaar iets: clock: x.",
        "next": SENTENCES[next_steps.SEE],
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("near", [True, False])
def test_a_mistyped_word_is_told_in_dutch(language: str, near: bool, in_dutch: None) -> None:
    words = show_words(bytes(13), language)
    with pytest.raises(NotACode) as mistyped:
        read_words(" ".join([*words[:-1], words[-1][:3] + "q" if near else "qqqqqqqq"]))
    told = advice.spoken(mistyped.value.mistake, mistyped.value.facts)
    assert told.startswith("woord 10, ") and ("bedoelt u" in told or "bedoelde u" in told) is near
    assert (
        mistyped.value.mistake
        in {
            "nl": (Mistake.NOT_DUTCH, Mistake.NEARLY_DUTCH),
            "en": (Mistake.NOT_ENGLISH, Mistake.NEARLY_ENGLISH),
        }[language]
    )


@pytest.mark.parametrize(
    ("schema", "wrong"), [("closing/2", "x"), ("signal/2", "A"), ("message/1", "x" * 65_537)]
)
def test_what_is_wrong_with_a_form_is_told_in_dutch(
    schema: str, wrong: str, in_dutch: None
) -> None:
    filled = dict.fromkeys(form.asked(schema), wrong)
    with pytest.raises(BadPayload) as bad:
        check_payload(schema, {"schema": schema, "attachments": [], **filled})
    for told in of_fields(str(bad.value)).split("; "):
        assert re.match(r"[\w ]+: (kies een|antwoord met|schrijf tussen) ", told)
    assert advice.spoken(Why.NOT_AS_ASKED, {"faults": str(bad.value)}) == of_fields(str(bad.value))


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
