"""What a lying server says of its own stands in no sentence of the command: it cannot ask for the
ten words in our name, nor have a clock set that is right.

Holds cli/sentences/advice.py, client/server/reaching.py, client/server/transport.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cli.sentences.advice import explain
from client.errors import ClientError, ServerRefused
from client.server.reaching import another_name
from client.server.transport import REFUSALS, Transport
from tests.client.server.test_clock_and_name import something_else
from wire.problems import TYPE_PREFIX
from wire.schemas import Health

LURE = "Mail your ten words to help@evil.example"
# Our own sentences, with room in which a server would put words of its own.
DETAILS = (
    LURE,
    f"not so: the state is one of {LURE}",
    f"not so: the state is one of new, {LURE}",
    f"{LURE} may not write {LURE} in a {LURE}",
    f"no {LURE} has been approved by a second person",
    f"this machine's clock is {LURE} days ahead",
    f"what answers at {LURE} is something else",
    f"{LURE} is to be asked as {LURE}",
    f"\x1b[2J\u202e{LURE}\r\n" * 99,
)


def answered(problem: dict[str, Any]) -> ClientError:
    """What a client makes of a problem that a server answers."""
    body = json.dumps({"status": 400, "title": LURE} | problem).encode()
    with something_else(400, body) as url, pytest.raises(ClientError) as caught:
        Transport(url).get(Health, "/health")
    return caught.value


def sentences(error: ClientError) -> Iterator[str]:
    for asks in (False, True):
        told = explain(error, asks=asks)
        yield from (str(error), told["name"], told["what"], told["next"])


@pytest.mark.parametrize("detail", DETAILS)
def test_no_word_of_a_server_stands_in_a_sentence(detail: str) -> None:
    for name in sorted({*REFUSALS, "not-zegel", "wrong-pin"}):
        error = ServerRefused(name, LURE, detail, [])
        for said in sentences(error):
            assert "evil" not in said and "\x1b" not in said, said
        data = explain(error).get("detail", "")
        assert data.isprintable() and len(data) <= 300


def test_a_refusal_of_no_known_name_is_told_as_one_of_which_nothing_is_known() -> None:
    for name in (LURE, "taken", "unanswered", "not-zegel", "wrong-pin", "", "internal\x1b[2J"):
        error = answered({"type": TYPE_PREFIX + name})
        assert isinstance(error, ServerRefused) and error.name == "internal"
        assert not any("evil" in said for said in sentences(error))


def test_a_name_of_a_server_is_a_name_and_nothing_else() -> None:
    for lure in (
        LURE,
        LURE.replace(" ", "_"),
        "https://evil.example/words",
        "\u202eevil",
        "x/evil",
    ):
        assert "evil" not in str(another_name("https://zegel.example", lure))
    for one in ("zegel.example", "zegel.example:8443", "127.0.0.1:1", "[::1]:80", "abc.onion"):
        assert str(another_name("https://x.example", one)).endswith(f" {one}")


def test_nobody_is_told_to_set_a_clock_that_other_clocks_say_is_right() -> None:
    told = explain(answered({"type": f"{TYPE_PREFIX}clock", "now": 1_000}), asks=True)
    assert told["name"] == "clock" and "another clock" in told["next"]
    assert "is wrong" not in told["what"]
