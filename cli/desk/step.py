"""Around every step of someone who works here: one way from a command that asks for a text to what
is stored, without losing a word; and what to say afterwards.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from cli.desk.every_day import command_of
from cli.desk.form import asked, filled, missing, options_of, stand_in
from cli.home.folder import home_folder
from cli.home.names import tell_to_place
from cli.screen.asking import confirm
from cli.screen.show import chain_fields, local_time, print_json
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from cli.writing.drafts import Drafts, refuse_full
from cli.writing.editor import ending_told
from cli.writing.encodings import name_of, passes_by
from cli.writing.unsent import OnScreen, Sealed, Unsent, draft_of, show
from client.cases.casework import Casework
from client.errors import ClientError, Distrust, EpochMoved
from client.place.chain import Chain
from client.session import Session
from domain.services.registry import askers
from domain.table import Table
from domain.trust import Trust

T = TypeVar("T")
SOON_SECONDS = 3 * 86_400
ASKER = "requester"
ROOT_SOON_SECONDS = 60 * 86_400
NOT_TEXT = {"file", "draft", "send_draft"}


def read_among(to: str = "", table: Table | None = None) -> str:
    """Who reads what is written where nobody asked, and whom it goes to as the screen tells it: the
    first lines in the editor. table: of a service in which perhaps nobody ever asks."""
    return to if table is not None and not table.askers else _read(False, to)


def read_there(chain: Chain, to: str) -> str:
    """The same of a place that is there, by who stands in it: others than who asked with a code are
    told by whom it goes to."""
    roles = {line.role for line in chain.lines}
    if ASKER not in roles and roles & askers():
        return to
    return _read(ASKER in roles, to)


def read_at(work: Casework, where: str) -> str:
    """The same of a place of a case by its name or type, which may not be there yet; whom it goes
    to is said on the screen. Raises NotPossible."""
    to = tell_to_place(work, where)
    chain = work.there(where)
    if chain is None or not work.table.askers:
        return read_among(to, work.table)
    return read_there(chain, to)


def _read(by_who_asked: bool, to: str) -> str:
    told = (
        _("The person who asked reads this.")
        if by_who_asked
        else _("The person who asked does not read this.")
    )
    return f"{told}\n{to}" if to else told


@dataclass(frozen=True)
class Writing:
    """A text that a command asks for. case: its whole number, "" where there is none yet. what: is
    asked, and read_by: who reads it, the first lines in the editor. given: the options of the
    command; file: that of -f."""

    session: Session
    case: str
    schema: str
    what: str
    read_by: str
    given: Mapping[str, Any]
    file: IO[Any] | None


def wrote(
    writing: Writing,
    send: Callable[[dict[str, Any]], T],
    *,
    rehearsed: Callable[[dict[str, Any]], object],
    sure: Callable[[dict[str, Any]], None] = lambda value: None,
) -> T:
    """What `send` gives of the payload that was written. rehearsed: the same, sent nowhere
    (`client.cases.beforehand`); it is tried before anyone types. sure: asks about what was written.

    What was typed is a sealed draft from the moment the editor is closed until it is known to be
    stored. Raises NotPossible and what `send` raises.
    """
    schema, given, options = (
        writing.schema,
        writing.given,
        options_of(writing.schema, writing.given),
    )
    like = draft_of(writing.case, {*asked(schema), *NOT_TEXT}, options)
    unsent = Sealed(Drafts(home_folder() / "drafts", writing.session.keys), like)
    draft = None
    if given.get("draft") or given.get("send_draft"):
        draft = unsent.newest()
        given = {**given, **draft.options, **options}
        if writing.file is not None or not missing(schema, given, None):
            raise CannotDo(_("give the text, or go on with the draft: not both"))
    else:
        unsent.mention()
    if missing(schema, given, writing.file):
        refuse_full(home_folder())
        rehearsed(stand_in(schema))
    with ending_told():
        try:
            if draft is not None:
                unsent.take_up(draft)
            value = filled(
                schema,
                given,
                writing.file,
                writing.what,
                read_by=writing.read_by,
                unsent=unsent,
                begun=draft.text if draft else "",
                opens=not given.get("send_draft"),
            )
            sure(value)
            return posted(
                lambda: send(value),
                {},
                unsent=unsent,
                named=named_by(writing.session.directory.newest),
            )
        except BaseException:
            unsent.tell()
            if writing.file is not None and not passes_by(writing.file):
                show(f"{_('Your text stands in')}: {name_of(writing.file)}")
            raise


def posted(
    action: Callable[[], T],
    typed: Mapping[str, Any],
    *,
    unsent: Unsent | None = None,
    named: Callable[[str], str] | None = None,
) -> T:
    """Do it. typed: what stands nowhere but in this process; it is shown at every way out but that
    it was stored. unsent: where it waits instead, for who works here. named: what to call the
    person of a device.

    When people came or left meanwhile, the person is asked whether it still goes to those who are
    there now (PROTOCOL.md, "After a conflict").
    """
    kept = unsent or OnScreen.of_command()
    if lost := "\n\n".join(str(value) for value in typed.values() if value):
        kept.keep(lost)
    with ending_told():
        try:
            done = _to_those_there_now(action, named)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit | OSError | Distrust):
                told = _("It is not known whether this was stored: look before you send it again.")
                show(told)
            kept.tell()
            raise
    kept.stored()
    return done


def _to_those_there_now(action: Callable[[], T], named: Callable[[str], str] | None) -> T:
    try:
        return action()
    except EpochMoved as moved:
        if not sys.stdin.isatty():
            raise
        show(_("While you wrote, the people who read along changed."))
        for told, devices in ((_("came"), moved.came), (_("left"), moved.left)):
            if devices:
                shown = sorted({named(one) for one in devices} if named else {str(len(devices))})
                show(f"  {told}: {', '.join(shown)}")
        if not confirm(_("Send it to those who are there now?")):
            raise
    return action()


def named_by(trust: Trust) -> Callable[[str], str]:
    """What to call the person of a device: by roles and number; who is on no list came with a code
    or an invitation."""

    def named(device: str) -> str:
        person = trust.person(device)
        if person is None:
            return _("someone with a code or an invitation")
        return f"{', '.join(map(name, sorted(person.roles)))} {person.person[:8]}"

    return named


def _state_after(work: Casework) -> str | None:
    """The state of a case after what was just stored, as far as it can be known: where this device
    does not see what changes it, the server is asked again."""
    if work.first is not None and work.tells_state:
        return work.state
    try:
        rows = work.session.work()
    except ClientError:
        return None  # what was stored is stored
    return next((row["state"] for row in rows if row["case"] == work.case), None)


def report(work: Casework, chain: Chain, as_json: bool, done: str) -> None:
    """What was done, how the case stands now, and which delay asks for a reason."""
    if as_json:
        print_json(chain_fields(chain, []))
        return
    state = _state_after(work)
    told = f" {_('It is now')}: {name(state)}." if state else ""
    notify(f"{done} {_('Case')} {work.case[:8]}.{told}", err=False)
    table = work.table
    how = [called for called, step in table.commands.items() if step.kind in table.explaining]
    for term in unexplained(work.rows, time.time()):
        passed = f"{_('Passed')}: {name(term['term'])}, {local_time(term['due'])}."
        if how:
            typed = command_of(table, how[0])
            passed += f" {_('Say why with')}: {typed} {work.case[:8]} --term {term['term']}"
        notify(passed, err=False)
    warn_of_roster(work)


def done_in(work: Casework, as_json: bool, told: str, **more: Any) -> None:
    """What was done by a deed of several entries. more: what a script is told besides."""
    if as_json:
        print_json({"case": work.case, **more})
    else:
        notify(f"{told} {_('Case')} {work.case[:8]}.", err=False)


def unexplained(rows: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """The terms that have passed without a reason given, each once."""
    found = {
        term["term"]: term
        for row in rows
        for term in row["terms"]
        if term["due"] < now and not term["explained"]
    }
    return list(found.values())


def warn_of_roster(work: Casework) -> None:
    told = roster_warning(work.session.directory.newest.roster, time.time())
    if told:
        notify(told)


def roster_warning(roster: Any, now: float) -> str:
    """A word in time before the list of certified people expires; empty while it is far off."""
    if roster is None or roster.expires - now > SOON_SECONDS:
        return ""
    return (
        f"{_('The list of certified people expires on')} {local_time(roster.expires)}: "
        f"{_('tell the registrar. After that nobody can write.')}"
    )


def root_warning(root: Any, now: float) -> str:
    """A word in time before the root expires: two people with root keys have to meet before."""
    if root is None or root.expires - now > ROOT_SOON_SECONDS:
        return ""
    return (
        f"{_('The root by which people are certified expires on')} {local_time(root.expires)}: "
        f"{_('two people with root keys renew it with `zegel trust renew` before that.')}"
    )
