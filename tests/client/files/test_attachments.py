"""Files that go with a message: sealed here, opened there, and nowhere readable between.

Holds client/files/enclosures.py, client/files/uploading.py, client/place/downloads.py,
api/attachments.py, store/uploads.py.
"""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from client.cases import consultation, consulting
from client.cases.consultation import message
from client.errors import Distrust, NotPossible, ServerRefused, Unreadable
from client.files.enclosures import Enclosure, Parcel, Sealed
from client.files.names import safe_name
from client.files.uploading import no_progress, send
from client.people import erasure
from client.place.chain import Chain, Item
from client.place.compose import new_id
from client.place.downloads import save
from client.session import Session
from crypto.encoding import b64, sha256
from crypto.padding import ATTACHMENT_FLOOR, padded_size, sealed_size
from crypto.secret.payload import Place
from tests.support.asking import asker
from tests.support.people import speaking
from tests.support.world import World, read
from wire.parts import PIECE_BYTES
from wire.paths import ATTACHMENT, UPLOAD, path

CW, TL, FG = "consultation_worker", "supervisor", "privacy_officer"


def enclosure(held: bytes, name: str = "a letter.pdf") -> Enclosure:
    return Enclosure(name, "application/pdf", len(held), lambda: io.BytesIO(held))


class Scene:
    """A consultation that was taken, and a message of the mother's with files."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.anna, self.carla, self.officer = world.staff(CW, TL, FG)
        self.mother, self.asked, self.code = world.mother()
        consulting.take(self.anna, self.of(self.anna))

    def of(self, session: Session) -> Chain:
        return read(self.world, session, self.asked)

    def send(self, *files: bytes, by: Session | None = None) -> None:
        enclosures = [enclosure(held) for held in files]
        session = by or self.mother
        session.write(self.of(session), "MessageSent", {}, message("see this"), enclosures)

    def post(self, chain: Chain, parcel: Parcel, inside: list[dict[str, Any]]) -> None:
        """A message of the mother's whose payload speaks of whatever files."""
        value = {**message("x"), "attachments": inside}
        key = chain.epoch_keys[chain.compartment.epoch]
        draft = self.mother.draft(chain, "MessageSent", {}, value, key, parcel)
        self.mother.send(chain, draft)

    def last(self, session: Session) -> tuple[Chain, Item]:
        chain = self.of(session)
        return chain, chain.items[-1]

    def saved(self, session: Session, folder: Path, number: int = 1) -> bytes:
        return save(session, *self.last(session), number, folder).read_bytes()

    def blobs(self) -> list[Path]:
        folder = self.world.folder / "blobs"
        return [file for file in folder.rglob("*") if file.is_file()] if folder.exists() else []

    def ask(self, session: Session, template: str, **options: Any) -> Any:
        place = {"case": self.asked.case, "compartment": self.asked.name}
        names = {**place, **options.pop("names", {})}
        ask = asker(self.world.app, self.world.settings.authority)
        return ask(path(template, **names), keys=session.keys, **options)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


@pytest.mark.parametrize(
    "size", [0, 1, 16_383, 16_384, 16_385, PIECE_BYTES - 100, PIECE_BYTES, 3 * PIECE_BYTES + 7]
)
def test_a_file_of_any_size_comes_over_as_it_was(scene: Scene, tmp_path: Path, size: int) -> None:
    held = os.urandom(size)
    scene.send(held)
    assert scene.saved(scene.anna, tmp_path) == held
    assert scene.saved(scene.mother, tmp_path) == held


def test_several_files_are_kept_apart(scene: Scene, tmp_path: Path) -> None:
    scene.send(b"the first", b"the second" * 9_000, b"")
    found = [scene.saved(scene.anna, tmp_path, number) for number in (1, 2, 3)]
    assert found == [b"the first", b"the second" * 9_000, b""]
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix == ".pdf") == [
        "a letter (2).pdf",
        "a letter (3).pdf",
        "a letter.pdf",
    ]


def test_the_server_holds_no_name_type_or_true_size(scene: Scene) -> None:
    held = b"%PDF the words of a letter" * 1_000
    scene.send(held)
    files = [file for file in scene.world.folder.rglob("*") if file.is_file()]
    everything = b"".join(file.read_bytes() for file in files)
    for shown in (held[:26], b"a letter", b"application/pdf", str(len(held)).encode()):
        assert shown not in everything
    sizes = {file.stat().st_size for file in scene.blobs()}
    assert sizes == {sealed_size(padded_size(len(held), ATTACHMENT_FLOOR))}


