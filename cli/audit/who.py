"""`zegel who`: who could read what, and since when, in plain words."""

from typing import Any

import click

from cli.home.folder import device_session
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from client.audit.case_numbers import case_numbered
from client.audit.inspection import replayed
from client.audit.moments import ends_at, position_at
from client.audit.read_log import Read, fetch_reads
from client.audit.replay import access_of
from client.cases.statement import access_in, parts_of, placed
from client.place.names import type_of
from client.session import Session
from domain.access import Access, Readable, Reader
from wire.reads import PUBLIC, STRUCTURE_ROLES


@command()
@click.argument("case")
@click.argument("what", required=False)
@click.option(
    "--at", "moment", help="As it was at a position of the store, or a time as it is printed."
)
@click.option("--reads", "looked", is_flag=True, help="Who was given it, by the read log.")
@JSON
def who(case: str, what: str | None, moment: str | None, looked: bool, as_json: bool) -> None:
    """Who could read what in a CASE: all of it, one entry, or one person.

    Computed from signed entries alone: of the whole case for those who see its structure, of the
    parts in which you stand for others. WHAT is the beginning of an entry's, a device's or a
    person's number.
    """
    session = device_session()
    case = session.numbers.number(case) or case
    what = what and (session.numbers.number(what) or what)
    session.directory.refresh()
    if any(session.directory.newest.gives(session.device, role) for role in STRUCTURE_ROLES):
        _of_whole(session, case, what, moment, looked, as_json)
    else:
        _of_parts(session, case, what, moment, looked, as_json)


def _of_whole(
    session: Session, case: str, what: str | None, moment: str | None, looked: bool, as_json: bool
) -> None:
    case = case_numbered(session, case)
    evidence, report = replayed(session, case)
    until = None if moment is None else position_at(evidence, moment)
    found = _chosen(access_of(report, session.directory, until), what)
    ends = None if moment is None else ends_at(evidence, moment)
    reads = _lines(fetch_reads(session, case), what, ends) if looked else []
    _tell_all(case, what, found, reads, as_json)


def _of_parts(
    session: Session, case: str, what: str | None, moment: str | None, looked: bool, as_json: bool
) -> None:
    if looked:
        raise CannotDo(_("the read log is for auditors and privacy officers"))
    chains = parts_of(session, case)
    if len({one.case for one in chains}) != 1:
        raise CannotDo(
            _("{} cases of yours begin with {}").format(len({one.case for one in chains}), case),
            "Their numbers stand in `zegel inbox`.",
        )
    until = None if moment is None else position_at([at for at, _ in placed(chains)], moment)
    found = _chosen(access_in(session, chains, until), what)
    _tell_all(chains[0].case, what, found, [], as_json)


def _tell_all(
    case: str, what: str | None, found: list[Readable], reads: list[dict[str, Any]], as_json: bool
) -> None:
    if what and not found and not reads:
        raise CannotDo(_("nothing here has a number that begins with {}").format(what))
    if as_json:
        print_json({"case": case, "entries": [one.fields() for one in found], "reads": reads})
        return
    for one in found:
        _tell(one)
    for fields in reads:
        at = local_time(fields["at"])
        who_ = _("the one who asked") if fields["user"] == PUBLIC else fields["user"][:8]
        entry = str(fields.get("entry", ""))[:8]
        say(f"{at} · {who_} · {name(fields['event_type'])} {entry} · {name(fields['outcome'])}")


def _chosen(found: Access, what: str | None) -> list[Readable]:
    """The entries that an entry's, person's or device's number stands for."""
    return [
        entry
        for entry in found.entries.values()
        if what is None
        or entry.id.startswith(what)
        or any(_is(reader, what) for reader in entry.readers)
    ]


def _lines(reads: list[Read], what: str | None, ends: int | None) -> list[dict[str, Any]]:
    """The fields of the lines about the same, up to a time."""
    return [
        one.fields
        for one in reads
        if (ends is None or one.fields["at"] <= ends) and (what is None or _speaks(one, what))
    ]


def _speaks(read: Read, what: str) -> bool:
    fields = read.fields
    numbers = (fields.get("entry", ""), fields["user"], fields["network"]["id"])
    return any(number.startswith(what) for number in numbers)


def _is(reader: Reader, what: str) -> bool:
    return reader.device.startswith(what) or bool(reader.person and reader.person.startswith(what))


def _tell(entry: Readable) -> None:
    place = name(type_of(entry.compartment))
    say(
        f"{entry.id[:8]} · {place} {entry.seq} · {name(entry.kind)} · {local_time(entry.at.stored)}"
    )
    for reader in entry.readers:
        say(f"    {reader_text(reader)}")
    if entry.erased is not None:
        say(f"    {_('erased on')} {local_time(entry.erased.stored)}")


def reader_text(reader: Reader) -> str:
    """A reader in plain words: as whom, since when, through what."""
    through, _space, number = reader.through.partition(" ")
    how = _("was given it") if through == "grant" else _("could read it")
    since = f"{how}, {local_time(reader.since.stored)} ({_(through)} {number[:8]})"
    return f"{name(reader.role or 'member')} {reader.device[:8]}: {since}"
