"""A passphrase opens its key file on whichever machine it is typed, and a file that was copied by
an editor opens still.

Holds cli/home/passphrases.py, cli/home/folder.py, crypto/secret/keyfile.py.
"""

import unicodedata
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cli.home import folder as home
from client.errors import NotPossible
from client.people import ceremony
from client.people.ceremony_folder import registrar
from crypto.secret import keyfile
from crypto.secret.keyfile import WrongPassphrase, read_key_file, spellings, write_key_file
from tests.support.world import World

COMPOSED, DECOMPOSED = "caf\u00e9 ol\u00e9", "cafe\u0301 ole\u0301"
NO_BREAK = COMPOSED.replace(" ", "\u00a0")  # Option and space on a Mac


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "MEMORY_BYTES", 2**20)


def opened(path: Path, passphrase: str) -> Any:
    return read_key_file(path, "device", passphrase)["a"]


@pytest.mark.parametrize("made", [COMPOSED, DECOMPOSED, NO_BREAK])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, NO_BREAK])
def test_an_accent_opens_however_a_machine_spells_it(tmp_path: Path, made: str, typed: str) -> None:
    write_key_file(tmp_path / "key", "device", {"a": "b"}, made)
    assert opened(tmp_path / "key", typed) == "b"


@pytest.mark.parametrize("made", [COMPOSED, DECOMPOSED, NO_BREAK])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_a_file_of_before_opens_too(
    tmp_path: Path, made: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the passphrase was taken as it was typed."""
    with monkeypatch.context() as before:
        before.setattr(keyfile, "spellings", lambda typed: [typed.encode()])
        write_key_file(tmp_path / "key", "device", {"a": "b"}, made)
    if made == NO_BREAK:
        typed = NO_BREAK  # typed as it was made
    assert opened(tmp_path / "key", typed) == "b"
    with pytest.raises(WrongPassphrase):
        opened(tmp_path / "key", typed + "s")


def test_an_ordinary_passphrase_costs_one_try() -> None:
    """Each try is a second of Argon2id."""
    assert spellings("correct horse") == [b"correct horse"]
    assert spellings(COMPOSED)[0] == spellings(DECOMPOSED)[0] == spellings(NO_BREAK)[0]
    assert len(spellings(NO_BREAK)) <= 5


def test_bytes_that_are_no_text_are_taken_as_they_are(tmp_path: Path) -> None:
    """As a script of another encoding hands them over in ZEGEL_PASSPHRASE."""
    typed = b"caf\xe9".decode("utf-8", "surrogateescape")
    write_key_file(tmp_path / "key", "device", {"a": "b"}, typed)
    assert opened(tmp_path / "key", typed) == "b"


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"")]
)
def test_a_key_file_that_an_editor_saved_opens(tmp_path: Path, before: bytes, after: bytes) -> None:
    write_key_file(tmp_path / "key", "device", {"a": "b"}, "right")
    (tmp_path / "key").write_bytes(before + (tmp_path / "key").read_bytes() + after)
    assert opened(tmp_path / "key", "right") == "b"


def test_a_mistyped_passphrase_in_the_ceremony_is_told(tmp_path: Path) -> None:
    folder, server = tmp_path / "ceremony", tmp_path / "server"
    server.mkdir()

    def pin_of(log: str) -> str:
        return ceremony.init(folder, log, 14, lambda _name: unicodedata.normalize("NFD", "é"), 0)

    with World(server, pin=pin_of):
        with pytest.raises(NotPossible, match="passphrase does not open registrar-key"):
            registrar(folder, lambda _name: "e")
        assert registrar(folder, lambda _name: "é").sign
        (folder / "registrar-key.json").write_text("{}")
        with pytest.raises(NotPossible, match=r"registrar-key\.json is damaged"):
            registrar(folder, lambda _name: "é")


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "right",
        "wachtwoord",
        "Zomer2026!",
        "welkomwelkom",
        "amsterdam1",
        "lentezomerherfst",
        "a" * 100,
    ],
)
def test_a_passphrase_that_is_easy_to_guess_makes_no_key_file(
    weak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_PASSPHRASE", weak)
    with pytest.raises(NotPossible, match="too easy to guess"):
        home.passphrase("x", new=True)
    assert home.passphrase("x") == weak  # a file of before opens with it


@pytest.mark.parametrize("good", ["groene fiets naast de kade", "tuinhek lantaarn soep vrijdag"])
def test_a_few_words_will_do(good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_PASSPHRASE", good)
    assert home.passphrase("x", new=True) == good


def test_who_types_a_weak_one_is_told_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def made() -> None:
        click.echo(home.passphrase("x", new=True))

    monkeypatch.delenv("ZEGEL_PASSPHRASE", raising=False)
    typed = "zomer1\nzomer1\n" + "groene fiets naast de kade\n" * 2
    told = CliRunner().invoke(made, input=typed)
    assert told.exit_code == 0 and told.stdout.endswith("groene fiets naast de kade\n")
    assert told.stderr.count("too easy to guess") == 1
