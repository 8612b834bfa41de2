"""`zegel case show`: a support case as one person sees it, place by place."""

import time
from typing import Any

from cli.home.folder import device_session, home_folder
from cli.home.names import addressees, who
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


def support_of(case: str) -> Support:
    """A support case of this device's. Raises NotPossible."""
    return as_support(open_casework(device_session(), case))


def as_support(work: Casework) -> Support:
    support = Support(work)
    support.invitations = Invitations(work.session, home_folder() / "invitations")
    return support


def show_case(support: Support, as_json: bool) -> None:
    """Every place in which this device stands: what was said, who reads it, who waits to be let
    in, and what was granted wrongly or has not come yet."""
    opened = [
        (chain, consultation.conversation(support.session, chain)) for chain in support.chains()
    ]
    if as_json:
        print_json(_fields(support, opened))
        return
    with paged():
        _head(support)
        for chain, messages in opened:
            _show_place(support, chain, messages)


def _head(support: Support) -> None:
    """How it stands: what waits, and what is to be decided."""
    work, numbers = support.work, support.session.numbers
    state, called = work.rows[0]["state"], numbers.name(work.case)
    told = [f"{_('Case')} {work.case}", *([f'"{called}"'] if called else [])]
    told += [name(support.service), *([name(state)] if state else [])]
    told += [_("yours")] if any(row["mine"] for row in work.rows) else []
    say(" · ".join(told))
    show_waiting(work.rows, time.time())
    show_decided(support.session, work.proposals())


def _show_place(support: Support, chain: Chain, messages: list[Message]) -> None:
    called = support.session.numbers.name(f"{chain.case}/{chain.name}")
    say()
    heading(" · ".join([name(chain.compartment.type), chain.name, *([called] if called else [])]))
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
        say(f"{_('Waiting to be let in')}: {len(waiting)}. zegel case admit {_short(support)}")


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


def _fields(support: Support, opened: list[Any]) -> dict[str, Any]:
    return {
        "case": support.work.case,
        "service": support.service,
        "state": support.work.rows[0]["state"],
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


def _short(support: Support) -> str:
    return support.work.case[:8]
