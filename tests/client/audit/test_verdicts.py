"""What an audit says of a store: an honest one is acquitted, and whatever was done to another one
is convicted by the check that is about it, with the entry or line.

The case is played once; each test has a copy of the store to itself, with a server of its own.

Holds client/audit/verdicts.py, client/audit/replay.py.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from client.audit.verdicts import GRACE_SECONDS, verdicts
from client.cases.consultation import message
from client.errors import Distrust, NotPossible
from client.place.compose import draft_change, draft_entry
from crypto.encoding import b64, canonical, parse_canonical, unb64
from crypto.secret.keyfile import write_key_file
from domain.access import Access
from tests.support.audit.verdict_copies import (
    HOUR,
    PASSPHRASE,
    WHAT,
    Copy,
    Played,
    as_auditor,
    auditor_key,
    play_in,
)
from tests.support.hostile.server import Answer
from wire.calendar import read_calendar
from wire.header import ENTRY_SIGNATURE_LABEL, minute_of, parse_header


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play_in(tmp_path_factory.mktemp("played"))


@pytest.fixture
def copy(played: Played, tmp_path: Path) -> Iterator[Copy]:
    made = Copy(played, tmp_path / "copy")
    yield made
    made.close()


def test_an_honest_store_is_acquitted_and_told_on_what_that_rests(copy: Copy) -> None:
    found = copy.audit()
    assert {name: one.faults for name, one in found.items()} == dict.fromkeys(WHAT, ())
    evidence, access, _, _ = copy.evidence()
    contents = [one for one in evidence if parse_header(one.header).payload]
    assert found["A1"].evidence.startswith(f"{len(evidence)} of {len(evidence)} ")
    assert int(found["A2"].evidence.split()[0]) >= 10
    assert found["A3"].evidence.startswith("0 leaves") and "1 places" in found["A3"].evidence
    readers = sum(len(one.readers) for one in access.entries.values())
    assert found["A9"].evidence == f"{len(contents)} contents, {readers} readers of them"


# --- the read log ---------------------------------------------------------------------------------

LATER = GRACE_SECONDS + 1
RELEASES: dict[str, tuple[str, Callable[[Copy], str]]] = {
    "to who has no key": (
        "had not been given the key",
        lambda copy: copy.release("xena", "welcome", copy.now()),
    ),
    "before it was granted": (
        "had not been given the key",
        lambda copy: copy.release("zoe", "with yara", copy.played.begun[1]),
    ),
    "before it was written": (
        "had not been given the key",
        lambda copy: copy.release("dirk", "without yara", copy.played.begun[1]),
    ),
    "to who was put out": (
        "did not stand there",
        lambda copy: copy.release("yara", "with yara", copy.end_of("yara") + LATER),
    ),
    "to who left, before there are new keys": (
        "did not stand there",
        lambda copy: copy.release("aunt", "to the aunt", copy.end_of("aunt") + LATER),
    ),
    "to a nameless one where staff alone stand": (
        "had not been given the key",
        lambda copy: copy.release("mother", "with yara", copy.now()),
    ),
    "in another's name": (
        "had not been given the key",
        lambda copy: copy.release("dirk", "welcome", copy.now(), whose="carla"),
    ),
    "of what had been erased": (
        "had been erased",
        lambda copy: copy.release("xena", "without yara", copy.end_of("without yara") + LATER),
    ),
    "of what stands elsewhere": (
        "no entry with content there",
        lambda copy: copy.release("dirk", "welcome", copy.now(), place=copy.played.expert),
    ),
    "of what is not there": (
        "no entry with content there",
        lambda copy: copy.release("dirk", "0" * 32, copy.now(), place=copy.played.expert),
    ),
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_without_ground_is_convicted(copy: Copy, release: str) -> None:
    why, forge = RELEASES[release]
    line = forge(copy)
    found = copy.convicted()
    assert found.keys() == {"A2"}
    assert found["A2"].startswith(f"{line}: ") and why in found["A2"] and "|" not in found["A2"]


def test_what_was_asked_for_just_before_is_no_fault(copy: Copy) -> None:
    """Who asks is looked at, and a moment later it is written down."""
    for name, said in (("yara", "with yara"), ("aunt", "to the aunt"), ("xena", "without yara")):
        copy.release(name, said, copy.end_of(said if name == "xena" else name) + GRACE_SECONDS)
    assert copy.convicted() == {}


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"address": "192.0.2.1"}, "address"),
        ({"network": {"type": "public", "id": "public", "ip": "192.0.2.1"}}, "network.ip"),
    ],
    ids=["in a line", "within a field"],
)
def test_a_field_that_should_not_be_in_a_line_is_convicted(
    copy: Copy, odd: dict[str, Any], told: str
) -> None:
    line = copy.release("mother", "welcome", copy.now(), **odd)
    assert copy.convicted() == {"A10": f"{line}: {told}"}


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM reads WHERE number=3 AND case_id=?", "line 3"),
        ("UPDATE reads SET body=CAST(replace(CAST(body AS TEXT), 'casemanager', 'supervisor') "
         "AS BLOB) WHERE number=2 AND case_id=?", "line 2"),
    ],
    ids=["removed", "edited"],
)  # fmt: skip
def test_a_line_that_was_touched_is_convicted(
    copy: Copy, zegel: Callable[..., Result], statement: str, told: str
) -> None:
    with copy.shell("reads.sqlite") as shell:
        assert shell.execute(statement, (copy.played.case,)).rowcount == 1
    with pytest.raises(Distrust, match=told) as refused:
        copy.audit()
    assert refused.value.name == "bad-read-log"
    done = zegel("audit", copy.played.case, "--json")
    assert done.exit_code == 1
    found = {one["name"]: one["faults"] for one in json.loads(done.stdout)["verdicts"]}
    assert {name for name, faults in found.items() if faults} == {"A2", "A11"}
    assert all(told in fault for name in ("A2", "A11") for fault in found[name])


# --- the entries ----------------------------------------------------------------------------------


def test_a_word_after_a_leave_and_before_new_keys_is_convicted(copy: Copy) -> None:
    dirk, chain = copy.chain("dirk", copy.played.aunts)
    key = chain.epoch_keys[chain.compartment.epoch]
    entry = copy.insert(dirk.draft(chain, "MessageSent", {}, message("she hears it"), key), dirk)
    found = copy.convicted()
    assert found.keys() == {"A1", "A3", "A9"}
    assert found["A1"].startswith(f"{entry}: rotation-owed")
    assert found["A3"].startswith(f"{entry}: written after ")
    assert found["A9"] == f"{entry}: the replay did not come to it"


def test_new_keys_for_who_left_are_convicted(copy: Copy) -> None:
    dirk, chain = copy.chain("dirk", copy.played.aunts)
    epochs = [one.entry.header for one in chain.items if one.entry.header.changes_members]
    lines, aunt = epochs[-1].lines, copy.played.cast["aunt"]
    cards = {aunt.device: aunt.card, dirk.device: dirk.card}
    made = (lines, cards, dirk.device, dirk.roster_version(), dirk.now())
    entry = copy.insert(draft_change(chain.compartment, chain.case, "rotated", *made), dirk)
    found = copy.convicted()
    assert found.keys() == {"A1", "A3"}
    assert found["A1"].startswith(f"{entry}: uncertified-member")
    assert found["A3"] == f"{entry}: new keys for {aunt.device}, who had left"


def test_a_word_by_who_does_not_stand_there_is_convicted(copy: Copy) -> None:
    _, chain = copy.chain("dirk", copy.played.dialogue)
    xena = copy.session("xena")
    made = (message("let me in"), bytes(32), xena.device, xena.roster_version(), xena.now())
    entry = copy.insert(draft_entry(chain.compartment, chain.case, "MessageSent", {}, *made), xena)
    found = copy.convicted()
    assert found.keys() == {"A1", "A9"} and found["A1"].startswith(f"{entry}: not-a-member")


def test_releases_after_the_first_fault_are_not_taken_for_founded(copy: Copy) -> None:
    dirk, chain = copy.chain("dirk", copy.played.aunts)
    key = chain.epoch_keys[chain.compartment.epoch]
    entry = copy.insert(dirk.draft(chain, "MessageSent", {}, message("she hears it"), key), dirk)
    line = copy.release("dirk", entry, copy.now(), place=copy.played.aunts)
    assert copy.convicted()["A2"] == (
        f"{line}: {entry} is no entry with content there, as far as was replayed"
    )


@pytest.mark.parametrize("where", ["header", "body", "payload"])
def test_a_field_that_should_not_be_in_a_header_is_convicted(copy: Copy, where: str) -> None:
    """Even if its author signs it, and the server hands it on."""
    last, author = copy.played.said["without yara"][0], copy.played.cast["dirk"]

    def deceive(_: object, answer: Answer) -> Answer:
        for entry in answer.get("entries", ()):
            fields = parse_canonical(unb64(entry["header"]), 10**5)
            if fields["id"] == last:
                (fields if where == "header" else fields[where])["name"] = "Jan Jansen"
                header = canonical(fields)
                signature = author.keys.sign_with(ENTRY_SIGNATURE_LABEL, header)
                entry |= {"header": b64(header), "signature": b64(signature)}
        return answer

    (index,) = (n for n, one in enumerate(copy.evidence()[2].history) if one.id == last)
    copy.server.deceive = deceive
    found = copy.convicted()
    assert {"A1", "A10"} <= found.keys() and "A3" not in found
    assert found["A1"].startswith("(unreadable): malformed") and "name" in found["A1"]
    assert found["A10"].startswith(f"entry {index}: malformed") and "name" in found["A10"]


def test_an_entry_at_another_time_breaks_a_rule_or_is_noticed_by_who_has_the_receipt(
    copy: Copy,
) -> None:
    hers, mother = copy.played.said["hers"][0], copy.played.cast["mother"]
    copy.redate(hers, -60)
    assert copy.convicted() == {}  # within ten minutes times are the server's word
    assert copy.audit()["A1"].evidence.endswith(", 1 dated before an earlier one")
    with pytest.raises(Distrust) as noticed:
        copy.session("mother", deepcopy(mother.pins)).read(copy.played.case, copy.played.dialogue)
    assert noticed.value.name == "forked"
    copy.redate(hers, 180)  # now it was read before it was written
    assert copy.convicted().keys() == {"A2"}
    copy.redate(hers, HOUR)
    assert copy.convicted()["A1"].startswith(f"{hers}: clock")


def test_a_report_that_leaves_out_who_wrote_is_convicted(copy: Copy) -> None:
    evidence, access, report, session = copy.evidence()
    hers = copy.played.said["hers"][0]
    others = tuple(
        one for one in access.entries[hers].readers if one.device != access.entries[hers].author
    )
    short = {**access.entries, hers: access.entries[hers]._replace(readers=others)}
    made = (session.directory, read_calendar(None), copy.now())
    told = verdicts(evidence, report, Access(short, ()), [], *made)
    found = {one.name: one for one in told}
    assert found["A9"].faults == (f"{hers}: not even its author was given the key",)


# --- the commands ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key_file(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return auditor_key(played, tmp_path_factory.mktemp("home"))


@pytest.fixture
def zegel(
    copy: Copy, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run a command as the auditor."""
    return as_auditor(copy, key_file, tmp_path, monkeypatch)


