"""Services that say the same group share one command group, without mixing their steps; beside
these stand commands written by hand. And a case may open with a step that says anything that a
step may say.

Holds cli/desk/commands.py, cli/desk/every_day.py, cli/main.py, domain/table.py,
domain/services/registry.py, client/cases/steps.py, client/cases/opening.py.
"""

from collections.abc import Iterator
from dataclasses import replace

import click
import pytest

from cli import main
from cli.main import OF_GROUPS, cli
from client.cases.casework import open_casework
from domain.fields import choice, device_of, link, own_device, states, term
from domain.services.registry import SERVICES, register
from domain.step import Command
from tests.support.cases.mentoring import MENTORING, SCHEMAS
from tests.support.cases.registered import registered
from tests.support.people.desks import Desks
from tests.support.world import World

STAFF = {"dirk": "casemanager", "ella": "casemanager", "carla": "supervisor"}
WALKS = replace(
    MENTORING,
    name="town_walks",
    group="club",
    commands={
        "walk": MENTORING.commands["ask"],
        "guide": MENTORING.commands["take"],
        "note": MENTORING.commands["meet"],
    },
)
CHOIR = replace(
    MENTORING,
    name="choir",
    group="club",
    commands={"sing": MENTORING.commands["ask"], "rehearse": MENTORING.commands["meet"]},
)
SAID = {
    "keeper": own_device,
    "colleague": device_of("casemanager", asks="With whom?"),
    "sure": states("Are you sure?"),
    "pace": choice("slow", "fast", asks="How fast?"),
    "length": choice("long", "short", usual=lambda case: "long"),
    "term": term,
    "after": link,
}
# One that begins with a step of its own.
TOUR = replace(
    MENTORING,
    name="tour",
    steps=(replace(MENTORING.steps[0], kind="TourBegun", payload=None), *MENTORING.steps[1:]),
    kinds={**MENTORING.kinds, "TourBegun": SAID},
    commands={"begin": Command("TourBegun", "table", "Begin a tour.", "Begun.")},
)
WISH = ("--meetings", "1", "--urgent", "--until", "2027-03-01", "--languages", "nl")
WISH += ("--hours", "2", "-m", "x")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    folder = tmp_path_factory.mktemp("groups")
    (folder / "server").mkdir()
    fresh = {"talk/1": SCHEMAS["talk/1"], "wish/1": SCHEMAS["wish/1"]}
    with (
        registered(WALKS, fresh),
        registered(CHOIR, {}),
        registered(TOUR, {}),
        World(folder / "server") as world,
    ):
        yield Desks(world, folder, STAFF)


@pytest.fixture(scope="module")
def walk(office: Desks) -> str:
    case = str(office.json("dirk", "club", "walk", *WISH)["case"])
    assert office.run("dirk", "club", "guide", case, "--no-conflict").error is None
    return case


@pytest.fixture(scope="module")
def ella(office: Desks) -> tuple[str, str]:
    """Her device, and the number by which a colleague names her."""
    device = office.keys["ella"].card().device
    known = office.json("dirk", "colleagues")["people"]
    return device, next(one["person"] for one in known if device in one["devices"])


@click.command("greet")
def greet() -> None:
    """Written by hand."""
    click.echo("hello")


def steps_of(group: str) -> list[str]:
    found = cli.get_command(click.Context(cli), group)
    assert isinstance(found, click.Group)
    return found.list_commands(click.Context(found))


def test_a_group_has_the_steps_of_its_services(office: Desks) -> None:
    assert steps_of("club") == ["walk", "guide", "note", "sing", "rehearse"]
    assert steps_of("tour") == ["begin"]
    shown = office.run("dirk", "--help").out
    assert shown.count("club") == 1 and "town-walks" not in shown and "choir" not in shown
    assert "Each step is a command of its own." in office.run("dirk", "club", "--help").out


