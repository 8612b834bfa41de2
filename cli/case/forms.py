"""How the commands of a support case that ask for a text are tried beforehand, and the analysis of
an expert, which is two entries.
"""

from typing import IO, Any

import click

from cli.case.view import support_of
from cli.desk.form import form_options
from cli.desk.sent_before import stored_after_all
from cli.desk.step import Writing, read_among, wrote
from cli.home.names import tell_to
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, Spoken
from cli.sentences.language import _
from client.cases.analyses import ANALYSIS
from client.cases.beforehand import rehearsal_of
from client.cases.support import Support
from client.place.chain import Item

CONTRIBUTION = "contribution/1"


def done(support: Support, as_json: bool, told: str) -> None:
    if as_json:
        print_json({"case": support.work.case})
    else:
        say(f"{told} {_('Case')} {support.work.case[:8]}.")


def _rehearsal(support: Support) -> Support:
    """The same case, in which nothing is sent."""
    return Support(rehearsal_of(support.work))


def rehearse_saying(support: Support, place: str, text: str) -> None:
    tried = _rehearsal(support)
    tried.say(tried.work.named(place), text)


def rehearse_excerpt(support: Support, place: str, of: Item, text: str) -> None:
    tried = _rehearsal(support)
    tried.excerpt(tried.work.named(place), of, text)


def rehearse_check(support: Support, person: str, text: str) -> None:
    _rehearsal(support).check_identity(person, text)


def writing_in(
    support: Support,
    schema: str,
    what: str,
    read_by: str,
    given: dict[str, Any],
    file: IO[Any] | None,
) -> Writing:
    return Writing(support.session, support.work.case, schema, what, read_by, given, file)


@click.command("contribute", cls=Spoken)
@click.argument("case")
@form_options(CONTRIBUTION)
@JSON
def contribute(case: str, file: IO[Any] | None, as_json: bool, **given: Any) -> None:
    """As an expert: write your own analysis. Nobody reads it before the others are in."""
    support = support_of(case)
    with stored_after_all(support.session, support.work.case, CONTRIBUTION, given):
        there = list(support.work.chains(ANALYSIS))
        read_by = read_among(tell_to(support.session, there[0]) if len(there) == 1 else "")
        what = _("As an expert: write your own analysis. Nobody reads it before the others are in.")
        wrote(
            writing_in(support, CONTRIBUTION, what, read_by, given, file),
            support.contribute,
            rehearsed=lambda value: _rehearsal(support).contribute(value),
        )
    told = _("Your analysis is stored, sealed; the others know that it is in.")
    done(support, as_json, told)
