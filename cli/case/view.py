"""A case as one person sees it, place by place, whatever the service."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cli.desk.step import warn_of_roster
from cli.home.folder import device_session, home_folder
from cli.home.names import addressees, said_place, who
from cli.screen.show import ago, chain_fields, due_text, print_json, say, show_conversation
from cli.screen.terminal import heading, paged
from cli.sentences.language import _, name
from client.cases import consultation
from client.cases.casework import Casework, open_casework
from client.cases.consultation import Message
from client.cases.proposals import Proposal
from client.cases.support import Support
from client.people.invitations import Invitations
from client.place.chain import Chain
from client.place.names import type_of
from client.session import Session
from domain.charge import SUBSTITUTE
from domain.terms import ALARM


def support_of(case: str) -> Support:
    """A support case of this device's. Raises NotPossible."""
    return as_support(open_casework(device_session(), case))


def as_support(work: Casework) -> Support:
    support = Support(work)
    support.invitations = Invitations(work.session, home_folder() / "invitations")
    return support


def place_in(support: Support, said: str) -> Chain:
    """A place as it was said: by its kind in either language, or what it is called. Raises
    NotPossible."""
    return support.work.named(said_place(support.work, said))


def show_case(
    support: Support,
    as_json: bool,
    *,
    rows: list[dict[str, Any]] | None = None,
    steps: Sequence[str] = (),
) -> None:
    """Every place in which this device stands: what was said, who reads it, who waits to be let
    in, and what was granted wrongly or has not come yet. rows: of the work list, as they are shown.
    steps: what this person can do now."""
    work = support.work
    opened = [(chain, consultation.conversation(support.session, chain)) for chain in _placed(work)]
    if as_json:
        print_json(_fields(work, opened, steps))
        return
    with paged():
        _head(work, work.rows if rows is None else rows)
        kinds = Counter(chain.compartment.type for chain, _messages in opened)
        for chain, messages in opened:
            _show_place(support, chain, messages, kinds[chain.compartment.type] == 1)
        if steps:
            say(f"\n{_('What you can do now')}: {', '.join(steps)}")
    warn_of_roster(work)


def _placed(work: Casework) -> list[Chain]:
    """Every place, that of the beginning first, then in the order in which they were opened."""
    first = work.first
    return sorted(work.every(), key=lambda chain: chain is not first)


def _head(work: Casework, rows: list[dict[str, Any]]) -> None:
    """How it stands: a crisis first, then what waits and by when, then what is to be decided."""
    if in_crisis(work):
        say(f"! {_('A crisis was raised and not resolved.')}")
    state, called = work.state, work.session.numbers.name(work.case)
    told = [f"{_('Case')} {work.case}", *([f'"{called}"'] if called else [])]
    told += [name(work.service), *([name(state)] if state else [])]
    told += [_("yours")] if any(row["mine"] for row in work.rows) else []
    say(" · ".join(told))
    show_waiting(rows, time.time())
    substitute = next(filter(None, (one.state.facts.get(SUBSTITUTE) for one in work.places())), "")
    if substitute:
        say(f"  {_('A substitute is named.')} {who(work.session, substitute)}")
    show_decided(work.session, work.proposals())


def in_crisis(work: Casework) -> bool:
    """Whether a crisis runs, as the places in which this device stands tell."""
    return any(term["term"] == ALARM for row in work.rows for term in row["terms"])


def _show_place(support: Support, chain: Chain, messages: list[Message], only: bool) -> None:
    """only: whether there is no other of its kind here."""
    work, kind = support.work, chain.compartment.type
    called = support.session.numbers.name(f"{chain.case}/{chain.name}")
    # Its kind is enough to name it by.
    alone = kind in work.table.first or (only and work.is_apart(kind))
    heads = [name(kind), *([] if alone else [chain.name]), *([called] if called else [])]
    say()
    heading(" · ".join(heads))
    if all(chain is not one for one in work.places()):
        say(f"! {_('Nobody who stands in this case opened this place')}: {chain.name}")
    show_conversation(chain, messages, steps=True)
    say(f"{_('To')}: {addressees(support.session, chain)}")
    for number in sorted(_seqs(chain, chain.bad_grants)):
        told = _("A grant does not hold the keys that it names; tell who gave it. Entry")
        say(f"{told} {number}.")
    for item in chain.held_back():
        told = _("A grant has not come yet; what it opens is not shown. Entry")
        say(f"{told} {item.entry.header.seq}.")
    waiting = support.invitations.accepted(chain) if chain.compartment.invitations else []
    if waiting:
        say(f"{_('Waiting to be let in')}: {len(waiting)}. zegel case admit {work.case[:8]}")


def show_waiting(rows: list[dict[str, Any]], now: float) -> None:
    """Whom each place of a case waits for and since when, and what runs, each once."""
    for row in rows:
        if row["waits_for"]:
            place = name(type_of(row["compartment"]))
            since = ago(row["waiting_since"], now)
            say(f"  {place}: {_('waits for')} {name(row['waits_for'])}, {since}")
    told = dict.fromkeys(due_text(row["terms"], now) for row in rows if row["terms"])
    for due in told:
        say(f"  {_('due')}: {due}")


def show_decided(session: Session, found: list[Proposal]) -> None:
    """Each proposal with its number, by whom, and what was decided of it."""
    for one in found:
        answer = name(one.answer) if one.answer else _("waits for a second person")
        by = who(session, one.author, one.item.role)
        say(f"  {one.seq}: {name(one.kind)} ({by}): {answer}")


def _fields(work: Casework, opened: list[Any], steps: Sequence[str]) -> dict[str, Any]:
    return {
        "case": work.case,
        "service": work.service,
        "state": work.state,
        "steps": [*steps],
        "work": work.rows,
        "compartments": [_place(chain, messages) for chain, messages in opened],
    }


def _place(chain: Any, messages: Any) -> dict[str, Any]:
    return {
        **chain_fields(chain, messages),
        "bad_grants": sorted(_seqs(chain, chain.bad_grants)),
        "held_back": [item.entry.header.seq for item in chain.held_back()],
    }


def _seqs(chain: Any, ids: set[str]) -> list[int]:
    return [one.entry.header.seq for one in chain.items if one.entry.header.id in ids]
