"""Commands of someone who asks. Nothing of it stays on the machine: the code is all there is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from cli import crisis
from cli.attach import TO, attach_options, enclosures, save_files
from cli.bar import Bar
from cli.codes import grouped, in_words, typed_code, write_note
from cli.desk import posted
from cli.home import place
from cli.joining import accepted, tell
from cli.language import LANGUAGES, _
from cli.network import transport
from cli.show import chain_fields, print_json, say, show_conversation
from cli.spoken import JSON, command
from cli.statement import tell_readers
from cli.text import written
from client import consultation, erasure, membership
from client.chain import Chain
from client.enclosures import Enclosure
from client.errors import NotPossible
from client.pins import Pins
from client.session import Session
from crypto.code import show_code
from crypto.encoding import unb64
from crypto.secret.seeds import CodeKeys
from crypto.secret.seeds import new_code as make_code
from crypto.wordlists import show_words

SERVER = click.option("--server", help="Address of the support point's server.")
PIN = click.option("--pin", help="The pin by which its people are known: on the letter or page.")
ANSWERS = ["nee", "ja", "no", "yes"]
KEEP_CODE = (
    "Bewaar deze code. Zonder code kunnen wij u niet terugvinden. Wij kunnen de code niet opnieuw "
    "geven.\nKeep this code. Without it we cannot find you. We cannot give it again."
)
LINKS = ("family_support", "individual_support")


def session_of(entropy: bytes, server: str | None, pin: str | None) -> tuple[Session, CodeKeys]:
    where = place(server, pin)
    code = CodeKeys(entropy, unb64(where.pin))
    session = Session(transport(where.server), where.pin, code.keys, Pins())
    session.progress = Bar()
    return session, code


def _no_danger(danger: str | None) -> None:
    """Danger is asked before anything is written (PRACTICE.md 7.5)."""
    click.echo(crisis.notice(), err=True)
    if danger is None:
        question = "Is er nu direct gevaar? / Is there danger right now?"
        danger = click.prompt(question, type=click.Choice(ANSWERS), err=True)
    if danger in ("ja", "yes"):
        raise NotPossible("bel nu 112 / call 112 now; come back here when you are safe")


@command()
@click.option("-m", "--message", help="Your question; without it an editor opens.")
@click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Read it from a file.")
@click.option(
    "--as",
    "mode",
    type=click.Choice(["anonymous", "named", "professional"]),
    default="anonymous",
    show_default=True,
)
@click.option("--danger", type=click.Choice(ANSWERS), help="Answered before.")
@click.option("--code", is_flag=True, help="Ask something new with a code you have.")
@click.option(
    "--note",
    type=click.Path(path_type=Path),
    help="Also write the ten words to a new file, as a note to print that says nothing else.",
)
@attach_options
@SERVER
@PIN
@JSON
def ask(
    message: str | None,
    file: TextIO | None,
    mode: str,
    danger: str | None,
    code: bool,
    note: Path | None,
    attach: tuple[Path, ...],
    checked: bool,
    server: str | None,
    pin: str | None,
    as_json: bool,
) -> None:
    """Ask the support point something. You need no name; you get a code to come back with.

    Try not to write names: not yours, and not that of the person you are worried about.
    """
    _no_danger(danger)
    files = enclosures(attach, checked, neutral=True)
    text = written(message, file, _("Write your question. Leave names out."))
    entropy = typed_code(None) if code else make_code()
    shown = grouped(show_code(entropy))
    session, keys = session_of(entropy, server, pin)
    n = len(consultation.cases_of(session, keys)) if code else 0
    if note is not None:
        write_note(note, entropy)
    if not as_json:
        # Before sending: if the connection breaks now, the way back is not lost.
        click.echo(f"\n    {shown}\n\n{in_words(entropy)}\n\n{KEEP_CODE}\n")
    typed = {"text": text} if message is None and file is None else {}
    chain = posted(lambda: consultation.ask(session, keys, n, mode, text, files), typed)
    if as_json:
        words = {language: show_words(entropy, language) for language in LANGUAGES}
        where = {"case": chain.case, "compartment": chain.name}
        print_json({"code": shown, "words": words, **where})
    else:
        click.echo(f"{_('Your question is stored, sealed. Come back with')}: zegel return")


@command("return")
@click.argument("code", required=False)
@click.option("-m", "--message", help="Add a message.")
@click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Add one from a file.")
@click.option("--withdraw", type=int, multiple=True, help="Take back your message of this number.")
@click.option("--correct", type=int, help="Correct your message of this number, with -m.")
@click.option("--crisis", "alarm", is_flag=True, help="Say that there is a crisis, with -m.")
@click.option("--accept/--decline", "support", default=None, help="Answer an offer of support.")
@click.option("--name", help="Tell how you want to be called; with --contact.")
@click.option("--contact", help="Tell how you can be reached; with --name.")
@click.option(
    "--allow-link",
    type=click.Choice(LINKS),
    help="Allow that this conversation is linked to a case of this kind.",
)
@click.option("--readers", is_flag=True, help="Who can read what you wrote, and since when.")
@click.option("--new-code", is_flag=True, help="Get another code; this one opens nothing after it.")
@click.option("--join", help="Accept an invitation to another conversation: its link or words.")
@click.option("--in", "where", help="Which conversation, by the beginning of its number.")
@click.option("--save", type=int, help="Save the files of the message of this number; with --to.")
@TO
@attach_options
@SERVER
@PIN
@JSON
def return_(
    code: str | None,
    message: str | None,
    file: TextIO | None,
    withdraw: tuple[int, ...],
    correct: int | None,
    alarm: bool,
    support: bool | None,
    name: str | None,
    contact: str | None,
    allow_link: str | None,
    readers: bool,
    new_code: bool,
    join: str | None,
    where: str | None,
    save: int | None,
    folder: Path,
    attach: tuple[Path, ...],
    checked: bool,
    server: str | None,
    pin: str | None,
    as_json: bool,
) -> None:
    """Come back with your CODE (the characters or the ten words): read what was answered, and add.

    Without CODE you are asked for it, so that it does not stay in the history of this machine;
    with - it is read from standard input. Declining support has no consequence.
    """
    files = enclosures(attach, checked, neutral=True)
    session, keys = session_of(typed_code(code), server, pin)
    if join is not None:
        tell(accepted(session, join))
    cases = consultation.cases_of(session, keys)
    joined = consultation.joined(session, cases)
    if new_code:
        _another_code(session, [*cases, *joined], server, pin, as_json)
        return
    if not cases and not joined:
        raise NotPossible(_("there is no conversation with this code here"))
    chain = _chosen(cases, joined, where)
    if readers:
        tell_readers(session, chain, as_json)
        return
    if (name is None) != (contact is None):
        raise NotPossible(_("give both --name and --contact"))
    if name is not None and contact is not None:
        value = consultation.payload("identity/1", name=name, contact=contact)
        consultation.write_to_office(session, chain, "RequesterNamed", {}, value)
    if support is not None:
        kind = "CaseSupportAccepted" if support else "CaseSupportDeclined"
        consultation.write_to_office(session, chain, kind, {})
    if allow_link is not None:
        consultation.write_to_office(session, chain, "LinkConsented", {"to": allow_link})
    if withdraw:
        erasure.withdraw(session, chain, withdraw)
    if correct is not None:
        value = consultation.message(written(message, file, _("Write your message.")))
        erasure.correct(session, chain, correct, value)
    elif message is not None or file is not None or alarm or files:
        _write(session, chain, alarm, written(message, file, _("Write your message.")), files)
    saved = [] if save is None else save_files(session, chain, save, None, folder)
    messages = consultation.conversation(session, chain)
    shown: dict[str, Any] = chain_fields(chain, messages)
    if save is not None:
        shown["saved"] = [str(one) for one in saved]
    others = [one for one in (*cases, *joined) if one is not chain]
    if as_json:
        print_json({**shown, "others": [one.case for one in others]})
        return
    show_conversation(chain, messages, steps=True)
    for one in saved:
        say(f"{_('Saved')}: {one}")
    _what_now(session, chain)
    for one in others:
        say(f"{_('Another conversation of yours')}: zegel return --in {one.case[:8]}")


def _another_code(
    session: Session, chains: list[Chain], server: str | None, pin: str | None, as_json: bool
) -> None:
    """Put a new code in the place of the one that was typed, everywhere it stands."""
    if not chains:
        raise NotPossible(_("there is no conversation with this code here"))
    entropy = make_code()
    shown = grouped(show_code(entropy))
    if not as_json:
        # Before anything is sent: if the connection breaks now, the way back is not lost.
        click.echo(f"\n    {shown}\n\n{in_words(entropy)}\n\n{KEEP_CODE}\n")
    after, _keys = session_of(entropy, server, pin)
    membership.replace_key(session, after, chains)
    if as_json:
        print_json({"code": shown, "replaced": [one.name for one in chains]})
    else:
        say(_("The old code opens nothing any more. What was said before stays closed to the new."))


def _chosen(cases: list[Chain], joined: list[Chain], where: str | None) -> Chain:
    """The conversation that was asked for; else the last one that was begun with the code, unless
    it was handed over to one that was joined."""
    every = [*cases, *joined]
    if where is not None:
        found = [one for one in every if one.case.startswith(where.lower())]
        if len(found) != 1:
            raise NotPossible(f"{len(found)} conversations of yours begin with {where}")
        return found[0]
    handed_over = joined and (not cases or cases[-1].state.state == "escalated")
    return joined[-1] if handed_over else cases[-1]


def _write(
    session: Session, chain: Chain, alarm: bool, text: str, files: Sequence[Enclosure]
) -> None:
    click.echo(crisis.NOTICE, err=True)
    if alarm:
        value = consultation.message(text)
        consultation.write_to_office(session, chain, "CrisisFlagged", {}, value, files)
    else:
        consultation.say(session, chain, text, files)


def _what_now(session: Session, chain: Chain) -> None:
    state, facts = chain.state.state, chain.state.facts
    if chain.state.service != "consultation":
        return
    if consultation.is_erased(chain):
        say(_("This conversation no longer exists: what was said in it has been erased."))
        return
    if state == "escalation_offered" and facts.get("support") == "offered":
        say(_("Support is offered to you: answer with --accept or --decline, as you like."))
    if state == "closed":
        say(_("This conversation is closed. Within 90 days you can go on with -m."))
    if state == "dormant":
        say(_("This conversation rests. You can go on at any time with -m."))
    if not consultation.is_answered_for(session, chain):
        say(
            _(
                "Who answered you does not work here any more. Write, and colleagues can read what "
                "comes next; they cannot read what you wrote before."
            )
        )
