"""What someone who asks does in her conversation besides reading: each option of `zegel return`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from cli.asker import crisis
from cli.desk.step import named_by, posted
from cli.screen.asking import at_a_terminal, confirm
from cli.screen.show import local_time
from cli.screen.terminal import notify
from cli.sentences.language import _, name, read_by
from cli.writing.text import written
from client.cases import consultation
from client.errors import NotPossible
from client.files.enclosures import Enclosure
from client.people import erasure
from client.place.belonging import has_written
from client.place.chain import Chain, Item
from client.place.fit import refuse_unfit
from client.session import Session

NO_MORE = frozenset({"escalated"})
ANSWERS = frozenset({"CaseSupportAccepted", "CaseSupportDeclined"})  # to an offer


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
    return chain.state.state not in NO_MORE


def tell_who_reads(chain: Chain) -> None:
    """To whom goes what is written now, before it is."""
    others = [line.role for line in chain.lines if line.device != chain.device]
    notify(f"{_('This goes to')}: {read_by(others)}.")


def be_sure(session: Session, chain: Chain, sure: bool) -> None:
    """Before her first word in a conversation that she did not begin: show who reads along, and
    ask. sure: it was stated before. Raises NotPossible for no."""
    trust = session.directory.newest
    if session.device in chain.state.openers or has_written(chain, trust):
        return
    notify(_("You have not written in this conversation before. These people read it:"))
    named = named_by(trust)
    for told in sorted({named(one.device) for one in chain.lines if one.device != chain.device}):
        notify(f"  {told}")
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


def stored(wanted: Wanted) -> list[str]:
    """That each thing that she did is stored."""
    told = []
    if any(one is not None for one in (wanted.name, wanted.support, wanted.link)):
        told.append(_("What you told us is stored."))
    if wanted.withdraw:
        told.append(_("That you take it back is stored."))
    if wanted.writes or wanted.correct is not None:
        told.append(_("Your message is stored, sealed."))
    return told


def _tell_of_herself(session: Session, chain: Chain, wanted: Wanted) -> None:
    """Her name, her answer to an offer, and whether she allows a link."""

    def write(kind: str, body: Mapping[str, Any], value: dict[str, Any] | None = None) -> None:
        before = _stands(chain, kind, body)
        if before is None:
            consultation.write_to_office(session, chain, kind, body, value)
            return
        when = local_time(before.entry.stored)
        notify(f"{_('This is stored already')}: {name(kind)}, {when}.")

    if wanted.name is not None:
        value = consultation.payload("identity/1", name=wanted.name, contact=wanted.contact)
        write("RequesterNamed", {}, value)
    if wanted.support is not None:
        write("CaseSupportAccepted" if wanted.support else "CaseSupportDeclined", {})
    if wanted.link is not None:
        write("LinkConsented", {"to": wanted.link})


def _stands(chain: Chain, kind: str, body: Mapping[str, Any]) -> Item | None:
    """What she said without a text and what stands: the same again would say nothing more."""
    others = ANSWERS if kind in ANSWERS else {kind}
    since = {*others, "CaseSupportOffered"} if kind in ANSWERS else others
    last = next((one for one in reversed(chain.items) if one.entry.header.kind in since), None)
    if last is None or last.entry.header.payload is not None:
        return None
    header = last.entry.header
    return last if (header.kind, dict(header.body)) == (kind, dict(body)) else None


def _write(session: Session, chain: Chain, wanted: Wanted, text: str) -> None:
    notify(crisis.NOTICE)
    if wanted.alarm:
        value = consultation.message(text)
        consultation.write_to_office(session, chain, "CrisisFlagged", {}, value, wanted.files)
    else:
        consultation.say(session, chain, text, wanted.files)
