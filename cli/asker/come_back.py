"""`zegel return`: coming back with a code, to read and to add. Here stand the command and the acts
that read; those that write stand in `cli.asker.steps`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from cli.asker import steps
from cli.asker.ask import PIN, SERVER
from cli.asker.codes import typed_code
from cli.asker.joining import accepted, tell
from cli.asker.new_code import another_code
from cli.asker.session import conversations, session_of
from cli.asker.statement import tell_readers
from cli.asker.what_now import tell_what_now
from cli.desk.attach import TO, attach_options, enclosures, save_files
from cli.screen.asking import at_a_terminal
from cli.screen.show import chain_fields, print_json, say, show_conversation
from cli.screen.spoken import JSON, command
from cli.sentences.language import _
from cli.writing.again import AGAIN
from client.cases import consultation
from client.errors import NotPossible
from client.people.invitations import typed_invitation
from client.place.belonging import handed_over_to, is_named_by
from client.place.chain import Chain
from client.session import Session
from crypto.secret.invitation import Invitation
from domain.services.consultation.kinds import SERVICES_AFTER
from domain.services.registry import SERVICES
from wire.payloads.disclosure import AGES

LINKS = [one for one in SERVICES_AFTER if one in SERVICES]  # of those that are there
CONSENTS = ("report", "share_partners")  # TABLES.md S8: the purposes that a consultation knows


class Back(NamedTuple):
    """Who came back. cases: her conversations that were begun with the code; joined: those to which
    she was invited; invitation: the one that she accepted just now."""

    session: Session
    cases: list[Chain]
    joined: list[Chain]
    invitation: Invitation | None


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
    "link",
    type=click.Choice(LINKS),
    help="Allow that this conversation is linked to a case of this kind.",
)
@click.option("--withdraw-link", "unlink", is_flag=True, help="Take back that you allowed a link.")
@click.option(
    "--consent",
    type=click.Choice(CONSENTS),
    help="Allow that we report, or speak with others who help; with -m in your words, and --age.",
)
@click.option("--age", type=click.Choice(AGES), help="How old you are; with --consent.")
@click.option("--withdraw-consent", "unconsent", is_flag=True, help="Take back such a consent.")
@click.option("--stop", is_flag=True, help="End this conversation. You need give no reason.")
@click.option("--do", "step", help="Take a step of this conversation, by the name that is shown.")
@click.option("--say", "said", multiple=True, help="With --do: what it states, as FIELD=VALUE.")
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
    attach: tuple[Path, ...],
    checked: bool,
    join: str | None,
    new_code: bool,
    where: str | None,
    readers: bool,
    yes: bool,
    save: int | None,
    folder: Path,
    server: str | None,
    pin: str | None,
    as_json: bool,
    **written: Any,  # the other fields of `steps.Wanted`
) -> None:
    """Come back with your CODE (the characters or the ten words): read what was answered, and add.

    Without CODE you are asked for it, so that it does not stay in the history of this machine;
    with - it is read from standard input. Declining support has no consequence.
    """
    files = enclosures(attach, checked, neutral=True)
    back = come_back(typed_code(code), server, pin, join)
    if new_code:
        another_code(back.session, [*back.cases, *back.joined], server, pin, as_json)
        return
    chain = chosen(back.cases, back.joined, where)
    if readers:
        tell_readers(back.session, chain, as_json)
        return
    sure = yes or (back.invitation is not None and is_named_by(chain, back.invitation))
    wanted = steps.Wanted(files=files, sure=sure, **written)
    done = steps.take(back.session, chain, wanted)
    if done and not as_json:
        # Before anything more is asked of the server, which may be silent by then.
        say("\n".join(steps.stored(wanted)))
    saved = None if save is None else save_files(back.session, chain, save, None, folder)
    if as_json:
        print_conversation(back, chain, saved)
        return
    read_conversation(back, chain, saved or ())
    if not done and not saved and at_a_terminal() and steps.may_write(chain):
        steps.offer_to_write(back.session, chain, sure)


def come_back(entropy: bytes, server: str | None, pin: str | None, join: str | None) -> Back:
    """Find what belongs to a code, after an invitation was accepted if there is one. Raises
    NotPossible where nothing does, Distrust, Unreachable."""
    session, keys = session_of(entropy, server, pin)
    session.directory.refresh()  # that it is the right server is known before its word is taken
    invitation = None if join is None else typed_invitation(join)
    if invitation is not None:
        tell(accepted(session, invitation))
    session, cases, joined = conversations(entropy, server, pin, session, keys)
    if not cases and not joined:
        if invitation is not None:
            raise NotPossible(_("come back with this code once they have let you in"))
        raise NotPossible("there is no conversation with this code here")
    return Back(session, cases, joined, invitation)


def chosen(cases: list[Chain], joined: list[Chain], where: str | None) -> Chain:
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


def print_conversation(back: Back, chain: Chain, saved: Sequence[Path] | None) -> None:
    """As JSON. saved: where the files lie that were asked for, None where none were."""
    messages = consultation.conversation(back.session, chain)
    shown: dict[str, Any] = chain_fields(chain, messages)
    if saved is not None:
        shown["saved"] = [str(one) for one in saved]
    print_json({**shown, "others": [one.case for one in _others(back, chain)]})


def read_conversation(back: Back, chain: Chain, saved: Sequence[Path]) -> None:
    """For her to read, with what she can do now and where else she has a conversation."""
    show_conversation(chain, consultation.conversation(back.session, chain), steps=True)
    for file in saved:
        say(f"{_('Saved')}: {file}")
    tell_what_now(back.session, chain)
    for other in _others(back, chain):
        say(f"{_('Another conversation of yours')}: zegel return --in {other.case[:8]}")


def _others(back: Back, chain: Chain) -> list[Chain]:
    return [one for one in (*back.cases, *back.joined) if one is not chain]
