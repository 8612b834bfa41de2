"""Commands of someone who asks. Nothing of it stays on the machine: the code is all there is."""

from typing import Any, TextIO

import click

from cli import crisis
from cli.home import place
from cli.show import chain_fields, print_json, show_conversation
from cli.text import written
from client import consultation
from client.errors import NotPossible
from client.pins import Pins
from client.session import Session
from client.transport import Transport
from crypto.code import NotACode, show_code
from crypto.encoding import unb64
from crypto.secret.seeds import CodeKeys, new_code
from crypto.wordlists import read_any, show_words

SERVER = click.option("--server", help="Address of the support point's server.")
PIN = click.option("--pin", help="The pin by which its people are known: on the letter or page.")
JSON = click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
LANGUAGES = ("nl", "en")
KEEP_CODE = (
    "Bewaar deze code. Zonder code kunnen wij u niet terugvinden. Wij kunnen de code niet opnieuw "
    "geven.\nKeep this code. Without it we cannot find you. We cannot give it again."
)


def session_of(entropy: bytes, server: str | None, pin: str | None) -> tuple[Session, CodeKeys]:
    where = place(server, pin)
    code = CodeKeys(entropy, unb64(where.pin))
    return Session(Transport(where.server), where.pin, code.keys, Pins()), code


def grouped(code: str) -> str:
    """A code as it is easiest to copy: 0000-0000-…"""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _in_words(entropy: bytes) -> str:
    """The same code as ten words, in each language."""
    return "\n".join(f"    {' '.join(show_words(entropy, language))}" for language in LANGUAGES)


def _no_danger(danger: str | None) -> None:
    """Danger is asked before anything is written (PRACTICE.md 7.5)."""
    click.echo(crisis.notice(), err=True)
    if danger is None:
        question = "Is er nu direct gevaar? / Is there danger right now?"
        danger = click.prompt(question, type=click.Choice(["nee", "ja", "no", "yes"]), err=True)
    if danger in ("ja", "yes"):
        raise NotPossible("bel nu 112 / call 112 now; come back here when you are safe")


@click.command()
@click.option("-m", "--message", help="Your question; without it an editor opens.")
@click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Read it from a file.")
@click.option(
    "--as",
    "mode",
    type=click.Choice(["anonymous", "named", "professional"]),
    default="anonymous",
    show_default=True,
)
@click.option("--danger", type=click.Choice(["nee", "ja", "no", "yes"]), help="Answered before.")
@click.option("--code", is_flag=True, help="Ask something new with a code you have.")
@SERVER
@PIN
@JSON
def ask(
    message: str | None,
    file: TextIO | None,
    mode: str,
    danger: str | None,
    code: bool,
    server: str | None,
    pin: str | None,
    as_json: bool,
) -> None:
    """Ask the support point something. You need no name; you get a code to come back with.

    Try not to write names: not yours, and not that of the person you are worried about.
    """
    _no_danger(danger)
    text = written(message, file, "Write your question. Leave names out.")
    entropy = _typed_code(None) if code else new_code()
    shown = grouped(show_code(entropy))
    session, keys = session_of(entropy, server, pin)
    n = len(consultation.cases_of(session, keys)) if code else 0
    if not as_json:
        # Before sending: if the connection breaks now, the way back is not lost.
        click.echo(f"\n    {shown}\n\n{_in_words(entropy)}\n\n{KEEP_CODE}\n")
    chain = consultation.ask(session, keys, n, mode, text)
    if as_json:
        words = {language: show_words(entropy, language) for language in LANGUAGES}
        where = {"case": chain.case, "compartment": chain.name}
        print_json({"code": shown, "words": words, **where})
    else:
        click.echo("Your question is stored, sealed. Come back with: zegel return")


def _typed_code(given: str | None) -> bytes:
    if given == "-":
        typed = click.get_text_stream("stdin").readline()
    else:
        typed = given or click.prompt("Code", hide_input=True, err=True)
    try:
        return read_any(typed)
    except NotACode as error:
        raise NotPossible(f"that is no code: {error}") from error


@click.command("return")
@click.argument("code", required=False)
@click.option("-m", "--message", help="Add a message.")
@click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Add one from a file.")
@SERVER
@PIN
@JSON
def return_(
    code: str | None,
    message: str | None,
    file: TextIO | None,
    server: str | None,
    pin: str | None,
    as_json: bool,
) -> None:
    """Come back with your CODE (the characters or the ten words): read what was answered, and add.

    Without CODE you are asked for it, so that it does not stay in the history of this machine;
    with - it is read from standard input.
    """
    session, keys = session_of(_typed_code(code), server, pin)
    cases = consultation.cases_of(session, keys)
    if not cases:
        raise NotPossible("there is no conversation with this code here")
    chain = cases[-1]
    if message is not None or file is not None:
        click.echo(crisis.NOTICE, err=True)
        text = written(message, file, "")
        consultation.say(session, chain, text)
    messages = consultation.conversation(session, chain)
    shown: dict[str, Any] = chain_fields(chain, messages)
    print_json(shown) if as_json else show_conversation(chain, messages)
