"""The editor in which a person types: started on a file, waited for, and told of plainly when it
fails. Whoever calls reads the file afterwards, however the editor ended.

While it is open, Ctrl-C is the editor's; a signal to end comes out as SystemExit.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _

USUAL = ("sensible-editor", "nano", "vim", "vi")
TO_LINE = ("vim", "nvim", "vi", "nano", "emacs")  # they take +7 for line 7
# For vim, whatever a person's own settings say: no history of changes, no copy, and the file that a
# crash leaves lies beside the text, where it is found and goes with it.
BESIDE_ALONE = (
    "silent! set noundofile nobackup nowritebackup directory=. | setlocal noswapfile swapfile"
)
LAST_WORDS_SECONDS = 3
ENDING = (signal.SIGTERM, signal.SIGHUP)
# What editors leave beside a file when they are broken off, and is newer than the file.
SAVED = ("{}.save", "#{}#")


def command_of(line: int) -> list[str]:
    """The editor of this person, that begins at a line. Raises NotPossible."""
    told = next((set_ for name in ("VISUAL", "EDITOR") if (set_ := os.environ.get(name))), "")
    told = told or next((one for one in USUAL if shutil.which(one)), "")
    try:
        words = shlex.split(told)
    except ValueError:
        words = [told]
    if not words:
        raise CannotDo(_("no editor was found: name one in EDITOR, or use -m or -f"))
    # What an editor is called here may be a link to another one.
    found = Path(os.path.realpath(shutil.which(words[0]) or words[0])).name
    kind = next((one for one in TO_LINE if found == one or found.startswith(f"{one}.")), "")
    if kind in ("vim", "nvim"):
        # It keeps what was typed in files of its own otherwise, some of them for years.
        words += ["-i", "NONE", "-c", BESIDE_ALONE]
    return [*words, f"+{line}"] if kind else words


def run_editor(file: Path, line: int = 1, held: Sequence[int] = ()) -> None:
    """Open the editor on a file and wait until it is closed. held: open files that it holds too.

    Raises NotPossible if it cannot be started or fails.
    """
    command = command_of(line)
    with _ending_told():
        try:
            editor = subprocess.Popen([*command, str(file)], pass_fds=held)
        except (OSError, ValueError) as error:
            raise CannotDo(
                _("the editor {} does not start: name another in EDITOR, or use -m or -f").format(
                    command[0]
                )
            ) from error
        try:
            code = editor.wait()
        finally:
            if editor.poll() is None:
                _ask_to_end(editor)
    if code:
        raise CannotDo(
            _("the editor {} failed: name another in EDITOR, or use -m or -f").format(command[0])
        )


def left_behind(file: Path) -> bytes:
    """What a person typed in a file, also what the editor put beside it when it was broken off."""
    for swap in sorted(file.parent.glob(f".{file.name}.sw?")):
        _recover(file, swap)
    for saved in (file.with_name(pattern.format(file.name)) for pattern in SAVED):
        if saved.exists():
            return saved.read_bytes()
    return file.read_bytes()


def _recover(file: Path, swap: Path) -> None:
    """Let vim bring what stands in its swap file back into the file."""
    vim = shutil.which("vim") or shutil.which("vi")
    if vim is None:
        return
    after = file.with_name(f"{file.name}.save")
    quiet = ["-e", "-s", "-u", "NONE", "-i", "NONE", "-r", str(file)]
    nowhere = subprocess.DEVNULL
    try:
        subprocess.run(
            [vim, *quiet, "-c", f"w! {after}", "-c", "qa!"],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            timeout=LAST_WORDS_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    swap.unlink(missing_ok=True)


def _ask_to_end(editor: subprocess.Popen[bytes]) -> None:
    """Let it put down what it holds."""
    editor.terminate()
    try:
        editor.wait(LAST_WORDS_SECONDS)
    except subprocess.TimeoutExpired:
        editor.kill()
        editor.wait()


@contextmanager
def _ending_told() -> Iterator[None]:
    """Ctrl-C is not ours; every other signal to end is an exception, until the block is over."""
    handlers = {signal.SIGINT: _pass, signal.SIGQUIT: _pass}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        with ending_told():
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ending_told() -> Iterator[None]:
    """A signal to end is SystemExit while the block runs, so that what was typed can be kept. What
    was ignored before, as by nohup, stays so."""
    before = {one: signal.getsignal(one) for one in ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is _end:
                signal.signal(number, handler)


def _pass(_number: int, _frame: FrameType | None) -> None:
    pass


def _end(number: int, _frame: FrameType | None) -> None:
    # Once: who keeps the text must not be broken off by a second signal.
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)
    sys.exit(128 + number)
