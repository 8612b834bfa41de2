"""The list of certified people before it is published: shown, changed, put back, and held to the
roster's rules at each step.

Holds client/people/next_roster.py, cli/operator/trust_people.py.
"""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import cli
from client.errors import NotPossible
from client.people import ceremony, next_roster
from client.people.ceremony_folder import replace
from crypto.encoding import canonical
from crypto.note import show_vkey
from crypto.secret import keyfile
from crypto.secret.seeds import new_device


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ceremony with two people listed, the first of whom has been published."""
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)
    log = show_vkey("log.example/0", bytes(32))
    ceremony.init(tmp_path, log, 14, lambda name: name, int(time.time()))
    certify(tmp_path, "casemanager")
    once = {"version": 3, "expires": "2030-01-01T00:00Z", "people": next_roster.listed(tmp_path)}
    replace(tmp_path / "published.json", once)
    certify(tmp_path, "auditor")
    return tmp_path


def certify(folder: Path, role: str, organisation: str = "lse", person: str | None = None) -> str:
    card, now = new_device().card(), int(time.time())
    next_roster.certify(folder, card, (role,), organisation, (), person, now)
    return card.device


def types(folder: Path, *words: str, **given: str) -> Result:
    return CliRunner().invoke(
        cli, ["trust", words[0], str(folder), *words[1:]], env={"ZEGEL_LANG": "en"}, **given
    )


def test_the_list_tells_people_by_number_and_what_waits(folder: Path) -> None:
    shown = types(folder, "list").stdout
    assert "1. casemanager, lse" in shown and "2. auditor, lse" in shown
    (waits,) = [line for line in shown.splitlines() if "not published yet" in line]
    assert waits.startswith("2. ") and "List 3: 1 person" in shown and "Root 1" in shown
    told = json.loads(types(folder, "list", "--json").stdout)
    assert told["unpublished"] == [told["people"][1]["person"]]


def test_roles_and_organisation_are_changed_in_place(folder: Path) -> None:
    told = types(folder, "edit", "1", "--role", "supervisor", "--organisation", "nctv")
    assert told.exit_code == 0 and "Now: 1. supervisor, nctv" in told.stdout
    first = next_roster.listed(folder)[0]
    assert first["roles"] == ["supervisor"] and first["organisation"] == "nctv"
    assert types(folder, "edit", "1").exit_code == 2


def test_what_was_changed_is_put_back_before_it_is_published(folder: Path) -> None:
    device = next_roster.listed(folder)[1]["devices"][0]["device"]
    types(folder, "edit", "1", "--organisation", "nctv")
    assert types(folder, "undo", input="n\n").exit_code == 0
    assert next_roster.listed(folder) != next_roster.published(folder).people
    told = types(folder, "undo", "--yes")
    assert "The list is as it was published." in told.stdout
    assert next_roster.listed(folder) == next_roster.published(folder).people
    assert not (folder / "cards" / f"{device}.json").exists()
    replace(folder / "signed.json", {})
    with pytest.raises(NotPossible, match="no answer came"):
        next_roster.undo(folder, lambda _: True)


def test_who_is_revoked_is_shown_and_asked_about(folder: Path) -> None:
    second = certify(folder, "auditor", person="2")
    told = types(folder, "revoke", second[:8], input="n\n")
    assert "2. auditor, lse" in told.stderr and "nothing was revoked" in str(told.exception)
    assert all(one["revoked"] is None for one in next_roster.listed(folder)[1]["devices"])
    assert types(folder, "revoke", "2", "--yes").exit_code == 0  # a person: all devices
    assert all(one["revoked"] for one in next_roster.listed(folder)[1]["devices"])
    assert next_roster.listed(folder)[0]["devices"][0]["revoked"] is None
    assert "revoked before" in types(folder, "revoke", "2", "--yes").stdout


@pytest.mark.parametrize("wrong", ["L.S.E.", "Lse", "1se", "l" * 49])
def test_a_field_that_no_roster_takes_is_told_when_it_is_typed(folder: Path, wrong: str) -> None:
    before = (folder / "people.json").read_bytes(), sorted((folder / "cards").iterdir())
    with pytest.raises(NotPossible, match="not a code"):
        certify(folder, "auditor", wrong)
    with pytest.raises(NotPossible, match="not a code"):
        next_roster.edit(folder, "1", (), "", (wrong,))
    assert before == ((folder / "people.json").read_bytes(), sorted((folder / "cards").iterdir()))


def test_a_card_is_certified_when_its_words_are_compared_and_no_sooner(folder: Path) -> None:
    card = folder.parent / "card.json"
    card.write_bytes(canonical(new_device().card().fields()))
    wrong = types(folder, "certify", str(card), "--role", "auditor", "--organisation", "LSE")
    assert wrong.exit_code == 2 and "small letters" in wrong.stderr
    assert "Fingerprint" not in wrong.stderr  # told before anybody reads one out
    right = ("certify", str(card), "--role", "auditor", "--organisation", "lse")
    told = types(folder, *right, input="n\n")
    assert "nobody was certified" in str(told.exception) and len(next_roster.listed(folder)) == 2
    assert (
        types(folder, *right, input="y\n").exit_code == 0 and len(next_roster.listed(folder)) == 3
    )


@pytest.mark.parametrize(("said", "why"), [("3", "nobody has number 3"), ("xyz", "0 people")])
def test_who_is_meant_is_one_or_nobody(folder: Path, said: str, why: str) -> None:
    with pytest.raises(NotPossible, match=why):
        next_roster.revoke(folder, said, 0)
