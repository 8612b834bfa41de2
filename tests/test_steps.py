"""Every row of the consultation's table can be written by a command, and the commands that the demo
does not play are played here, as people play them."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest

from cli import unlocked
from cli.main import COMMANDS, cli
from cli.steps import STEPS
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from domain.services.consultation import CONSULTATION
from domain.services.consultation_guards import DORMANT_DAYS
from domain.trust import SECONDS_A_DAY
from tests.support.world import World
from tests.test_commands import Office

# Rows whose command is more than a line of the table: role, kind, compartment type.
SPECIAL = {
    ("requester", "ConsultationReceived", "dialogue"): "ask",
    ("requester", "MessageSent", "dialogue"): "return",
    ("requester", "RequesterNamed", "dialogue"): "return",
    ("requester", "CrisisFlagged", "dialogue"): "return",
    ("requester", "CaseSupportAccepted", "dialogue"): "return",
    ("requester", "CaseSupportDeclined", "dialogue"): "return",
    ("requester", "LinkConsented", "dialogue"): "return",
    ("requester", "ConsultationReopened", "dialogue"): "return",
    ("consultation_worker", "ConsultationReceived", "dialogue"): "register",
    ("consultation_worker", "ConsultationAssigned", "dialogue"): "take",
    ("consultation_worker", "SubstituteNamed", "dialogue"): "substitute",
    ("consultation_worker", "MessageSent", "dialogue"): "message",
    ("consultation_worker", "MessageSent", "worknotes"): "message",
    ("consultation_worker", "MessageSent", "governance"): "message",
    ("consultation_worker", "PeerConsulted", "worknotes"): "consult",
    ("supervisor", "MessageSent", "governance"): "message",
    ("requester", "MessageCorrected", "dialogue"): "return",
    ("requester", "MessageWithdrawn", "dialogue"): "return",
    ("consultation_worker", "MessageCorrected", "dialogue"): "correct",
    ("consultation_worker", "MessageWithdrawn", "dialogue"): "withdraw",
    ("consultation_worker", "MessageWithdrawn", "worknotes"): "withdraw",
    ("consultation_worker", "MessageWithdrawn", "governance"): "withdraw",
    ("supervisor", "MessageWithdrawn", "governance"): "withdraw",
    **{
        (role, kind, where): command
        for where in ("dialogue", "worknotes", "governance")
        for role, kind, command in (
            ("supervisor", "ErasureProposed", "propose-erasure"),
            ("privacy_officer", "PayloadErased", "erase"),
        )
    },
    ("supervisor", "ApprovalGiven", "governance"): "approve",
    ("supervisor", "ApprovalRefused", "governance"): "refuse",
}
# Raised and resolved in governance instead: the supervisors see it at once, the requester does not.
NOT_OFFERED = {
    ("consultation_worker", kind, "dialogue") for kind in ("CrisisFlagged", "CrisisResolved")
}
# Written by the client itself when it is due, or when a person leaves.
BY_ITSELF = {"MemberLeft", "WrapRefused", "RequesterKeyReplaced"}


def test_every_row_of_the_table_has_a_command() -> None:
    rows = {
        (role, step.kind, where)
        for step in CONSULTATION.steps
        for role in step.writers
        for where in step.compartments
        if step.kind not in BY_ITSELF
    }
    of_steps = {("consultation_worker", one.kind, one.where) for one in STEPS.values()}
    of_steps |= {("supervisor", "CrisisFlagged", "governance")}
    assert rows == of_steps | set(SPECIAL) | NOT_OFFERED


def test_every_command_loads_and_says_what_it_does() -> None:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None and command.get_short_help_str(), name
    assert set(SPECIAL.values()) | set(STEPS) <= set(COMMANDS)


STAFF = {"anna": "consultation_worker", "bram": "consultation_worker", "carla": "supervisor"}


@contextmanager
def opened(folder: Path, clock: Callable[[], float] = time.time) -> Iterator[Office]:
    """A server, and homes of people who have unlocked their device: no key file is opened."""
    (folder / "server").mkdir()
    with pytest.MonkeyPatch.context() as patch, World(folder / "server", clock=clock) as world:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        keys = {person: new_device() for person in STAFF}
        for number, (person, role) in enumerate(STAFF.items(), 1):
            world.ceremony.list_person(number, [role], keys[person])
        world.publish(*keys.values())
        try:
            for person, one in keys.items():
                (folder / person).mkdir()
                held = {"sign": b64(one.sign), "kem": b64(one.kem)}
                unlocked.start(folder / person, held, 600)
            yield Office(world, folder)
        finally:
            for person in STAFF:
                unlocked.ask(folder / person, "lock")
                unlocked.socket_path(folder / person).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("office")) as found:
        yield found


def do(
    office: Office,
    person: str,
    *arguments: str,
    typed: str = "",
    fails: bool = False,
    **environment: str,
) -> str:
    office.world.settle()
    kept = {"XDG_RUNTIME_DIR": str(office.folder), "ZEGEL_PASSPHRASE": "not asked for"}
    done = office.run(person, *arguments, typed=typed, **kept, **environment)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return re.sub(r"[\s│]+", " ", done.stdout + done.stderr)


def asked(office: Office) -> tuple[str, str]:
    """A new question: the case and its code."""
    shown = do(office, "mother", "ask", "--danger", "no", "-m", "a question", "--json")
    case, code = (re.search(rf'"{name}": "([^"]+)"', shown) for name in ("case", "code"))
    assert case is not None and code is not None
    return case[1], code[1]


def test_a_consultation_from_naming_a_substitute_to_reopening(
    office: Office, tmp_path: Any
) -> None:
    case, code = asked(office)
    do(office, "anna", "take", case, "--no-conflict")
    people = do(office, "bram", "colleagues", "--json")
    bram = re.search(r'"person": "([0-9a-f]{32})"[^}]*"you": true', people)
    assert bram is not None
    person = bram[1]
    do(office, "anna", "substitute", case, person)
    do(office, "anna", "contact", case, "--channel", "telephone", "-m", "she rang about her son")
    assert "she rang about her son" in do(office, "mother", "return", "-", typed=code)
    do(office, "anna", "report-noted", case, "-m", "she told the police herself")
    do(office, "anna", "delay", case, "--term", "first_answer", "-m", "the office was flooded")
    do(office, "anna", "message", case, "--in", "worknotes", "-m", "ring her on Monday")
    do(office, "anna", "message", case, "-m", "I ring you on Monday")
    do(
        office,
        "anna",
        "consult",
        case,
        person,
        "--excerpt",
        "x",
        "--question",
        "y",
        "--without-names",
    )
    do(office, "anna", "message", case, "--in", "asked", "-m", "and one thing more")
    seen = do(office, "bram", "show", case)
    assert "and one thing more" in seen and "I ring you on Monday" in seen
    do(office, "bram", "take", case, "--no-conflict")  # the substitute takes over
    form = tmp_path / "advice.txt"
    form.write_text(
        "[yourself]\na\n[professional_help]\nb\n[possible_reports]\nc\n[contact_again]\nd\n"
    )
    do(office, "bram", "advise", case, "-f", str(form))
    closing = ("--outcome", "advised", "--reason", "done", "--pointers", "youth team")
    do(office, "bram", "close", case, *closing)
    returned = do(office, "mother", "return", "-", typed=code)
    assert "Within 90 days" in returned and "I ring you on Monday" in returned
    for noted in ("told the police", "was flooded", "ring her on Monday", "one thing more"):
        assert noted not in returned
    do(office, "mother", "return", "-", "-m", "it goes on", typed=code)
    do(office, "bram", "close", case, *closing)
    do(office, "bram", "reopen", case, "-m", "we go on")
    do(office, "bram", "close", case, *closing)
    do(office, "anna", "leave", case)
    assert case[:8] not in do(office, "anna", "inbox")
    assert "no case of yours" in do(office, "anna", "show", case, fails=True)


def test_support_from_proposal_to_escalation(office: Office) -> None:
    case, code = asked(office)
    do(office, "anna", "take", case, "--no-conflict")
    do(
        office,
        "anna",
        "propose-report",
        case,
        "--ground",
        "vital_interests",
        *(
            part
            for name in (
                "facts",
                "purpose",
                "necessity",
                "alternative",
                "advice-asked",
                "talked-with",
                "consent",
                "informed",
                "what-to-whom",
            )
            for part in (f"--{name}", "said")
        ),
    )
    do(office, "carla", "refuse", case, "-m", "help her to report herself")
    assert "help her to report herself" in do(office, "anna", "show", case)
    do(office, "anna", "propose-support", case, "-m", "she wants someone")
    do(office, "carla", "message", case, "-m", "I look at it today")
    do(office, "anna", "message", case, "--in", "governance", "-m", "she waits for us")
    seen = do(office, "carla", "show", case)
    assert "she waits for us" in seen and "a question" not in seen
    do(office, "anna", "leave", case, fails=True)  # who took it stays, and stays everywhere
    do(office, "carla", "approve", case, "-m", "agreed")
    do(office, "anna", "offer-support", case, "-m", "we can stand next to you")
    assert "--accept" in do(office, "mother", "return", "-", typed=code)
    do(office, "mother", "return", "-", "--name", "Mrs A", fails=True, typed=code)
    named = ("--name", "Mrs A", "--contact", "this code")
    shown = do(office, "mother", "return", "-", "--accept", *named, typed=code)
    assert "Mrs A" in shown
    told = do(office, "anna", "escalate", case, "--to-case", "7" * 32, fails=True)
    assert "zegel" in told
    do(office, "mother", "return", "-", "--allow-link", "family_support", typed=code)
    do(office, "anna", "escalate", case, "--to-case", "7" * 32)
    assert case[:8] not in do(office, "anna", "inbox")


def test_a_crisis_that_the_requester_raises_is_seen_by_those_who_may_take_it(
    office: Office,
) -> None:
    _, code = asked(office)
    do(office, "mother", "return", "-", "--crisis", "-m", "he is packing a bag", typed=code)
    for person in ("anna", "bram"):
        assert "crisis" in do(office, person, "inbox")
    assert "crisis" in do(office, "carla", "overview")
    assert "he is packing a bag" not in do(office, "carla", "overview")


def test_someone_rings(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "contact.txt"
    file.write_text("[channel]\ntelephone\n[text]\na father rang about his son\n")
    shown = do(office, "bram", "register", "-f", str(file))
    case = re.search(r"Case ([0-9a-f]{8})", shown)
    assert case is not None
    assert "a father rang" in do(office, "bram", "show", case[1])
    assert case[1] not in do(office, "anna", "inbox")
    do(
        office, "bram", "rest", case[1], "-m", "we let it rest", fails=True
    )  # not silent for 14 days


def test_who_did_not_take_it_is_told_that_it_is_not_the_time(office: Office) -> None:
    _, mothers, _ = office.world.mother()
    told = do(office, "anna", "answer", mothers.case, "-m", "an answer", fails=True)
    assert "wrong-state" in told and "malformed" not in told


LATER = "import time\nnow = time.time\ntime.time = lambda: now() + {seconds}\n"


def test_a_consultation_rests_after_two_silent_weeks_and_a_word_wakes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, passed = time.time, [0]
    monkeypatch.setattr(time, "time", lambda: now() + passed[0])  # of the server's machine
    with opened(tmp_path, lambda: time.time()) as office:
        case, code = asked(office)
        do(office, "anna", "take", case, "--no-conflict")
        do(office, "anna", "answer", case, "-m", "an answer")
        passed[0] = DORMANT_DAYS * SECONDS_A_DAY + 60
        office.world.publish()  # the list of people was renewed meanwhile
        (tmp_path / "sitecustomize.py").write_text(LATER.format(seconds=passed[0]))
        later = {"PYTHONPATH": str(tmp_path)}  # of the people's machine
        rested = do(office, "anna", "rest", case, "-m", "you can always write again", **later)
        assert "It is now: dormant" in rested
        woken = ("return", "-", "-m", "here I am again", "--json")
        shown = do(office, "mother", *woken, typed=code, **later)
        assert "you can always write again" in shown and '"state": "in_dialogue"' in shown
