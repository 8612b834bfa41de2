"""The access report says who could read what; real keys say whether that is so.

Support cases are played at random, straight into a store: people come, leave, are put out, revoked
and given new devices, history is granted, messages are said and erased. At every position each
device opens exactly what the report says it could, and nothing else.

Holds domain/access.py.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count, product
from pathlib import Path

import pytest

from client.cases.consultation import message
from client.place.compose import draft_grant
from crypto.secret.grant import Granted
from domain.access import ERASED, Access, Moment
from domain.refusal import Refused
from store.application import NoSuchCase
from tests.support.audit.access_play import (
    ROLES,
    WHAT,
    Key,
    Nothing,
    Opening,
    Play,
    keys_in,
    openings,
)
from tests.support.desk import Desk

HISTORIES, STEPS = 20, 26


def begun(folder: Path) -> Iterator[Play]:
    desk = Desk(folder, count(int(time.time())).__next__, workers=0)
    with closing(desk.store):
        yield Play(desk)


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    yield from begun(tmp_path)


def read_by(play: Play, report: Access, content: str) -> dict[str, int]:
    """Who could read a content, by name, and the position since when."""
    readers = report.entries[content].readers
    return {play.names[one.device]: one.since.position for one in readers}


def test_who_could_read_what_in_a_place_of_experts(play: Play) -> None:
    expert = next(one for one in play.places if one.startswith("expert"))
    xenas, zoes = (one for one in play.contents if one.header.compartment == expert)
    first = xenas.header.id
    before = play.report()
    assert read_by(play, before, first) == dict.fromkeys(("dirk", "xena"), xenas.at.position)
    since = dict.fromkeys(("dirk", "xena", "zoe"), zoes.at.position)
    assert read_by(play, before, zoes.header.id) == since

    dirk, zoe = play.newest("dirk"), play.newest("zoe")
    granted = Granted({}, {first: play.held(dirk, expert)[1][first]})
    made = (play.cards[zoe], granted, "needed", dirk, *play.now())
    play.put(draft_grant(play.place(expert), play.case, *made))
    grant = play.told[-1]
    assert read_by(play, play.report(), first)["zoe"] == grant.at.position
    assert read_by(play, play.report(grant.at.position - 1), first).keys() == {"dirk", "xena"}

    play.say("xena", expert, "MemberLeft")
    left = play.told[-1].at
    play.settled(play.places.index(expert))
    later = play.say("zoe", expert, value=message("after she left"))
    report = play.report()
    assert read_by(play, report, later).keys() == {"dirk", "zoe"}
    hers = [one for one in report.standings if play.names[one.device] == "xena"]
    assert [one.until for one in hers if one.compartment == expert] == [left]
    assert "xena" in read_by(play, report, first)  # what she had, she has


def test_an_erasure_takes_what_was_said_before_it_was_proposed(play: Play) -> None:
    expert = next(one for one in play.places if one.startswith("expert"))
    first, second = (o.header.id for o in play.contents if o.header.compartment == expert)

    def erased(named: list[str] | None) -> tuple[str, set[str]]:
        """What is said while it waits, and what is erased with it."""
        body = {"entries": named, "ground": "data_subject"}
        proposal = play.say("carla", expert, "ErasureProposed", body)
        meanwhile = play.say("zoe", expert, value=message("meanwhile"))
        play.say("frits", expert, ERASED, body | {"proposal": proposal})
        at = play.told[-1].at
        assert all(one.erased != at for one in play.report(at.position - 1).entries.values())
        return meanwhile, {one.id for one in play.report().entries.values() if one.erased == at}

    meanwhile, gone = erased([first])
    assert gone == {first}
    assert erased(None)[1] == {second, meanwhile}


def test_the_report_is_what_keys_open_over_random_histories(tmp_path: Path) -> None:
    done: Counter[str] = Counter()
    for seed in range(HISTORIES):
        (tmp_path / str(seed)).mkdir()
        for play in begun(tmp_path / str(seed)):
            draw = random.Random(seed)
            for _ in range(STEPS):
                happens = draw.choice(WHAT)
                with suppress(Nothing, Refused, NoSuchCase):
                    happens(play, draw.randrange(1_000), draw.randrange(1_000))
                    done[happens.__name__] += 1
            try:
                hold(play)
            except AssertionError as error:
                error.add_note(f"in the history of seed {seed}")
                raise
    assert all(done[one.__name__] >= HISTORIES / 2 for one in WHAT), done


def hold(play: Play) -> None:
    held = {
        device: [key for one in play.told for key in keys_in(keys, one)]
        for device, keys in play.keys.items()
    }
    for device, key in play.made:
        held[device].append(key)
    found = {
        (content, device): several
        for device, keys in held.items()
        for content, several in openings(play.told, keys).items()
    }
    stood = spans(play, held)
    for one in play.told:
        until = one.at.position
        report = play.report(until)
        who_opens_is_who_is_reported(play, report, found, until)
        who_stood_there_is_reported(report, stood, until)
        what_was_erased_is_reported(play, report, until)
    who_reads_one_place_is_told_the_same_of_it(play)
    the_store_gives_out_no_more(play)


def who_opens_is_who_is_reported(
    play: Play, report: Access, found: dict[tuple[str, str], list[Opening]], until: int
) -> None:
    """Since when, too, through what, and as whom."""
    readers = [(entry.id, one) for entry in report.entries.values() for one in entry.readers]
    since = {pair: several[0].since for pair, several in found.items()}
    opens = {pair: moment for pair, moment in since.items() if moment.position <= until}
    assert {(content, one.device): one.since for content, one in readers} == opens
    for content, one in readers:
        assert Opening(one.since, one.through) in found[content, one.device]
        name = play.names[one.device]
        made = any(by == one.device and one.through == key.through for by, key in play.made)
        role = "key_custodian" if made and one.role == "key_custodian" else ROLES[name]
        assert (one.role, one.person) == (role, play.person(name))


Span = tuple[str, str, Moment, Moment | None]


def spans(play: Play, held: dict[str, list[Key]]) -> set[Span]:
    """Where a device stood: from the first epoch that it could open, until the server did not
    count it among the members any more."""
    found: set[Span] = {(key.place, device, key.at, key.at) for device, key in play.made}
    outside = {(device, key.at) for device, key in play.made}
    for place, (device, keys) in product(play.places, held.items()):
        sealed = {one.at for one in keys if one.place == place and one.through.startswith("epoch")}
        sealed -= {at for by, at in outside if by == device}
        since: Moment | None = None
        for at, name, standing in play.lines:
            if name != place:
                continue
            if since is None and device in standing and at in sealed:
                since = at
            elif since is not None and device not in standing:
                found.add((place, device, since, at))
                since = None
        if since is not None:
            found.add((place, device, since, None))
    return found


def who_stood_there_is_reported(report: Access, stood: set[Span], until: int) -> None:
    told = {(one.compartment, one.device, one.since, one.until) for one in report.standings}
    assert len(told) == len(report.standings)
    assert [one.since for one in report.standings] == sorted(one[2] for one in told)
    assert told == {
        (place, device, since, end if end and end.position <= until else None)
        for place, device, since, end in stood
        if since.position <= until
    }


def what_was_erased_is_reported(play: Play, report: Access, until: int) -> None:
    named = {one.id: one.erased for one in report.entries.values() if one.erased}
    assert named == {one: at for one, at in play.gone.items() if at.position <= until}


def who_reads_one_place_is_told_the_same_of_it(play: Play) -> None:
    whole = play.report()
    for place in play.places:
        part = play.report(only=place)
        assert list(part.entries.items()) == [
            (one.id, one) for one in whole.entries.values() if one.compartment == place
        ]
        assert part.standings == tuple(one for one in whole.standings if one.compartment == place)


def the_store_gives_out_no_more(play: Play) -> None:
    """Nothing that was erased opens; where nothing was, what is reported is what opens. Elsewhere
    wraps went with what was erased, and others with them."""
    report = play.report()
    touched = {one.header.compartment for one in play.told if one.header.kind == ERASED}
    reported = {
        (entry.id, one.device): entry
        for entry in report.entries.values()
        for one in entry.readers
        if one.role != "key_custodian"  # who stands outside has a key, and is given no content
    }
    opens = set()
    for device, keys in play.keys.items():
        given = play.given_now(device)
        held = [key for one in given for key in keys_in(keys, one)]
        opens |= {(content, device) for content in openings(given, held)}
    assert opens <= {pair for pair, entry in reported.items() if entry.erased is None}
    assert opens >= {pair for pair, entry in reported.items() if entry.compartment not in touched}
