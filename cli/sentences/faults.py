"""What the machine refuses, as a sentence: a disk that is full, a file that is not there or may not
be read, a text in another encoding. A fault of this program is not among them and stays what it is.
"""

import errno
from typing import Any

from cli.sentences.click_words import of_files
from cli.sentences.language import _

OFTEN = {
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The disk is full.",
    errno.EROFS: "Here things can be read, and nothing can be written.",
    errno.EACCES: "This may not be read or written here.",
    errno.EPERM: "This may not be read or written here.",
    errno.ENOENT: "A file or folder is not there.",
    errno.EISDIR: "This is a folder, and is to be a file.",
    errno.ENOTDIR: "This is a file, and is to be a folder.",
    errno.EEXIST: "A file or folder of this name is there already.",
}
OTHERWISE = "This machine does not let it be done."
NOT_UTF_8 = "A text or a name is not in UTF-8."
NEXT = "Look at the file or folder that is named, then try again."
NEXT_UTF_8 = "Save the text as UTF-8, or rename the file, then try again."


def explain_fault(fault: OSError | UnicodeError) -> dict[str, Any]:
    """As `cli.sentences.advice.explain`: name, what happened, what to do next."""
    if isinstance(fault, UnicodeError):
        return {"name": "not-utf-8", "what": _(NOT_UTF_8), "next": _(NEXT_UTF_8)}
    what = _(OFTEN.get(fault.errno or 0, OTHERWISE))
    named = [one for one in (fault.strerror or str(fault), fault.filename) if one]
    detail = of_files(": ".join(map(str, named)))
    return {"name": "machine", "what": f"{what} ({detail})", "next": _(NEXT)}
