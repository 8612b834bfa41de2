"""What is measured, each thing in rounds that take turns with what it is held against."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from nacl.signing import VerifyKey

from bench.figures import Figure
from bench.load import Call, Load, per_second, post
from bench.people import Asker, People
from bench.servers import Servers
from client.audit.replay import Evidence, fetch, replay
from crypto.encoding import b64, labelled
from wire.header import ENTRY_SIGNATURE_LABEL
from wire.paths import ENTRIES, MAX_PAGE, TIMELINE, path
from wire.proof import Request, parameters, proof_headers, signature_base

LONG_CASE = 8_000
CLIENTS = 32
READERS = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how much. alone, together: posts of each client in a round, when it is the only
    one and when it is one of 32. pairs: posts to either case in a round. pages: that each client
    reads in a round. restarts: of the web workers, for each kind of first post."""

    rounds: int
    alone: int
    together: int
    pairs: int
    pages: int
    restarts: int


FULL = Effort(rounds=5, alone=500, together=60, pairs=100, pages=48, restarts=3)
QUICK = Effort(rounds=3, alone=100, together=10, pairs=30, pages=8, restarts=1)


@dataclass(frozen=True, slots=True)
class Bench:
    """What runs while something is measured. long: someone whose case holds 8,000 entries."""

    servers: Servers
    people: People
    load: Load
    long: Asker
    effort: Effort

    def rate(self, bind: str, clients: Sequence[Sequence[Call]]) -> float:
        answered = per_second(self.load.run(bind, clients))
        self.people.settle()  # what the projector still has to do is not the next one's burden
        return answered


def accepted(bench: Bench) -> list[Figure]:
    """Entries accepted a second, by one client and by 32."""
    askers = [bench.people.asker() for _ in range(CLIENTS)]
    figures = []
    for count, posts in ((1, bench.effort.alone), (CLIENTS, bench.effort.together)):
        ours, floor = [], []
        for warm in (True, *[False] * bench.effort.rounds):
            bodies = [one.bodies(posts // 5 if warm else posts) for one in askers[:count]]
            signs = [one.sign for one in askers[:count]]
            to_floor = [
                [post(f"/entries/{sign}", body) for body in each]
                for sign, each in zip(signs, bodies, strict=True)
            ]
            to_us = [[post(path(ENTRIES), body) for body in each] for each in bodies]
            a = bench.rate(bench.servers.floor_bind, to_floor)
            b = bench.rate(bench.servers.bind, to_us)
            if not warm:
                floor.append(a)
                ours.append(b)
        what = f"entries accepted, {count} client{'s' * (count > 1)}"
        figures.append(Figure(what, "1/s", ours, "floor", floor))
    return figures


def read(bench: Bench) -> list[Figure]:
    """Timeline entries read a second, in proven pages of 500."""
    figures = []
    for count in (1, READERS):
        ours, floor = [], []
        for warm in (True, *[False] * bench.effort.rounds):
            turns = range(4 if warm else bench.effort.pages)
            afters = [turn % (LONG_CASE // MAX_PAGE) * MAX_PAGE - 1 for turn in turns]
            a = bench.rate(bench.servers.floor_bind, [_plain_pages(bench.long, afters)] * count)
            b = bench.rate(bench.servers.bind, [_proven_pages(bench, afters)] * count)
            if not warm:
                floor.append(a * MAX_PAGE)
                ours.append(b * MAX_PAGE)
        what = f"timeline entries read, {count} client{'s' * (count > 1)}"
        figures.append(Figure(what, "1/s", ours, "rows as JSON", floor))
    return figures


def _plain_pages(long: Asker, afters: Sequence[int]) -> list[Call]:
    target = f"/timeline/{long.case}/{long.name}"
    return [Call("GET", f"{target}/{after}/{MAX_PAGE}") for after in afters]


def _proven_pages(bench: Bench, afters: Sequence[int]) -> list[Call]:
    long, calls = bench.long, []
    target = path(TIMELINE, case=long.case, compartment=long.name)
    for after in afters:
        query = f"?after={after}&limit={MAX_PAGE}"
        request = Request("GET", bench.servers.bind, target, query, b"")
        stated = parameters(request, long.session.device, int(time.time()), b64(os.urandom(16)))
        signature = long.session.keys.sign_raw(signature_base(request, stated))
        calls.append(Call("GET", target + query, proof_headers(request, stated, signature)))
    return calls


def audited(bench: Bench) -> list[Figure]:
    """Entries audited a second by one core, against verifying their signatures alone."""
    directory = bench.people.auditor.directory
    directory.refresh()
    evidence, cards = fetch(bench.people.transport, bench.people.auditor.keys, bench.long.case)
    sign = bench.long.session.card.sign

    def audit() -> None:
        report = replay(bench.long.case, evidence, cards, directory)
        if not report.holds:
            raise RuntimeError(f"the audit found {report.finding}")

    ours, raw = [], []
    for _ in range(bench.effort.rounds):
        raw.append(len(evidence) / _seconds(lambda: _verify(evidence, sign)))
        ours.append(len(evidence) / _seconds(audit))
    return [Figure("entries audited, one core", "1/s", ours, "PyNaCl verify", raw)]


def _verify(evidence: Sequence[Evidence], sign: bytes) -> None:
    key = VerifyKey(sign)
    for item in evidence:
        key.verify(labelled(ENTRY_SIGNATURE_LABEL, item.header), item.signature)


def _seconds(work: Callable[[], None]) -> float:
    """Of processor time: what else runs on the machine does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def posted(bench: Bench) -> list[Figure]:
    """A post to the long case against a post to a new one, warm."""
    long, new = [], []
    for _ in range(bench.effort.rounds):
        asker = bench.people.asker()
        pairs = zip(
            bench.long.bodies(bench.effort.pairs), asker.bodies(bench.effort.pairs), strict=True
        )
        calls = [post(path(ENTRIES), body) for pair in pairs for body in pair]
        (answers,) = bench.load.run(bench.servers.bind, [calls])
        warm = answers[10:]
        long.append(median(answer.milliseconds for answer in warm[::2]))
        new.append(median(answer.milliseconds for answer in warm[1::2]))
        bench.people.settle()
    return [Figure(f"post to a case of {LONG_CASE:,}", "ms", long, "post to a new case", new)]


def first_posted(bench: Bench) -> list[Figure]:
    """The first post after a restart, which folds the case from its beginning."""

    def first(asker: Asker) -> float:
        (body,) = asker.bodies(1)
        bench.servers.start_web()
        ((answer,),) = bench.load.run(bench.servers.bind, [[post(path(ENTRIES), body)]])
        return answer.milliseconds

    new = bench.people.asker()
    long_times, new_times = [], []
    for _ in range(bench.effort.restarts):
        new_times.append(first(new))
        long_times.append(first(bench.long))
    what = f"first post after a restart, case of {LONG_CASE:,}"
    return [Figure(what, "ms", long_times, "new case", new_times)]


MEASURES = (accepted, read, audited, posted, first_posted)
