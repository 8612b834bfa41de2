"""Commands of someone who asks. Nothing of it stays on the machine: the code is all there is."""

from pathlib import Path
from typing import Any, TextIO

import click

from cli.asker import crisis, steps
from cli.asker.codes import refuse_unwritable, show_new, typed_code, words_of, write_note
from cli.asker.joining import accepted, tell
from cli.asker.new_code import another_code
from cli.asker.session import conversations, session_of
from cli.asker.statement import tell_readers
from cli.asker.what_now import tell_how_it_goes_on, tell_what_now
from cli.desk.attach import TO, attach_options, enclosures, save_files
from cli.desk.step import posted
from cli.screen.asking import NO, YES, at_a_terminal, confirm, said_yes
from cli.screen.show import chain_fields, print_json, say, show_conversation
from cli.screen.spoken import JSON, command
from cli.screen.terminal import notify
from cli.sentences.language import _
from cli.writing.again import AGAIN
from cli.writing.text import written
from client.cases import consultation
from client.errors import ClientError, NotPossible
from client.files.uploading import refuse_files
from client.people.invitations import typed_invitation
from client.place.belonging import handed_over_to, is_named_by
from client.place.chain import Chain
from client.place.fit import refuse_unfit
from client.session import Session
from crypto.secret.seeds import new_code as make_code

SERVER = click.option("--server", help="Address of the support point's server.")
PIN = click.option("--pin", help="The pin by which its people are known: on the letter or page.")
ANSWERS = sorted({*YES, *NO})
LINKS = ("family_support", "individual_support")


def _no_danger(danger: str | None) -> None:
    """Danger is asked before anything is written (PRACTICE.md 7.5)."""
    notify(crisis.notice())
    there_is = confirm(_("Is there danger right now?")) if danger is None else said_yes(danger)
    if there_is:
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
    _no_danger(danger)
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
@click.option("--yes", is_flag=True, help="State that those who read along are known to you.")
@click.option("--save", type=int, help="Save the files of the message of this number; with --to.")
@TO
@attach_options
@AGAIN
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
    yes: bool,
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
    entropy = typed_code(code)
    session, keys = session_of(entropy, server, pin)
    session.directory.refresh()  # that it is the right server is known before its word is taken
    invitation = None if join is None else typed_invitation(join)
    if invitation is not None:
        tell(accepted(session, invitation))
    session, cases, joined = conversations(entropy, server, pin, session, keys)
    if not cases and not joined:
        raise NotPossible("there is no conversation with this code here")
    if new_code:
        another_code(session, [*cases, *joined], server, pin, as_json)
        return
    chain = _chosen(cases, joined, where)
    if readers:
        tell_readers(session, chain, as_json)
        return
    wanted = steps.Wanted(
        *(message, file, files, withdraw, correct, alarm, support, name, contact, allow_link),
        sure=yes or (invitation is not None and is_named_by(chain, invitation)),
    )
    done = steps.take(session, chain, wanted)
    if done and not as_json:
        # Before anything more is asked of the server, which may be silent by then.
        say("\n".join(steps.stored(wanted)))
    saved = [] if save is None else save_files(session, chain, save, None, folder)
    messages = consultation.conversation(session, chain)
    others = [one for one in (*cases, *joined) if one is not chain]
    if as_json:
        shown: dict[str, Any] = chain_fields(chain, messages)
        if save is not None:
            shown["saved"] = [str(one) for one in saved]
        print_json({**shown, "others": [one.case for one in others]})
        return
    show_conversation(chain, messages, steps=True)
    for one in saved:
        say(f"{_('Saved')}: {one}")
    tell_what_now(session, chain)
    for one in others:
        say(f"{_('Another conversation of yours')}: zegel return --in {one.case[:8]}")
    if not done and not saved and at_a_terminal() and steps.may_write(chain):
        _write_back(session, chain, wanted.sure)


def _write_back(session: Session, chain: Chain, sure: bool) -> None:
    """Offer to write after reading; no answer is no."""
    try:
        if not confirm(_("Do you want to write something now?"), default=False):
            return
    except click.Abort:
        return  # she leaves: all was read
    steps.be_sure(session, chain, sure)
    steps.tell_who_reads(chain)
    text = written(None, None, _("Write your message."))
    posted(lambda: consultation.say(session, chain, text), {"text": text})
    say(_("Your message is stored, sealed."))
    tell_how_it_goes_on(chain)


def _chosen(cases: list[Chain], joined: list[Chain], where: str | None) -> Chain:
    """The conversation that was asked for; else the last one that was begun with the code, unless
    it was handed over to one that was joined."""
    every = [*cases, *joined]
    if where is not None:
        found = [one for one in every if one.case.startswith(where.lower())]
        if len(found) != 1:
            raise NotPossible(f"{len(found)} conversations of yours begin with {where}")
        return found[0]
    if not cases:
        return joined[-1]
    to = handed_over_to(cases[-1]) if cases[-1].state.state == "escalated" else ""
    # Her own conversation says where it went on; in that case she stands by an invitation.
    return next((one for one in joined if one.case == to), cases[-1])
