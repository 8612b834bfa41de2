"""Local names: shown and taken where numbers are, told before anything is sent, and on this machine
alone: in no request's bytes and in no file of the server.

Holds cli/home/names.py, cli/home/naming.py, client/numbers.py.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from cli.home.names import NAMES, Names, addressees
from client.cases import consulting
from client.cases.casework import open_casework
from client.errors import NotPossible
from crypto.secret.seeds import new_device
from tests.support.people.at_work import AtWork, at_work
from tests.support.people.terminal import Terminal
from tests.support.world import Server, World, read

CW, TL = "consultation_worker", "supervisor"
NAME = "moeder-van-Rozendaal"


class Listening(Server):
    """Keeps every byte that it is sent."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        told = [f"{key}: {value}" for key, value in environ.items() if isinstance(value, str)]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        self.heard += ["\n".join(told).encode(), body]
        return super().__call__(environ, start_response)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[AtWork]:
    (tmp_path / "server").mkdir()
    with World(tmp_path / "server", Listening) as world:
        anna, bram, carla = world.staff(CW, CW, TL)
        people = {"anna": anna, "bram": bram, "carla": carla}
        with at_work(world, tmp_path / "homes", **people) as working:
            yield working


def test_a_name_is_shown_and_taken_where_numbers_are_and_never_leaves_the_machine(
    at: AtWork,
) -> None:
    world, anna = at.world, at.people["anna"]
    _mother, chain, _code = world.mother("een vraag")
    bram = world.ceremony.people[1]["person"]
    at.shows("anna", "name", chain.case[:8], NAME)
    at.shows("anna", "name", bram, "Bram K.")
    assert NAME in at.shows("anna", "inbox")
    assert "Bram K." in at.shows("anna", "colleagues")
    at.shows("anna", "take", NAME.upper(), "--no-conflict")
    told = at.run("anna", "answer", NAME, "-m", "een antwoord").stderr
    assert f"To: {NAME} (requester)\n" in told
    at.shows("anna", "substitute", NAME, "bram k.")
    told = at.run("anna", "message", NAME, "-m", "nog iets").stderr
    assert f"To: Bram K. (consultation worker), {NAME} (requester)\n" in told
    shown = at.shows("anna", "show", NAME)
    assert f'"{NAME}"' in shown and "Bram K. (consultation worker)" in shown
    told = at.run("anna", "propose-support", NAME, "-m", "zij wil het").stderr
    assert "To: 1 supervisor\n" in told
    assert NAME in at.shows("anna", "name")
    held = (at.home("anna") / NAMES).read_bytes()
    server = world.server
    assert isinstance(server, Listening) and len(server.heard) > 20
    files = [one.read_bytes() for one in world.folder.rglob("*") if one.is_file()]
    for name in (NAME, "Bram K."):
        for said in (name.encode(), name.lower().encode()):
            assert not any(said in bytes_ for bytes_ in [*server.heard, *files, held])
    at.shows("anna", "name", NAME, "--remove")
    assert NAME not in at.shows("anna", "inbox") + at.shows("anna", "name")
    at.run("anna", "show", NAME, fails=True)
    assert addressees(anna, read(world, anna, chain)) == "1 consultation worker, 1 requester"


def test_a_place_and_who_only_stands_in_a_case_can_be_named(at: AtWork) -> None:
    mother, chain, _ = at.world.mother("een vraag")
    at.shows("anna", "name", chain.name, "het gesprek")
    at.shows("anna", "name", mother.device, "zij")
    assert "· het gesprek" in at.shows("anna", "show", chain.case[:8])
    anna = at.people["anna"]
    names = Names(anna.keys, anna.card, at.home("anna") / NAMES)
    assert names.all() == {f"{chain.case}/{chain.name}": "het gesprek", mother.device: "zij"}


def test_a_name_that_may_be_meant_otherwise_is_asked_about(at: AtWork) -> None:
    _, one, _ = at.world.mother("een")
    _, other, _ = at.world.mother("twee")
    at.shows("anna", "name", one.case, other.case[:6])
    refused = at.run("anna", "show", other.case[:6], fails=True)
    assert "is a local name and the beginning of a number" in str(refused.exception)
    taken = at.run("anna", "name", other.case, other.case[:6], fails=True)
    assert isinstance(taken.exception, NotPossible)
    for wrong in ("", "x" * 61, "a\x1b[31mb"):
        at.run("anna", "name", other.case, wrong, fails=True)
    at.run("anna", "name", "ffffffff", "nobody", fails=True)


def test_names_of_another_device_stop_no_work(at: AtWork) -> None:
    at.world.mother("een vraag")
    other = new_device()
    file = at.home("anna") / NAMES
    Names(other, other.card(), file).give("0" * 32, "iemand")
    done = at.run("anna", "inbox")
    assert "een vraag" in done.stdout and "cannot be opened; numbers are shown" in done.stderr
    refused = at.run("anna", "name", "0" * 32, "x", fails=True)
    assert refused.exception is not None and file.exists()


def test_what_is_not_taken_yet_goes_to_everybody_who_reads_it(at: AtWork) -> None:
    _, chain, _ = at.world.mother("een vraag")
    anna = at.people["anna"]
    assert addressees(anna, read(at.world, anna, chain)) == "1 consultation worker, 1 requester"
    consulting.take(anna, read(at.world, anna, chain))
    at.world.settle()
    dialogue = open_casework(anna, chain.case).first
    assert dialogue is not None and addressees(anna, dialogue) == "1 requester"


def test_before_the_first_word_in_a_place_its_people_are_shown_and_asked_about(at: AtWork) -> None:
    _mother, chain, _code = at.world.mother("een vraag")
    at.run("anna", "take", chain.case, "--no-conflict")
    anna, bram = (one["person"] for one in at.world.ceremony.people[:2])
    asked = ("--excerpt", "een zoon", "--question", "wat denk je?", "--without-names")
    at.run("anna", "consult", chain.case, bram, *asked)
    at.world.settle()

    def writes(text: str, *answers: str) -> tuple[int, str]:
        told = at.environment("bram") | {"ZEGEL_LANG": "en"}
        with Terminal.zegel("message", chain.case, "-m", text, **told) as terminal:
            for answer in answers:
                terminal.expect("To: 1 consultation worker")
                terminal.expect(f"consultation worker {anna[:8]}")
                terminal.expect("Do these people belong in this case?")
                terminal.line(answer)
            return terminal.end(), terminal.shown

    ended, shown = writes("niet dit", "n")
    assert ended == 1 and "ask by another way who these people are" in " ".join(shown.split())
    assert writes("wel dit", "y")[0] == 0
    assert writes("en nog dit")[0] == 0  # not asked again
    shown = at.shows("anna", "show", chain.case)
    assert "wel dit" in shown and "en nog dit" in shown and "niet dit" not in shown