def test_an_entry_whose_file_is_not_there_is_refused(scene: Scene) -> None:
    chain = scene.of(scene.mother)
    never_sent = Sealed(bytes(32), "x", "text/plain", 10, "A" * 43, "A" * 43)
    before = chain.compartment.seq
    with pytest.raises(ServerRefused) as refused:
        scene.post(chain, Parcel(new_id(), [never_sent], []), [never_sent.fields()])
    assert refused.value.name == "missing-payload"
    assert scene.of(scene.anna).compartment.seq == before


def test_bytes_of_another_hash_are_refused_and_not_kept(scene: Scene) -> None:
    size = sealed_size(ATTACHMENT_FLOOR)
    names = {"hash": b64(sha256(b"something else"))}
    answer = _put(scene, scene.mother, names, f"size={size}&offset=0", bytes(size))
    assert answer.get_json()["type"].endswith("payload-mismatch")
    assert scene.blobs() == []
    came = scene.ask(scene.mother, UPLOAD, names=names)
    assert came.get_json() == {"offset": 0}


def _put(scene: Scene, session: Session, names: dict[str, str], query: str, body: bytes) -> Any:
    """A piece sent by hand, proven by the device of a session."""
    place = {"case": scene.asked.case, "compartment": scene.asked.name, **names}
    where = path(UPLOAD, **place)
    headers = session.transport._proof("PUT", where, query, session.keys, body)
    headers["Content-Type"] = "application/octet-stream"
    return scene.world.app.test_client().put(f"{where}?{query}", data=body, headers=headers)


@pytest.mark.parametrize(
    ("query", "length", "problem"),
    [
        ("size={fits}&offset=1", 10, "wrong-offset"),
        ("size={fits}&offset=0", 10, "malformed"),  # a piece that is too short
        ("size=17000&offset=0", 10, "payload-mismatch"),  # a size that no padding gives
        ("size={huge}&offset=0", PIECE_BYTES, "too-large"),
        ("size={fits}&offset=0", PIECE_BYTES + 1, "too-large"),
        ("size={fits}", 10, "bad-request"),
        ("size={fits}&offset=-1", 10, "bad-request"),
    ],
)
def test_wrong_pieces_are_refused_by_name(
    scene: Scene, query: str, length: int, problem: str
) -> None:
    fits, huge = sealed_size(ATTACHMENT_FLOOR), sealed_size(padded_size(2**25, ATTACHMENT_FLOOR))
    asked = query.format(fits=fits, huge=huge)
    answer = _put(scene, scene.mother, {"hash": "A" * 43}, asked, bytes(length))
    assert answer.get_json()["type"].rpartition(":")[2] == problem
    assert scene.blobs() == []


def test_nobody_else_can_upload_or_fetch(scene: Scene) -> None:
    """Neither a stranger, nor a colleague who was put out, nor an auditor."""
    scene.send(b"a secret file")
    (auditor, bram) = scene.world.staff("auditor", CW)
    stranger = scene.world.session(scene.world.code().keys)
    names = {"entry": scene.last(scene.anna)[1].entry.header.id, "number": "1"}
    assert scene.ask(scene.anna, ATTACHMENT, names=names).status_code == 200
    size = sealed_size(ATTACHMENT_FLOOR)
    refused = set()
    for session in (auditor, bram, stranger):
        fetched = scene.ask(session, ATTACHMENT, names=names)
        came = scene.ask(session, UPLOAD, names={"hash": "A" * 43})
        query = f"size={size}&offset=0"
        sent = _put(scene, session, {"hash": "A" * 43}, query, bytes(size))
        refused |= {(one.status_code, one.get_data()) for one in (fetched, came, sent)}
    assert len(refused) == 1  # one and the same answer
    ((status, body),) = refused
    assert status == 404 and b"no-such-case" in body


