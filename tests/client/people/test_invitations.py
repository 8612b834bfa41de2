"""Coming in by an invitation: what was typed is read or refused, and one secret lets in one device,
by whoever was meant and nobody else.

Holds client/people/invitations.py, store/invitations.py, cli/case/people.py, api/invitations.py,
crypto/secret/invitation.py, cli/asker/joining.py.
"""

import base64
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.errors import NotPossible
from client.people.invitations import Invitations, accept, typed_invitation
from client.people.membership import remove
from crypto.encoding import b64
from crypto.secret.invitation import (
    BYTES,
    INVITED,
    N_WORDS,
    TYPES,
    Invitation,
    NotAnInvitation,
    new_secret,
    read_invitation,
)
from crypto.secret.seeds import new_device
from crypto.wordlists import WORDLISTS
from domain.entry import Line
from store.invitations import MAX_ACCEPTANCES
from tests.support.asking import answer_of, asker
from tests.support.people.support_case import Cast
from tests.support.world import World
from wire.paths import ACCEPTANCES, INVITATIONS, TIMELINE, path
from wire.schemas import Accepted

ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
invitations = st.builds(
    lambda secret, case, kind, number, role, inviter: Invitation(
        secret, case, f"{kind}-{number}", role, inviter
    ),
    st.binary(min_size=16, max_size=16),
    ids,
    st.sampled_from(TYPES),
    st.integers(10**8, 10**9 - 1),
    st.sampled_from(INVITED),
    ids,
)
SOMEONES = Invitation(bytes(16), "ab" * 16, "dialogue-774424100", "relative", "cd" * 16)


# --- what is given to someone --------------------------------------------------------------------


@given(invitations)
def test_it_reads_the_same_however_it_was_given(invitation: Invitation) -> None:
    spelled = [invitation.words(language) for language in WORDLISTS]
    assert {len(words) for words in spelled} == {N_WORDS}
    given_as = [
        invitation.fragment(),
        f"https://zegel.example/#{invitation.fragment()}",
        f"  http://127.0.0.1:8000/#{invitation.fragment()}\n",
        *(" ".join(words) for words in spelled),
        *("\n".join(words).upper() for words in spelled),
        *("-".join(words) for words in spelled),
        *(", ".join(word[:4] for word in words) for words in spelled),
    ]
    assert {read_invitation(typed) for typed in given_as} == {invitation}


def test_what_is_not_whole_is_refused_before_anything_is_asked_of_a_server() -> None:
    fragment, words = SOMEONES.fragment(), SOMEONES.words("nl")
    newer = SOMEONES.to_bytes()[:48] + b"\xff"
    wrong = [
        "",
        "https://zegel.example/",
        fragment[:-1],
        fragment + "A",
        fragment.replace("A", "="),
        " ".join(words[:-1]),
        " ".join([*words, words[0]]),
        " ".join([*words[:-1], "qqqq"]),
        " ".join([*words[:-1], SOMEONES.words("en")[-1]]),
        b64(newer + bytes(BYTES - len(newer))),
    ]
    for typed in wrong:
        with pytest.raises(NotPossible):
            typed_invitation(typed)


def test_of_a_thousand_slips_of_the_tongue_a_handful_get_past_the_checksum() -> None:
    draw, words = Random(1), SOMEONES.words("nl")
    passed = 0
    for _ in range(1_000):
        place = draw.randrange(N_WORDS)
        other = [*words[:place], draw.choice(WORDLISTS["nl"]), *words[place + 1 :]]
        try:
            passed += other != words and read_invitation(" ".join(other)) is not None
        except NotAnInvitation:
            continue
    assert passed <= 12  # one in 256


@given(invitations, ids)
def test_a_tag_fits_its_own_device_role_place_and_secret_alone(
    invitation: Invitation, device: str
) -> None:
    tag, case = invitation.tag(device), invitation.case
    assert invitation.fits(device, tag)
    number = invitation.compartment.partition("-")[2]
    others = [
        invitation._replace(secret=bytes(b ^ 1 for b in invitation.secret)),
        invitation._replace(case=case[1:] + case[0] if case[0] != case[-1] else "0" * 31 + "1"),
        invitation._replace(compartment=f"other-{number}"),
        invitation._replace(role=f"{invitation.role}x"),
    ]
    assert not any(one.fits(device, tag) for one in others)
    assert not invitation.fits("0" * 32 if device != "0" * 32 else "1" * 32, tag)
    assert repr(invitation) == "Invitation(not shown)"


# --- coming in -----------------------------------------------------------------------------------


