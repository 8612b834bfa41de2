"""A site of real processes that are killed at any moment while people write, and what must hold
afterwards. For the test, and in larger numbers for `bench.kill`."""

import random
import sqlite3
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from client.cases import consultation, consulting
from client.errors import EpochMoved, NotPossible, ServerRefused, Unreachable
from client.place.chain import Chain
from client.server.pins import Pins
from client.server.transport import Transport
from client.session import Session
from crypto.encoding import b64, hash_of, parse_canonical, unb64
from crypto.log_signer import make_log_key
from crypto.secret.seeds import CodeKeys, DeviceKeys, new_code, new_device
from tests.support.fold import fold, tables
from tests.support.processes import PROJECTOR, WEB, Process, free_port, run, until
from tests.support.world import UNHELD, Ceremony, quick_code
from wire.header import entry_hash
from wire.paths import HEALTH, TRUST, path
from wire.schemas import Health, Published, TrustDocuments
from wire.trust_documents import ROSTER_LABEL

CLIENTS = 4


class Plan(NamedTuple):
    """How many posts each of the clients writes, and how often processes are killed meanwhile."""

    posts_each: int
    kills: int


class Site:
    """A web server and a projector as an operator runs them, each in processes of its own."""

    def __init__(self, folder: Path, more: Mapping[str, str] = UNHELD) -> None:
        """more: settings, by their names without ZEGEL_."""
        self.folder = folder
        signer = make_log_key(folder / "log.key", "test.example/0")
        self._ceremony = Ceremony()
        root = self._ceremony.root(signer.vkey)
        self.pin = hash_of(root)
        authority = f"127.0.0.1:{free_port()}"
        self.url = f"http://{authority}"
        settings = {"DATA": str(folder), "PIN": self.pin, "AUTHORITY": authority}
        settings |= {"BIND": authority, "THREADS": "4", **more}
        run(("-m", "cli.main", "release"), settings)
        self.web = Process(WEB, settings, folder / "web.log")
        self.projector = Process(PROJECTOR, settings, folder / "projector.log")
        self._root = root

    def begin(self) -> None:
        self.wait_for_web()
        self._publish("root", self._root, self._ceremony.sign_root(self._root))

    def _publish(self, what: str, document: bytes, signatures: object, *cards: DeviceKeys) -> None:
        shown = [keys.card().fields() for keys in cards]
        body = {"what": what, "bytes": b64(document), "signatures": signatures, "cards": shown}
        position = Transport(self.url).post(Published, path(TRUST), body)["position"]
        Transport(self.url).get(TrustDocuments, path(TRUST), {"wait": position})

    def worker(self) -> Session:
        keys = new_device()
        self._ceremony.list_person(1, ["consultation_worker"], keys)
        document = self._ceremony.roster(int(time.time()))
        signatures = [self._ceremony.registrar.sign_document(0, ROSTER_LABEL, document)]
        self._publish("roster", document, signatures, keys)
        return self.session(keys)

    def session(self, keys: DeviceKeys) -> Session:
        return Session(Transport(self.url), self.pin, keys, Pins())

    def answers(self) -> bool:
        try:
            Transport(self.url).get(Health, HEALTH)
        except (Unreachable, ServerRefused):  # or the projector is not up yet
            return False
        return True

    def wait_for_web(self) -> None:
        until(self.answers, "the web server")

    def kill(self, web: bool, projector: bool) -> None:
        struck = [self.web] * web + [self.projector] * projector
        for process in struck:
            process.kill()
        for process in struck:
            process.start()


class Client:
    """Someone who goes on writing messages into one consultation, whatever happens."""

    def __init__(self, site: Site, session: Session, chain: Chain, name: str, posts: int) -> None:
        self._site, self.session, self._chain = site, session, chain
        self.texts = [f"{name} {number}" for number in range(posts)]
        self.written = 0

    def run(self) -> None:
        for text in self.texts:
            self._write(text)
            self.written += 1

    def _write(self, text: str) -> None:
        while True:
            try:
                self.session.write(self._chain, "MessageSent", {}, consultation.message(text))
                return
            except Unreachable:  # before anything was sent: a post is repeated by the session
                self._site.wait_for_web()
            except EpochMoved:  # keys were turned over meanwhile, by age or count: said anew
                continue
            except NotPossible as error:  # the other writer was quicker every time
                if "try again" not in str(error):
                    raise


