"""The read log: what is given out is written down first, or is not given out; and whoever audits
notices what was done to it since.

Holds store/read_log.py, client/audit/read_log.py, wire/reads.py, api/reads.py.
"""

import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.wrappers import Request

import client.audit.read_log
from api.config import LIMITS, Limits
from api.counters import Limit
from api.metrics import metrics
from cli.main import cli
from client.audit.read_log import fetch_reads
from client.cases import consulting
from client.cases.consultation import message
from client.errors import Distrust
from client.files.enclosures import Enclosure
from client.place.chain import Chain, Item
from client.server.pins import Pins
from client.session import Session
from crypto.encoding import b64, canonical, parse_canonical, unb64
from crypto.log_signer import LogSigner
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import DeviceKeys, new_device
from store.read_log import ReadLog
from tests.support.asking import answer_of, asker
from tests.support.hostile.server import Answer, HostileServer
from tests.support.people import speaking
from tests.support.world import World, read
from wire.paths import ATTACHMENT, PARTS, READS, STRUCTURE, path
from wire.reads import FIRST, NOWHERE, check_line, head_statement, line_hash, odd_fields

ABSENT = "0" * 31 + "1"
LETTER = Enclosure("a.txt", "text/plain", 3, lambda: io.BytesIO(b"abc"))
PASSPHRASE = "a passphrase of this test"
POOL = 8
FETCHED = {PARTS: "PayloadFetched", ATTACHMENT: "AttachmentFetched", STRUCTURE: "StructureFetched"}


@dataclass
class Scene:
    """A consultation that anna took; bram saw it before, and was put out."""

    world: World
    people: dict[str, Session]
    chain: Chain
    letter: Item
    ask: Callable[..., Any]

    def lines(self, case: str = "") -> list[dict[str, Any]]:
        """What stands in the log of a case, of this one if none is named."""
        found = self.world.opened.reads.page(case or self.chain.case, -1, 10_000)[0]
        return [parse_canonical(one.body, 8_000) for one in found]

    def target(self, template: str, **other: str) -> str:
        place = {"case": self.chain.case, "compartment": self.chain.name}
        entry = {"entry": self.letter.entry.header.id, "number": "1"}
        return path(template, **{**place, **entry, **other})

    def person(self, name: str) -> str | None:
        person = self.people["anna"].directory.refresh().person(self.people[name].device)
        return person.person if person else None


ROLES = {
    "anna": "consultation_worker",
    "bram": "consultation_worker",
    "carla": "supervisor",
    "frits": "privacy_officer",
    "auditor": "auditor",
}


def made(world: World) -> Scene:
    people = dict(zip(ROLES, world.staff(*ROLES.values()), strict=True))
    mother, asked, _ = world.mother("a question")
    consulting.take(people["anna"], read(world, people["anna"], asked))
    chain = read(world, mother, asked)
    letter = mother.write(chain, "MessageSent", {}, message("see"), [LETTER])
    world.settle()
    ask = asker(world.app, world.settings.authority)
    scene = Scene(world, {**people, "mother": mother}, chain, letter, ask)
    for name, template in (("anna", PARTS), ("mother", PARTS), ("anna", ATTACHMENT)) * 2:
        ask(scene.target(template), keys=scene.people[name].keys)
    ask(scene.target(STRUCTURE), keys=people["auditor"].keys)
    return scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with World(tmp_path_factory.mktemp("reads"), HostileServer) as world:
        yield made(world)


# --- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "template"),
    [("anna", PARTS), ("anna", ATTACHMENT), ("mother", PARTS), ("mother", ATTACHMENT)]
    + [(name, STRUCTURE) for name in ("auditor", "frits", "carla")],
)
def test_who_is_given_something_is_written_down(scene: Scene, name: str, template: str) -> None:
    before, session = scene.lines(), scene.people[name]
    assert scene.ask(scene.target(template), keys=session.keys).status_code in (200, 206)
    (line,) = scene.lines()[len(before) :]
    staff = name != "mother"
    role = "requester" if not staff else ROLES[name]
    place = {"compartment": scene.chain.name, "entry": scene.letter.entry.header.id}
    place |= {"epoch": scene.letter.entry.header.epoch, "service": "consultation"}
    place |= {"number": "1"} if template == ATTACHMENT else {}
    assert abs(line.pop("at") - scene.world.clock()) < 60
    assert line == {
        **{"processing_activity_id": "zegel-case", "action": "R", "outcome": "released"},
        **{"event_type": FETCHED[template], "user": scene.person(name) or "public", "role": role},
        "network": {
            "type": "device" if staff else "public",
            "id": session.device if staff else "public",
        },
        **{"lifecycle": "read", "audit_source": "test.example/0", "case": scene.chain.case},
        **({} if template == STRUCTURE else place),
    }


