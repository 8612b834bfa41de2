"""Names of files: sent so that everybody can read them, saved so that nothing is overwritten and
nothing leaves its folder.

Holds client/files/names.py, cli/screen/bar.py.
"""

import json
import os
import sys
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from cli.desk.attach import enclosures
from cli.screen.show import spoken_content
from client.cases import consulting
from client.cases.consultation import message
from client.files.enclosures import Enclosure
from client.files.names import kind_suffix, readable, safe_name
from client.place.downloads import save
from tests.support.people.terminal import Terminal
from tests.support.world import World, read


@pytest.mark.parametrize(
    ("called", "sent"),
    [
        (b"bad\xff\xe9.txt", "bad\u00ff\u00e9.txt"),  # of a machine that wrote Latin letters
        ("re\u0301sume\u0301.pdf".encode(), "r\u00e9sum\u00e9.pdf"),  # as a Mac spells it
        ("a\u202etxt.exe".encode(), "a_txt.exe"),
        (b"two\nlines\x1b[31m.txt", "two_lines_[31m.txt"),
        (b".pdf", "file.pdf"),
        (b"...", "file"),
        (b"-rf", "_rf"),
        (b"CON.txt", "_CON.txt"),
        (b"nul", "_nul"),
        (b"a.", "a"),
    ],
)
def test_a_file_goes_under_a_name_that_can_be_read(
    tmp_path: Path, called: bytes, sent: str
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + called))
    file.write_bytes(b"a letter")
    (found,) = enclosures([file], checked=True)
    assert found.name == sent
    found.name.encode()  # Raises for half a character


def test_a_name_of_300_bytes_keeps_its_end() -> None:
    for name in ("é" * 150 + ".pdf", "a" * 300, "x." + "y" * 298):
        kept = safe_name(name)
        assert 100 < len(kept.encode()) <= 150
    assert safe_name("é" * 150 + ".pdf").endswith("é.pdf")


def test_of_a_name_that_tells_of_somebody_nothing_goes_along(tmp_path: Path) -> None:
    """What stands behind a point may be a name as well."""
    for name in ("brief.van Mohammed", "brief.Mohammed", "verslag.pdf", "verslag.docx"):
        (tmp_path / name).write_bytes(b"a letter")
    found = enclosures(sorted(tmp_path.iterdir()), checked=True, neutral=True)
    assert [one.name for one in found] == ["file-1", "file-2", "file-3.docx", "file-4.pdf"]
    assert [kind_suffix(one) for one in ("a.PDF", "a.ogg", "a", "a.b c")] == [
        ".pdf",
        ".ogg",
        "",
        "",
    ]


def test_bytes_of_any_encoding_become_a_name() -> None:
    for odd in range(128, 256):
        assert readable(Path(os.fsdecode(b"a" + bytes([odd])))).encode()


def test_files_are_saved_beside_what_is_there_and_never_over_it(
    world: World, tmp_path: Path
) -> None:
    """Names of someone else: equal, equal but for capitals or accents, a path, a device."""
    (anna,) = world.staff("consultation_worker")
    mother, asked, _code = world.mother()
    consulting.take(anna, read(world, anna, asked))
    names = ["A.pdf", "a.PDF", "é.txt", "e\u0301.txt", "../../x", "aux.txt", ".bashrc", "", "a/b"]
    files = [
        Enclosure(name, "text/plain", len(name.encode()), partial(BytesIO, name.encode()))
        for name in names
    ]
    mother.write(read(world, mother, asked), "MessageSent", {}, message("see"), files)
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "A.PDF").write_bytes(b"of her own")
    (folder / "x").symlink_to(tmp_path / "elsewhere")
    chain = read(world, anna, asked)
    saved = [save(anna, chain, chain.items[-1], at, folder) for at in range(1, len(names) + 1)]
    assert [one.read_bytes().decode() for one in saved] == names
    assert all(one.parent == folder for one in saved)
    assert len({one.name.casefold() for one in folder.iterdir()}) == len(names) + 2
    assert (folder / "A.PDF").read_bytes() == b"of her own"
    assert not (tmp_path / "elsewhere").exists() and not any(
        one.name.startswith((".", "aux")) for one in saved
    )


ODD = ["[/]", "[bold]x[/bold]", ":smile:.pdf", "x.pdf (1 KB)\nFile 2: y.pdf", "a\u202eb\x1b[2J"]
MOVES = (
    "import json, sys; from cli.screen.bar import Bar; "
    "bar = Bar(); bar(json.loads(sys.argv[1]), 1, 2)"
)


@pytest.mark.parametrize("called", ODD)
def test_a_name_that_somebody_gave_is_a_name_on_every_screen(called: str) -> None:
    """It is no markup, no steering and no line of ours: where it is listed, and while it comes."""
    value = message("see") | {"attachments": [{"name": called, "size": 1, "type": "a", "key": ""}]}
    *_, listed = spoken_content(value).splitlines()
    assert listed == f"File 1: {safe_name(called)} (1 B)"
    moves = [sys.executable, "-c", f"{MOVES}; bar('', 2, 2)", json.dumps(called)]
    with Terminal(moves, {}, columns=200) as terminal:
        assert terminal.end() == 0, terminal.shown
    assert safe_name(called) in terminal.shown
    assert "\x1b[2J" not in terminal.shown and "\u202e" not in terminal.shown
