"""An office for years: root after root and list after list, for whoever comes back after each.

Holds client/people/ceremony.py, client/people/publishing.py, client/server/directory.py.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.desk.step import root_warning
from cli.main import cli
from client.audit.inspection import replayed
from client.cases import consultation, consulting
from client.errors import Distrust, NotPossible, ServerRefused
from client.people import ceremony, next_roster, publishing
from client.people.ceremony import Change
from client.people.ceremony_folder import registrar, roots_of
from client.server.directory import Directory
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import Malformed
from crypto.log_signer import LogSigner
from crypto.note import read_cosigner, show_vkey
from crypto.secret import keyfile
from crypto.secret.seeds import DeviceKeys, new_device
from domain.trust import SECONDS_A_DAY, Trust
from tests.support.people.at_work import at_work
from tests.support.world import World, read, texts

DAYS = 90
AS_IT_IS = Change()
WITNESS = show_vkey("witness.example/w1", bytes(range(32)), 4)
QUANTUM = show_vkey("witness.example/w2", bytes(1312), 6)


class Office:
    """A folder of a ceremony, a server that runs for years, and a clock that is moved."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._began, self._real, self.days = time.time(), time.time, 0
        patch.setattr(time, "time", self.now)
        self.folder, self.pins = folder / "ceremony", Pins()
        server = folder / "server"
        server.mkdir()
        self.world = World(
            server,
            clock=self.now,
            pin=lambda log: ceremony.init(self.folder, log, DAYS, self.passphrase, int(self.now())),
        )

    def now(self) -> float:
        return self._real() + self.days * SECONDS_A_DAY

    def passphrase(self, name: str) -> str:
        return f"of {name}"

    def publish(self) -> Trust:
        transport = Transport(self.world.url)
        directory = Directory(transport, self.world.pin, self.pins, self.now)
        made = publishing.publish(
            self.folder, transport, directory, self.passphrase, int(self.now())
        )
        self.pins.path = self.folder / "pins.json"
        self.pins.save()
        return made

    def renew(self, change: Change = AS_IT_IS, signers: tuple[int, ...] = ()) -> None:
        ceremony.renew(self.folder, change, self.passphrase, int(self.now()), signers)

    def certify(self, role: str) -> DeviceKeys:
        keys, now = new_device(), int(self.now())
        next_roster.certify(self.folder, keys.card(), (role,), "lse", (), None, now)
        return keys


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)
    made = Office(tmp_path, monkeypatch)
    with made.world:
        yield made


def held(session: Session, case: str) -> bool:
    """Whether the auditor of this session finds that the case holds."""
    return bool(replayed(session, case)[0])


def test_three_years_of_roots_and_lists_for_all_who_come_back(office: Office) -> None:
    worker, auditor = office.certify("consultation_worker"), office.certify("auditor")
    office.publish()
    seen = Pins(), Pins()
    mother, asked, _ = office.world.mother("a question")
    consulting.take(office.world.session(worker, seen[0]), read(office.world, mother, asked))
    roots, said = 1, ["a question"]
    while office.days < 3 * 365:
        office.days += DAYS - 5
        newest = roots_of(office.folder)[-1].root
        if root_warning(newest, office.now()):
            # Each year another key is handed over, and once the registrar's too.
            office.renew(Change(root_keys=(roots % 3 + 1,), registrar=roots == 2))
            roots += 1
        trust = office.publish()
        assert trust.root is not None and trust.root.version == roots
        back = office.world.session(worker, seen[0])
        chain = read(office.world, back, asked)
        said.append(f"after {office.days} days")
        consultation.say(back, chain, said[-1])
        assert texts(mother, read(office.world, mother, asked)) == said
        assert held(office.world.session(auditor, seen[1]), asked.case)
    assert roots == 4 and seen[0].root["version"] == 4 == seen[1].root["version"]
    # Somebody who knows the pin alone walks from root 1 to the newest.
    assert held(office.world.session(auditor), asked.case)


