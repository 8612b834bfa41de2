"""Scenario A of SCENARIOS.md, steps 1 to 9, with real keys, server and store; `zegel demo` plays
the same through the commands.

Left out here, by step: 1 page title, cookies and storage (a browser); 4 no notification (there is
no such thing to look for); 5 quick exit, keyboard order and the read log; 6 the picture, which
`zegel demo` sends and tests/client/files/test_pictures.py looks into; 8 `OpenDuiding` (another
service: its refusal is shown by the escalation, which is refused for the same reason); 7 the hour
is shown as a term, not enforced.

Holds client/cases/consultation.py, client/cases/casework.py.
"""

import time
from typing import Any

import pytest

from client.cases import colleagues, consultation, consulting
from client.cases.casework import Casework, open_casework
from client.cases.consultation import message, payload
from client.cases.steps import newest
from client.cases.support import open_case
from client.errors import NotPossible
from client.session import Session
from crypto.code import read_code, show_code
from crypto.secret.seeds import new_code
from crypto.wordlists import read_any, show_words
from tests.support.people import speaking
from tests.support.world import World, quick_code, read, refused_for, texts

QUESTION = "My son (16) is online all night and spoke of a day they will remember."
SECTIONS = {
    "yourself": "Stay next to him.",
    "professional_help": "The family doctor.",
    "possible_reports": "The constable, about the replica: you decide.",
    "contact_again": "As soon as you hear of a day.",
}
SIGNALS = (
    ("He is online all night and stopped playing football.", False),
    ("He wears parts of uniforms.", False),
    ("He sent a photo of a replica weapon.", False),
    ("He helps his sister and keeps his job.", True),
)


def work(world: World, session: Session) -> Casework:
    world.settle()
    (case,) = {row["case"] for row in session.work() if row["service"] == "consultation"}
    return open_casework(session, case)


def signal(fact: str, contradicts: bool) -> dict[str, Any]:
    seen = {"observed": "this week, at home", "observed_by": "the mother", "source": "the mother"}
    seen |= {"channel": "telephone", "reliability": "B", "credibility": "2"}
    return payload("signal/2", fact=fact, contradicts=contradicts, **seen)


