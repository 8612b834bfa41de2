"""A server whose name was not set, or not as clients write it, says so at its start.

Holds api/config.py.
"""

import pytest
from click.testing import CliRunner

from api.config import BadSettings, name_not_set, read_settings
from cli.main import cli


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("ZEGEL_DATA", str(tmp_path))
    for name in ("AUTHORITY", "BIND", "PIN"):
        monkeypatch.delenv(f"ZEGEL_{name}", raising=False)


@pytest.mark.parametrize(
    "wrong",
    [
        "https://zegel.example",
        "zegel.example/",
        "Zegel.example",
        "zegel.example:443",
        "zegel.example:80",
        "zegel.example:99999",
        "zegel.example ",
        "",
        ":8020",
    ],
)
def test_a_name_that_no_client_writes_ends_the_start_with_a_sentence(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_AUTHORITY", wrong)
    with pytest.raises(BadSettings, match="ZEGEL_AUTHORITY"):
        read_settings()
    ended = CliRunner().invoke(cli, ["release"])
    assert ended.exit_code == 2 and "ZEGEL_AUTHORITY" in ended.stderr


@pytest.mark.parametrize(
    "name", ["zegel.example", "zegel.example:8443", "[::1]:8020", "127.0.0.1:8020", "x.onion"]
)
def test_a_name_that_clients_write_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEGEL_AUTHORITY", name)
    assert read_settings().authority == name


@pytest.mark.parametrize(
    ("bind", "name", "warned"),
    [
        ("0.0.0.0:8020", None, True),
        ("[::]:8020", None, True),
        ("10.0.0.5:8020", None, True),
        ("10.0.0.5:8020", "zegel.example", False),
        ("[::1]:8021", None, False),
        ("localhost:8020", None, False),
    ],
)
def test_a_server_for_others_that_was_given_no_name_is_warned_of(
    bind: str, name: str | None, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZEGEL_BIND", bind)
    if name:
        monkeypatch.setenv("ZEGEL_AUTHORITY", name)
    assert bool(name_not_set(read_settings())) == warned
