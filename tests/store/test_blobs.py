"""Where attachments lie: a folder, or an S3-compatible store, with the same promises.

Holds store/blobs.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from client.cases import consulting
from client.cases.consultation import message
from client.place.downloads import save
from store.blobs import Blobs, NoSuchPiece, PieceExists, S3Blobs, open_blobs
from tests.client.files.test_attachments import enclosure
from tests.support.processes import free_port
from tests.support.world import World, read

BUCKET = "zegel"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3-compatible server with a bucket."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    try:
        import requests

        assert requests.put(f"{address}/{BUCKET}", timeout=20).ok
        yield address
    finally:
        server.stop()


@pytest.fixture(params=["folder", "s3"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        return str(tmp_path / "blobs")
    for name, value in {
        "AWS_ENDPOINT_URL": request.getfixturevalue("s3"),
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}"


@pytest.fixture
def blobs(where: str) -> Iterator[Blobs]:
    made = open_blobs(where)
    yield made
    for name in list(made.names()):
        made.delete(name)


def test_pieces_are_kept_counted_and_deleted(blobs: Blobs) -> None:
    for piece, held in enumerate((b"one", b"two", b"three")):
        blobs.put("a" * 32, piece, held)
    blobs.put("b" * 32, 1, b"with a gap before it")
    assert [blobs.get("a" * 32, piece) for piece in range(3)] == [b"one", b"two", b"three"]
    assert (blobs.count("a" * 32), blobs.count("b" * 32), blobs.count("c" * 32)) == (3, 0, 0)
    assert list(blobs.names()) == ["a" * 32, "b" * 32]
    blobs.delete("a" * 32)
    blobs.delete("a" * 32)
    assert list(blobs.names()) == ["b" * 32]
    with pytest.raises(NoSuchPiece):
        blobs.get("a" * 32, 0)


def test_a_piece_never_changes(blobs: Blobs) -> None:
    blobs.put("a" * 32, 0, b"the first")
    with pytest.raises(PieceExists):
        blobs.put("a" * 32, 0, b"the second")
    assert blobs.get("a" * 32, 0) == b"the first"


def test_a_message_with_a_file_goes_through_either(
    blobs: Blobs, world: World, tmp_path: Path
) -> None:
    for opened in (world.opened, world.app.extensions["zegel"]):
        opened.store.uploads.blobs = blobs
    (anna,) = world.staff("consultation_worker")
    mother, asked, _ = world.mother()
    consulting.take(anna, read(world, anna, asked))
    held = b"a letter" * 300_000
    chain = read(world, mother, asked)
    mother.write(chain, "MessageSent", {}, message("see"), [enclosure(held)])
    chain = read(world, anna, asked)
    assert save(anna, chain, chain.items[-1], 1, tmp_path).read_bytes() == held
    assert len(list(blobs.names())) == 1


def test_a_full_disk_is_named_and_leaves_no_half_piece(tmp_path: Path) -> None:
    blobs = open_blobs(str(tmp_path / "blobs"))
    (tmp_path / "blobs").write_text("no folder can be made here")
    with pytest.raises(OperationalError):
        blobs.put("a" * 32, 0, b"held")


def test_a_store_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Store(
        BUCKET,
        endpoint=f"http://127.0.0.1:{free_port()}",
        region="us-east-1",
        access_key_id="x",
        secret_access_key="x",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    blobs = S3Blobs(store)
    for ask in (
        lambda: blobs.put("a", 0, b"x"),
        lambda: blobs.get("a", 0),
        lambda: blobs.count("a"),
    ):
        with pytest.raises(OperationalError):
            ask()