def test_who_asks_for_help_is_nameless_in_every_line(scene: Scene) -> None:
    mother = scene.people["mother"]
    for template in FETCHED:
        scene.ask(scene.target(template), keys=mother.keys)
    held = b"".join(file.read_bytes() for file in scene.world.folder.glob("reads.sqlite*"))
    assert scene.chain.case.encode() in held and scene.people["anna"].device.encode() in held
    for trace in (mother.device, b64(mother.card.sign), "127.0.0.1", "localhost"):
        assert trace.encode() not in held


STRANGER = new_device()
NOBODY: dict[str, DeviceKeys | None] = {"nobody": None, "a device that nobody knows": STRANGER}
OUTSIDERS: dict[str, Callable[[Scene], DeviceKeys | None]] = {
    "bram": lambda scene: scene.people["bram"].keys,
    "carla": lambda scene: scene.people["carla"].keys,
}


@pytest.mark.parametrize("template", FETCHED)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_who_is_refused_is_written_down_too(scene: Scene, who: str, template: str) -> None:
    if (who, template) == ("carla", STRUCTURE):
        who, keys = "anna", scene.people["anna"].keys  # who sees content has no need of it
    else:
        keys = OUTSIDERS[who](scene)
    before = scene.lines()
    assert scene.ask(scene.target(template), keys=keys).status_code == 404
    (line,) = scene.lines()[len(before) :]
    assert (line["event_type"], line["outcome"]) == (FETCHED[template], "refused")
    # Staff who look where they do not belong are named.
    named = scene.person(who), scene.people[who].device
    assert (line["user"], line["network"]["id"]) == named
    assert line["role"] == ROLES[who]


@pytest.mark.parametrize("who", NOBODY)
def test_who_proves_nothing_cannot_fill_the_log_and_is_counted(scene: Scene, who: str) -> None:
    log = scene.world.folder / "reads.sqlite"
    with closing(sqlite3.connect(log)) as shell:
        rows = shell.execute("SELECT COUNT(*) FROM reads").fetchone()
        for template in FETCHED:
            for case in (scene.chain.case, ABSENT, "x"):
                asked = scene.target(template, case=case)
                assert scene.ask(asked, keys=NOBODY[who]).status_code == 404
        assert shell.execute("SELECT COUNT(*) FROM reads").fetchone() == rows
    with scene.world.app.test_request_context():
        counted = re.search(rb"zegel_unlogged_refusals_total (\d+)", metrics().page())
    assert counted is not None and int(counted[1]) >= 9


def test_whoever_opened_a_case_fills_the_log_no_further_than_a_limit(tmp_path: Path) -> None:
    three = {one.name: Limit(10**12, 10**9) for one in fields(LIMITS)}
    held = Limits(**{**three, "refusals": Limit(3, 0.001)})
    with World(tmp_path, limits=held) as world:
        (worker,) = world.staff("consultation_worker")
        (_, chain, _), (other, _, _) = world.mother(), world.mother()
        ask = asker(world.app, world.settings.authority)
        target = path(STRUCTURE, case=chain.case)
        answers = [answer_of(ask(target, keys=other.keys)) for _ in range(9)]
        assert set(answers) == {answer_of(ask(path(STRUCTURE, case=ABSENT)))}
        assert len(world.opened.reads.page(chain.case, -1, 100)[0]) == 3
        ask(target, keys=worker.keys)  # who can be named is written down all the same
        assert len(world.opened.reads.page(chain.case, -1, 100)[0]) == 4


