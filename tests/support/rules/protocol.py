"""Bodies of the protocol's own kinds, from what PROTOCOL.md section 3 asks."""

from collections.abc import Iterator
from typing import Any

from tests.support.rules.writing import EVER, EXAMPLES, LONG_AGO, UNKNOWN, Writing


def _left(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {}


def _epoch(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"epoch": writing.here.epoch}


def _invited(writing: Writing) -> Iterator[dict[str, Any]]:
    cast = writing.cast
    for role in (*sorted(cast.unlisted), cast.stranger, cast.listed[0]):
        yield {"invitation": writing.new_id, "role": role, "expires": EVER}
    yield {"invitation": writing.new_id, "role": cast.unlisted_role, "expires": LONG_AGO}
    for known in writing.here.invitations:
        yield {"invitation": known, "role": cast.unlisted_role, "expires": EVER}


def _replaced(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"device": writing.cast.spare(writing.role)}
    yield {"device": writing.author}


def _granted(writing: Writing) -> Iterator[dict[str, Any]]:
    reason, *reasons = (*writing.words("reason"), "joined")
    common = {"reason": reason, "mandate": None, "wrap": EXAMPLES[1]}
    others = [one.device for one in writing.here.lines if one.device != writing.author]
    own, anyones = writing.written(own=True), writing.written()
    before = sorted({0, writing.here.epoch - 1}) if writing.here.epoch else []
    for to in (*others[:3], writing.author):
        if own:
            yield {"to": to, "epochs": None, "entries": own[:1], **common}
        if anyones:
            yield {"to": to, "epochs": None, "entries": anyones[-1:], **common}
        for epoch in before:
            yield {"to": to, "epochs": [epoch], "entries": None, **common}
    for to in (*others[:1], writing.author):
        yield {"to": to, "epochs": [writing.here.epoch], "entries": None, **common}
        yield {"to": to, "epochs": None, "entries": [UNKNOWN], **common}
        mandate = {"compartment": writing.here.name, "id": UNKNOWN, "hash": EXAMPLES[1]}
        yield {"to": to, "epochs": [0], "entries": None, **common, "mandate": mandate}
    for to in others[:1] if before else ():
        for other in reasons:
            yield {"to": to, "epochs": before[:1], "entries": None, **common, "reason": other}


def _proposed(writing: Writing) -> Iterator[dict[str, Any]]:
    yield {"entries": None, "ground": "data_subject"}
    for one in writing.written()[:1]:
        yield {"entries": [one], "ground": "data_subject"}
    yield {"entries": [UNKNOWN], "ground": "data_subject"}


def _withdrawn(writing: Writing) -> Iterator[dict[str, Any]]:
    for one in (*writing.written(own=True)[:1], *writing.written(own=False)[:1], UNKNOWN):
        yield {"entries": [one], "ground": "withdrawn"}
    yield {"entries": None, "ground": "withdrawn"}


def _erased(writing: Writing) -> Iterator[dict[str, Any]]:
    proposals = [
        (one, note)
        for one, note in reversed(writing.case.entries.items())
        if note.kind in ("ErasureProposed", "MessageWithdrawn")
        and note.compartment == writing.here.name
    ]
    for one, note in proposals[:3]:
        entries = None if note.entries is None else list(note.entries)
        yield {"entries": entries, "ground": note.ground, "proposal": one}
        other = [UNKNOWN] if entries is None else None
        yield {"entries": other, "ground": note.ground, "proposal": one}
    yield {"entries": None, "ground": "data_subject", "proposal": UNKNOWN}


def _corrected(writing: Writing) -> Iterator[dict[str, Any]]:
    for one in (*writing.written(own=True)[:1], *writing.written(own=False)[:1], UNKNOWN):
        yield {"of": one}


PROTOCOLS = {
    "MemberLeft": _left,
    "WrapRefused": _epoch,
    "RecoveryApproved": _epoch,
    "ParticipantInvited": _invited,
    "RequesterKeyReplaced": _replaced,
    "HistoryGranted": _granted,
    "ErasureProposed": _proposed,
    "MessageWithdrawn": _withdrawn,
    "PayloadErased": _erased,
    "MessageCorrected": _corrected,
}
