"""Every row of every service's table can be written by a command, and the commands of a
consultation that the demo does not play are played here, as people play them.

Holds cli/desk/commands.py, cli/desk/body.py, cli/desk/every_day.py, client/cases/steps.py.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from cli.desk.every_day import STEPS as EVERY_DAY
from cli.main import COMMANDS, cli
from cli.sentences.advice import explain
from client.errors import ClientError
from domain.service import Service
from domain.services.consultation import CONSULTATION
from domain.services.registry import SERVICES
from domain.services.support.guards import FAMILY
from domain.services.support.places import PARTY
from tests.support.people.desks import Desks, desks
from tests.support.world import World

ASKERS = ("requester", "professional")
# Rows whose command is more than a line of the table: role, kind, compartment type.
HERS = {
    "ConsultationReceived": "ask",
    **dict.fromkeys(
        (
            "MessageSent",
            "RequesterNamed",
            "CrisisFlagged",
            "CaseSupportAccepted",
            "CaseSupportDeclined",
            "LinkConsented",
            "LinkWithdrawn",
            "ConsentGiven",
            "ConsentWithdrawn",
            "StoppedByRequester",
            "ConsultationReopened",
            "MessageCorrected",
            "MessageWithdrawn",
        ),
        "return",
    ),
}
SPECIAL = {
    **{(role, kind, "dialogue"): called for role in ASKERS for kind, called in HERS.items()},
    ("consultation_worker", "ConsultationReceived", "dialogue"): "register",
    ("consultation_worker", "ConsultationAssigned", "dialogue"): "take",
    ("consultation_worker", "SubstituteNamed", "dialogue"): "substitute",
    ("consultation_worker", "MessageSent", "dialogue"): "message",
    ("consultation_worker", "MessageSent", "worknotes"): "message",
    ("consultation_worker", "MessageSent", "governance"): "message",
    ("consultation_worker", "PeerConsulted", "worknotes"): "consult",
    ("supervisor", "MessageSent", "governance"): "message",
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
    **{
        (role, kind, "governance"): command
        for role in ("supervisor", "privacy_officer")
        for kind, command in (("ApprovalGiven", "approve"), ("ApprovalRefused", "refuse"))
    },
    ("supervisor", "ConsultationReassigned", "governance"): "reassign",
    ("privacy_officer", "MessageSent", "governance"): "message",
    ("privacy_officer", "MessageWithdrawn", "governance"): "withdraw",
    **{
        (role, kind, "worknotes"): command
        for role in ("casemanager", "duidingsexpert", "zorgexpert")
        for kind, command in (("MessageSent", "message"), ("MessageWithdrawn", "withdraw"))
    },
    ("consultation_worker", "ParticipantInvited", "dialogue"): "case",
    **{
        ("consultation_worker", "HistoryGranted", where): "case"
        for where in ("dialogue", "worknotes", "governance")
    },
    ("supervisor", "HistoryGranted", "governance"): "case",
    **{
        ("key_custodian", "RecoveryApproved", where): "case"
        for where in ("dialogue", "worknotes", "governance")
    },
}
# Raised in governance instead: the supervisors see it at once, the requester does not. Who asks has
# nobody to give history to but who answers her, and he holds it.
NOT_OFFERED = {("consultation_worker", "CrisisFlagged", "dialogue")}
NOT_OFFERED |= {(role, "HistoryGranted", "dialogue") for role in ASKERS}
# Written by the client itself when it is due, or when a person leaves.
BY_ITSELF = {"MemberLeft", "WrapRefused", "RequesterKeyReplaced"}


# Deeds of several entries, and rows that many write, have commands of their own: by kind.
OF_SUPPORT = {
    "CaseAccepted": "accept",
    "CaseNotAccepted": "refuse",
    "CasemanagerAssigned": "take",
    "SubstituteNamed": "substitute",
    "ExcerptShared": "excerpt",
    "ExcerptNoted": "excerpt",
    "ApprovalGiven": "approve",
    "ApprovalRefused": "refuse",
    "MessageSent": "write",
    "MessageCorrected": "correct",
    "MessageWithdrawn": "withdraw",
    "MemberLeft": "leave",
    "ParticipantInvited": "invite",
    "HistoryGranted": "grant",
    "RecoveryApproved": "approve-recovery",
    "ErasureProposed": "propose-erasure",
    "PayloadErased": "erase",
    "IdentityCheckOpened": "check-conflict",
    "ExpertDeployed": "deploy",
    "ExpertReleased": "release-expert",
    "ExpertContributed": "contribute",
    "ContributionAnnounced": "contribute",
    "AnalysesUnsealed": "unseal",
    "SessionEnded": "end-session",
    "AdviceReleased": "release",
}
# Those that any case has, whatever its service.
OF_ANY = {
    kind: OF_SUPPORT[kind]
    for kind in (
        *("MessageSent", "MessageCorrected", "MessageWithdrawn", "MemberLeft", "HistoryGranted"),
        *("RecoveryApproved", "ErasureProposed", "PayloadErased"),
    )
}
DEEDS = {
    "family_support": OF_SUPPORT,
    "individual_support": OF_SUPPORT,
    "expert_profile": {**OF_ANY, "ApprovalGiven": "approve", "ApprovalRefused": "refuse"},
    "deployment": {
        **OF_ANY,
        "ShortlistProposed": "match",
        "ExpertInvited": "invite",
        "ExpertProposed": "confirm",
        "ExpertDeployed": "confirm",
        "ConfirmationTold": "confirm",
    },
    "expert_pool": {**OF_ANY, "FairnessReported": "fairness"},
}
OUTSIDE = FAMILY | PARTY | {"interpreter", "professional"}


def rows_of(table: Service) -> set[tuple[str, str, str]]:
    return {
        (role, step.kind, where)
        for step in table.steps
        for role in step.writers
        for where in step.compartments
        if step.kind not in BY_ITSELF
    }


def of_steps(table: Service) -> set[tuple[str, str, str]]:
    """The rows that the commands of a table write."""
    found = {(one.kind, one.place) for one in table.commands.values()}
    return {row for row in rows_of(table) if row[1:] in found}


def test_every_row_of_the_consultation_has_a_command() -> None:
    rows, known = rows_of(CONSULTATION), of_steps(CONSULTATION)
    assert rows == known | set(SPECIAL) | NOT_OFFERED
    assert known & (set(SPECIAL) | NOT_OFFERED) == {row for row in known if row[0] in ASKERS} & set(
        SPECIAL
    )


@pytest.mark.parametrize("service", sorted(SERVICES.keys() - {"consultation"}))
def test_every_row_of_another_service_has_a_command(service: str) -> None:
    table, deeds = SERVICES[service], set(DEEDS[service]) - {"MemberLeft"}
    rows, known = rows_of(table), of_steps(table)
    assert {kind for _, kind, _ in rows - known} == deeds
    assert not {kind for _, kind, _ in known} & deeds


def test_every_command_loads_and_says_what_it_does() -> None:
    context = click.Context(cli)
    names = cli.list_commands(context)
    for name in names:
        command = cli.get_command(context, name)
        assert command is not None and command.get_short_help_str(), name
    assert set(SPECIAL.values()) | set(EVERY_DAY) <= {*COMMANDS}
    for table in SERVICES.values():
        group = cli.get_command(context, table.grouped)
        assert isinstance(group, click.Group)
        known = group.list_commands(context)
        assert {*table.commands} <= {*known}
        for called in known:
            step = group.get_command(context, called)
            assert step is not None and step.get_short_help_str(), called
    assert set(EVERY_DAY) < set(CONSULTATION.commands)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with desks(tmp_path_factory.mktemp("office")) as opened:
        yield opened


def do(office: Desks, person: str, *arguments: str, typed: str = "", fails: bool = False) -> str:
    """What somebody reads who runs a command."""
    done = office.run(person, *arguments, typed=typed)
    assert (done.error is not None) == fails, done
    told = explain(done.error)["what"] if isinstance(done.error, ClientError) else ""
    return re.sub(r"[\s│]+", " ", done.out + done.err + told)


def asked(office: Desks) -> tuple[str, str]:
    """A new question: the case and its code."""
    shown = do(office, "mother", "ask", "--danger", "no", "-m", "a question", "--json")
    case, code = (re.search(rf'"{name}": "([^"]+)"', shown) for name in ("case", "code"))
    assert case is not None and code is not None
    return case[1], code[1]


def test_a_consultation_from_naming_a_substitute_to_reopening(office: Desks, tmp_path: Any) -> None:
    case, code = asked(office)
    do(office, "anna", "take", case, "--no-conflict")
    bram = office.json("bram", "colleagues")["people"]
    person = next(one["person"] for one in bram if one["you"])
    do(office, "anna", "substitute", case, person)
    talk = ("--channel", "telephone", "--with-whom", "his teacher", "-m", "he stays away")
    do(office, "anna", "contact", case, *talk)
    assert "he stays away" in do(office, "anna", "show", case)
    assert "he stays away" not in do(office, "mother", "return", "-", typed=code)
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
    closing = ("--outcome", "advised", "--to-you", "you can always write")
    closing += ("--subject-kind", "individual", "--form-group", "unknown")
    do(office, "bram", "close", case, *closing)
    assert "Within 90 days" in do(office, "mother", "return", "-", typed=code)
    do(office, "mother", "return", "-", "-m", "it goes on", typed=code)
    do(office, "bram", "close", case, *closing)
    do(office, "bram", "reopen", case, "-m", "we go on")
    do(office, "bram", "close", case, *closing)
    do(office, "anna", "leave", case)
    assert case[:8] not in do(office, "anna", "inbox")
    assert "and are not shown it now" in do(office, "anna", "show", case, fails=True)


def test_support_from_proposal_to_escalation(office: Desks) -> None:
    case, code = asked(office)
    do(office, "anna", "take", case, "--no-conflict")
    _propose_to_tell(office, case, "that he stays away")
    do(office, "carla", "approve", case, "-m", "agreed", fails=True)  # not weighed yet
    do(office, "carla", "refuse", case, "-m", "help her to report herself")
    assert "help her to report herself" in do(office, "anna", "show", case)
    _propose_to_tell(office, case, "that he needs someone at school")
    weighed = ("facts", "purpose", "necessity", "alternative", "advice-asked", "talked-with")
    weighed += ("consent", "informed", "what-to-whom", "deciders")
    said = [part for name in weighed for part in (f"--{name}", "said")]
    do(office, "anna", "consultation", "weigh", case, "--reporting-code", "complete", *said)
    do(office, "carla", "approve", case, "-m", "agreed")
    how = ("--by-channel", "telephone", "--moment", "today", "--receiver", "the school's mentor")
    do(office, "anna", "consultation", "sent", case, "-m", "what was told", *how)
    do(office, "anna", "consultation", "tell-of-disclosure", case, "-m", "we spoke with the mentor")
    assert "we spoke with the mentor" in do(office, "mother", "return", "-", typed=code)
    do(office, "anna", "propose-support", case, "-m", "she wants someone")
    do(office, "carla", "message", case, "-m", "I look at it today")
    do(office, "carla", "approve", case, "-m", "agreed")
    do(office, "anna", "offer-support", case, "-m", "we can stand next to you")
    assert "--accept" in do(office, "mother", "return", "-", typed=code)
    do(office, "mother", "return", "-", "--name", "Mrs A", fails=True, typed=code)
    named = ("--name", "Mrs A", "--contact", "this code")
    shown = do(office, "mother", "return", "-", "--accept", *named, typed=code)
    assert "Mrs A" in shown
    opened = do(office, "anna", "case", "open", "-m", "she wants someone", "--json")
    found = re.search(r'"case": "([0-9a-f]{32})"', opened)
    assert found is not None
    to_case = ("--to-case", found[1][:12])
    assert "allowed" in do(office, "anna", "escalate", case, *to_case, fails=True)
    allow = ("--allow-link", "family_support")
    do(office, "mother", "return", "-", *allow, typed=code)
    assert "verified" in do(office, "anna", "escalate", case, *to_case, fails=True)
    do(office, "anna", "consultation", "verify", case, "--how", "call_back")
    do(office, "mother", "return", "-", "--withdraw-link", typed=code)
    do(office, "anna", "escalate", case, *to_case, fails=True)
    do(office, "mother", "return", "-", *allow, typed=code)
    do(office, "anna", "escalate", case, *to_case)
    assert f"{case[:8]} " not in do(office, "anna", "inbox")
    note = ("--reason", "a case", "--considerations", "her own wish", "--pointers", "none")
    do(office, "anna", "consultation", "closing-note", case, *note)
    assert "her own wish" not in do(office, "mother", "return", "-", typed=code)


def _propose_to_tell(office: Desks, case: str, told: str) -> None:
    what = ("--disclosure", "excerpt", "--ground", "vital_interest", "--recipient", "school")
    words = ("--what", told, "--to-whom", "his mentor", "--when", "now")
    do(
        office,
        "anna",
        "consultation",
        "propose-disclosure",
        case,
        *what,
        *words,
        "--when",
        "now",
        "--how",
        "by telephone",
    )


def test_a_supervisor_gives_it_to_another_and_the_mother_lets_her_in(office: Desks) -> None:
    case, code = asked(office)
    do(office, "anna", "take", case, "--no-conflict")
    do(office, "anna", "answer", case, "-m", "we are looking at it")
    people = office.json("bram", "colleagues")["people"]
    bram = next(one["person"] for one in people if one["you"])
    do(office, "carla", "reassign", case, bram, "--why", "ill", "-m", "anna is ill")
    assert case[:8] in do(office, "bram", "inbox")
    do(office, "bram", "answer", case, "-m", "too early", fails=True)
    do(office, "mother", "return", "-", "-m", "is someone there?", typed=code)
    do(office, "bram", "answer", case, "-m", "I go on with this")
    shown = do(office, "mother", "return", "-", typed=code)
    assert "I go on with this" in shown
    do(office, "anna", "answer", case, "-m", "I am back", fails=True)


def test_she_stops_and_consents_when_she_likes(office: Desks) -> None:
    _, code = asked(office)
    consent = ("--consent", "report", "--age", "16_or_older", "-m", "you may report it")
    do(office, "mother", "return", "-", "--consent", "report", fails=True, typed=code)
    do(office, "mother", "return", "-", *consent, typed=code)
    do(office, "mother", "return", "-", "--withdraw-consent", typed=code)
    again = do(office, "mother", "return", "-", "--withdraw-consent", typed=code)
    assert "This is stored already: you took your consent back" in again
    assert "closed" in do(office, "mother", "return", "-", "--stop", typed=code)


def test_a_crisis_that_the_requester_raises_is_seen_by_those_who_may_take_it(
    office: Desks,
) -> None:
    _, code = asked(office)
    do(office, "mother", "return", "-", "--crisis", "-m", "he is packing a bag", typed=code)
    for person in ("anna", "bram"):
        assert "crisis" in do(office, person, "inbox")
    assert "crisis" in do(office, "carla", "overview")
    assert "CRISIS" in do(office, "carla", "inbox")
    assert "he is packing a bag" not in do(office, "carla", "inbox")
    assert "he is packing a bag" not in do(office, "carla", "overview")


def test_someone_rings(office: Desks, tmp_path: Path) -> None:
    file = tmp_path / "contact.txt"
    file.write_text(
        "[channel]\ntelephone\n[with_whom]\na father\n[text]\na father rang about his son\n"
    )
    shown = do(office, "bram", "register", "-f", str(file))
    case = re.search(r"Case ([0-9a-f]{8})", shown)
    assert case is not None
    assert "a father rang" in do(office, "bram", "show", case[1])
    assert case[1] not in do(office, "anna", "inbox")
    do(
        office, "bram", "rest", case[1], "-m", "we let it rest", fails=True
    )  # not silent for 14 days
    do(office, "bram", "answer", case[1], "-m", "we ring you back")
    do(office, "bram", "propose-support", case[1], "-m", "he wants someone")
    do(office, "carla", "approve", case[1], "-m", "agreed")
    do(office, "bram", "offer-support", case[1], "-m", "we can stand next to you")
    talk = ("--channel", "telephone", "--with-whom", "the father", "-m", "as he said it")
    do(office, "bram", "consultation", "record-answer", case[1], "--answer", "accepted", *talk)
    do(office, "bram", "consultation", "record-name", case[1], *talk)
    do(office, "bram", "consultation", "record-link", case[1], "--to", "family_support", *talk)
    do(office, "bram", "consultation", "verify", case[1], "--how", "known")
    opened = do(office, "bram", "case", "open", "-m", "he wants someone", "--json")
    found = re.search(r'"case": "([0-9a-f]{32})"', opened)
    assert found is not None
    invited = do(office, "bram", "case", "invite", case[1], "--as", "requester")
    assert "zegel case admit" in invited
    do(office, "bram", "escalate", case[1], "--to-case", found[1])


def test_a_place_is_named_by_its_kind_in_either_language(office: Desks) -> None:
    case = office.taken()
    do(office, "anna", "message", case, "--in", "werkdossier", "-m", "ring her on Monday")
    do(office, "anna", "message", case, "--in", "worknotes", "-m", "and on Tuesday")
    assert [one["text"] for one in office.said("anna", case, "worknotes")] == [
        "ring her on Monday",
        "and on Tuesday",
    ]
    assert "there is no kitchen in such a case" in do(
        office, "anna", "message", case, "--in", "kitchen", "-m", "x", fails=True
    )
    do(office, "anna", "withdraw", case, "1", "--in", "werkdossier")


def test_nobody_answers_a_question_of_a_step_that_cannot_be_taken(office: Desks) -> None:
    case = office.taken()
    nothing = office.run("anna", "consultation", "weigh", case)
    nothing.refused("there is no DisclosureProposed")
    office.run("anna", "consultation", "record-answer", case).refused("wrong-state")
    asked_twice = office.run("anna", "delay", case, "-m", "ill", typed="nonsense\nfirst_answer\n")
    assert asked_twice.error is None and "Which term has passed?" in asked_twice.err


def test_what_is_asked_stands_beside_the_object_for_scripts(office: Desks) -> None:
    case = office.taken()
    told = office.run("anna", "delay", case, "--json", "-m", "a flood", typed="first_answer\n")
    assert told.error is None and json.loads(told.out)["case"] == case
    assert "Which term has passed?" in told.err
    told = office.run("carla", "reassign", case, "00", "--json", "-m", "x", typed="absent\n")
    assert told.out == "" and "Why? (ill, left," in told.err
    dutch = office.run("anna", "delay", case, "-m", "x", typed="eerste-antwoord\n", ZEGEL_LANG="nl")
    assert dutch.error is None and "eerste-antwoord" in dutch.err.partition("): ")[0]


def test_of_two_places_of_a_kind_each_is_told_by_its_name(office: Desks) -> None:
    case = office.taken()
    bram = next(one["person"] for one in office.json("bram", "colleagues")["people"] if one["you"])
    asks = ("--excerpt", "x", "--question", "y", "--without-names")
    do(office, "anna", "consult", case, bram, *asks)
    assert "worknotes-" not in do(office, "anna", "show", case)
    do(office, "anna", "report-noted", case, "-m", "she told the police herself")
    assert len(set(re.findall(r"worknotes-\d+", do(office, "anna", "show", case)))) == 2
    do(office, "bram", "crisis", case, "-m", "he has a knife")
    told = do(office, "bram", "message", case, "-m", "x", fails=True)
    assert re.search("worknotes, governance|governance, worknotes", told)
    do(office, "anna", "consult", case, bram, "--excerpt", "z", *asks[2:])
    told = do(office, "bram", "message", case, "-m", "x", fails=True)
    assert len(set(re.findall(r"worknotes-\d+", told))) == 2


def test_a_support_case_is_spoken_of_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    staff = {"anna": "consultation_worker", "carla": "supervisor", "dirk": "casemanager"}
    with World(tmp_path / "server") as world:
        office = Desks(world, tmp_path, staff)
        people = office.json("dirk", "colleagues")["people"]
        dirk = next(one["person"] for one in people if one["you"])
        proposed = ("family-support", "propose", "--with", dirk, "-m", "she wants someone")
        case = office.json("anna", *proposed)["case"]
        do(office, "carla", "approve", case, "-m", "agreed")
        with_conflict = do(office, "dirk", "case", "take", case, typed="n\n", fails=True)
        assert "conflict of interest leaves it" in with_conflict
        told = do(office, "dirk", "take", case, "--no-conflict")
        assert "The case is yours." in told and "no other worker" not in told
        do(office, "dirk", "family-support", "request", case, "-m", "what do these signs mean?")
        assert "several places are meant" in do(
            office, "dirk", "message", case, "-m", "x", fails=True
        )
        do(office, "dirk", "family-support", "propose-advice", case, "-m", "stay next to him")
        left = do(office, "carla", "refuse", case, "-m", "no", fails=True)
        assert "is approved or left" in left
        do(office, "carla", "approve", case, "-m", "agreed")