def clients_of(site: Site, plan: Plan) -> tuple[list[Client], list[tuple[Chain, CodeKeys]]]:
    """Three who asked, one of them in dialogue with a worker who writes at the same time."""
    worker = site.worker()
    asked = []
    clients = []
    for number in range(CLIENTS - 1):
        code = quick_code(new_code(), site.pin)
        session = site.session(code.keys)
        chain = consultation.ask(session, code, 0, "anonymous", "a question")
        asked.append((chain, code))
        clients.append(Client(site, session, chain, f"asker {number}", plan.posts_each))
    chain = worker.read(asked[0][0].case, asked[0][0].name)
    assert chain is not None
    consulting.take(worker, chain)
    clients.append(Client(site, worker, chain, "worker", plan.posts_each))
    return clients, asked


def write_through_kills(site: Site, clients: list[Client], plan: Plan, lots: random.Random) -> None:
    """All clients write; web, projector or both are killed at moments that the lots decide."""
    moments = sorted(lots.sample(range(plan.posts_each * CLIENTS - 10), plan.kills))
    struck = [
        lots.choice([(True, False), (False, True), (False, True), (True, True)]) for _ in moments
    ]
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client.run) for client in clients]
        for moment, (web, projector) in zip(moments, struck, strict=True):
            until(
                lambda moment=moment: (
                    sum(client.written for client in clients) >= moment
                    or any(one.done() and one.exception() for one in running)
                ),
                f"post {moment}",
                seconds=60,
            )
            time.sleep(lots.random() * 0.02)  # the lot that decides where in a post it strikes
            site.kill(web, projector)
        for one in running:
            one.result()


def everything_receipted_is_stored_once(site: Site, clients: list[Client]) -> int:
    """How many receipts there are."""
    receipts = [
        tuple(parse_canonical(unb64(one["receipt"]), 4096))
        for client in clients
        for one in client.session.pins.receipts
    ]
    with closing(sqlite3.connect(site.folder / "store.sqlite")) as shell:
        stored = shell.execute(
            "SELECT originator_id, compartment, seq, entry_id, state, rowid FROM stored_events "
            "WHERE entry_id IS NOT NULL"
        ).fetchall()
    assert len(receipts) >= sum(len(client.texts) for client in clients)
    assert sorted(receipt[1:] for receipt in receipts) == sorted(
        (*key, entry_hash(state[72:]), rowid - 1, int.from_bytes(state[:8], "big"))
        for *key, state, rowid in stored
    )
    return len(receipts)


def chains_verify_and_open(
    site: Site, clients: list[Client], asked: list[tuple[Chain, CodeKeys]]
) -> None:
    """Someone who comes with the code alone reads every text once, in the order of its writer."""
    found: list[str] = []
    for chain, code in asked:
        session = site.session(code.keys)
        session.pins.position = max(client.session.pins.position for client in clients)
        read = session.read(chain.case, chain.name)
        assert read is not None
        found += [one.value["text"] for one in consultation.conversation(session, read)]
    for client in clients:
        assert [text for text in found if text in set(client.texts)] == client.texts
    assert len(found) == sum(len(client.texts) for client in clients) + len(asked)


def play(site: Site, plan: Plan, seed: int) -> int:
    """Write through the kills, and hold the store to every receipt; how many there are."""
    clients, asked = clients_of(site, plan)
    write_through_kills(site, clients, plan, random.Random(seed))
    site.wait_for_web()
    receipts = everything_receipted_is_stored_once(site, clients)
    chains_verify_and_open(site, clients, asked)
    assert tables(site.folder / "views.sqlite") == fold(site.folder / "store.sqlite")
    return receipts


@contextmanager
def site_in(folder: Path, more: Mapping[str, str] = UNHELD) -> Iterator[Site]:
    made = Site(folder, more)
    try:
        made.begin()
        yield made
    finally:  # also when it does not come up: no process outlives it
        made.web.kill()
        made.projector.kill()
