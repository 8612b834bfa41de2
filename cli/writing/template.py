"""What an editor is opened on: instructions, each in a line that begins with a mark, and below them
what the person writes.

    #zegel# The person who asked reads this.
    #zegel# Write your message.

Only these very lines are left out of what comes back. A line that begins with # is text like any
other; one in which the mark stands and that is none of these was changed, and is asked about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cli.screen.terminal import wrapped
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _

MARK = "#zegel#"
COLUMNS = 79  # of an instruction with its mark: nano cuts off a longer line at 80


def marked(instruction: str) -> str:
    """An instruction as the editor shows it, in as many lines as it takes."""
    lines = wrapped(instruction, COLUMNS - len(MARK) - 1)
    return "\n".join(f"{MARK} {line}" for line in lines)


@dataclass(frozen=True, slots=True)
class Template:
    """head: the instructions. blank: what stands below them where nothing was written. between:
    puts instructions into that, such as what a field is for."""

    head: Sequence[str]
    blank: str = ""
    between: Callable[[str], str] = field(default=lambda form: form)

    def page(self, body: str, problem: str = "") -> str:
        """What the editor shows. problem: why it was opened again."""
        lines = [marked(f"→ {line}") for line in problem.splitlines() if line]
        lines += [marked(line) for line in self.head]
        return "\n".join([*lines, self.between(body) or "\n"])

    def said(self, after: str, page: str) -> str:
        """What a person wrote in a page: all of it but the instructions, wherever they stand.

        Raises NotPossible for an instruction that was changed.
        """
        said = self.loosely(after, page)
        if MARK in said:
            changed = next(line for line in said.splitlines() if MARK in line)
            raise CannotDo(
                _("a line with {} was changed; take it out: {}").format(MARK, changed.strip())
            )
        return said

    def loosely(self, after: str, page: str) -> str:
        """The same, with changed instructions in it."""
        own = {line.rstrip() for line in page.split("\n") if line.startswith(MARK)}
        # An editor may take off what stands at the end of a line, or put in its own line ends.
        kept = [line for line in after.split("\n") if line.rstrip() not in own]
        return "\n".join(kept)


def left_out() -> str:
    """The last of the instructions, of every template."""
    return _("Lines with #zegel# are left out; all else is sent as you type it.")


def first_line(page: str) -> int:
    """The number of the line to begin writing at, from 1: below the instructions at the top."""
    lines = page.split("\n")
    return next(
        (number for number, line in enumerate(lines, 1) if not line.startswith(MARK)), len(lines)
    )