def test_who_can_do_something_about_it_is_told_sixty_days_ahead(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"carla": office.certify("supervisor"), "anna": office.certify("consultation_worker")}
    office.publish()
    sessions = {person: office.world.session(one) for person, one in keys.items()}
    monkeypatch.setenv("ZEGEL_DATA", str(office.world.folder))
    with at_work(office.world, tmp_path / "homes", **sessions) as at:

        def told(days: int) -> tuple[bool, ...]:
            office.days = days
            office.publish()
            inboxes = [at.shows(person, "inbox") for person in keys]
            started = CliRunner().invoke(cli, ["release"])
            assert started.exit_code == 0, started.output
            return *("The root by which" in one for one in inboxes), "expires" in started.stderr

        assert told(304) == (False, False, False)
        assert told(306) == (True, False, True)


def test_a_root_that_has_expired_signs_no_list_and_its_keys_sign_the_next(office: Office) -> None:
    office.certify("auditor")
    office.publish()
    office.days = 400
    with pytest.raises(NotPossible, match="root 1 has expired"):
        office.publish()
    office.renew()
    assert office.publish().root == roots_of(office.folder)[-1].root


def test_a_root_that_is_not_published_is_followed_by_none_of_its_version(office: Office) -> None:
    office.publish()
    office.renew()
    with pytest.raises(NotPossible, match="was not published"):
        office.renew()


def test_who_lost_a_root_key_is_done_without(office: Office) -> None:
    office.publish()
    (office.folder / "root-key-1.json").unlink()
    with pytest.raises(NotPossible, match="cannot be read"):
        office.renew()
    office.renew(Change(root_keys=(1,)))
    office.publish()
    # The key of before signs nothing any more; the new one does.
    (kept,) = [one for one in roots_of(office.folder) if one.root.version == 2]
    assert kept.keys == ("root-key-1-of-root-2", "root-key-2", "root-key-3")
    office.renew(signers=(1, 3))
    assert office.publish().root == roots_of(office.folder)[-1].root


def test_a_root_that_too_few_of_the_old_keys_signed_is_refused_by_the_server(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.publish()
    with pytest.raises(NotPossible, match="signed by 2"):
        office.renew(signers=(1,))
    monkeypatch.setattr(ceremony, "_who_signs", lambda *_: [1])
    office.renew()
    with pytest.raises(ServerRefused) as refused:
        office.publish()
    assert refused.value.name == "bad-signature"


def test_another_log_key_and_witnesses_stand_in_the_next_root(office: Office) -> None:
    office.publish()
    log = LogSigner("test.example/0", bytes(32)).vkey
    office.renew(Change(log=log, witnesses=(WITNESS, QUANTUM), witness_threshold=2))
    trust = office.publish()
    assert trust.root is not None and trust.root.logs == (log,)
    assert roots_of(office.folder)[-1].fields["witnesses"]["keys"] == [WITNESS, QUANTUM]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(log="no vkey"), "not a vkey"),
        (Change(log=WITNESS), "not a vkey of an Ed25519 key"),
        (Change(witnesses=(LogSigner("log.example/0", bytes(32)).vkey,)), "type 04 or 06"),
        (Change(witnesses=(WITNESS, show_vkey("other", bytes(range(32)), 4))), "twice"),
        (Change(witness_threshold=1), "witnesses are to cosign"),
        (Change(root_keys=(4,)), "no root key 4"),
    ],
)
def test_what_no_root_can_say_is_told_before_a_passphrase_is_asked(
    office: Office, change: Change, why: str
) -> None:
    office.publish()
    before = sorted(office.folder.iterdir())
    with pytest.raises(NotPossible, match=why):
        ceremony.renew(office.folder, change, pytest.fail, int(office.now()))
    assert sorted(office.folder.iterdir()) == before


def test_keys_of_cosigners_are_read_by_their_type() -> None:
    assert read_cosigner(QUANTUM) == ("witness.example/w2", 6, bytes(1312))
    for wrong in (WITNESS.replace("w1", "w2"), show_vkey("w", bytes(32), 6), show_vkey("w", b"")):
        with pytest.raises(Malformed):
            read_cosigner(wrong)


def test_whoever_did_not_see_the_years_is_not_shown_fewer_roots(office: Office) -> None:
    office.publish()
    office.renew()
    office.publish()
    shown = Directory(Transport(office.world.url), office.world.pin, office.pins, office.now)
    office.pins.root["version"] = 3
    with pytest.raises(Distrust, match="went-back"):
        shown.refresh()
    assert registrar(office.folder, office.passphrase).sign
