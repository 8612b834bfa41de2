"""Files on the way out and in: `--attach`, `--save` and `zegel save`."""

import mimetypes
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.home import device_session
from cli.language import _
from cli.plain import plain
from cli.show import print_json, say, size_text
from cli.spoken import JSON, command
from client.casework import open_casework
from client.chain import Chain, Item
from client.downloads import save
from client.enclosures import Enclosure
from client.errors import NotPossible
from client.reader import Reader
from wire.parts import MAX_ATTACHMENT_BYTES

F = TypeVar("F", bound=Callable[..., Any])
ATTACHING = frozenset({"message/1", "contact/1"})  # the schemas whose forms take files


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


def enclosures(paths: Sequence[Path], checked: bool, *, neutral: bool = False) -> list[Enclosure]:
    """The files that go along, once the person has looked at them. neutral: their names stay here.

    Raises NotPossible.
    """
    files = [_enclosure(path, number if neutral else 0) for number, path in enumerate(paths, 1)]
    if files and not checked:
        for one in files:
            click.echo(f"  {plain(one.name)} ({size_text(one.size)})", err=True)
        question = _("Does a name or a face stand in it that need not be there?")
        if click.confirm(question, err=True):
            raise NotPossible(_("take it out first, or leave the file out"))
    return files


def _enclosure(path: Path, number: int) -> Enclosure:
    from client.pictures import HEAD_BYTES, cleaned, is_picture

    size = path.stat().st_size
    if size > MAX_ATTACHMENT_BYTES:
        most = size_text(MAX_ATTACHMENT_BYTES)
        raise NotPossible(f"{path.name} {_('is too large: a file has at most')} {most}")
    with path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if is_picture(head):
        picture = cleaned(path.read_bytes())
        name = f"file-{number}" if number else path.stem
        held, suffix = picture.held, picture.suffix
        return Enclosure(name + suffix, picture.type, len(held), lambda: BytesIO(held))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    name = f"file-{number}{path.suffix}" if number else path.name
    return Enclosure(name[-200:], kind, size, lambda: path.open("rb"))


def save_files(
    reader: Reader, chain: Chain, seq: int, only: int | None, folder: Path
) -> list[Path]:
    """Fetch the files of a message into a folder. Raises NotPossible."""
    item = next((one for one in chain.items if one.entry.header.seq == seq), None)
    if item is None or item.entry.header.payload is None:
        raise NotPossible(f"there is no message {seq} here")
    return [save(reader, chain, item, number, folder) for number in _numbers(item, only)]


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
    type=click.Choice(["dialogue", "worknotes", "governance"]),
    default="dialogue",
    show_default=True,
    help="Where the message stands.",
)
@TO
@JSON
def save_command(
    case: str, number: int, only: int | None, where: str, folder: Path, as_json: bool
) -> None:
    """Save the files of the message of this NUMBER (see `zegel show`)."""
    session = device_session()
    chains = list(open_casework(session, case).chains(where))
    if not chains:
        raise NotPossible(_("you do not take part there"))
    chain = next((one for one in chains if _has_files(one, number)), chains[0])
    saved = save_files(session, chain, number, only, folder)
    if as_json:
        print_json({"saved": [str(one) for one in saved]})
        return
    for one in saved:
        say(f"{_('Saved')}: {one}")
