"""Whoever does too much is slowed down, alone, and nothing is kept of who that was.

Holds api/limits.py, api/counters.py.
"""

import io
import ipaddress
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from werkzeug.test import TestResponse

import client.server.transport
from api import limits
from api.app import MAX_BODY_BYTES
from api.config import LIMITS, MIB, BadSettings, read_settings
from api.counters import Counters, Limit
from api.limits import TooMany, source_of
from client.cases import consultation, consulting
from client.errors import ServerRefused
from client.session import Session
from crypto.encoding import b64
from tests.support.asking import asker
from tests.support.hostile.attacks import attack
from tests.support.kills.flood import (
    FLOODED,
    FLOODER,
    Flood,
    ask_and_be_answered,
    openings,
    stored_openings,
)
from tests.support.kills.kills import Site, site_in
from tests.support.people import speaking
from tests.support.processes import ROOT, until
from tests.support.signing import envelope
from tests.support.world import World, read, refused_for, texts
from wire.paths import ENTRIES, HEALTH, INVITATIONS, TRUST, path
from wire.problems import TYPE_PREFIX

SOMEBODY = "192.0.2.9"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")


# --- who a request counts for ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "counts_for"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", 0, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9,198.51.100.1,10.0.0.2", 2, "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1", 2, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "junk", 1, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, junk", 1, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1:5555", 1, "10.0.0.1"),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1:2:ffff::"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("10.0.0.1", "2001:db8:1:2:3::4", 1, "2001:db8:1:2::"),
        ("", "198.51.100.1", 1, "198.51.100.1"),
    ],
)
def test_a_request_counts_for_the_address_that_the_operators_own_proxies_saw(
    peer: str, forwarded: str, proxies: int, counts_for: str
) -> None:
    found = source_of({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, proxies)
    assert found == source_of({"REMOTE_ADDR": counts_for}, 0) != b""


def test_neighbours_do_not_count_for_each_other() -> None:
    seen = ["192.0.2.1", "192.0.2.2", "2001:db8:1:2::", "2001:db8:1:3::"]
    assert len({source_of({"REMOTE_ADDR": one}, 0) for one in seen}) == len(seen)


# --- what is limited ------------------------------------------------------------------------------


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world behind a proxy, with the limits that hold by default, and no time to give back."""
    still = Counters(monotonic=lambda: 1024.0)
    monkeypatch.setattr(client.server.transport, "PATIENCE_SECONDS", 0)  # a limit is to be met here
    with World(tmp_path, limits=LIMITS, proxies=1, counters=still) as running:
        yield running


def ask(world: World, target: str, source: str = "127.0.0.1", **options: Any) -> TestResponse:
    forwarded = {"headers": {"X-Forwarded-For": source}}
    return asker(world.app, world.settings.authority)(target, **forwarded, **options)


def is_too_many(answer: Response) -> bool:
    named = answer.status_code == 429 and "too-many" in answer.get_data(as_text=True)
    return named and int(answer.headers["Retry-After"]) > 0


@attack("posts fifty times", "who is not certified", "it is posted", "too-many")
def test_fifty_posts_in_a_row_are_slowed_down_for_who_is_not_certified_alone(held: World) -> None:
    (worker,) = held.staff("consultation_worker")
    mother, asked, _ = held.mother()
    consulting.take(worker, read(held, worker, asked))
    chain = read(held, mother, asked)
    with refused_for("posts: again in 30 s"):
        for number in range(50):
            mother.write(chain, "MessageSent", {}, consultation.message(f"{number}"))
    assert len(texts(mother, read(held, mother, asked))) == 40

    theirs = read(held, worker, asked)
    for number in range(50):
        speaking.answer(worker, theirs, f"answer {number}")
    assert len(texts(mother, read(held, mother, asked))) == 90

    post = envelope(held, mother, asked.case, asked.name)
    assert is_too_many(ask(held, path(ENTRIES), method="POST", json=post))
    elsewhere = ask(held, path(ENTRIES), SOMEBODY, method="POST", json=post)
    assert elsewhere.status_code == 201


def test_who_did_not_get_a_receipt_gets_it_though_nothing_more_may_be_posted(held: World) -> None:
    held.staff("consultation_worker")
    mother, asked, _ = held.mother()
    post = envelope(held, mother, asked.case, asked.name)
    first = ask(held, path(ENTRIES), method="POST", json=post)
    assert first.status_code == 201
    chain = read(held, mother, asked)
    with pytest.raises(ServerRefused):
        for _ in range(50):
            mother.write(chain, "MessageSent", {}, consultation.message("more"))
    again = ask(held, path(ENTRIES), method="POST", json=post)
    assert (again.status_code, again.get_data()) == (201, first.get_data())
    other_signature = post | {"signature": b64(os.urandom(64))}
    assert is_too_many(ask(held, path(ENTRIES), method="POST", json=other_signature))


@attack("posts in the name of a worker", "anyone", "it is posted", "no-such-case, then too-many")
def test_whoever_only_says_that_he_is_certified_gets_nothing_stored(held: World) -> None:
    (worker,) = held.staff("consultation_worker")
    _, asked, _ = held.mother()
    consulting.take(worker, read(held, worker, asked))
    post = envelope(held, worker, asked.case, asked.name)
    before = held.opened.store.position()
    forged = ({**post, "signature": b64(os.urandom(64))} for _ in range(60))
    answers = [ask(held, path(ENTRIES), SOMEBODY, method="POST", json=one) for one in forged]
    types = Counter(json.loads(one.get_data())["type"] for one in answers)
    named = {name.removeprefix(TYPE_PREFIX): count for name, count in types.items()}
    assert named == {"no-such-case": LIMITS.posts.burst, "too-many": 20}  # as for everybody
    assert ask(held, path(ENTRIES), method="POST", json=post).status_code == 201
    assert held.opened.store.position() == before + 1


@attack("posts on", "a revoked worker", "it is posted", "too-many")
def test_a_revoked_worker_is_held_to_the_limits_of_everybody(held: World) -> None:
    (worker,) = held.staff("consultation_worker")
    with held.app.test_request_context():
        for _ in range(50):
            limits.take("posts", device=worker.device)
    held.revoke(worker)
    with held.app.test_request_context(), pytest.raises(TooMany):
        for _ in range(50):
            limits.take("posts", device=worker.device)


@attack("sends up more than is allowed", "who is not certified", "it is sent up", "too-many")
def test_uploaded_bytes_are_counted_for_who_is_not_certified(held: World) -> None:
    (worker,) = held.staff("consultation_worker")
    mother, _, _ = held.mother()
    with held.app.test_request_context():
        for _ in range(160):
            limits.take("upload_bytes", MIB, device=mother.device)
        with pytest.raises(TooMany):
            limits.take("upload_bytes", MIB, device=mother.device)
        for _ in range(160):
            limits.take("upload_bytes", MIB, device=worker.device)


class Unread(io.RawIOBase):
    """A body that nobody may read."""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        raise AssertionError("the body was read")


@attack("asks without end", "anyone", "it is asked", "too-many, unread")
def test_too_many_requests_are_refused_unread_and_those_about_health_never(tmp_path: Path) -> None:
    three = replace(LIMITS, requests=Limit(3, 0.01))
    with World(tmp_path, limits=three, proxies=1) as world:
        source = "192.0.2.1"
        assert {ask(world, path(TRUST), source).status_code for _ in range(3)} == {200}
        for target in (path(TRUST), "/nothing", "/docs"):
            assert is_too_many(ask(world, target, source))
        body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(10 * MIB)}
        sent = {"method": "POST", "content_type": "application/json", "environ_overrides": body}
        assert is_too_many(ask(world, path(ENTRIES), source, **sent))
        assert ask(world, HEALTH, source).status_code == 200
        assert ask(world, path(TRUST), "192.0.2.2").status_code == 200


@attack("posts large bodies", "anyone", "it is posted", "too-many")
def test_a_large_body_counts_as_many_requests(tmp_path: Path) -> None:
    still = replace(LIMITS, requests=Limit(50, 0.001))
    with World(tmp_path, limits=still, proxies=1) as world:
        junk = {"data": b"x" * 10 * MIB, "content_type": "application/json", "method": "POST"}
        assert ask(world, path(ENTRIES), "192.0.2.1", **junk).status_code == 400
        assert is_too_many(ask(world, path(ENTRIES), "192.0.2.1", **junk))
        assert ask(world, path(TRUST), "192.0.2.1").status_code == 200
        largest = {**junk, "data": b"x" * MAX_BODY_BYTES}  # more than the whole limit
        assert ask(world, path(ENTRIES), "192.0.2.2", **largest).status_code == 400


@pytest.mark.parametrize("target", [ENTRIES, TRUST, INVITATIONS])
def test_what_is_wrong_with_junk_is_told_in_a_few_words(held: World, target: str) -> None:
    names = {f"{number}": "<script>" for number in range(300_000)}
    few = dict.fromkeys(list(names)[:1_900], 1)
    for junk, judged in ((names, False), ({"cards": [*names]}, False), (few, True)):
        answer = ask(held, path(target), method="POST", json=junk)
        assert answer.status_code in (400, 413) and len(answer.get_data()) < 3_000
        # What is wrong with each of 300,000 takes seconds to say: of that many it is not looked at.
        assert (b"field" in answer.get_data()) is judged


@pytest.mark.parametrize(
    ("written", "openings"),
    [("", LIMITS.openings), ("5/60", Limit(5, 60 / 3600)), ("1/1", Limit(1, 1 / 3600))],
)
def test_an_operator_sets_how_many_at_once_and_how_many_an_hour(
    monkeypatch: pytest.MonkeyPatch, written: str, openings: Limit
) -> None:
    monkeypatch.setenv("ZEGEL_LIMIT_OPENINGS", written)
    monkeypatch.setenv("ZEGEL_LIMIT_UPLOAD_MIB", "2/4")
    set_ = read_settings().limits
    assert set_ == replace(LIMITS, openings=openings, upload_bytes=Limit(2 * MIB, 4 * MIB / 3600))


def test_the_limits_that_are_documented_are_those_that_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = re.findall(r"^\| `(ZEGEL_LIMIT_\w+)` \|.*\| `(.*)` \|$", OPERATIONS, re.MULTILINE)
    assert len(rows) == len(fields(LIMITS))
    for name, written in rows:
        monkeypatch.setenv(name, written)
    assert read_settings().limits == LIMITS
    assert f"client_max_body_size    {MAX_BODY_BYTES // MIB}m;" in OPERATIONS


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *(("LIMIT_POSTS", one) for one in ("0/10", "10/0", "10", "10/", "-1/5", "1.5/5", "off")),
        *(("PROXIES", one) for one in ("-1", "one")),
        *(("METRICS", one) for one in ("9100", "localhost:9100", "127.0.0.1:", "127.0.0.1:x")),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_server(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    monkeypatch.setenv(f"ZEGEL_{name}", written)
    with pytest.raises(BadSettings, match=name):
        read_settings()


# --- a server of several processes, flooded -------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site"), FLOODED) as running:
        yield running


@pytest.fixture(scope="module")
def worker(site: Site) -> Session:
    return site.worker()


@attack("floods", "one source", "others post", "too-many, to it alone")
def test_a_flood_from_one_source_stops_nobody_else(site: Site, worker: Session) -> None:
    with Flood(site.url, openings(300, 1)) as flood:
        until(lambda: flood.answers["too-many"] > 50, "the flood is slowed down")
        ask_and_be_answered(site, worker)  # how long it takes: bench.flood
    assert set(flood.answers) == {"201", "too-many"}
    # Two workers took them in; had each counted for itself, there would be more.
    assert stored_openings(site) == LIMITS.openings.burst + 1


def test_nothing_of_an_address_is_in_any_file_or_log_of_the_server(
    site: Site, worker: Session
) -> None:
    """`worker` comes first: a roster is stored, so that openings are judged."""
    bodies = openings(20, 1)
    with Flood(site.url, bodies) as flood:
        until(lambda: flood.answers["too-many"] > 0, "some are refused")
    address = ipaddress.ip_address(FLOODER)
    written = {FLOODER, address.exploded, FLOODER.rpartition("::")[0]}
    forms = {address.packed, address.packed[:8], *(one.encode() for one in written)}
    files = [file for file in site.folder.rglob("*") if file.is_file()]
    assert any(b'"status": 429' in file.read_bytes() for file in files)
    for file in files:
        assert not [form for form in forms if form in file.read_bytes()], file.name
