"""Around every step of someone who works here: posting without losing a word, and what to say."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from cli.language import _, name
from cli.plain import plain
from cli.show import chain_fields, local_time, print_json
from client.casework import Casework
from client.chain import Chain
from client.errors import ClientError, EpochMoved

T = TypeVar("T")
SOON_SECONDS = 3 * 86_400


def posted(action: Callable[[], T], typed: Mapping[str, Any]) -> T:
    """Do it. typed: what stands nowhere but in this process; it is shown if it was not stored.

    When people came or left meanwhile, the person is asked whether it still goes to those who are
    there now (PROTOCOL.md, "After a conflict").
    """
    try:
        try:
            return action()
        except EpochMoved as moved:
            if not sys.stdin.isatty():
                raise
            click.echo(f"{_('While you wrote, the people who read along changed.')} {moved}")
            if not click.confirm(_("Send it to those who are there now?")):
                raise
            return action()
    except ClientError:
        lost = "\n\n".join(str(value) for value in typed.values() if value)
        if lost:
            told = _("Nothing was stored. Your text, so that it is not lost:")
            click.echo(f"{told}\n\n{plain(lost)}\n", err=True)
        raise


def report(work: Casework, chain: Chain, as_json: bool, done: str) -> None:
    """What was done, how the case stands now, and which delay asks for a reason."""
    if as_json:
        print_json(chain_fields(chain, []))
        return
    state = work.state
    told = f" {_('It is now')}: {name(state)}." if state else ""
    click.echo(f"{done} {_('Case')} {work.case[:8]}.{told}")
    for term in unexplained(work.rows, time.time()):
        click.echo(
            f"{_('Passed')}: {name(term['term'])}, {local_time(term['due'])}. "
            f"{_('Say why with')}: zegel delay {work.case[:8]} --term {term['term']}"
        )
    warn_of_roster(work)


def unexplained(rows: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """The terms that have passed without a reason given, each once."""
    found = {
        term["term"]: term
        for row in rows
        for term in row["terms"]
        if term["due"] < now and not term["explained"]
    }
    return list(found.values())


def warn_of_roster(work: Casework) -> None:
    told = roster_warning(work.session.directory.newest.roster, time.time())
    if told:
        click.echo(told, err=True)


def roster_warning(roster: Any, now: float) -> str:
    """A word in time before the list of certified people expires; empty while it is far off."""
    if roster is None or roster.expires - now > SOON_SECONDS:
        return ""
    return (
        f"{_('The list of certified people expires on')} {local_time(roster.expires)}: "
        f"{_('tell the registrar. After that nobody can write.')}"
    )
