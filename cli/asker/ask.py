"""`zegel ask`: a question, and the code to come back with. Nothing of it stays on the machine: the
code is all there is."""

from pathlib import Path
from typing import TextIO

import click

from cli.asker import crisis
from cli.asker.codes import refuse_unwritable, show_new, typed_code, words_of, write_note
from cli.asker.session import session_of
from cli.asker.what_now import tell_what_now
from cli.desk.attach import attach_options, enclosures
from cli.desk.step import posted
from cli.screen.asking import NO, YES, confirm, said_yes
from cli.screen.show import print_json
from cli.screen.spoken import JSON, command
from cli.screen.terminal import notify
from cli.sentences.language import _
from cli.writing.again import AGAIN
from cli.writing.text import written
from client.cases import consultation
from client.errors import ClientError, NotPossible
from client.files.uploading import refuse_files
from client.place.fit import refuse_unfit
from client.why import Why
from crypto.secret.seeds import new_code as make_code

SERVER = click.option("--server", help="Address of the support point's server.")
PIN = click.option("--pin", help="The pin by which its people are known: on the letter or page.")
ANSWERS = sorted({*YES, *NO})


def refuse_danger(danger: str | None) -> None:
    """Danger is asked before anything is written (PRACTICE.md 7.5). danger: as it was answered
    before, None to ask. Raises NotPossible where there is."""
    notify(crisis.notice())
    there_is = confirm(_("Is there danger right now?")) if danger is None else said_yes(danger)
    if there_is:
        raise NotPossible(Why.CALL_112)


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
@click.option("--danger", type=click.Choice(ANSWERS, case_sensitive=False), help="Answered before.")
@click.option("--code", is_flag=True, help="Ask something new with a code you have.")
@click.option(
    "--note",
    type=click.Path(path_type=Path),
    help="Also write the ten words to a new file, as a note to print that says nothing else.",
)
@attach_options
@AGAIN
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
    refuse_danger(danger)
    # All that can be known before she writes is known before she writes.
    if note is not None:
        refuse_unwritable(note)
    what = _("Write your question. Leave names out.")
    text = written(message, file, what) if message is not None or file is not None else ""
    files = enclosures(attach, checked, neutral=True)
    refuse_unfit(text, files)
    entropy = typed_code(None) if code else make_code()
    session, keys = session_of(entropy, server, pin)
    people = consultation.office_now(session)
    if files:
        refuse_files(session.transport, files)
    notify(
        f"{_('Who can read your question')}: {_('the front office of the support point')} "
        f"({people}). {_('Once one of them takes it, only that one reads along.')}"
    )
    typed = {}
    if not text:
        text = written(None, None, what)
        typed = {"text": text}
        posted(lambda: refuse_unfit(text, files), typed)
    if not as_json:
        # Before sending: if the connection breaks now, the way back is not lost.
        show_new(entropy)
    if note is not None:
        write_note(note, entropy)
    asking = consultation.ask_again if code else consultation.ask_first
    try:
        chain = posted(lambda: asking(session, keys, mode, text, files), typed)
    except ClientError as error:
        error.also = words_of(entropy)
        _tell_of_code(as_json)
        raise
    except (click.Abort, KeyboardInterrupt):
        if as_json:
            print_json(words_of(entropy))
        _tell_of_code(as_json)
        raise
    if as_json:
        print_json({**words_of(entropy), "case": chain.case, "compartment": chain.name})
        return
    notify(f"{_('Your question is stored, sealed. Come back with')}: zegel return", err=False)
    tell_what_now(session, chain)


def _tell_of_code(as_json: bool) -> None:
    if not as_json:
        told = _("Keep the code above. To go on with it, ask the same with: zegel ask --code")
        notify(told)
