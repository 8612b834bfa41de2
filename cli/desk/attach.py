"""Files on the way out and in: `--attach`, `--save` and `zegel save`."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Any, TypeVar

import click

from cli.home.folder import device_session, home_folder
from cli.home.names import said_place, usual_place
from cli.screen.asking import confirm
from cli.screen.show import print_json, say, size_text
from cli.screen.spoken import JSON, command
from cli.screen.terminal import notify
from cli.sentences.language import _
from cli.sentences.plain import plain
from client.cases.casework import open_casework
from client.errors import NotPossible, Unreachable
from client.files.enclosures import Enclosure, no_room
from client.files.intake import SHIPPED, Limits, Taken, refuse_too_much, refuse_without_room, take
from client.place.chain import Chain, Item
from client.place.downloads import save, waiting
from client.place.reader import Reader

F = TypeVar("F", bound=Callable[..., Any])
ATTACHING = frozenset({"message/1", "contact/2"})  # the schemas whose forms take files


def attach_options(decorated: F) -> F:
    """--attach and --checked."""
    decorated = click.option(
        "--checked",
        is_flag=True,
        help="You looked at the files: no name or face stands in them that need not.",
    )(decorated)
    return click.option(
        "--attach",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file to go with it. Of pictures, place, time and camera are taken out.",
    )(decorated)


def enclosures(
    paths: Sequence[Path], checked: bool, *, neutral: bool = False, limits: Limits = SHIPPED
) -> list[Enclosure]:
    """The files that go along, once the person has looked at them. To be called before anything
    is typed or opened. neutral: their names stay here. limits: the server's own, if it tells them.

    Raises NotPossible.
    """
    refuse_too_much(paths, limits)
    if not checked and any(map(_is_where_answers_come_from, paths)):
        raise NotPossible(
            _("the file comes from where your answer would: look at it first, and add --checked")
        )
    taken = [take(path, at, limits, neutral=neutral) for at, path in enumerate(paths, 1)]
    for one in taken:
        if one.smaller:
            told = _("has very many dots: it goes along with fewer")
            notify(f"  {plain(one.given)} {told}.")
    files = [one.enclosure for one in taken]
    if files:
        refuse_without_room(files, _sealed_in(neutral))
    if files and not checked:
        _ask(taken)
    return files


def _sealed_in(neutral: bool) -> Path:
    """Where `client.files.enclosures` keeps what is on its way: who comes with a code has no
    folder."""
    try:
        return Path(gettempdir()) if neutral else home_folder()
    except OSError as error:
        raise no_room(str(error.strerror)) from error


def _is_where_answers_come_from(path: Path) -> bool:
    """Whether a path is this process's standard input, and nobody sits at it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(0)) and not path.is_file()
    except OSError:
        return False


def _ask(taken: Sequence[Taken]) -> None:
    """Show what would go, and what the person may not see that it tells. Raises NotPossible."""
    words = traces_in_words()
    for one in taken:
        sent = one.enclosure.name
        named = sent if sent == one.given else f"{one.given} → {sent}"
        line = f"  {plain(named)} ({size_text(one.enclosure.size)})"
        if one.tells:
            line += f" – {_('in it stands')}: {', '.join(words[trace] for trace in one.tells)}"
        notify(line)
    if any(not one.enclosure.type.startswith("image/") for one in taken):
        notify(
            _(
                "A video, sound or document may tell where, when and with what it was made, and by "
                "whom. That is not taken out."
            )
        )
    if confirm(_("Does a name, a face or a place stand in it that need not be there?")):
        raise NotPossible(_("take it out first, or leave the file out"))


def traces_in_words() -> dict[str, str]:
    """By each of `client.files.traces.TRACES`."""
    return {
        "place": _("the place"),
        "time": _("the time"),
        "device": _("the device or program"),
        "author": _("who made it"),
        "company": _("the organisation"),
        "saved by": _("who saved it last"),
        "pictures": _("pictures, as they came from the camera"),
    }


def save_files(
    reader: Reader, chain: Chain, seq: int, only: int | None, folder: Path
) -> list[Path]:
    """Fetch the files of a message into a folder. Raises NotPossible."""
    item = next((one for one in chain.items if one.entry.header.seq == seq), None)
    if item is None or item.entry.header.payload is None:
        raise NotPossible(f"there is no message {seq} here")
    try:
        return [save(reader, chain, item, number, folder) for number in _numbers(item, only)]
    except (Unreachable, KeyboardInterrupt):
        if waiting(folder):
            told = _("What has come so far is kept here; the same command goes on with it")
            notify(f"\n{told}: {folder.resolve()}")
        raise


def _numbers(item: Item, only: int | None) -> Iterator[int]:
    payload = item.entry.header.payload
    count = len(payload.attachments) if payload else 0
    if not count:
        raise NotPossible(_("no file goes with that message"))
    yield from range(1, count + 1) if only is None else (only,)


def _has_files(chain: Chain, seq: int) -> bool:
    payloads = (one.entry.header.payload for one in chain.items if one.entry.header.seq == seq)
    return any(payload is not None and payload.attachments for payload in payloads)


TO = click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("."),
    help="The folder to save in; without it this one.",
)


@command("save")
@click.argument("case")
@click.argument("number", type=int)
@click.option("--file", "only", type=click.IntRange(min=1), help="Only this one of its files.")
@click.option(
    "--in",
    "where",
    help="Where the message stands: a place by its kind or name.",
)
@TO
@JSON
def save_command(
    case: str, number: int, only: int | None, where: str | None, folder: Path, as_json: bool
) -> None:
    """Save the files of the message of this NUMBER (see `zegel show`)."""
    session = device_session()
    work = open_casework(session, case)
    place = said_place(work, where) if where else usual_place(work)
    chains = [work.named(place)] if "-" in place else list(work.chains(place))
    if not chains:
        raise NotPossible(_("you do not take part there"))
    chain = next((one for one in chains if _has_files(one, number)), chains[0])
    saved = save_files(session, chain, number, only, folder)
    if as_json:
        print_json({"saved": [str(one) for one in saved]})
        return
    for one in saved:
        say(f"{_('Saved')}: {one}")
