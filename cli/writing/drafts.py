"""Drafts: what someone who works here typed and is not known to be stored, sealed in her own home.

    drafts/<time>-<random>            one draft, sealed to this device
    drafts/open/<random>/text.txt     what an editor has open now
    drafts/open/<random>/about        what it is for, sealed

A folder under `open` is locked as long as the command or its editor lives. One that nobody holds
any more was cut off (kill -9, the power): the next command of this home makes a draft of it.
"""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.click_words import of_files
from cli.sentences.language import _
from cli.writing.editor import left_behind
from cli.writing.encodings import loosely_decoded
from cli.writing.template import Template
from client.kept import keep_sealed, read_sealed
from client.own_files import locked
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen

WHAT = "draft"
TEXT = "text.txt"
ENOUGH_BYTES = 256 * 1024  # room for a long text and its seal


@dataclass(frozen=True, slots=True)
class Draft:
    """command: such as "answer" or "case write". case: its whole number, "" where there is none.
    beside: what else the command was given that says where the text goes, such as a number or a
    person. line: the command by which it is gone on with. text: as it stood in the editor, without
    its instructions; options: fields that were given on the command line. at: unix time."""

    command: str
    case: str
    beside: tuple[str, ...]
    line: str
    text: str = ""
    options: dict[str, str] = field(default_factory=dict)
    at: int = 0
    id: str = ""

    def goes_with(self, other: "Draft") -> bool:
        """Whether both are of the same command, case and place."""
        mine, others = (self.command, self.case), (other.command, other.case)
        return mine == others and self.beside == other.beside


class Drafts:
    """The drafts of one home. folder: `drafts` in it; keys: of this home's device."""

    def __init__(self, folder: Path, keys: DeviceKeys) -> None:
        self._folder = folder
        self._keys = keys

    def keep(self, draft: Draft) -> Draft:
        """Write a draft, under its own id or a new one. Raises OSError."""
        if not draft.id:
            at = int(time.time())
            draft = replace(draft, at=at, id=f"{at}-{secrets.token_hex(4)}")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fields = asdict(draft) | {"beside": list(draft.beside)}
        keep_sealed(self._folder / draft.id, self._keys.card(), WHAT, fields)
        return draft

    def every(self) -> list[Draft]:
        """All of them, oldest first; what another device kept is left alone."""
        if not self._folder.is_dir():
            return []
        files = (one for one in self._folder.iterdir() if one.is_file() and "." not in one.name)
        found = (self._read(file) for file in files)
        return sorted((one for one in found if one), key=lambda one: (one.at, one.id))

    def _read(self, file: Path) -> Draft | None:
        try:
            return _draft(read_sealed(file, self._keys, WHAT))
        except (CannotOpen, FileNotFoundError):
            return None

    def discard(self, draft_id: str) -> None:
        if draft_id:
            (self._folder / draft_id).unlink(missing_ok=True)

    @contextmanager
    def opened(self, draft: Draft, page: str) -> Iterator[tuple[Path, int]]:
        """A folder for an editor's file, and what locks it. It is gone when the block is over."""
        with locked_folder(self._folder / "open") as (folder, lock):
            fields = asdict(replace(draft, text=page)) | {"beside": list(draft.beside)}
            keep_sealed(folder / "about", self._keys.card(), WHAT, fields)
            yield folder, lock

    def gather(self) -> list[Draft]:
        """Make drafts of what was cut off while an editor had it open; what cannot be kept now
        stays where it is."""
        folder, found = self._folder / "open", []
        for one in sorted(folder.iterdir()) if folder.is_dir() else ():
            with _held(one) as lock:
                if lock is None:
                    continue
                try:
                    draft = self._cut_off(one)
                    if draft is not None:
                        found.append(self.keep(draft))
                except OSError:
                    continue
                shutil.rmtree(one, ignore_errors=True)
        return found

    def _cut_off(self, folder: Path) -> Draft | None:
        """What stands in a folder that nobody holds, if anything was typed in it."""
        try:
            about = _draft(read_sealed(folder / "about", self._keys, WHAT))
            after = loosely_decoded(left_behind(folder / TEXT))
        except (CannotOpen, FileNotFoundError):
            return None  # cut off before the editor was opened
        template = Template(())
        said, begun = (template.loosely(one, about.text) for one in (after, about.text))
        if said.split() == begun.split():
            return None
        return replace(about, text=said)


def _draft(fields: dict[str, Any]) -> Draft:
    return Draft(**(fields | {"beside": tuple(fields["beside"])}))


@contextmanager
def locked_folder(base: Path) -> Iterator[tuple[Path, int]]:
    """A new folder of this person's alone, and an open file that locks it while this process, or
    one that was given it, lives. It is gone when the block is over, however it ends."""
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = None
    while made is None:  # another command may take a new one for one that was left behind
        folder = Path(tempfile.mkdtemp(dir=base))
        made = locked(folder)
    try:
        yield folder, made
    finally:
        # Gone before it is let go: else another command takes it for one that was left behind.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(made)


@contextmanager
def _held(folder: Path) -> Iterator[int | None]:
    """The lock of a folder, None while somebody else has it or it has just gone."""
    lock = locked(folder)
    try:
        yield lock
    finally:
        if lock is not None:
            os.close(lock)


def refuse_full(home: Path) -> None:
    """Raises NotPossible unless a text could be kept in a home."""
    try:
        folder = home / "drafts"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(bytes(ENOUGH_BYTES))
            trial.flush()
    except OSError as error:
        raise CannotDo(
            _("nothing can be kept in {} ({}), so nothing is asked of you").format(
                home, of_files(str(error.strerror))
            ),
            "Make room there, or make it writable; then try again.",
        ) from error


def take_in_cut_off(home: Path, keys: DeviceKeys) -> None:
    """Make drafts of what was cut off in a home, and tell of them."""
    for one in Drafts(home / "drafts", keys).gather():
        told = _("A text that was cut off is kept as a draft. Go on with")
        notify(told, command=one.line)