def test_who_came_later_gets_no_file_of_before(scene: Scene) -> None:
    scene.send(b"from before")
    before = scene.last(scene.anna)[1].entry.header.id
    (bram,) = scene.world.staff(CW)
    trust = scene.anna.directory.refresh()
    person = trust.person(bram.device)
    assert person is not None
    chain = scene.of(scene.anna)
    scene.anna.write(chain, "SubstituteNamed", {"substitute": bram.device})
    consulting.arrange(scene.anna, chain)
    chain = scene.of(bram)  # he stands in it now
    assert bram.device in {line.device for line in chain.lines}
    fetched = scene.ask(bram, ATTACHMENT, names={"entry": before, "number": "1"})
    assert fetched.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "shown"),
    [
        ("bytes=0-99", 206, (0, 100)),
        ("bytes=1048570-1048590", 206, (1048570, 1048591)),  # across two pieces
        ("bytes=-5", 206, (-5, None)),
        ("bytes=0-", 206, (0, PIECE_BYTES)),  # a piece at most
        ("bytes=99999999-", 416, None),
        ("", 416, None),  # too large to be sent whole
        ("lines=1-2", 416, None),
    ],
)
def test_ranges(scene: Scene, asked: str, status: int, shown: Any) -> None:
    scene.send(os.urandom(PIECE_BYTES + 50_000))
    names = {"entry": scene.last(scene.anna)[1].entry.header.id, "number": "1"}
    answer = scene.ask(
        scene.anna, ATTACHMENT, names=names, headers={"Range": asked} if asked else {}
    )
    assert answer.status_code == status
    if shown is not None:
        whole = b"".join(file.read_bytes() for file in sorted(scene.blobs()))
        assert answer.get_data() == whole[slice(*shown)]


@pytest.mark.parametrize("least", [1, PIECE_BYTES])
def test_a_file_whose_server_died_at_its_last_piece_is_sent_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    """The piece is on the disk, and nothing says yet that the file is whole."""

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    body = os.urandom(sealed_size(padded_size(least, ATTACHMENT_FLOOR)))
    names, last = {"hash": b64(sha256(body))}, (len(body) - 1) // PIECE_BYTES * PIECE_BYTES
    for offset in range(0, last, PIECE_BYTES):
        piece = body[offset : offset + PIECE_BYTES]
        _put(scene, scene.mother, names, f"size={len(body)}&offset={offset}", piece)
    query = f"size={len(body)}&offset={last}"
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("store.uploads.Uploads._finish", dies)
        _put(scene, scene.mother, names, query, body[last:])
    assert scene.ask(scene.mother, UPLOAD, names=names).get_json()["offset"] == last
    answer = _put(scene, scene.mother, names, query, body[last:])
    assert (answer.status_code, answer.get_json()["offset"]) == (200, len(body))


def test_an_upload_that_no_entry_names_is_swept(scene: Scene, tmp_path: Path) -> None:
    size = sealed_size(ATTACHMENT_FLOOR)
    body = bytes(size)
    _put(scene, scene.mother, {"hash": b64(sha256(body))}, f"size={size}&offset=0", body)
    scene.send(b"named by an entry")
    uploads = scene.world.opened.store.uploads
    assert len(scene.blobs()) == 2
    uploads.sweep()
    assert len(scene.blobs()) == 2  # not within a day
    uploads._clock = lambda: scene.world.clock() + 25 * 3600
    uploads.sweep()
    assert len(scene.blobs()) == 1
    assert scene.saved(scene.anna, tmp_path) == b"named by an entry"


def test_a_blob_that_no_row_knows_is_deleted_at_the_next_start(scene: Scene) -> None:
    scene.send(b"named by an entry")
    kept = scene.blobs()
    scene.world.opened.store.uploads.blobs.put("f" * 32, 0, b"of an erasure that was cut short")
    scene.world.opened.store.erase_again()
    assert scene.blobs() == kept


def test_one_device_leaves_a_few_uploads_lying_and_no_more(scene: Scene) -> None:
    size, answers = 2 * PIECE_BYTES, []
    size = sealed_size(padded_size(size, ATTACHMENT_FLOOR))
    for number in range(21):
        names = {"hash": b64(sha256(bytes([number])))}
        answers.append(
            _put(scene, scene.mother, names, f"size={size}&offset=0", bytes(PIECE_BYTES))
        )
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


def test_a_swept_upload_is_sent_again_without_a_word(scene: Scene, tmp_path: Path) -> None:
    """The entry comes a day after its file: the client sends the file once more."""
    judge, uploads = scene.mother._judge, scene.world.app.extensions["zegel"].store.uploads

    def swept_just_now(*given: Any) -> None:
        scene.mother._judge = judge  # type: ignore[method-assign]
        uploads._clock = lambda: scene.world.clock() + 25 * 3600
        uploads.sweep()
        uploads._clock = scene.world.clock
        judge(*given)

    chain = scene.of(scene.mother)
    scene.mother._judge = swept_just_now  # type: ignore[method-assign]
    scene.mother.write(chain, "MessageSent", {}, message("late"), [enclosure(b"held up")])
    assert scene.saved(scene.anna, tmp_path) == b"held up"