def shown(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_audit_command_tells_how_it_was_at_a_time_or_a_position(
    copy: Copy, zegel: Callable[..., Result]
) -> None:
    case, begun = copy.played.case, copy.played.begun
    evidence, _, _, _ = copy.evidence()
    whole = shown(zegel("audit", case, "--json"))
    assert whole["holds"] and [one["name"] for one in whole["verdicts"]] == [*WHAT]
    assert len(whole["history"]) == len(evidence)

    first = [one for one in evidence if one.stored < begun[1]]
    for moment in (minute_of(begun[2] - 60), str(first[-1].position)):
        then = shown(zegel("audit", case, "--at", moment, "--json"))
        assert then["holds"] and len(then["history"]) == len(first)
        assert {one["stored"] for one in then["history"]} == {one.stored for one in first}
    released = [
        int(
            shown(zegel("audit", case, "--at", minute_of(at), "--json"))["verdicts"][1][
                "evidence"
            ].split()[0]
        )
        for at in (begun[1] - 60, begun[2] - 60)
    ]
    assert released[0] < released[1]  # what was read in the hour between counts by its time alone

    said = zegel("audit", case)
    assert said.exit_code == 0 and "Everything holds" in said.stdout
    for moment in ("yesterday", "²", "2026-02-30T00:00Z"):
        assert isinstance(zegel("audit", case, "--at", moment).exception, NotPossible)
    assert isinstance(zegel("audit", case, "--at", "3", "--seq", "1").exception, NotPossible)


def test_the_audit_command_ends_with_1_and_names_what_does_not_hold(
    copy: Copy, zegel: Callable[..., Result]
) -> None:
    line = copy.release("xena", "welcome", copy.now())
    done = zegel("audit", copy.played.case)
    assert done.exit_code == 1 and "DOES NOT HOLD" in done.stdout
    assert f"{line}: " in done.stdout.partition("✗ A2")[2]
    assert done.stdout.count("✗") == 1


def test_who_could_read_what_is_told_of_a_case_an_entry_or_a_person(
    copy: Copy, zegel: Callable[..., Result]
) -> None:
    played = copy.played
    case, cast, entry = played.case, played.cast, played.said["with yara"][0]
    _, access, _, _ = copy.evidence()

    def who(*arguments: str) -> dict[str, set[str]]:
        """By entry, the devices that could read it."""
        found = shown(zegel("who", case, *arguments, "--json"))["entries"]
        return {one["id"]: {reader["device"] for reader in one["readers"]} for one in found}

    everything = {id_: {one.device for one in e.readers} for id_, e in access.entries.items()}
    assert who() == everything
    readers = {cast[name].device for name in ("dirk", "xena", "yara", "zoe")}
    assert who(entry[:8]) == {entry: readers}
    assert who(entry[:8], "--at", minute_of(played.begun[2] - 60)) == {
        entry: readers - {cast["zoe"].device}
    }
    grant = next(one for one in access.entries[entry].readers if one.device == cast["zoe"].device)
    before, after = (str(grant.since.position + by) for by in (-1, 0))
    assert (who(entry, "--at", before)[entry], who(entry, "--at", after)[entry]) == (
        readers - {cast["zoe"].device},
        readers,
    )
    hers = who(str(played.persons["yara"]))
    asked_alone = {cast["dirk"].device, cast["yara"].device}
    assert hers.pop(entry) == readers and [*hers.values()] == [asked_alone]
    assert isinstance(zegel("who", case, "nobody").exception, NotPossible)

    said = zegel("who", case, entry[:8]).stdout
    assert f"duidingsexpert {cast['xena'].device[:8]}: could read it, " in said
    assert f"zorgexpert {cast['zoe'].device[:8]}: was given it, " in said
    erased = played.said["without yara"][0]
    assert "erased on" in zegel("who", case, erased[:8]).stdout


def test_who_was_given_it_is_told_by_the_read_log(copy: Copy, zegel: Callable[..., Result]) -> None:
    played = copy.played
    case, hers = played.case, played.said["hers"][0]

    def given(*arguments: str) -> list[dict[str, Any]]:
        found = shown(zegel("who", case, *arguments, "--reads", "--json"))["reads"]
        return [one for one in found if one["outcome"] == "released"]

    of_hers = given(hers[:8])
    assert {one["entry"] for one in of_hers} == {hers}
    assert {one["user"] for one in of_hers} == {"public", played.persons["dirk"]}
    # What was read in the hour after is not told of the time before, though no entry lies between.
    assert len(of_hers) > len(given(hers[:8], "--at", minute_of(played.begun[1] - 60))) > 0
    xenas = given(str(played.persons["xena"]))
    assert {one["user"] for one in xenas} == {played.persons["xena"]}
    assert len(given()) > len(of_hers) + len(xenas)
    said = zegel("who", case, hers[:8], "--reads").stdout
    assert "the one who asked · payload fetched" in said and "released" in said


def test_nothing_is_told_of_who_could_read_a_case_that_does_not_hold(
    copy: Copy, zegel: Callable[..., Result]
) -> None:
    _, chain = copy.chain("dirk", copy.played.dialogue)
    xena = copy.session("xena")
    made = (message("let me in"), bytes(32), xena.device, xena.roster_version(), xena.now())
    copy.insert(draft_entry(chain.compartment, chain.case, "MessageSent", {}, *made), xena)
    refused = zegel("who", copy.played.case).exception
    assert isinstance(refused, Distrust) and refused.name == "not-a-member"


def test_who_may_not_see_the_read_log_audits_the_entries_alone(
    copy: Copy, zegel: Callable[..., Result], tmp_path: Path
) -> None:
    keys = copy.played.cast["carla"].keys
    sealed = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
    (tmp_path / "device.key").unlink()
    write_key_file(tmp_path / "device.key", "device", sealed, PASSPHRASE)
    found = shown(zegel("audit", copy.played.case, "--json"))
    assert found["holds"]
    assert [one["name"] for one in found["verdicts"]] == ["A1", "A3", "A9", "A10"]
    told = zegel("audit", copy.played.case)
    assert told.exit_code == 0 and "auditors and privacy officers alone" in told.output
