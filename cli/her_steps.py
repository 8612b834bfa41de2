"""What someone who asks does in her conversation besides reading: each option of `zegel return`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import click

from cli import crisis
from cli.asking import at_a_terminal, confirm
from cli.desk import named_by, posted
from cli.language import _, read_by
from cli.plain import plain
from cli.text import written
from client import consultation, erasure
from client.chain import Chain
from client.enclosures import Enclosure
from client.errors import NotPossible
from client.fit import refuse_unfit
from client.places import has_written
from client.session import Session

NO_MORE = frozenset({"escalated"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options as they were given. support: whether an offer is accepted, None for no answer.
    sure: whether she stated that she knows those who read along."""

    message: str | None
    file: TextIO | None
    files: Sequence[Enclosure]
    withdraw: Sequence[int]
    correct: int | None
    alarm: bool
    support: bool | None
    name: str | None
    contact: str | None
    link: str | None
    sure: bool = False

    @property
    def writes(self) -> bool:
        given = self.message is not None or self.file is not None
        return given or self.alarm or bool(self.files)


def may_write(chain: Chain) -> bool:
    """Whether anything more can be written in it."""
    return chain.state.state not in NO_MORE and not consultation.is_erased(chain)


def tell_who_reads(chain: Chain) -> None:
    """To whom goes what is written now, before it is."""
    others = [line.role for line in chain.lines if line.device != chain.device]
    click.echo(f"{_('This goes to')}: {read_by(others)}.", err=True)


def be_sure(session: Session, chain: Chain, sure: bool) -> None:
    """Before her first word in a conversation that she did not begin: show who reads along, and
    ask. sure: it was stated before. Raises NotPossible for no."""
    trust = session.directory.newest
    if session.device in chain.state.openers or has_written(chain, trust):
        return
    click.echo(
        _("You have not written in this conversation before. These people read it:"), err=True
    )
    named = named_by(trust)
    for told in sorted({named(one.device) for one in chain.lines if one.device != chain.device}):
        click.echo(plain(f"  {told}"), err=True)
    if sure:
        return
    if not at_a_terminal():
        raise NotPossible(_("nothing was written: with --yes you state that you know these people"))
    if not confirm(_("Do you know that these people help you here?"), default=False):
        raise NotPossible(_("nothing was written: ask by another way who these people are"))


def take(session: Session, chain: Chain, wanted: Wanted) -> bool:
    """Take the steps that were asked for, in the order in which they follow; whether any were.

    Raises NotPossible and as `consultation.write_to_office`."""
    if (wanted.name is None) != (wanted.contact is None):
        raise NotPossible(_("give both --name and --contact"))
    writes = wanted.correct is not None or wanted.writes
    told = (wanted.name, wanted.support, wanted.link)
    if writes or any(one is not None for one in told):
        be_sure(session, chain, wanted.sure)
    if writes:
        tell_who_reads(chain)
    given = wanted.message is not None or wanted.file is not None
    text = written(wanted.message, wanted.file, _("Write your message.")) if writes else ""
    typed = {} if given else {"text": text}
    if writes:
        posted(lambda: refuse_unfit(text, wanted.files), typed)
    _tell_of_herself(session, chain, wanted)
    if wanted.withdraw:
        erasure.withdraw(session, chain, wanted.withdraw)
    if wanted.correct is not None:
        value, of = consultation.message(text), wanted.correct
        posted(lambda: erasure.correct(session, chain, of, value), typed)
    elif writes:
        posted(lambda: _write(session, chain, wanted, text), typed)
    return writes or bool(wanted.withdraw) or any(one is not None for one in told)


def _tell_of_herself(session: Session, chain: Chain, wanted: Wanted) -> None:
    """Her name, her answer to an offer, and whether she allows a link."""

    def write(kind: str, body: Mapping[str, Any], value: dict[str, Any] | None = None) -> None:
        consultation.write_to_office(session, chain, kind, body, value)

    if wanted.name is not None:
        value = consultation.payload("identity/1", name=wanted.name, contact=wanted.contact)
        write("RequesterNamed", {}, value)
    if wanted.support is not None:
        write("CaseSupportAccepted" if wanted.support else "CaseSupportDeclined", {})
    if wanted.link is not None:
        write("LinkConsented", {"to": wanted.link})


def _write(session: Session, chain: Chain, wanted: Wanted, text: str) -> None:
    click.echo(crisis.NOTICE, err=True)
    if wanted.alarm:
        value = consultation.message(text)
        consultation.write_to_office(session, chain, "CrisisFlagged", {}, value, wanted.files)
    else:
        consultation.say(session, chain, text, wanted.files)
