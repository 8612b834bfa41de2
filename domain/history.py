"""Grants of history and erasures: what they may name (PROTOCOL.md section 3)."""

from collections.abc import Collection

from domain.guard import Act
from domain.refusal import Refusal, refuse_unless


def _earlier_payloads(act: Act, ids: list[str], refusal: Refusal) -> None:
    for entry_id in ids:
        note = act.case.entries.get(entry_id)
        refuse_unless(
            note is not None and note.has_payload and note.compartment == act.compartment.name,
            refusal,
            f"{entry_id} is no earlier entry of this compartment with a payload",
        )


def refuse_grant(act: Act) -> None:
    """Raises Refused(not-allowed) unless the grant is to a current member, of earlier epochs or of
    entries that are there. Grants under a mandate have no table yet and are refused."""
    body = act.entry.header.body
    refuse_unless(body["mandate"] is None, Refusal.NOT_ALLOWED, "no mandate is known here")
    refuse_unless(
        act.compartment.line(body["to"]) is not None and body["to"] != act.author,
        Refusal.NOT_ALLOWED,
        "history goes to another current member",
    )
    refuse_unless(
        all(epoch < act.compartment.epoch for epoch in body["epochs"] or ()),
        Refusal.NOT_ALLOWED,
        "only epochs before the current one",
    )
    _earlier_payloads(act, body["entries"] or [], Refusal.NOT_ALLOWED)


def refuse_proposal(act: Act) -> None:
    """Raises Refused(wrong-state) if a proposal names entries without a payload, and
    Refused(not-allowed) if a withdrawal names what another device wrote."""
    header = act.entry.header
    if header.kind == "MessageWithdrawn":
        refuse_unless(
            header.body["entries"] is not None, Refusal.NOT_ALLOWED, "a withdrawal names entries"
        )
        # What stands elsewhere is refused below as what does not exist.
        found = [act.case.entries.get(entry_id) for entry_id in header.body["entries"]]
        here = [note for note in found if note and note.compartment == act.compartment.name]
        refuse_unless(
            all(note.author == header.author for note in here),
            Refusal.NOT_ALLOWED,
            "only who wrote a message withdraws it",
        )
    _earlier_payloads(act, header.body["entries"] or [], Refusal.WRONG_STATE)


def _same(proposed: Collection[str] | None, erased: Collection[str] | None) -> bool:
    """Whether two bodies name the same entries, in whatever order; None is all of them."""
    if proposed is None or erased is None:
        return proposed is None and erased is None
    return set(proposed) == set(erased)


def refuse_erasure(act: Act) -> None:
    """Raises Refused: wrong-state (no such unused proposal, or it says something else),
    four-eyes (the proposal is the eraser's own, or nobody's)."""
    body = act.entry.header.body
    note = act.case.entries.get(body["proposal"])
    refuse_unless(
        note is not None
        and note.kind in ("ErasureProposed", "MessageWithdrawn")
        and note.compartment == act.compartment.name
        and body["proposal"] not in act.case.used
        and _same(note.entries, body["entries"])
        and note.ground == body["ground"],
        Refusal.WRONG_STATE,
        "no unused proposal here says the same",
    )
    assert note is not None  # for the type checker: refused above
    if note.kind != "MessageWithdrawn":
        refuse_unless(
            note.person is not None and note.person != act.person(act.author),
            Refusal.FOUR_EYES,
            "another person proposes an erasure",
        )