def test_who_looks_with_a_revoked_device_is_refused_and_named(scene: Scene) -> None:
    bram, before = scene.people["bram"], scene.lines()
    scene.world.revoke(bram)
    assert scene.ask(scene.target(PARTS), keys=bram.keys).status_code == 404
    (line,) = scene.lines()[len(before) :]
    assert (line["user"], line["network"]["id"]) == (scene.person("bram"), bram.device)
    assert line["outcome"] == "refused"


@pytest.mark.parametrize("entry", ["an opening", "nothing"])
def test_a_member_who_is_refused_an_entry_is_written_down(scene: Scene, entry: str) -> None:
    before = scene.lines()
    asked = scene.chain.items[0].entry.header.id if entry == "an opening" else ABSENT
    target = scene.target(PARTS, entry=asked)
    assert scene.ask(target, keys=scene.people["mother"].keys).status_code == 404
    (line,) = scene.lines()[len(before) :]
    assert (line["outcome"], line["entry"], line["role"]) == ("refused", asked, "requester")


ODD = {
    "case": ("x", "0" * 31, "JanJansen", "0" * 33),
    "compartment": ("Jan", "dialogue-1"),
    "entry": ("<b>", "0" * 33),
    "number": ("0", "100", "one"),
}


@pytest.mark.parametrize(("part", "spelled"), [(p, one) for p, all_ in ODD.items() for one in all_])
def test_what_is_no_id_is_not_repeated(scene: Scene, part: str, spelled: str) -> None:
    where = NOWHERE if part == "case" else scene.chain.case
    before = scene.lines(where)
    target = scene.target(ATTACHMENT, **{part: spelled})
    assert scene.ask(target, keys=scene.people["carla"].keys).status_code == 404
    (line,) = scene.lines(where)[len(before) :]
    assert line[part] == "?"
    check_line(line)  # nothing else of it stands elsewhere


def test_what_was_asked_of_a_case_that_is_not_there_stands_apart(scene: Scene) -> None:
    before, other = scene.lines(), scene.lines(NOWHERE)
    for template in FETCHED:
        scene.ask(scene.target(template, case=ABSENT), keys=scene.people["bram"].keys)
    assert scene.lines() == before and scene.lines(ABSENT) == []
    lines = scene.lines(NOWHERE)[len(other) :]
    assert [line["event_type"] for line in lines] == [*FETCHED.values()]
    assert {line["case"] for line in lines} == {ABSENT}


def test_every_line_has_the_fields_that_lines_have(scene: Scene) -> None:
    lines = scene.lines() + scene.lines(NOWHERE)
    assert {line["event_type"] for line in lines} == set(FETCHED.values())
    for line in lines:
        check_line(line)
        assert odd_fields(line) == []


# --- first it is written --------------------------------------------------------------------------


def of_each(log: ReadLog, statement: str) -> None:
    """On every connection to the log that a thread of the server may get."""
    with ExitStack() as taken:
        for _ in range(POOL):
            connection = taken.enter_context(log.datastore.get_connection(commit=False))
            connection.cursor().execute(statement)


@pytest.fixture
def unwritable(request: pytest.FixtureRequest, scene: Scene) -> Iterator[None]:
    log: ReadLog = scene.world.app.extensions["zegel"].reads
    if request.param == "full":
        of_each(log, "PRAGMA max_page_count=1")
        yield
        of_each(log, "PRAGMA max_page_count=1000000")
        return
    of_each(log, "PRAGMA busy_timeout=20")  # milliseconds
    path_ = scene.world.folder / "reads.sqlite"
    with closing(sqlite3.connect(path_, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("unwritable", ["full", "locked"], indirect=True)
@pytest.mark.parametrize("template", FETCHED)
def test_nothing_leaves_that_cannot_be_written_down(
    scene: Scene, unwritable: None, template: str
) -> None:
    before = scene.lines()
    keys = scene.people["auditor" if template == STRUCTURE else "anna"].keys
    for by in (keys, scene.people["frits" if template != STRUCTURE else "anna"].keys):
        answer = scene.ask(scene.target(template), keys=by)
        for _ in range(20):  # a full log has room for a few lines in its last page
            if scene.lines() == before:
                break
            before = scene.lines()
            answer = scene.ask(scene.target(template), keys=by)
        assert (answer.status_code, answer.get_json()["type"]) == (503, "urn:zegel:problem:busy")
        assert set(answer.get_json()) == {"type", "title", "status"}


def test_once_there_is_room_it_is_given_out(scene: Scene) -> None:
    before = scene.lines()
    keys = scene.people["anna"].keys
    assert scene.ask(scene.target(PARTS), keys=keys).status_code == 200
    assert len(scene.lines()) == len(before) + 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reads SET body=x'00'",
        "DELETE FROM reads",
        "INSERT OR REPLACE INTO reads SELECT rowid, case_id, number, x'00', hash FROM reads",
        "REPLACE INTO reads (case_id, number, body, hash) SELECT case_id, number, x'00', hash "
        "FROM reads",
    ],
)
def test_a_line_is_not_changed_by_ordinary_statements(scene: Scene, statement: str) -> None:
    before = scene.lines()
    shell = sqlite3.connect(scene.world.folder / "reads.sqlite")
    with closing(shell), pytest.raises(sqlite3.IntegrityError):
        shell.execute(statement)
    assert scene.lines() == before


