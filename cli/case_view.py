"""`zegel case show`: a support case as one person sees it, place by place."""

from typing import Any

from cli.home import device_session, home_folder
from cli.language import _, name
from cli.show import chain_fields, print_json, say, show_conversation
from client import consultation
from client.casework import Casework, open_casework
from client.invitations import Invitations
from client.support import Support


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
    state = support.work.rows[0]["state"]
    say(f"{_('Case')} {support.work.case}" + (f" · {name(state)}" if state else ""))
    for chain, messages in opened:
        say(f"\n── {name(chain.compartment.type)} · {chain.name} ──")
        show_conversation(chain, messages, steps=True)
        for number in sorted(_seqs(chain, chain.bad_grants)):
            say(
                f"{_('A grant does not hold the keys that it names; tell who gave it. Entry')} "
                f"{number}."
            )
        for item in chain.held_back():
            told = _("A grant has not come yet; what it opens is not shown. Entry")
            say(f"{told} {item.entry.header.seq}.")
        waiting = support.invitations.accepted(chain) if chain.compartment.invitations else []
        if waiting:
            say(f"{_('Waiting to be let in')}: {len(waiting)}. zegel case admit {_short(support)}")


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