def test_each_opens_and_goes_on_with_a_case_of_its_service(office: Desks, walk: str) -> None:
    song = office.json("dirk", "club", "sing", *WISH)["case"]
    assert office.json("dirk", "show", song)["service"] == "choir"
    shown = office.json("dirk", "show", walk)
    assert (shown["service"], shown["steps"]) == ("town_walks", ["club note"])
    met = office.run("dirk", "club", "note", walk, "--mood", "good", "-m", "met")
    assert met.error is None


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "there is no step rehearse in a case of town walks"),
        ("nl", "er is geen stap rehearse in een casus van town walks"),
    ],
)
def test_a_step_of_the_other_service_is_refused_before_anything_is_asked(
    language: str, told: str, office: Desks, walk: str
) -> None:
    refused = office.run("dirk", "club", "rehearse", walk, ZEGEL_LANG=language)
    refused.refused(told)


def test_a_step_of_the_same_name_but_of_another_kind_is_another_step(
    office: Desks, walk: str
) -> None:
    tasks = replace(WALKS, group="", commands={**WALKS.commands, "note": WALKS.commands["guide"]})
    with registered(replace(tasks, name="tasks"), {}):
        refused = office.run("dirk", "tasks", "note", walk, "--no-conflict")
    refused.refused("there is no step note in a case of town walks")


def test_two_services_of_a_group_have_no_step_of_the_same_name(office: Desks) -> None:
    before = dict(SERVICES)
    twice = replace(WALKS, name="runs", commands={"walk": WALKS.commands["walk"]})
    with pytest.raises(ValueError, match="walk is a step of town_walks already"):
        register(twice)
    assert before == SERVICES
    with registered(replace(twice, group=""), {}), registered(WALKS, {}):
        assert steps_of("runs") == ["walk"]


def test_a_group_has_commands_written_by_hand_which_are_loaded_when_they_are_called(
    office: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = {"greet": f"{__name__}:greet", "note": f"{__name__}:greet", "far": "nowhere:at_all"}
    monkeypatch.setitem(OF_GROUPS, "club", by_hand)
    assert steps_of("club") == ["walk", "guide", "note", "sing", "rehearse", "greet", "far"]
    assert office.run("dirk", "club", "greet").out == "hello\n"
    assert office.run("dirk", "club", "note").out == "hello\n"
    assert main.OF_GROUPS["club"] is by_hand


BEGUN = ("--sure", "--pace", "fast", "--length", "short", "--term", "first_meeting")


def test_an_opening_says_all_that_a_step_may_say(
    office: Desks, walk: str, ella: tuple[str, str]
) -> None:
    said = ("--to-case", walk[:8], "--colleague", ella[1], *BEGUN)
    case = office.json("dirk", "tour", "begin", *said)["case"]
    dirk = office.world.session(office.keys["dirk"])
    first = open_casework(dirk, walk).every()[0].items[0].entry
    (chain,) = open_casework(dirk, case).every()
    assert chain.items[-1].entry.header.body == {
        "keeper": dirk.device,
        "colleague": ella[0],
        "sure": True,
        "pace": "fast",
        "length": "short",
        "term": "first_meeting",
        "after": {"case": walk, "id": first.header.id, "hash": first.hash},
    }


def test_an_opening_asks_what_was_not_said(office: Desks, walk: str, ella: tuple[str, str]) -> None:
    begun = ("tour", "begin", "--to-case", walk, "--length", "long")
    ran = office.run("dirk", *begun, typed=f"{ella[1]}\nyes\nslow\nfirst_meeting\n")
    assert ran.error is None, ran
    asked = ("With whom?", "Are you sure?", "How fast? (slow, fast)", "Which term has passed?")
    assert [one for one in asked if one not in ran.err] == []
    ran = office.run("dirk", *begun, typed=f"{ella[1]}\nno\nslow\nfirst_meeting\n")
    ran.refused("it was not stated: sure")


def test_what_follows_from_a_case_is_said_where_there_is_none_yet(
    office: Desks, walk: str, ella: tuple[str, str]
) -> None:
    said = ("--to-case", walk, "--colleague", ella[1], *BEGUN[:3])
    ran = office.run("dirk", "tour", "begin", *said, "--term", "first_meeting")
    ran.refused("it was not stated: length")
