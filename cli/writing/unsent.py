"""What a person typed and is not known to be stored: never lost, wherever the command ends.

Who comes with a code keeps nothing on the machine: her text is shown on screen (`OnScreen`). Who
works here finds it back as a sealed draft (`Sealed`). Both lend the editor a place for its file.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

import click
from click.core import ParameterSource

from cli.screen.terminal import notify
from cli.sentences.advice import spoken_of
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.next_steps import NOTHING_SENT
from cli.sentences.plain import plain
from cli.writing.drafts import TEXT, Draft, Drafts, locked_folder
from cli.writing.editor import ending_told, left_behind, run_editor
from cli.writing.encodings import decoded, loosely_decoded
from cli.writing.passing import passing_folder, swept
from cli.writing.template import Template, first_line
from client.errors import NotPossible

T = TypeVar("T")
META = "zegel.unsent"


class Unsent(Protocol):
    """Where a text waits until it is known to be stored."""

    def opened(self, page: str) -> AbstractContextManager[tuple[Path, int]]:
        """A folder for the editor's file, and an open file that the editor holds too."""

    def keep(self, text: str) -> None:
        """Keep what was typed; a later one takes its place."""

    def stored(self) -> None:
        """It is known to be stored: forget it."""

    def tell(self) -> None:
        """It is not: say where it is now. Once."""


class OnScreen:
    """The text of someone who comes with a code."""

    def __init__(self) -> None:
        self._text = ""

    @classmethod
    def of_command(cls) -> "OnScreen":
        """The one of the command that runs: it tells at every exit of it."""
        context = click.get_current_context(silent=True)
        if context is None:
            return cls()
        if META not in context.meta:
            kept = context.meta[META] = cls()
            context.with_resource(ending_told())
            context.call_on_close(kept.tell)
        return context.meta[META]  # type: ignore[no-any-return]

    @contextmanager
    def opened(self, page: str) -> Iterator[tuple[Path, int]]:
        with locked_folder(passing_folder()) as (folder, _lock), swept(folder) as held:
            yield folder, held

    def keep(self, text: str) -> None:
        self._text = text

    def stored(self) -> None:
        self._text = ""

    def tell(self) -> None:
        text, self._text = self._text, ""
        if text.strip():
            show_again(text)


class Sealed:
    """The text of someone who works here. like: a draft of it, without text."""

    def __init__(self, drafts: Drafts, like: Draft) -> None:
        self._drafts = drafts
        self._like = like
        self._kept = like
        self._failed = ""

    def newest(self) -> Draft:
        """The newest draft that goes where this text goes. Raises NotPossible."""
        found = [one for one in self._drafts.every() if one.goes_with(self._like)]
        if not found:
            raise CannotDo(_("no draft waits for this: see `zegel drafts`"))
        return found[-1]

    def mention(self) -> None:
        """Tell of drafts that wait for the same command and case."""
        mine = (self._like.command, self._like.case)
        for one in self._drafts.every():
            if (one.command, one.case) == mine:
                show(_("A draft of yours waits here"), command=one.line)

    def take_up(self, draft: Draft) -> None:
        """Go on with a draft: it is this text from here on."""
        self._kept = draft

    def opened(self, page: str) -> AbstractContextManager[tuple[Path, int]]:
        return self._drafts.opened(self._kept, page)

    def keep(self, text: str, options: Mapping[str, str] | None = None) -> None:
        fields = Draft(
            self._like.command,
            self._like.case,
            self._like.beside,
            self._like.line,
            text,
            dict(options if options is not None else self._kept.options or self._like.options),
            self._kept.at,
            self._kept.id,
        )
        try:
            self._kept, self._failed = self._drafts.keep(fields), ""
        except OSError:
            self._failed = text

    def stored(self) -> None:
        self._drafts.discard(self._kept.id)
        self._kept, self._failed = self._like, ""

    def tell(self) -> None:
        failed, self._failed = self._failed, ""
        kept, self._kept = self._kept, self._like
        if failed:
            show_again(failed)
        elif kept.id:
            told = _("Your text is kept, sealed, on this machine. Go on with")
            show(told, command=self._like.line)


def show_again(text: str) -> None:
    show(_("Your text, so that it is not lost:"))
    _tell(f"\n{plain(text)}\n")  # its lines are not broken: it is copied from here


def show(text: str, *, command: str = "") -> None:
    """Tell it, if anybody is there to read it."""
    with suppress(OSError):  # the terminal is gone
        notify(text, command=command)


def _tell(text: str) -> None:
    with suppress(OSError):
        click.echo(text, err=True)


def draft_of(case: str, fields: set[str], options: Mapping[str, str]) -> Draft:
    """A draft of the command that runs, without text. fields: which of its parameters say what is
    written; options: what was said by them."""
    context = click.get_current_context()
    names: list[str] = []
    walked = context
    while walked.parent is not None:
        names.insert(0, str(walked.info_name))
        walked = walked.parent
    beside, line = [], ["zegel", *names]
    for one in context.command.params:
        name, value = str(one.name), context.params.get(str(one.name))
        denied = value is False and one.secondary_opts and not _by_default(context, name)
        if name in fields | {"as_json"} or value is None or value == ():
            continue
        if value is False:
            line += one.secondary_opts[:1] if denied else []
            continue
        many = value if isinstance(value, tuple) else (value,)
        if isinstance(one, click.Argument):
            line += [str(value)]
        elif value is True:
            line += [one.opts[0]]  # what was stated, such as that names are left out
            continue
        elif not _by_default(context, name):
            line += [part for said in many for part in (one.opts[0], str(said))]
        if name not in ("case", "attach"):
            beside += [f"{name}={said}" for said in many]
    command = shlex.join([*line, "--draft"])
    return Draft(" ".join(names), case, tuple(beside), command, "", dict(options))


def _by_default(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.DEFAULT


def typed_in(unsent: Unsent, template: Template, body: str, read: Callable[[str], T]) -> T:
    """What a person types in the editor, once it can be read. body: what stands there already.

    The editor opens again with what is wrong; saving it unchanged then ends it. Raises NotPossible
    if nothing was written, if the editor fails, and for what stayed wrong; all that was typed is in
    the hands of `unsent` by then.
    """
    problem = ""
    while True:
        page = template.page(body or template.blank, problem)
        after, fault = _edited(unsent, template, page)
        loose = template.loosely(after, page)
        if loose.split() == template.blank.split():
            raise CannotDo(
                _("nothing was written"),
                NOTHING_SENT,
            )
        try:
            if fault:
                raise CannotDo(fault)
            return read(template.said(after, page))
        except NotPossible as error:
            if problem and loose.strip() == body.strip():
                raise
            problem, body = spoken_of(error), loose


def _edited(unsent: Unsent, template: Template, page: str) -> tuple[str, str]:
    """A page once the editor is closed, kept however the editor ended; and what is wrong with its
    bytes, if anything is."""
    after = ""
    with unsent.opened(page) as (folder, lock):
        file = folder / TEXT
        file.write_text(page, "utf-8")
        try:
            run_editor(file, first_line(page), (lock,))
        finally:
            raw = left_behind(file) if file.exists() else b""
            after = loosely_decoded(raw)
            said = template.loosely(after, page)
            if said.split() != template.blank.split():
                unsent.keep(said)
    try:
        decoded(raw, _("the text"))
    except NotPossible as error:
        return after, str(error)
    return after, ""
