"""What people reported against other products: the table in docs/trials.md names tests that are
there, and what no other test holds.

Holds docs/trials.md.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cli.sentences.plain import TURNS
from client.cases import consultation
from tests.support.people.desks import Desks, desks
from tests.support.processes import ROOT

TABLE = (ROOT / "docs" / "trials.md").read_text()
DIFFICULT = json.loads((ROOT / "tests" / "vectors" / "difficult-texts.json").read_text())


def test_every_row_names_a_test_that_is_there() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| `(.+)` \|$", TABLE, re.MULTILINE)
    assert len(rows) == 22 and len(rows) == TABLE.count("\n| ") - 1
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE):
        assert f"def {name}(" in (ROOT / file).read_text(), f"{file} has no {name}"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("trials")) as opened:
        yield opened


def seen(text: str) -> str:
    """What of a text takes ink: all but white space, and what would steer a terminal."""
    return "".join(
        one
        for one in text
        if unicodedata.category(one) not in ("Cc", "Zs", "Zl", "Zp") and one not in TURNS
    )


def test_a_difficult_text_arrives_unchanged_and_is_shown_whole(office: Desks) -> None:
    mother, chain, _code = office.world.mother()
    for text in DIFFICULT:
        consultation.say(mother, chain, text)
    case = chain.case
    assert [one["text"] for one in office.said("anna", case)][1:] == DIFFICULT
    for columns in ("200", "40"):
        shown = seen(office.run("anna", "show", case, COLUMNS=columns).out)
        at = 0
        for text in DIFFICULT:
            at = shown.find(seen(text), at)
            assert at >= 0, ascii(text)
            at += len(seen(text))


def test_place_and_device_do_not_travel_unsaid(office: Desks, tmp_path: Path) -> None:
    photo, video = tmp_path / "photo.jp2", tmp_path / "phone.mp4"
    taken = BytesIO()
    Image.new("RGB", (16, 16), "red").save(taken, "JPEG2000")
    place = b"\x00\x00\x00\x30uuid" + b"JpgTiffExif->JP2" + b"GPS 52.0907 N 5.1214 E  "
    photo.write_bytes(taken.getvalue() + place)
    video.write_bytes(
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\xa9xyz+52.0907+005.1214/"
    )
    case = office.taken()
    asked = office.run("anna", "message", case, "-m", "x", "--attach", str(video), typed="n\n")
    assert "the place" in asked.err and asked.error is None, asked
    sent = office.run("anna", "message", case, "-m", "y", "--attach", str(photo), "--checked")
    assert sent.error is None, sent
    dialogue, *_beside = office.json("anna", "show", case)["compartments"]
    number = str(dialogue["messages"][-1]["seq"])
    saved = tmp_path / "saved"
    saved.mkdir()
    assert office.run("anna", "save", case, number, "--to", str(saved)).error is None
    (bare,) = saved.iterdir()
    held = bare.read_bytes()
    assert b"52.0907" in photo.read_bytes() and b"52.0907" not in held
    assert Image.open(BytesIO(held)).size == (16, 16)