def test_what_is_erased_takes_its_files_along(scene: Scene, tmp_path: Path) -> None:
    scene.send(os.urandom(PIECE_BYTES + 5), b"another")
    chain, item = scene.last(scene.mother)
    runs = [file.read_bytes()[100:140] for file in scene.blobs()]
    seq = item.entry.header.seq
    erasure.propose(scene.carla, chain.case, chain.name, [seq], "data_subject")
    (proposal,) = erasure.proposals(erasure.structure(scene.officer, chain.case))
    erasure.erase(scene.officer, chain.case, proposal)
    assert scene.blobs() == []
    for file in (one for one in scene.world.folder.rglob("*") if one.is_file()):
        assert not any(run in file.read_bytes() for run in runs)
    with pytest.raises(Unreadable, match="erased"):
        save(scene.mother, chain, item, 1, tmp_path)
    with pytest.raises(Unreadable, match="erased"):
        save(scene.anna, scene.of(scene.anna), item, 1, tmp_path)


def test_a_lost_file_is_an_alarm(scene: Scene, tmp_path: Path) -> None:
    scene.send(b"soon lost")
    chain, item = scene.last(scene.anna)
    (file,) = scene.blobs()
    file.unlink()
    with pytest.raises(Distrust, match="missing-payload"):
        save(scene.anna, chain, item, 1, tmp_path)
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_changed_file_is_an_alarm_and_nothing_of_it_is_kept(scene: Scene, tmp_path: Path) -> None:
    scene.send(b"soon changed" * 5_000)
    (file,) = scene.blobs()
    changed = bytearray(file.read_bytes())
    changed[-1] ^= 1
    file.write_bytes(changed)
    folder = tmp_path / "to"
    folder.mkdir()
    with pytest.raises(Distrust, match="payload-mismatch"):
        scene.saved(scene.anna, folder)
    assert list(folder.iterdir()) == []


def test_a_payload_that_speaks_of_other_files_is_its_authors_fault(scene: Scene) -> None:
    """A member who seals other sizes than her header names hides nothing of others."""
    chain, mother = scene.of(scene.mother), scene.mother
    place = Place(chain.case, chain.name, new_id(), mother.device)
    with mother.outbox.parcel(place, chain.compartment.epoch, [enclosure(b"short")]) as parcel:
        send(mother.transport, mother.keys, place, parcel, no_progress)
        scene.post(chain, parcel, [{**parcel.sealed[0].fields(), "size": 10**6}])
    found = consultation.conversation(scene.anna, scene.of(scene.anna))
    assert [one.unreadable.partition(": ")[2] for one in found if one.unreadable] == [
        "it speaks of other files than its header names"
    ]
    assert found[0].value["text"] == "a question"


def test_a_file_that_changes_while_it_is_read_is_not_sent(scene: Scene) -> None:
    grows = Enclosure("x", "text/plain", 3, lambda: io.BytesIO(b"longer now"))
    with pytest.raises(NotPossible, match="changed"):
        scene.mother.write(scene.of(scene.mother), "MessageSent", {}, message("x"), [grows])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\x.exe", "C__Windows_x.exe"),
        (".bashrc", "bashrc"),
        ("a\nb\x1b[31m.txt", "a_b_[31m.txt"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("", "file"),
        ("...", "file"),
        ("é" * 100 + ".pdf", "é" * 73 + ".pdf"),
    ],
)
def test_a_name_of_someone_else_stays_in_its_folder(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_what_lies_there_is_never_replaced(scene: Scene, tmp_path: Path) -> None:
    mine = tmp_path / "a letter.pdf"
    mine.write_bytes(b"my own")
    scene.send(b"theirs")
    assert save(scene.anna, *scene.last(scene.anna), 1, tmp_path).name == "a letter (2).pdf"
    assert mine.read_bytes() == b"my own"


def test_the_next_roster_or_writer_does_not_lose_a_file(scene: Scene, tmp_path: Path) -> None:
    """Someone else writes while the file goes up: the same id, signed again behind it."""
    chain = scene.of(scene.mother)
    speaking.answer(scene.anna, scene.of(scene.anna), "in between")
    scene.mother.write(chain, "MessageSent", {}, message("with a file"), [enclosure(b"kept")])
    assert scene.saved(scene.anna, tmp_path) == b"kept"
