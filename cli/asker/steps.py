"""What someone who asks does in her conversation besides reading: each option of `zegel return`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import click

from cli.asker import by_table, crisis
from cli.asker.what_now import tell_how_it_goes_on
from cli.desk.step import named_by, posted
from cli.screen.asking import at_a_terminal, confirm
from cli.screen.show import local_time, say
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name, read_by
from cli.writing.text import written
from client.cases import consultation
from client.files.enclosures import Enclosure
from client.people import erasure
from client.place.belonging import has_written
from client.place.chain import Chain, Item
from client.place.fit import refuse_unfit
from client.session import Session

NO_MORE = frozenset({"escalated"})
# What she said of one thing: the last of them stands, until the office asks anew.
OF_ONE = (
    frozenset({"CaseSupportAccepted", "CaseSupportDeclined", "CaseSupportOffered"}),
    frozenset({"LinkConsented", "LinkWithdrawn", "CaseSupportOffered"}),
    frozenset({"ConsentGiven", "ConsentWithdrawn"}),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options as they were given. support: whether an offer is accepted, None for no answer.
    consent: for what purpose, in her words (the text), at which age. unlink, unconsent: what she
    takes back. stop: whether she ends it. step: one of the table, by name, and what it states, as
    field=value. sure: whether she stated that she knows those who read along."""

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
    unlink: bool = False
    consent: str | None = None
    age: str | None = None
    unconsent: bool = False
    stop: bool = False
    step: str | None = None
    said: Sequence[str] = ()
    sure: bool = False

    @property
    def has_text(self) -> bool:
        """Whether the text was given, so that no editor has to open for it."""
        return self.message is not None or self.file is not None

    @property
    def writes(self) -> bool:
        says = self.has_text and self.consent is None and self.step is None
        return says or self.correct is not None or self.alarm or bool(self.files)

    @property
    def tells(self) -> bool:
        """Of herself, beside any message."""
        said = (self.name, self.support, self.link, self.consent, self.step)
        return any(one is not None for one in said) or self.unlink or self.unconsent or self.stop


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
        raise CannotDo(_("nothing was written: with --yes you state that you know these people"))
    if not confirm(_("Do you know that these people help you here?"), default=False):
        raise CannotDo(_("nothing was written: ask by another way who these people are"))


def take(session: Session, chain: Chain, wanted: Wanted) -> bool:
    """Take the steps that were asked for, in the order in which they follow; whether any were.

    Raises NotPossible and as `consultation.write_to_office`."""
    if (wanted.name is None) != (wanted.contact is None):
        raise CannotDo(_("give both --name and --contact"))
    if (wanted.consent is None) != (wanted.age is None):
        raise CannotDo(_("give both --consent and --age"))
    if wanted.said and wanted.step is None:
        raise CannotDo(_("--say goes with --do"))
    if wanted.writes or wanted.tells:
        be_sure(session, chain, wanted.sure)
    text, typed = _written(chain, wanted) if wanted.writes else ("", {})
    if wanted.name is not None:
        _give_name(session, chain, wanted.name, wanted.contact)
    if wanted.support is not None:
        _answer_offer(session, chain, wanted.support)
    if wanted.link is not None:
        _allow_link(session, chain, wanted.link)
    if wanted.unlink:
        body = {"of": _newest(chain, "LinkConsented")}
        _tell_once(session, chain, "LinkWithdrawn", body)
    if wanted.consent is not None:
        _consent(session, chain, wanted)
    if wanted.unconsent:
        body = {"consent": _newest(chain, "ConsentGiven")}
        _tell_once(session, chain, "ConsentWithdrawn", body)
    if wanted.withdraw:
        erasure.withdraw(session, chain, wanted.withdraw)
    if wanted.correct is not None:
        _correct(session, chain, wanted.correct, text, typed)
    elif wanted.alarm:
        _raise_alarm(session, chain, text, wanted.files, typed)
    elif wanted.writes:
        _say(session, chain, text, wanted.files, typed)
    if wanted.step is not None:
        given = written(wanted.message, wanted.file, "") if wanted.has_text else None
        by_table.take(session, chain, wanted.step, wanted.said, given)
    if wanted.stop:
        consultation.write_to_office(session, chain, "StoppedByRequester", {})
    return wanted.writes or wanted.tells or bool(wanted.withdraw)


