"""Commands of those who answer."""

import time
from typing import Any, TextIO

import click

from cli.home import device_session
from cli.show import ago, chain_fields, local_time, print_json, show_conversation, table
from cli.text import written
from client import consultation
from client.chain import Chain
from client.errors import NotPossible
from client.session import Session

JSON = click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object.")
MESSAGE = click.option("-m", "--message", help="The text; without it an editor opens.")
FILE = click.option("-f", "--file", type=click.File(encoding="utf-8"), help="Read it from a file.")
SECTIONS = {
    "yourself": "What the person can do.",
    "professional_help": "Where professional help is to be found.",
    "possible_reports": "Reports that may be needed, and to whom.",
    "contact_again": "When to contact us again.",
}
OUTCOMES = ("answered", "advised", "pointed_to_help", "no_contact", "other")


def find(session: Session, case: str) -> Chain:
    """The compartment of a case in which this device stands. case: its number or the beginning.

    Raises NotPossible.
    """
    rows = [row for row in session.work() if row["case"].startswith(case.lower())]
    if not rows:
        raise NotPossible(f"no case of yours begins with {case}; a colleague may have taken it")
    # Cases seen before count too: a server that hides one cannot pass another off as it.
    seen = {place[:32] for place in session.pins.heads if place.startswith(case.lower())}
    found = seen | {row["case"] for row in rows}
    if len(found) > 1 or len(rows) > 1:
        raise NotPossible(f"{len(found)} cases begin with {case}: give more of the number")
    chain = session.read(rows[0]["case"], rows[0]["compartment"])
    if chain is None:
        raise NotPossible("you stand in that case no longer")
    return chain


def _done(session: Session, chain: Chain, as_json: bool, what: str) -> None:
    if as_json:
        print_json(chain_fields(chain, []))
    else:
        click.echo(f"{what} Case {chain.case[:8]} is now: {chain.state.state}.")


@click.command()
@JSON
def inbox(as_json: bool) -> None:
    """What waits, for whom and how long. No content is fetched."""
    rows = device_session().work()
    if as_json:
        print_json({"work": rows})
        return
    table(
        "Inbox",
        ["case", "service", "state", "yours", "waits since", "entries"],
        [_row(row) for row in rows],
    )


def _row(row: dict[str, Any]) -> list[str]:
    return [
        row["case"][:8],
        row["service"],
        row["state"],
        "yes" if row["mine"] else "",
        ago(row["waiting_since"], time.time()),
        str(row["seq"] + 1),
    ]


@click.command()
@click.argument("case")
@click.option(
    "--no-conflict",
    is_flag=True,
    prompt="Do you state that you have no conflict of interest here?",
    help="State that you have no conflict of interest.",
)
@JSON
def take(case: str, no_conflict: bool, as_json: bool) -> None:
    """Take a consultation. The other workers cannot read what comes next."""
    if not no_conflict:
        raise NotPossible("who has a conflict of interest leaves it to a colleague")
    session = device_session()
    chain = find(session, case)
    consultation.take(session, chain)
    _done(session, chain, as_json, "It is yours: no other worker can read what comes next.")


@click.command()
@click.argument("case")
@MESSAGE
@FILE
@JSON
def answer(case: str, message: str | None, file: TextIO | None, as_json: bool) -> None:
    """Answer the person who asked."""
    session = device_session()
    chain = find(session, case)
    consultation.answer(session, chain, written(message, file, "Write your answer."))
    _done(session, chain, as_json, "Your answer is stored, sealed.")


@click.command()
@click.argument("case")
@click.option("--yourself", help=SECTIONS["yourself"])
@click.option("--professional-help", help=SECTIONS["professional_help"])
@click.option("--possible-reports", help=SECTIONS["possible_reports"])
@click.option("--contact-again", help=SECTIONS["contact_again"])
@JSON
def advise(case: str, as_json: bool, **given: str | None) -> None:
    """Give short advice in its four sections; an editor opens for each that is not given."""
    session = device_session()
    chain = find(session, case)
    sections = {name: written(given[name], None, what) for name, what in SECTIONS.items()}
    consultation.advise(session, chain, sections)
    _done(session, chain, as_json, "Your advice is stored, sealed.")


@click.command()
@click.argument("case")
@click.option("--outcome", type=click.Choice(OUTCOMES), prompt=True)
@click.option("--reason", help="Why it ends; without it an editor opens.")
@click.option("--pointers", help="Where the person was pointed to.")
@JSON
def close(case: str, outcome: str, reason: str | None, pointers: str | None, as_json: bool) -> None:
    """Close a consultation, with outcome, reason and the pointers that were given."""
    session = device_session()
    chain = find(session, case)
    why = written(reason, None, "Why does it end?")
    where = written(pointers, None, "Where was the person pointed to?")
    consultation.close(session, chain, outcome, why, where)
    _done(session, chain, as_json, "Closed.")


@click.command()
@click.argument("case")
@click.option("--content/--no-content", default=True, help="Open what was said.")
@JSON
def timeline(case: str, content: bool, as_json: bool) -> None:
    """What happened in a case, verified from its first entry."""
    session = device_session()
    chain = find(session, case)
    messages = consultation.conversation(session, chain) if content else []
    if as_json:
        print_json(chain_fields(chain, messages))
        return
    table(
        f"Case {chain.case}",
        ["seq", "when", "who", "what", "state", "epoch"],
        [
            [
                str(item.entry.header.seq),
                local_time(item.entry.stored),
                item.role.replace("_", " "),
                item.entry.header.kind,
                item.state_after,
                str(item.entry.header.epoch),
            ]
            for item in chain.items
        ],
    )
    if content:
        show_conversation(chain, messages)
