"""Every row of the consultation's table can be written by a command, and the commands that the demo
does not play are played here, as people play them.

Holds cli/office/steps.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from cli.main import COMMANDS, cli
from cli.office.steps import STEPS
from crypto.encoding import b64
from crypto.secret.keyfile import write_key_file
from crypto.secret.seeds import new_device
from domain.services.consultation import CONSULTATION
from tests.cli.office.test_commands import PASSPHRASE, Office
from tests.support.world import World

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


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "server").mkdir()
    with World(folder / "server") as world:
        for number, (person, role) in enumerate(STAFF.items(), 1):
            keys = new_device()
            (folder / person).mkdir()
            value = {"sign": b64(keys.sign), "kem": b64(keys.kem)}
            write_key_file(folder / person / "device.key", "device", value, PASSPHRASE)
            world.ceremony.list_person(number, [role], keys)
            world.publish(keys)
        office = Office(world, folder)
        kept = {"XDG_RUNTIME_DIR": str(folder)}
        for person in STAFF:
            assert office.run(person, "unlock", **kept).returncode == 0
        yield office
        for person in STAFF:
            office.run(person, "lock", **kept)


def do(office: Office, person: str, *arguments: str, typed: str = "", fails: bool = False) -> str:
    office.world.settle()
    kept = {"XDG_RUNTIME_DIR": str(office.folder), "ZEGEL_PASSPHRASE": "not asked for"}
    done = office.run(person, *arguments, typed=typed, **kept)
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
    bram = office.json("bram", "colleagues")["people"]
    person = next(one["person"] for one in bram if one["you"])
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
    assert "Within 90 days" in do(office, "mother", "return", "-", typed=code)
    do(office, "mother", "return", "-", "-m", "it goes on", typed=code)
    do(office, "bram", "close", case, *closing)
    do(office, "bram", "reopen", case, "-m", "we go on")
    do(office, "bram", "close", case, *closing)
    do(office, "anna", "leave", case)
    assert case[:8] not in do(office, "anna", "inbox")
    assert "and are not shown it now" in do(office, "anna", "show", case, fails=True)


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
