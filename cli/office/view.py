"""Looking into a case: at a glance with `show`, entry by entry with `timeline`."""

import time

import click

from cli.case.view import as_support, show_case, show_decided, show_waiting
from cli.desk.step import warn_of_roster
from cli.home.folder import device_session
from cli.home.names import addressees, who
from cli.office.every_day import STEPS as EVERY_DAY
from cli.office.steps import STEPS
from cli.office.waiting import Words
from cli.screen.show import chain_fields, local_time, print_json, say, show_conversation
from cli.screen.spoken import JSON, command
from cli.screen.terminal import heading, paged, table
from cli.sentences.language import _, name
from client.cases import consultation
from client.cases.casework import Casework, open_casework
from client.place.chain import Chain
from domain.services.consultation import CONSULTATION

PLACES = ("dialogue", "worknotes", "governance")


@command()
@click.argument("case")
@JSON
def show(case: str, as_json: bool) -> None:
    """A case at a glance: how it stands, what was said in each place, and what you can do now."""
    session = device_session()
    work = open_casework(session, case)
    if work.rows[0]["service"] != CONSULTATION.name:
        show_case(as_support(work), as_json)
        return
    opened = [
        (chain, consultation.conversation(session, chain))
        for place in PLACES
        for chain in work.chains(place)
    ]
    if as_json:
        compartments = [chain_fields(chain, messages) for chain, messages in opened]
        shown = {"case": work.case, "state": work.state, "steps": possible(work)}
        print_json({**shown, "work": work.rows, "compartments": compartments})
        return
    with paged():
        _head(work)
        for chain, messages in opened:
            say()
            heading(f"{name(chain.compartment.type)}{_called(work, chain)}")
            show_conversation(chain, messages, steps=True)
            say(f"{_('To')}: {addressees(session, chain)}")
        listed = ", ".join(possible(work))
        if listed:
            say(f"\n{_('What you can do now')}: {listed}")
    warn_of_roster(work)


def _called(work: Casework, chain: Chain) -> str:
    """A place's local name, in brackets."""
    called = work.session.numbers.name(f"{work.case}/{chain.name}")
    return f" ({called})" if called else ""


def _head(work: Casework) -> None:
    """How it stands: a crisis first, then what waits and by when, then what is to be decided."""
    now = time.time()
    numbers = work.session.numbers
    rows = work.rows
    if in_crisis(work):
        say(f"! {_('A crisis was raised and not resolved.')}")
        rows = list(map(Words(work.session).truly, rows))
    state = work.state
    told = [name(state)] if state else []
    told += [_("yours")] if any(row["mine"] for row in work.rows) else []
    called = numbers.name(work.case)
    told = [f"{_('Case')} {work.case}", *([f'"{called}"'] if called else []), *told]
    say(" · ".join(told))
    show_waiting(rows, now)
    chain = work.dialogue
    if chain and chain.state.facts.get("substitute"):
        substitute = who(work.session, chain.state.facts["substitute"])
        say(f"  {_('A substitute is named.')} {substitute}")
    show_decided(work.session, work.proposals())


def in_crisis(work: Casework) -> bool:
    """Whether a crisis runs, as the places in which this device stands tell."""
    return any(term["term"] == "crisis_decision" for row in work.rows for term in row["terms"])


def possible(work: Casework) -> list[str]:
    """The commands whose row of the table fits role and state; their conditions are judged when
    they are tried."""
    state, role, crisis = work.state, work.role, in_crisis(work)
    found = [
        called
        for called, step in STEPS.items()
        if (crisis or called not in ("crisis-over", "resolve"))
        and any(
            row.kind == step.kind
            and role in row.writers
            and step.place in row.compartments
            and state in row.sources
            for row in CONSULTATION.steps
        )
    ]
    # The others are told as a group: each has its own help.
    rest = [called for called in found if called not in EVERY_DAY]
    found = [called for called in found if called in EVERY_DAY] + ["consultation"] * bool(rest)
    if state == "received" and role == "consultation_worker":
        found.insert(0, "take")
    if any(not proposal.answer for proposal in work.proposals()) and role == "supervisor":
        found += ["approve", "refuse"]
    return found


@command()
@click.argument("case")
@click.option("--content/--no-content", default=True, help="Open what was said.")
@JSON
def timeline(case: str, content: bool, as_json: bool) -> None:
    """What happened in a case, verified from its first entry."""
    session = device_session()
    chain = _first(open_casework(session, case))
    messages = consultation.conversation(session, chain) if content else []
    if as_json:
        print_json(chain_fields(chain, messages))
        return
    with paged():
        table(
            f"{_('Case')} {chain.case}",
            [_("seq"), _("when"), _("who"), _("what"), _("state"), _("epoch")],
            [
                [
                    str(item.entry.header.seq),
                    local_time(item.entry.stored),
                    name(item.role),
                    name(item.entry.header.kind),
                    name(item.state_after),
                    str(item.entry.header.epoch),
                ]
                for item in chain.items
            ],
        )
        if content:
            show_conversation(chain, messages)


def _first(work: Casework) -> Chain:
    """The dialogue; for who does not stand in it, what she stands in."""
    return work.dialogue or next(chain for place in PLACES for chain in work.chains(place))
