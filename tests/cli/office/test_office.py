"""Staff life: who takes, who stands in, new devices, lost passphrases, and people who are gone.

Holds client/cases/casework.py, client/cases/registration.py, client/cases/consultation.py,
cli/office/colleagues.py.
"""

import threading
from pathlib import Path
from typing import Any

import pytest

from cli.desk.step import roster_warning
from client.cases import colleagues, consultation, consulting
from client.cases.casework import Casework, open_casework
from client.cases.charge import own_lines
from client.cases.consultation import message, payload
from client.cases.registration import register
from client.cases.steps import newest, place_of, possible
from client.errors import ClientError, NotPossible, ServerRefused
from client.people.membership import leave
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from domain.trust import SECONDS_A_DAY, Roster
from tests.support.people import speaking
from tests.support.people.support_case import Cast
from tests.support.world import World, read, refused_for, texts

CW, TL = "consultation_worker", "supervisor"


def work(world: World, session: Session, beginning: str = "") -> Casework:
    world.settle()
    return open_casework(session, beginning)


def note(text: str) -> dict[str, Any]:
    return payload("note/1", text=text)


def person_of(session: Session) -> str:
    person = session.directory.refresh().person(session.device)
    assert person is not None
    return person.person


def second_device(
    world: World, session: Session, *, revoke: bool = False, shown: bool = True
) -> Session:
    """Another device of the same person, certified by the next roster. revoke: the first one is
    taken off. shown: whether the server gets the new device's card."""
    keys = new_device()
    for person in world.ceremony.people:
        if any(one["device"] == session.device for one in person["devices"]):
            if revoke:
                person["devices"][0]["revoked"] = "2026-01-01T00:00Z"
            device = {**person["devices"][0], "revoked": None}
            card = keys.card()
            person["devices"].append({**device, "device": card.device, "sign": b64(card.sign)})
    world.publish(*([keys] if shown else []))
    return world.session(keys)


def test_of_many_workers_at_once_one_wins_and_each_other_is_told_so(world: World) -> None:
    staff = world.staff(*[CW] * 4)
    _, asked, _ = world.mother()
    chains = [read(world, one, asked) for one in staff]
    start, told = threading.Barrier(4), {}

    def take(number: int) -> None:
        start.wait()
        try:
            consulting.take(staff[number], chains[number])
            told[number] = "won"
        except ClientError as error:
            told[number] = str(error)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    losers = [text for text in told.values() if text != "won"]
    assert len(losers) == 3
    assert all("taken" in text for text in losers), losers
    world.settle()
    winner = next(number for number, text in told.items() if text == "won")
    assert [bool(one.work()) for one in staff] == [number == winner for number in range(4)]


def test_all_devices_of_the_taker_read_on_and_a_new_one_is_let_in(world: World) -> None:
    anna, _ = world.staff(CW, CW)
    laptop = second_device(world, anna)
    mother, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    assert texts(laptop, read(world, laptop, asked)) == ["my son"]
    phone = second_device(world, anna)
    work(world, anna).write("dialogue", "AnswerGiven", {}, message("good that you write"))
    assert texts(phone, read(world, phone, asked)) == ["good that you write"]
    assert texts(mother, read(world, mother, asked)) == ["my son", "good that you write"]


