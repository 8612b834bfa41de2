"""What someone who asks can expect now, and what she can do: said after every reading."""

import time

from cli.asker import by_table, crisis
from cli.screen.show import local_time, say
from cli.sentences.language import _
from client.cases import consultation
from client.place.chain import Chain
from client.session import Session
from domain.services.registry import SERVICES

CONSULTATION = "consultation"
WORST = 4  # of the numbers: those for who is in danger


def tell_what_now(session: Session, chain: Chain) -> None:
    state, facts = chain.state.state, chain.state.facts
    if chain.state.service != CONSULTATION:
        can = by_table.possible(session, chain)
        if can:
            say(f"{_('What you can do now, with --do')}: {', '.join(can)}")
        tell_how_it_goes_on(chain)
        return
    if consultation.is_erased(chain):
        say(_("What was said here has been erased. You can go on at any time with -m."))
        return
    if state == "opened":
        say(_("Your question has not come in yet. Write it now, with -m."))
        return
    if state == "escalated":
        say(_("This conversation goes on with a casemanager, to whom you were invited."))
        return
    if state == "escalation_offered" and facts.get("support") == "offered":
        tell_of_offer()
    elif state == "escalation_offered" and facts.get("support") == "accepted":
        say(_("Tell how we may call and reach you, with --name and --contact."))
        say(_("Then say with --allow-link whether this conversation may be linked to that case."))
    if state == "closed":
        say(_("This conversation is closed. Within 90 days you can go on with -m."))
    if state == "dormant":
        say(_("This conversation rests. You can go on at any time with -m."))
    if not consultation.is_answered_for(session, chain):
        say(
            _(
                "Who answered you does not work here any more. Write, and colleagues can read what "
                "comes next; they cannot read what you wrote before."
            )
        )
    expected = tell_when(chain)
    if expected:
        say(expected)
    tell_how_it_goes_on(chain)


def tell_of_offer() -> None:
    say(_("Support is offered to you: answer with --accept or --decline, as you like."))
    say(
        _(
            "If you accept, a casemanager helps you for a longer time; we then ask how we may call "
            "and reach you. Declining has no consequences: this conversation goes on as it is."
        )
    )


def tell_how_it_goes_on(chain: Chain) -> None:
    """That nothing comes to her of itself, and where help is if it cannot wait."""
    say(_("You get no notice of an answer. Come back with your code to look."))
    say(_("Does it get worse? Do not wait for us:"))
    say(crisis.listed(crisis.NUMBERS[:WORST]))
    if chain.state.facts.get("crisis") != "raised" and _hears_alarms(chain):
        say(_("Then tell us too, with --crisis."))


def _hears_alarms(chain: Chain) -> bool:
    """Whether she can raise a crisis here."""
    line, table = chain.compartment.line(chain.device), SERVICES.get(chain.state.service)
    kind = chain.compartment.type
    return bool(line and table and table.step("CrisisFlagged", line.role, kind))


def tell_when(chain: Chain) -> str:
    """By when the office means to answer, by the terms of the service; empty where nobody owes an
    answer, and in a crisis, which is no matter of days."""
    from wire.calendar import read_calendar  # with it comes a calendar of every country

    compartment = chain.compartment
    crisis_runs = chain.state.facts.get("crisis") == "raised"
    if chain.state.state == "closed" or crisis_runs or compartment.waits_for == "requester":
        return ""
    calendar = read_calendar(None)
    terms = {term.name: term for term in calendar.terms[CONSULTATION]}
    for name in ("first_answer", "short_advice"):
        since = terms[name].runs(chain.state.state, compartment.moments)
        if since is not None:
            due = calendar.office.due(since, terms[name].amount)
            if due < time.time():
                told = _("We meant to answer before this and did not; ring us if it cannot wait")
            elif name == "first_answer":
                told = _("You can expect a first answer before")
            else:
                told = _("You can expect our advice before")
            return f"{told}: {local_time(due)}."
    return ""