def stored(wanted: Wanted) -> list[str]:
    """That each thing that she did is stored."""
    told = []
    if wanted.tells:
        told.append(_("What you told us is stored."))
    if wanted.withdraw:
        told.append(_("That you take it back is stored."))
    if wanted.writes:
        told.append(_("Your message is stored, sealed."))
    return told


def _written(chain: Chain, wanted: Wanted) -> tuple[str, dict[str, str]]:
    """What she writes, and what of it was typed just now and would be lost. Raises NotPossible for
    what cannot go."""
    tell_who_reads(chain)
    text = written(wanted.message, wanted.file, _("Write your message."))
    typed = {} if wanted.has_text else {"text": text}
    posted(lambda: refuse_unfit(text, wanted.files), typed)
    return text, typed


def _give_name(session: Session, chain: Chain, name: str, contact: str | None) -> None:
    value = consultation.payload("identity/1", name=name, contact=contact)
    _tell_once(session, chain, "RequesterNamed", {}, value)


def _answer_offer(session: Session, chain: Chain, accepts: bool) -> None:
    kind = "CaseSupportAccepted" if accepts else "CaseSupportDeclined"
    _tell_once(session, chain, kind, {})


def _allow_link(session: Session, chain: Chain, to: str) -> None:
    """to: the kind of case to which this conversation may be linked."""
    _tell_once(session, chain, "LinkConsented", {"to": to})


def _consent(session: Session, chain: Chain, wanted: Wanted) -> None:
    """That something is told to others, for a purpose, in her own words."""
    what = _("Say in your own words what you allow.")
    words = written(wanted.message, wanted.file, what)
    value = consultation.payload(
        "consent/1", given_by=_("who asks"), age_band=str(wanted.age), words=words
    )
    body = {"purpose": wanted.consent, "recipient": None, "sufficient": True}
    typed = {} if wanted.has_text else {"text": words}
    posted(lambda: consultation.write_to_office(session, chain, "ConsentGiven", body, value), typed)


def _newest(chain: Chain, kind: str) -> str:
    """The newest entry of a kind. Raises NotPossible."""
    found = [one.entry.header.id for one in chain.items if one.entry.header.kind == kind]
    if not found:
        raise CannotDo(_("there is nothing of that to take back here"))
    return found[-1]


def _tell_once(
    session: Session,
    chain: Chain,
    kind: str,
    body: Mapping[str, Any],
    value: dict[str, Any] | None = None,
) -> None:
    """Write it, unless it stands."""
    before = _stands(chain, kind, body)
    if before is None:
        consultation.write_to_office(session, chain, kind, body, value)
        return
    when = local_time(before.entry.stored)
    notify(f"{_('This is stored already')}: {name(kind)}, {when}.")


def _stands(chain: Chain, kind: str, body: Mapping[str, Any]) -> Item | None:
    """What she said without a text and what stands: the same again would say nothing more."""
    since = next((kinds for kinds in OF_ONE if kind in kinds), frozenset({kind}))
    last = next((one for one in reversed(chain.items) if one.entry.header.kind in since), None)
    if last is None or last.entry.header.payload is not None:
        return None
    header = last.entry.header
    return last if (header.kind, dict(header.body)) == (kind, dict(body)) else None


def _correct(session: Session, chain: Chain, number: int, text: str, typed: dict[str, str]) -> None:
    value = consultation.message(text)
    posted(lambda: erasure.correct(session, chain, number, value), typed)


def _raise_alarm(
    session: Session, chain: Chain, text: str, files: Sequence[Enclosure], typed: dict[str, str]
) -> None:
    """Say that there is a crisis."""

    def raise_it() -> None:
        notify(crisis.NOTICE)
        value = consultation.message(text)
        consultation.write_to_office(session, chain, "CrisisFlagged", {}, value, files)

    posted(raise_it, typed)


def _say(
    session: Session, chain: Chain, text: str, files: Sequence[Enclosure], typed: dict[str, str]
) -> None:
    def say_it() -> None:
        notify(crisis.NOTICE)
        consultation.say(session, chain, text, files)

    posted(say_it, typed)


def offer_to_write(session: Session, chain: Chain, sure: bool) -> None:
    """Ask after reading whether she wants to write; no answer is no."""
    try:
        if not confirm(_("Do you want to write something now?"), default=False):
            return
    except click.Abort:
        return  # she leaves: all was read
    be_sure(session, chain, sure)
    tell_who_reads(chain)
    text = written(None, None, _("Write your message."))
    posted(lambda: consultation.say(session, chain, text), {"text": text})
    say(_("Your message is stored, sealed."))
    tell_how_it_goes_on(chain)
