"""Before a file goes along: what is asked, told and refused; a pipe is read whole.

Holds client/files/intake.py, client/files/traces.py, cli/desk/attach.py.
"""

import io
import os
import resource
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli.desk.attach import enclosures, traces_in_words
from client.errors import NotPossible
from client.files.enclosures import Enclosure, Outbox
from client.files.intake import Limits
from client.files.traces import TRACES, traces
from client.place.compose import new_id
from crypto.secret.payload import Place
from crypto.secret.seeds import new_device
from tests.support.processes import ROOT
from wire.header import MAX_ATTACHMENTS
from wire.parts import MAX_ATTACHMENT_BYTES

TRIALS = ROOT / "tests" / "vectors" / "trials"


def asked(*paths: Path, answer: str = "n") -> Result:
    """What a person sees who attaches these, and answers."""

    @click.command()
    def send() -> None:
        for one in enclosures(paths, checked=False):
            click.echo(f"sent {one.name}")

    return CliRunner().invoke(send, input=f"{answer}\n")


def office_document() -> bytes:
    core = (
        "<cp:coreProperties><dc:creator>J. de Vries</dc:creator><cp:lastModifiedBy>S. Bakker"
        '</cp:lastModifiedBy><dcterms:created xsi:type="x">2026-01-01</dcterms:created>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("docProps/core.xml", core)
        packed.writestr("docProps/app.xml", "<Company>De school</Company>")
        packed.writestr("word/media/image1.jpeg", b"x")
    return held.getvalue()


def box(name: bytes, *inside: bytes) -> bytes:
    held = b"".join(inside)
    return (8 + len(held)).to_bytes(4) + name + held


DOCUMENTS = {
    "no name.pdf": (b"%PDF-1.7 /Author () /Producer() nothing else", ()),
    "names.pdf": (
        b"%PDF-1.7 /Author (J. de Vries) /Creator (Word) /CreationDate (D:2026)",
        ("time", "device", "author"),
    ),
    "names.docx": (office_document(), ("time", "author", "company", "saved by", "pictures")),
    "broken.docx": (office_document()[:80], ()),
    "sound.mp3": (b"ID3\4\0\0\0\0\0\x40TPE1\0\0\0\5\0\0\0A. M.TDRC\0\0", ("time", "author")),
    "sound.ogg": (b"OggS" + bytes(40) + b"ENCODER=a phone", ("device",)),
    "film at the end.mov": (
        box(b"ftyp", b"qt  ")
        + box(b"mdat", b"\xa9xyz" * 9)
        + box(b"moov", box(b"udta", box(b"\xa9mak", b"x"))),
        ("device",),
    ),
    "nothing but a picture.mp4": (
        box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", bytes(100))) + box(b"mdat", b"x"),
        (),
    ),
    "letter.txt": (b"Author: nobody", ()),
}


@pytest.mark.parametrize(("held", "told"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_stands_in_the_open_is_found(held: bytes, told: tuple[str, ...]) -> None:
    assert traces(io.BytesIO(held)) == told


def test_of_a_video_the_person_is_told_that_the_place_stands_in_it() -> None:
    done = asked(TRIALS / "phone.mp4")
    shown = done.stderr
    assert "phone.mp4 (290 B) – in it stands: the place" in shown
    assert "That is not taken out." in shown and shown.count("?") == 1
    assert "sent phone.mp4" in done.stdout


def test_in_dutch_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_LANG", "nl")
    done = asked(TRIALS / "phone.mp4", answer="JA")
    assert "hierin staat: de plaats" in done.stderr and "Dat halen we er niet uit." in done.stderr
    assert isinstance(done.exception, NotPossible)  # who says yes sends nothing


def test_of_a_picture_nothing_is_told_that_was_taken_out() -> None:
    shown = asked(TRIALS / "gps.jp2").stderr
    assert "gps.png" in shown and "stands" not in shown.partition("?")[0].replace("stand in", "")
    assert "video" not in shown


def test_every_trace_has_its_words() -> None:
    assert traces_in_words().keys() == set(TRACES)


# --- how many, and how large ----------------------------------------------------------------------


def test_too_many_or_too_large_is_told_before_anything_is_read_or_asked(tmp_path: Path) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as opened:
        opened.truncate(MAX_ATTACHMENT_BYTES + 1)
    os.mkfifo(tmp_path / "pipe")  # whoever read it would wait for ever
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"x" * 100)
    for paths, limits, told in (
        ([tmp_path / "pipe", large], Limits(), r"film\.mp4 is too large: .* at most 26\.2 MB"),
        ([tmp_path / "pipe"] * (MAX_ATTACHMENTS + 1), Limits(), "at most 20 files"),
        ([tmp_path / "pipe", letter], Limits(bytes=99), r"letter\.txt is too large"),
        ([letter, letter], Limits(files=1), "at most 1 files"),
    ):
        with pytest.raises(NotPossible, match=told):
            enclosures(paths, checked=False, limits=limits)


def test_a_picture_that_is_too_large_once_it_is_written_anew_is_told() -> None:
    scan = TRIALS / "scan-16-bit-grey.png"
    size = scan.stat().st_size
    enclosures([scan], checked=True, limits=Limits(bytes=size + 100))
    with pytest.raises(NotPossible, match="too large"):
        enclosures([TRIALS / "gps.jp2"], checked=True, limits=Limits(bytes=100))


# --- pipes, and files that change -----------------------------------------------------------------


@contextmanager
def piped(folder: Path, held: bytes, again: bool = False) -> Iterator[Path]:
    """A pipe that somebody writes these bytes into, in pieces, as long as it is read. again: over
    and over."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("wb", buffering=0) as opened:
            try:
                while True:
                    for start in range(0, len(held), 70_000):
                        opened.write(held[start : start + 70_000])
                    if not again:
                        break
            except BrokenPipeError:
                pass  # enough was read

    writer = threading.Thread(target=write)
    writer.start()
    yield pipe
    writer.join()
    pipe.unlink()


def test_a_pipe_is_read_whole_and_once(tmp_path: Path) -> None:
    held = os.urandom(500_001)
    with piped(tmp_path, b"%PDF" + held) as pipe:
        (found,) = enclosures([pipe], checked=True)
    for _again in range(2):  # its hash is taken, then it is sealed
        with found.open() as opened:
            assert opened.read() == b"%PDF" + held
    assert (found.name, found.size) == ("file-1", 500_005)


def test_a_picture_from_a_pipe_goes_bare(tmp_path: Path) -> None:
    with piped(tmp_path, (TRIALS / "gps.jp2").read_bytes()) as pipe:
        (found,) = enclosures([pipe], checked=True)
    assert (found.name, found.type) == ("file-1.png", "image/png")


def test_a_pipe_without_an_end_is_told_so(tmp_path: Path) -> None:
    with (
        piped(tmp_path, bytes(2**20), again=True) as pipe,
        pytest.raises(NotPossible, match="pipe is too large"),
    ):
        enclosures([pipe], checked=True, limits=Limits(bytes=2**20))


def test_a_file_that_changed_since_it_was_looked_at_is_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(b"before")
    (found,) = enclosures([file], checked=True)
    file.write_bytes(b"after!")
    os.utime(file, ns=(1, 1))  # also within one tick of the clock
    with pytest.raises(NotPossible, match=r"letter\.txt changed"):
        found.open()
    file.unlink()
    with pytest.raises(NotPossible, match=r"letter\.txt cannot be read"):
        found.open()


@pytest.mark.parametrize("neutral", [True, False], ids=["who asks", "who works here"])
def test_what_the_disk_has_no_room_for_is_told_before_anything_is_asked(
    tmp_path: Path, neutral: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_HOME", str(tmp_path / "none" / "yet"))
    with (tmp_path / "film.mp4").open("wb") as opened:
        opened.truncate(2**42)  # holes take no room
    limits = Limits(bytes=2**43)
    with pytest.raises(NotPossible, match="no room to seal"):
        enclosures([tmp_path / "film.mp4"], checked=False, neutral=neutral, limits=limits)


@pytest.mark.parametrize("kept", [True, False], ids=["who works here", "who asks"])
def test_a_full_disk_is_told_and_nothing_half_is_left(tmp_path: Path, kept: bool) -> None:
    """EFBIG is as near to ENOSPC as a test comes without a disk of its own."""
    keys = new_device()
    folder = tmp_path / "outbox" if kept else None
    outbox = Outbox(keys, keys.card(), folder)
    held = os.urandom(3 * 2**20)
    file = Enclosure("film.mp4", "video/mp4", len(held), lambda: io.BytesIO(held))
    place = Place("a" * 32, "dialogue", new_id(), keys.card().device)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20 + 5, before[1]))
    try:
        with pytest.raises(NotPossible, match="no room to seal"), outbox.parcel(place, 0, [file]):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert folder is None or [*folder.iterdir()] == []
    with outbox.parcel(place, 0, [file]) as parcel:
        assert len(parcel.sealed) == 1