def test_who_forgot_her_passphrase_gets_her_place_back_with_a_new_device(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    mother, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    again = second_device(world, anna, revoke=True)
    assert again.work() == []
    mothers = read(world, mother, asked)
    consultation.say(mother, mothers, "are you there?")
    found = read(world, again, asked)
    assert texts(again, found) == ["are you there?"]
    speaking.answer(again, found, "yes")
    assert anna.read(asked.case, asked.name) is None
    assert bram.read(asked.case, asked.name) is None


def test_a_substitute_reads_along_and_takes_over(world: World) -> None:
    anna, bram, dora = world.staff(CW, CW, CW)
    mother, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    with pytest.raises(NotPossible, match="0 colleagues"):
        colleagues.name_substitute(work(world, anna), person_of(anna))
    colleagues.name_substitute(work(world, anna), person_of(bram))
    consultation.say(mother, read(world, mother, asked), "one more thing")
    chain = read(world, bram, asked)
    assert texts(bram, chain)[-1] == "one more thing"
    consulting.take(bram, chain)
    speaking.answer(bram, chain, "I go on from here")
    world.settle()
    assert [row["mine"] for row in bram.work()] == [True]
    assert dora.work() == []


def test_when_the_taker_is_gone_the_requester_lets_colleagues_in(world: World) -> None:
    (anna,) = world.staff(CW)
    mother, asked, code = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    speaking.answer(anna, read(world, anna, asked), "good that you write")
    world.revoke(anna)
    (bram,) = world.staff(CW)
    returned = world.session(code.keys)
    (found,) = consultation.cases_of(returned, code)
    assert not consultation.is_answered_for(returned, found)
    consultation.say(returned, found, "is anyone there?")
    chain = read(world, bram, asked)
    assert texts(bram, chain) == ["is anyone there?"]  # and nothing of before
    consulting.take(bram, chain)
    speaking.answer(bram, chain, "I am")
    assert texts(mother, read(world, mother, asked))[-1] == "I am"


def test_nobody_is_let_in_while_the_taker_is_there(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    mother, asked, _ = world.mother()
    before = read(world, bram, asked)
    consulting.take(anna, read(world, anna, asked))
    chain = read(world, mother, asked)
    line = own_lines(mother.directory.refresh(), bram.device, CW)
    with pytest.raises(ServerRefused, match="not-allowed"):
        mother.change_members(chain, "joined", (*chain.lines, *line))
    with pytest.raises(NotPossible, match="taken"):
        consulting.take(bram, before)


def test_a_roster_renewed_while_people_work_stops_nobody(world: World) -> None:
    (anna,) = world.staff(CW)
    mother, asked, _ = world.mother("my son")
    annas = read(world, anna, asked)
    consulting.take(anna, annas)
    for number in range(3):
        world.publish()
        speaking.answer(anna, annas, f"answer {number}")
        world.publish()
        consultation.say(mother, read(world, mother, asked), f"message {number}")
        annas = read(world, anna, asked)
    assert len(texts(anna, read(world, anna, asked))) == 7


def test_notes_and_signals_are_read_by_the_taker_alone(world: World) -> None:
    anna, bram, carla = world.staff(CW, CW, TL)
    mother, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    work(world, anna).write("worknotes", "RequesterReportNoted", {}, note("she rang the police"))
    work(world, anna).write("worknotes", "MessageSent", {}, message("ring her on Monday"))
    notes = work(world, anna).standing("worknotes")
    assert notes is not None
    assert texts(anna, notes) == ["she rang the police", "ring her on Monday"]
    world.settle()
    assert (bram.work(), carla.work()) == ([], [])
    assert [row["compartment"] for row in mother.work()] == [asked.name]


def test_a_colleague_who_is_asked_sees_the_excerpt_and_not_even_the_state(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    _, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    colleagues.consult(work(world, anna), person_of(bram), "a boy with a replica", "is it acute?")
    work(world, anna).write("worknotes", "RequesterReportNoted", {}, note("hers alone"))
    world.settle()
    (row,) = bram.work()
    assert (row["state"], row["terms"], row["waits_for"]) == (None, [], CW)
    asked_work = work(world, bram)
    asked_work.write("worknotes", "MessageSent", {}, message("not acute"))
    (chain,) = colleagues.asked_of_colleagues(work(world, anna))
    said = [one.value for one in consultation.conversation(anna, chain)]
    assert [one.get("text", one.get("question")) for one in said] == ["is it acute?", "not acute"]
    own = work(world, anna).standing("worknotes")
    assert own is not None and own.name != chain.name


def test_what_is_hers_alone_goes_to_no_colleague_where_a_server_hides_the_beginning(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bram = world.staff(CW, CW)
    _, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    colleagues.consult(work(world, anna), person_of(bram), "a boy with a replica", "is it acute?")
    world.settle()
    found = anna.work_list()
    shown = [row for row in found["work"] if row["compartment"] != asked.name]
    assert len(shown) < len(found["work"])
    monkeypatch.setattr(anna, "work_list", lambda: found | {"work": shown})
    with pytest.raises(NotPossible, match="whose case it is"):
        work(world, anna).write("worknotes", "RequesterReportNoted", {}, note("hers alone"))
    asked_work = work(world, bram)  # he answers where he was asked, and sees no more than that
    chain = asked_work.write("worknotes", "MessageSent", {}, message("not acute"))
    assert consultation.conversation(bram, chain)[-1].value["text"] == "not acute"


def test_a_server_that_tells_of_a_place_twice_makes_no_two_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (anna,) = world.staff(CW)
    _, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    world.settle()
    found = anna.work_list()
    monkeypatch.setattr(anna, "work_list", lambda: found | {"work": found["work"] * 2})
    assert "answer" in possible(work(world, anna))


def test_a_place_that_a_server_hides_is_meant_as_well_as_the_one_it_shows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(world).opened()
    hidden = cast.at("dirk").place("worknotes").name
    shown = cast.at("dirk").work.open("worknotes").name
    world.settle()
    dirk = cast["dirk"]
    found = dirk.work_list()
    rows = [row for row in found["work"] if row["compartment"] != hidden]
    monkeypatch.setattr(dirk, "work_list", lambda: found | {"work": rows})
    casework = cast.at("dirk").work
    step = casework.table.commands["request"]
    with pytest.raises(NotPossible, match="several places"):
        place_of(casework, step)
    assert place_of(casework, step, shown) == shown


def test_who_was_asked_as_a_colleague_is_offered_no_step_of_the_dialogue(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    _, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    colleagues.consult(work(world, anna), person_of(bram), "a boy with a replica", "is it acute?")
    assert {"answer", "close"} <= {*possible(work(world, anna))}
    assert not {"answer", "close"} & {*possible(work(world, bram))}


def test_who_stands_in_no_place_for_a_step_and_opens_none_is_not_offered_it(world: World) -> None:
    cast = Cast(world).opened()
    cast.deploy("dirk", "xena")
    assert "decline" in possible(cast.at("xena").work)
    xena = cast.at("xena")
    leave(cast["xena"], xena.only("conflict"))
    assert "decline" not in possible(cast.at("xena").work)


def test_who_did_not_take_it_opens_no_notes(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    world.mother()
    with pytest.raises(NotPossible, match="whose case it is"):
        work(world, bram).write("worknotes", "MessageSent", {}, message("mine"))
    assert anna.work()[0]["state"] == "received"


def test_a_crisis_alerts_supervisors_and_ends_with_two(world: World) -> None:
    anna, carla = world.staff(CW, TL)
    mother, asked, _ = world.mother("my son")
    consulting.take(anna, read(world, anna, asked))
    work(world, anna).write("governance", "CrisisFlagged", {}, message("a weapon on a photo"))
    world.settle()
    (row,) = carla.work()
    assert (row["state"], row["waits_for"]) == ("in_triage", TL)
    assert [term["term"] for term in row["terms"]] == ["crisis_decision"]
    (case,) = carla.overview()
    assert "crisis_decision" in [term["term"] for term in case["terms"]]
    chain = work(world, anna).first
    assert chain is not None
    with refused_for("no crisis is open"):
        speaking.close(anna, chain, "other", "done")
    with pytest.raises(NotPossible, match="four-eyes"):
        work(world, anna).approved("CrisisResolutionProposed")
    crisis = {"crisis": newest(work(world, anna), ["CrisisFlagged"])}
    over = note("no acute danger")
    work(world, anna).write("governance", "CrisisResolutionProposed", crisis, over)
    with pytest.raises(NotPossible, match="nothing of another person"):
        work(world, anna).decide("ApprovalGiven", "I agree with myself")
    work(world, carla).decide("ApprovalGiven", "agreed")
    theirs = work(world, anna)
    proposal = theirs.approved("CrisisResolutionProposed")
    theirs.write("governance", "CrisisResolved", {"proposal": proposal})
    world.settle()
    assert [(row["terms"], row["waits_for"]) for row in carla.work()] == [([], None)]
    with pytest.raises(NotPossible, match="four-eyes"):
        work(world, anna).approved("CrisisResolutionProposed")
    assert all("crisis" not in term["term"] for row in mother.work() for term in row["terms"])


def test_the_overview_is_for_supervisors_alone(world: World) -> None:
    anna, carla, auditor = world.staff(CW, TL, "auditor")
    mother, asked, _ = world.mother()
    for outsider in (anna, auditor, mother):
        with pytest.raises(ServerRefused) as refused:
            outsider.overview()
        assert refused.value.name == "no-such-case"
    (case,) = carla.overview()
    assert set(case) == {
        "case",
        "service",
        "state",
        "opened",
        "waits_for",
        "waiting_since",
        "terms",
    }
    assert (case["case"], case["state"], case["waits_for"]) == (asked.case, "received", CW)
    assert carla.read(asked.case, asked.name) is None


def test_whom_a_conversation_waits_for_follows_who_wrote_last(world: World) -> None:
    (anna,) = world.staff(CW)
    mother, asked, _ = world.mother()
    consulting.take(anna, read(world, anna, asked))

    def waits() -> tuple[str | None, bool]:
        world.settle()
        (row,) = anna.work()
        return row["waits_for"], row["waiting_since"] is not None

    assert waits() == (CW, True)
    chain = read(world, anna, asked)
    speaking.answer(anna, chain, "good that you write")
    assert waits() == ("requester", True)
    consultation.say(mother, read(world, mother, asked), "thanks")
    assert waits() == (CW, True)
    speaking.close(anna, read(world, anna, asked), "answered", "done")
    assert waits() == (None, False)


def test_a_delay_that_was_explained_is_shown_so(tmp_path: Path) -> None:
    (tmp_path / "late").mkdir()
    with World(tmp_path / "late") as world:
        (anna,) = world.staff(CW)
        _, asked, _ = world.mother()
        consulting.take(anna, read(world, anna, asked))
        work(world, anna).write(
            "worknotes", "DelayExplained", {"term": "first_answer"}, note("ill")
        )
        world.settle()
        rows = [row for row in anna.work() if row["compartment"] == asked.name]
        explained = {term["term"]: term["explained"] for term in rows[0]["terms"]}
        assert explained == {"first_answer": True, "short_advice": False, "rest": False}


def test_a_consultation_by_telephone_is_registered_and_taken_at_once(world: World) -> None:
    anna, bram = world.staff(CW, CW)
    contact = payload("contact/2", channel="telephone", with_whom="a teacher", text="a father rang")
    chain = register(anna, "anonymous", contact)
    world.settle()
    assert chain.state.state == "in_triage"
    assert [row["mine"] for row in anna.work()] == [True]
    assert bram.work() == []


def test_a_card_that_the_server_hides_does_not_stop_the_renewal(world: World) -> None:
    anna, _ = world.staff(CW, CW)
    mother, asked, _ = world.mother()
    consulting.take(anna, read(world, anna, asked))
    second_device(world, anna, revoke=True, shown=False)
    consultation.say(mother, read(world, mother, asked), "are you there?")
    found = read(world, mother, asked)
    assert [line.role for line in found.lines] == ["requester"]


def test_the_end_of_the_list_of_people_is_announced_three_days_before() -> None:
    roster = Roster("", "", 1, 10 * SECONDS_A_DAY, 1, {}, {})
    assert roster_warning(roster, 6.9 * SECONDS_A_DAY) == ""
    assert "tell the registrar" in roster_warning(roster, 7.1 * SECONDS_A_DAY)


def test_which_of_several_places_is_meant_is_never_guessed(world: World) -> None:
    cast = Cast(world).opened()
    dirk = cast.at("dirk").work
    first, second = dirk.open("dialogue"), dirk.open("dialogue")
    again = open_casework(dirk.session, dirk.case)
    with pytest.raises(NotPossible, match=f"{first.name}, {second.name}"):
        again.write("dialogue", "MessageSent", {}, message("to whom?"))
    again.write(second.name, "MessageSent", {}, message("to her"))
    read = open_casework(dirk.session, dirk.case)
    assert [len(one.items) for one in read.chains("dialogue")] == [1, 2]