def test_scenario_a_steps_1_to_9(world: World) -> None:
    anna, bram, carla, auditor = world.staff(
        "consultation_worker", "consultation_worker", "supervisor", "auditor"
    )

    # 1 and 2: she writes; the code is hers alone.
    entropy = new_code()
    for shown in (show_code(entropy), " ".join(show_words(entropy, "nl"))):
        assert read_any(f"  {shown.upper()} \n") == entropy == read_code(show_code(entropy))
    code = quick_code(entropy, world.pin)
    mother = world.session(code.keys)
    asked = consultation.ask(mother, code, 0, "anonymous", QUESTION)
    answer = world.app.test_client().get("/health")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    world.settle()
    assert [texts(one, read(world, one, asked)) for one in (anna, bram)] == [[QUESTION]] * 2
    for outsider in (carla, auditor):
        assert outsider.read(asked.case, asked.name) is None
    stored = b"".join(file.read_bytes() for file in world.folder.rglob("*") if file.is_file())
    for trace in (b"127.0.0.1", b"python-requests", QUESTION.encode(), entropy):
        assert trace not in stored

    # 3: one takes it, and states that there is no conflict; the others are out.
    chain = read(world, anna, asked)
    consulting.take(anna, chain)
    assigned = next(one for one in chain.items if one.entry.header.kind == "ConsultationAssigned")
    assert assigned.entry.header.body["no_conflict"] is True
    assert bram.read(asked.case, asked.name) is None

    # 4: within the term; asked back, and answered.
    world.settle()
    (row,) = anna.work()
    due = {term["term"]: term["due"] for term in row["terms"]}
    assert due["first_answer"] > time.time()
    anna.write(chain, "ClarificationRequested", {}, message("Since when? With whom? Where?"))
    speaking.answer(anna, chain, "Good that you write. Do not argue with him.")

    # 5 and 6: she comes back with the code alone, and adds; only a class of size is plain.
    returned = world.session(code.keys)
    (found,) = consultation.cases_of(returned, code)
    consultation.say(returned, found, "A photo of a replica.")
    consultation.say(returned, found, "No day, and no place. " * 3)
    sizes = {one.entry.header.payload.size for one in found.items[-2:] if one.entry.header.payload}
    assert len(sizes) == 1

    # 7: a crisis. The supervisor is alerted without content; two persons decide.
    work(world, anna).write("governance", "CrisisFlagged", {}, message("a replica on a photo"))
    world.settle()
    (alert,) = carla.work()
    assert alert["waits_for"] == "supervisor"
    (decision,) = alert["terms"]
    assert decision["due"] - decision["since"] == 3600
    for fact, contradicts in SIGNALS:
        work(world, anna).write("worknotes", "SignalRegistered", {}, signal(fact, contradicts))
    person = bram.directory.refresh().person(bram.device)
    assert person is not None
    colleagues.consult(
        work(world, anna), person.person, "A youngster shows a replica.", "Is it acute?"
    )
    work(world, bram).write("worknotes", "MessageSent", {}, message("Not without day or target."))
    said = [
        one.value.get("fact")
        for place in ("dialogue", "worknotes", "governance")
        for bram_chain in work(world, bram).chains(place)
        for one in consultation.conversation(bram, bram_chain)
    ]
    assert said == [None, None]
    with pytest.raises(NotPossible, match="four-eyes"):
        work(world, anna).approved("CrisisResolutionProposed")
    over = payload("note/1", text="No acute danger, no report by us; advise about the replica.")
    crisis = newest(work(world, anna), ["CrisisFlagged"])
    body = {"crisis": crisis}
    work(world, anna).write("governance", "CrisisResolutionProposed", body, over)
    work(world, carla).decide("ApprovalGiven", "Agreed, on these facts.")
    theirs = work(world, anna)
    proposal = theirs.approved("CrisisResolutionProposed")
    theirs.write("governance", "CrisisResolved", {"proposal": proposal})
    world.settle()
    assert [one["terms"] for one in carla.work()] == [[]]
    # Behind the wall nobody tells the mother that there was a crisis.
    kinds = {one.entry.header.kind for one in read(world, mother, asked).items}
    assert not any("Crisis" in kind for kind in kinds)
    chain = read(world, anna, asked)

    # 8: advice. An anonymous source alone opens nothing about her son.
    speaking.advise(anna, chain, SECTIONS)
    help_ = payload("pointer/1", to="family doctor, youth team", text="They know you.")
    anna.write(chain, "HelpPointed", {}, help_)
    report = payload("pointer/1", to="the constable", text="About the replica: you decide.")
    anna.write(chain, "ReportAdvised", {}, report)
    support = open_case(anna, "family_support", (), "She wants someone for longer.")
    first = support.items[0].entry
    case = {"case": support.case, "id": first.header.id, "hash": first.hash}
    with pytest.raises(NotPossible, match="wrong-state"):
        anna.write(chain, "ConsultationEscalated", case)

    # 9: support is offered after a supervisor approved it, and not before.
    offer = message("Someone can stand next to you for longer. You may say no.")
    why = payload("note/1", text="She wants someone for longer.")
    work(world, anna).write("governance", "SupportProposed", {}, why)
    unapproved = work(world, anna).proposals()[-1].id
    with refused_for("second person"):
        work(world, anna).write("dialogue", "CaseSupportOffered", {"proposal": unapproved}, offer)
    work(world, carla).decide("ApprovalGiven", "Agreed.")
    theirs = work(world, anna)
    approved = theirs.approved("SupportProposed")
    theirs.write("dialogue", "CaseSupportOffered", {"proposal": approved}, offer)
    world.settle()
    (found,) = consultation.cases_of(world.session(code.keys), code)
    assert found.state.state == "escalation_offered"

    # Even named, accepted and approved, nothing is linked without her own consent.
    consultation.write_to_office(
        mother, asked := read(world, mother, asked), "CaseSupportAccepted", {}
    )
    identity = payload("identity/1", name="Mrs A", contact="by this code")
    consultation.write_to_office(mother, asked, "RequesterNamed", {}, identity)
    chain = read(world, anna, asked)
    with pytest.raises(NotPossible, match="consented to the link"):
        anna.write(chain, "ConsultationEscalated", case)
    consultation.write_to_office(
        mother, read(world, mother, asked), "LinkConsented", {"to": "family_support"}
    )
    chain = read(world, anna, asked)
    with refused_for("verified"):
        anna.write(chain, "ConsultationEscalated", case)
    anna.write(chain, "RequesterVerified", {"basis": "requester", "how": "call_back"})
    with refused_for("first entry"):
        anna.write(chain, "ConsultationEscalated", case | {"id": "7" * 32})
    anna.write(chain, "ConsultationEscalated", case)
    assert chain.state.state == "escalated"
