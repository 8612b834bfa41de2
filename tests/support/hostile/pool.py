"""A pool in which somebody means harm: entries past the client that would not write them, a server
that keeps back what it was given, and conditions of the pool taken off."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from client.errors import ServerRefused
from client.place.chain import Chain
from client.place.compose import draft_change
from client.pool import inviting
from client.pool.experts import weeks_of
from client.pool.masking import Masked
from client.pool.match import Match
from crypto.encoding import b64, unb64
from crypto.secret.seeds import new_device
from domain.entry import Line
from domain.guard import Guard
from domain.services.registry import SERVICES
from tests.support.hostile.server import HostileServer
from tests.support.people.pool import Clock, PoolStage
from tests.support.people.support_case import post
from tests.support.world import World
from wire.header import entry_hash, parse_header
from wire.paths import ENTRIES, path

PEOPLE = {
    "pia": (["pool_coordinator", "duidingsexpert"], "lse"),
    "paul": (["pool_coordinator"], "lse"),
    "carla": (["supervisor"], "lse"),
    "dirk": (["casemanager"], "lse"),
    "otto": (["auditor"], "lse"),
    "xena": (["duidingsexpert"], "centre"),
    "yusuf": (["duidingsexpert"], "clinic"),
    "zoe": (["duidingsexpert"], "school"),
}
FIRST_WEEK, WEEKS = "2026-W10", weeks_of("2026-W10", 30)


class WithholdingServer(HostileServer):
    """Gives its signed receipt for what it keeps back. kept_back: kinds that it does not store."""

    kept_back: frozenset[str] = frozenset()
    receipt: Callable[[list[Any]], tuple[bytes, bytes]]  # of the log's key
    position: Callable[[], int]  # of the newest entry

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        posts = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == path(ENTRIES)
        if not (posts and self.kept_back):
            return super().__call__(environ, start_response)
        sent = Request(environ).get_data()
        environ["wsgi.input"] = io.BytesIO(sent)
        raw = unb64(json.loads(sent)["header"])
        header = parse_header(raw)
        if header.kind not in self.kept_back:
            return super().__call__(environ, start_response)
        where = [header.case, header.compartment, header.seq, header.id, entry_hash(raw)]
        stated, signature = self.receipt([*where, self.position() + 1, header.at])
        told = json.dumps({"receipt": b64(stated), "signature": b64(signature)})
        return Response(told, 201, content_type="application/json")(environ, start_response)


@contextmanager
def pool_at_work(folder: Path, starts: int) -> Iterator[PoolStage]:
    """Two coordinators, of whom one is an expert too, and three experts who can be asked. starts:
    unix time, in the week before FIRST_WEEK."""
    clock = Clock(starts)
    with World(folder, WithholdingServer, clock=clock) as world:
        server = world.server
        assert isinstance(server, WithholdingServer)
        server.receipt = world.opened.signer.receipt
        server.position = world.opened.store.position
        stage = PoolStage(world, clock)
        stage.hire(PEOPLE)
        for name in ("xena", "yusuf", "zoe"):
            stage.joins(name, WEEKS)
        yield stage


def invited(stage: PoolStage, *names: str, hours: float = 48, by: str = "pia") -> str:
    """A request of dirk's for which a coordinator invited these, without a match; its case."""
    case = stage.requests("dirk", from_week=FIRST_WEEK)
    desk, one = stage.desk(by), stage.deployment(case, by)
    inviting.propose_shortlist(one, Match(one.asked().seed, (), (), (), ()))
    for name in names:
        profile = desk.profile_of(stage.person(name))
        assert profile is not None
        inviting.invite(one, profile, Masked({}, ()), stage.clock.now + int(hours * 3600))
    stage.world.settle()
    return case


def second_device(stage: PoolStage, name: str) -> str:
    """Another device of somebody, with a session of its own; its name among the sessions."""
    keys = new_device()
    listed = stage.world.ceremony.people[[*stage.roles].index(name)]
    listed["devices"].append(
        {**listed["devices"][0], "device": keys.card().device, "sign": b64(keys.card().sign)}
    )
    stage.world.publish(keys)
    stage.sessions[f"{name} at home"] = stage.world.session(keys)
    return f"{name} at home"


def refusal_of(deed: Callable[[], Any]) -> str:
    """The name by which the server refuses something; empty if it takes it."""
    try:
        deed()
    except ServerRefused as refused:
        return refused.name
    return ""


def writes(
    stage: PoolStage,
    by: str,
    chain: Chain,
    kind: str,
    body: dict[str, Any],
    value: dict[str, Any] | None = None,
) -> None:
    """Post an entry, unasked whether the rules allow it. Raises ServerRefused."""
    session, key = stage.sessions[by], chain.epoch_keys.get(chain.compartment.epoch)
    session.directory.refresh()
    post(session, session.draft(chain, kind, body, value, key))
    stage.world.settle()


def changes_members(
    stage: PoolStage, by: str, chain: Chain, reason: str, lines: Sequence[Line]
) -> None:
    """Put these into a place, unasked whether the rules allow it. Raises ServerRefused."""
    session = stage.sessions[by]
    cards = session.directory.cards(one.device for one in lines) | {session.device: session.card}
    version, now = session.roster_version(), session.now()
    place, members = (chain.compartment, chain.case), tuple(sorted(lines))
    post(session, draft_change(*place, reason, members, cards, session.device, version, now))
    stage.world.settle()


def line(stage: PoolStage, name: str, role: str) -> Line:
    return Line(stage.sessions[name].device, role, None)


def confirms(stage: PoolStage, case: str, name: str, by: str = "paul", of: str = "") -> None:
    """A confirmation of somebody by her last yes. of: by the yes of another. Where there is none it
    names the invitation. Raises ServerRefused."""
    one = stage.deployment(case, "paul")
    items = stage.candidates(case, "paul")[of or name].chain.items
    named = [x.entry for x in items if x.entry.header.kind == "DeploymentAccepted"] or [
        x.entry for x in items if x.entry.header.kind == "ExpertInvited"
    ]
    body = {
        "expert": stage.sessions[name].device,
        "as": "author",
        "match": {"case": case, "id": named[-1].header.id, "hash": named[-1].hash},
        "proposal": None,
        "for": inviting.asks(one).device,
    }
    writes(stage, by, one.pool, "ExpertDeployed", body)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Whatever these conditions of a deployment refuse is taken, by client and server."""
    table = SERVICES["deployment"]
    guards = [one for row in table.steps for one in row.guards]
    guards += [one for wall in table.walls.values() for one in wall.guards]
    taken_off: list[tuple[Guard, Any]] = []
    for one in guards:
        if one.name in names:
            taken_off.append((one, one.holds))
            object.__setattr__(one, "holds", lambda _act: True)
    assert {one.name for one, _ in taken_off} == {*names}
    try:
        yield
    finally:
        for one, holds in reversed(taken_off):
            object.__setattr__(one, "holds", holds)