# --- nothing is fetched before it is looked at ----------------------------------------------------


def test_what_is_not_opened_is_not_fetched(scene: Scene) -> None:
    anna, mother, world = scene.people["anna"], scene.people["mother"], scene.world
    before = scene.lines()
    anna.work()
    scene.people["carla"].overview()
    chains = [read(world, one, scene.chain) for one in (anna, mother)]
    mother.settle(chains[1])
    speaking.answer(anna, chains[0], "written, and nothing read")
    assert scene.lines() == before
    (item,) = (
        one for one in chains[0].items if one.entry.header.id == scene.letter.entry.header.id
    )
    anna.open(chains[0], item)
    assert [line["entry"] for line in scene.lines()[len(before) :]] == [item.entry.header.id]


@pytest.fixture
def home(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anna's, for commands."""
    keys = scene.people["anna"].keys
    value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    write_key_file(tmp_path / "device.key", "device", value, PASSPHRASE)
    told = {"HOME": str(tmp_path), "SERVER": scene.world.url, "PIN": scene.world.pin}
    for name, setting in {**told, "PASSPHRASE": PASSPHRASE}.items():
        monkeypatch.setenv(f"ZEGEL_{name}", setting)


def test_a_command_fetches_each_content_that_it_shows_once_and_no_other(
    scene: Scene, home: None
) -> None:
    scene.world.settle()
    case = scene.chain.case
    shown = {
        item.entry.header.id
        for item in read(scene.world, scene.people["anna"], scene.chain).items
        if item.entry.header.payload
    }
    for arguments, opened in (
        (("inbox", "--no-content"), set()),
        (("timeline", case, "--no-content"), set()),
        (("show", case), shown),
    ):
        before = scene.lines()
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert done.exit_code == 0 and case[:8] in done.output
        fresh = scene.lines()[len(before) :]
        assert sorted(line["entry"] for line in fresh) == sorted(opened)
        assert {line["event_type"] for line in fresh} <= {"PayloadFetched"}


# --- who audits notices ---------------------------------------------------------------------------

Lines = list[dict[str, Any]]


def fresh_auditor(scene: Scene, pins: Pins | None = None) -> Session:
    session = scene.world.session(scene.people["auditor"].keys, pins)
    session.directory.refresh()
    return session


def chained(scene: Scene, bodies: list[bytes]) -> Lines:
    """Lines as whoever has the log's store would chain them anew."""
    last, lines = FIRST, []
    for number, body in enumerate(bodies):
        last = line_hash(last, scene.chain.case, number, body)
        lines.append({"number": number, "body": b64(body), "hash": b64(last)})
    return lines


def signed(scene: Scene, lines: Lines, signer: LogSigner | None = None, case: str = "") -> Answer:
    """An answer with a head as whoever has the log's key would sign it."""
    signer = signer or scene.world.opened.signer
    newest = lines[-1]["hash"] if lines else b64(FIRST)
    case = case or scene.chain.case
    stated = head_statement(signer.origin, case, len(lines) - 1, newest, int(scene.world.clock()))
    head = {"head": b64(stated), "signature": b64(signer.read_head(stated))}
    return {"lines": lines, "next": None, **head}


def bodies(lines: Lines) -> list[bytes]:
    return [unb64(one["body"]) for one in lines]


def other(line: dict[str, Any], **fields: Any) -> bytes:
    """The body of a line with other fields; None leaves one out."""
    changed = {**parse_canonical(unb64(line["body"]), 8_000), **fields}
    return canonical({name: value for name, value in changed.items() if value is not None})


def as_auditor(line: dict[str, Any]) -> bytes:
    """The body of a line with another role in it."""
    return other(line, role="auditor")


def anew(scene: Scene, bodies: list[bytes]) -> Answer:
    """As whoever has the log's store and key makes it anew: it holds."""
    return signed(scene, chained(scene, bodies))


Deed = Callable[[Scene, Lines, Answer], Answer]


def showing(change: Callable[[Scene, Lines], Lines]) -> Deed:
    """Other lines under the head that was signed."""
    return lambda scene, lines, answer: {**answer, "lines": change(scene, lines)}


def adding(made: Callable[[Lines], bytes]) -> Deed:
    """One more line, well chained and signed."""
    return lambda scene, lines, _: anew(scene, [*bodies(lines), made(lines)])


def rehashed(scene: Scene, lines: Lines) -> Lines:
    """The second line edited, and its hash with it."""
    edited = chained(scene, [*bodies(lines[:1]), as_auditor(lines[1])])
    return [*edited, *lines[2:]]


REFUSED: dict[str, tuple[str, Deed]] = {
    "removes a line": ("line 1 is", showing(lambda _, ls: ls[:1] + ls[2:])),
    "removes the first line": ("line 0 is", showing(lambda _, ls: ls[1:])),
    "drops the last line": ("does not come to", showing(lambda _, ls: ls[:-1])),
    "shows no line": ("does not come to", showing(lambda _, ls: [])),
    "swaps two lines": ("line 0 is", showing(lambda _, ls: [ls[1], ls[0], *ls[2:]])),
    "numbers a line anew": (
        "line 1 is",
        showing(lambda _, ls: [ls[0], {**ls[1], "number": 2}, *ls[2:]]),
    ),
    "edits a line": (
        "line 1 is",
        showing(lambda _, ls: [ls[0], {**ls[1], "body": b64(as_auditor(ls[1]))}, *ls[2:]]),
    ),
    "edits a line and its hash": ("line 2 is", showing(rehashed)),
    "makes the chain anew": (
        "does not come to",
        showing(lambda s, ls: chained(s, [as_auditor(ls[0]), *bodies(ls[1:])])),
    ),
    "signs with another key": (
        "not signed",
        lambda s, ls, _: signed(s, ls, LogSigner("test.example/0", bytes(32))),
    ),
    "shows a head that nobody signed": (
        "not signed",
        lambda _s, _ls, a: {**a, "signature": b64(bytes(64))},
    ),
    "shows the head of another case": (
        "another case",
        lambda s, ls, _: signed(s, ls, case=ABSENT),
    ),
    "writes what is no line": ("not an object", adding(lambda ls: b"[]")),
    "writes a name for a number": ("line.user", adding(lambda ls: other(ls[0], user="Jan Jansen"))),
    "gives a nameless one a device": (
        "without a user",
        adding(lambda ls: other(ls[0], user="public")),
    ),
    "writes sealed parts of no entry": ("no entry", adding(lambda ls: other(ls[0], entry=None))),
    "writes a line of another case": (
        "another case",
        adding(lambda ls: other(ls[0], case=ABSENT)),
    ),
}
# Whoever has the log's key can make a chain that holds: who saw it before notices.
SEEN_BEFORE: dict[str, tuple[str, Deed]] = {
    "drops the last lines": ("went-back", lambda s, ls, _: anew(s, bodies(ls[:-3]))),
    "shows none any more": ("went-back", lambda s, ls, _: anew(s, [])),
    "removes a line": ("went-back", lambda s, ls, _: anew(s, bodies(ls[:1] + ls[2:]))),
    "edits a line": (
        "forked",
        lambda s, ls, _: anew(s, [*bodies(ls[:1]), as_auditor(ls[1]), *bodies(ls[2:])]),
    ),
}


@pytest.fixture
def turned(scene: Scene) -> Iterator[Callable[[Deed], None]]:
    """Turn the server: what it answers of the read log is another."""
    server = scene.world.server
    assert isinstance(server, HostileServer)

    def turn(deed: Deed) -> None:
        def deceive(request: Request, answer: Answer) -> Answer:
            if not request.path.endswith("/reads"):
                return answer
            return deed(scene, list(answer["lines"]), answer)

        server.deceive = deceive

    yield turn
    server.deceive = None


@pytest.mark.parametrize("deed", REFUSED)
def test_a_log_that_was_changed_is_refused_by_name(
    scene: Scene, turned: Callable[[Deed], None], deed: str
) -> None:
    told, change = REFUSED[deed]
    turned(change)
    with pytest.raises(Distrust, match=told) as refused:
        fetch_reads(fresh_auditor(scene), scene.chain.case)
    assert refused.value.name == "bad-read-log"


@pytest.mark.parametrize("deed", SEEN_BEFORE)
def test_a_log_that_was_made_anew_is_refused_by_who_saw_it(
    scene: Scene, turned: Callable[[Deed], None], deed: str, tmp_path: Path
) -> None:
    name, change = SEEN_BEFORE[deed]
    fetch_reads(fresh_auditor(scene, Pins(tmp_path / "pins.json")), scene.chain.case)
    turned(change)
    fetch_reads(
        fresh_auditor(scene), scene.chain.case
    )  # who comes for the first time cannot see it
    with pytest.raises(Distrust) as refused:
        kept = Pins.load(tmp_path / "pins.json")
        fetch_reads(fresh_auditor(scene, kept), scene.chain.case)
    assert refused.value.name == name


def test_an_honest_log_is_read_whole_page_by_page_and_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = Pins()
    for page in (500, 7):
        monkeypatch.setattr(client.audit.read_log, "MAX_PAGE", page)
        found = fetch_reads(fresh_auditor(scene, pins), scene.chain.case)
        assert [one.fields for one in found] == scene.lines()
        assert [one.number for one in found] == [*range(len(found))]
        scene.ask(scene.target(PARTS), keys=scene.people["anna"].keys)
    _, untouched, _ = scene.world.mother("that nobody read yet")
    assert fetch_reads(fresh_auditor(scene), untouched.case) == []


def test_what_is_read_meanwhile_is_no_fault_of_the_log(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two looks at the log somebody is given something."""
    line, before, auditor = scene.lines()[0], len(scene.lines()), fresh_auditor(scene)

    def meanwhile(look: Callable[..., Any]) -> Callable[..., Any]:
        def looks(log: ReadLog, case: str, *more: int) -> Any:
            found = look(log, case, *more)
            log.append(case, line)
            return found

        return looks

    with monkeypatch.context() as patch:
        patch.setattr(ReadLog, "page", meanwhile(ReadLog.page))
        patch.setattr(client.audit.read_log, "MAX_PAGE", 5)
        found = fetch_reads(auditor, scene.chain.case)
        assert before <= len(found) < len(fetch_reads(auditor, scene.chain.case))


# --- who sees it ----------------------------------------------------------------------------------


def test_only_auditors_and_privacy_officers_see_it(scene: Scene) -> None:
    auditor = scene.people["auditor"]
    for case in (scene.chain.case, ABSENT):  # so that there are lines of both
        scene.ask(path(STRUCTURE, case=case), keys=auditor.keys)
    absent = answer_of(scene.ask(path(READS, case=ABSENT)))
    assert absent.status == 404
    for name, session in scene.people.items():
        answer = answer_of(scene.ask(path(READS, case=scene.chain.case), keys=session.keys))
        if name in ("auditor", "frits"):
            assert answer.status == 200 and json.loads(answer.body)["lines"]
            for case in (ABSENT, scene.chain.case.upper()):
                assert answer_of(scene.ask(path(READS, case=case), keys=session.keys)) == absent
            nowhere = answer_of(scene.ask(path(READS, case=NOWHERE), keys=session.keys))
            assert nowhere.status == 200 and json.loads(nowhere.body)["lines"]
        else:
            assert answer == absent, name
    for keys in (None, STRANGER):
        for case in (scene.chain.case, NOWHERE):
            assert answer_of(scene.ask(path(READS, case=case), keys=keys)) == absent