class Clock:
    """The world's time, which can be put forward."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    with World(tmp_path_factory.mktemp("invitations")) as world:
        yield Cast(world)


@pytest.fixture
def cast(stage: Cast) -> Cast:
    return stage.another().opened()


def rows(world: World, table: str) -> list[Any]:
    with closing(sqlite3.connect(world.folder / "store.sqlite")) as shell:
        return shell.execute(f"SELECT * FROM {table}").fetchall()


def junk(cast: Cast, invitation: Invitation, count: int = MAX_ACCEPTANCES) -> None:
    """Acceptances by someone who learned the id of an invitation, and not its secret."""
    transport = cast["anna"].transport
    guess = invitation._replace(secret=new_secret())
    for _ in range(count):
        card = new_device().card()
        body = {"invitation": invitation.id, "card": card.fields(), "tag": guess.tag(card.device)}
        transport.post(Accepted, path(INVITATIONS), body)


def test_an_invitation_serves_one_device(cast: Cast) -> None:
    invitation = cast.at("dirk").invite("dialogue", "relative")
    assert len(cast.accepting("father", invitation)) == 1
    first, second = cast.accepting("whoever read the link too", invitation)
    dirk = cast.at("dirk")
    chain = dirk.work.named(invitation.compartment)
    dirk.invitations.admit(chain, first)
    assert first.card == cast["father"].card
    assert cast.places("father") == ["dialogue"]
    assert cast.accepting("whoever read the link too", invitation) == []
    again = Line(second.card.device, "relative", invitation.id)
    with pytest.raises(NotPossible, match="the invitation was used"):
        lines = tuple(sorted((*chain.lines, again)))
        dirk.session.change_members(chain, "joined", lines, second.card)


def test_who_was_put_out_does_not_come_back_by_an_old_invitation(cast: Cast) -> None:
    invitation = cast.invited("father", "relative")
    dirk = cast.at("dirk")
    chain = dirk.work.named(invitation.compartment)
    remove(dirk.session, chain, cast["father"].device)
    assert cast.places("father") == []
    assert cast.accepting("father", invitation) == []
    back = Line(cast["father"].device, "relative", invitation.id)
    with pytest.raises(NotPossible, match="uncertified-member"):
        lines = tuple(sorted((*chain.lines, back)))
        dirk.session.change_members(chain, "joined", lines, cast["father"].card)
    cast.invited("father", "relative")
    assert cast.places("father") == ["dialogue"]


def test_one_that_has_expired_lets_nobody_in_and_leaves_nothing(tmp_path: Path) -> None:
    clock = Clock()
    with World(tmp_path, clock=clock) as world:
        cast = Cast(world).opened()
        dirk = cast.at("dirk")
        invitation = dirk.invitations.invite(dirk.work.open("dialogue"), "relative", days=1)
        (waiting,) = cast.accepting("father", invitation)
        clock.ahead = 86_400 + 60
        assert rows(world, "acceptances") and cast.waiting(invitation) == []
        dirk = cast.at("dirk")
        with pytest.raises(NotPossible, match="the invitation has expired"):
            dirk.invitations.admit(dirk.work.named(invitation.compartment), waiting)
        accept(cast["anna"].transport, cast["father"].card, invitation)
        assert rows(world, "acceptances") == rows(world, "invitations") == []


def test_one_that_is_past_its_time_already_is_not_written(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        cast = Cast(world).opened()
        dirk = cast.at("dirk")
        with pytest.raises(NotPossible, match="the invitation has expired"):
            dirk.invitations.invite(dirk.work.open("dialogue"), "relative", days=0)
        assert rows(world, "invitations") == []


def test_junk_by_who_learned_its_number_keeps_the_right_one_out_for_a_moment_only(
    cast: Cast,
) -> None:
    invitation = cast.at("dirk").invite("dialogue", "relative")
    junk(cast, invitation)
    (waiting,) = cast.accepting("father", invitation)
    assert waiting.card == cast["father"].card
    junk(cast, invitation)
    assert cast.waiting(invitation) == []
    assert len(rows(cast.world, "acceptances")) == MAX_ACCEPTANCES
    (waiting,) = cast.accepting("father", invitation)
    dirk = cast.at("dirk")
    dirk.invitations.admit(dirk.work.named(invitation.compartment), waiting)
    assert cast.places("father") == ["dialogue"]


def test_someone_elses_card_with_a_wrong_tag_does_not_stand_in_her_way(cast: Cast) -> None:
    invitation = cast.at("dirk").invite("dialogue", "relative")
    father = cast.outsider("father")
    body = {"invitation": invitation.id, "card": father.card.fields(), "tag": b64(bytes(32))}
    cast["anna"].transport.post(Accepted, path(INVITATIONS), body)
    assert cast.waiting(invitation) == []
    assert [one.card for one in cast.accepting("father", invitation)] == [father.card]


def test_acceptances_are_gone_with_the_admission_and_stay_gone(cast: Cast) -> None:
    used = cast.at("dirk").invite("dialogue", "relative")
    other = cast.at("dirk").invite("dialogue", "relative")
    cast.accepting("aunt", other)
    (waiting,) = cast.accepting("father", used)
    dirk = cast.at("dirk")
    dirk.invitations.admit(dirk.work.named(used.compartment), waiting)
    junk(cast, used, 1)
    kept = {row[0] for row in rows(cast.world, "acceptances")}
    assert used.id not in kept and other.id in kept


def test_the_server_answers_the_same_whether_there_is_such_an_invitation(cast: Cast) -> None:
    standing = cast.at("dirk").invite("dialogue", "relative")
    used = cast.invited("father", "relative")
    ask, card = asker(cast.world.app, cast.world.settings.authority), new_device().card()
    answers = {
        json.dumps(answer_of(ask(path(INVITATIONS), method="POST", json=body)), default=str)
        for invitation in (standing.id, used.id, "0" * 32, new_secret().hex())
        for body in [{"invitation": invitation, "card": card.fields(), "tag": b64(bytes(32))}]
    }
    assert len(answers) == 1 and "202" in answers.pop()


def test_who_accepted_is_told_to_those_who_stand_in_that_place_alone(cast: Cast) -> None:
    invitation = cast.at("dirk").invite("dialogue", "relative")
    cast.accepting("aunt", invitation)
    cast.invited("father", "relative")
    ask = asker(cast.world.app, cast.world.settings.authority)
    here = {"case": cast.case, "compartment": invitation.compartment}
    nothing = answer_of(ask(path(TIMELINE, case="0" * 32, compartment="dialogue-123456789")))
    assert nothing.status == 404
    for name in ("father", "aunt", "anna", "ella", "auditor", "frits", "custodian 1"):
        asked = ask(path(ACCEPTANCES, **here), keys=cast[name].keys)
        assert answer_of(asked) == nothing, name
    assert ask(path(ACCEPTANCES, **here), keys=cast["dirk"].keys).status_code == 200


def test_staff_and_roles_that_nobody_may_be_invited_to_do_not_come_in_so(cast: Cast) -> None:
    dirk = cast.at("dirk")
    with pytest.raises(NotPossible, match="a minor cannot be invited"):
        dirk.invite("dialogue", "minor")
    with pytest.raises(NotPossible, match="not-allowed"):
        dirk.invite("partners", "relative")
    invitation = cast.at("dirk").invite("dialogue", "relative")
    (waiting,) = cast.accepting("ella", invitation)
    with pytest.raises(NotPossible, match="devices of a roster are not invited"):
        dirk = cast.at("dirk")
        dirk.invitations.admit(dirk.work.named(invitation.compartment), waiting)


# --- the secret ----------------------------------------------------------------------------------


def spellings(secret: bytes) -> Iterator[bytes]:
    """A secret as it is, in hex and in every alignment of base64."""
    yield secret
    yield secret.hex().encode()
    for skip in range(3):
        yield base64.urlsafe_b64encode(bytes(skip) + secret)[4 if skip else 0 : -4]


def test_the_secret_is_in_no_file_of_the_server(cast: Cast) -> None:
    invitation = cast.invited("father", "relative")
    files = [one for one in cast.world.folder.rglob("*") if one.is_file()]
    held = b"".join(one.read_bytes() for one in files)
    for secret in (invitation.secret, invitation.to_bytes()):
        assert not any(spelled in held for spelled in spellings(secret))
    assert invitation.id.encode() in held  # what is there would be found


def test_a_secret_that_waits_is_sealed_to_the_device_that_made_it(
    cast: Cast, tmp_path: Path
) -> None:
    dirk = cast.at("dirk")
    kept = Invitations(dirk.session, tmp_path)
    chain = dirk.work.open("dialogue")
    invitation = kept.invite(chain, "relative")
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert not any(one in file.read_bytes() for one in spellings(invitation.secret))
    assert Invitations(cast["ella"], tmp_path).find(invitation.id) is None
    later = Invitations(cast.world.session(dirk.session.keys), tmp_path)
    assert later.find(invitation.id) == invitation
    accept(cast["anna"].transport, cast.outsider("father").card, invitation)
    later = Invitations(cast["dirk"], tmp_path)
    (waiting,) = later.accepted(chain)
    later.admit(chain, waiting)
    assert cast.places("father") == ["dialogue"]
    assert list(tmp_path.iterdir()) == []
