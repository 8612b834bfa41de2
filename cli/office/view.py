"""Looking into a case: at a glance with `show`, entry by entry with `timeline`."""

import click

from cli.case.view import as_support, in_crisis, show_case
from cli.desk.every_day import SERVICE
from cli.desk.every_day import STEPS as EVERY_DAY
from cli.home.folder import device_session
from cli.office.waiting import Words
from cli.screen.show import chain_fields, local_time, print_json, show_conversation
from cli.screen.spoken import JSON, command
from cli.screen.terminal import paged, table
from cli.sentences.language import _, name
from client.cases import consultation, steps
from client.cases.casework import Casework, open_casework
from client.cases.proposals import open_for
from client.place.chain import Chain

TAKE = "take"
FEW = 8


@command()
@click.argument("case")
@JSON
def show(case: str, as_json: bool) -> None:
    """A case at a glance: how it stands, what was said in each place, and what you can do now."""
    work = open_casework(device_session(), case)
    rows = work.rows
    if in_crisis(work) and not as_json:
        rows = list(map(Words(work.session).truly, rows))
    show_case(as_support(work), as_json, rows=rows, steps=possible(work))


def possible(work: Casework) -> list[str]:
    """The commands that fit: those of every day by name, the others as they are typed; where they
    are many, the group of the service, as each has its own help."""
    found = steps.possible(work)
    shown = [one for one in found if work.service == SERVICE and one in EVERY_DAY]
    group = work.table.grouped
    others = [f"{group} {one}" for one in found if one not in shown]
    shown += others if len(others) <= FEW else [group]
    untaken = work.table.untaken(work.role)
    if work.state in untaken:
        shown.insert(0, TAKE)
    if open_for(work.session, work.proposals()):
        shown += ["approve", "refuse"]
    return shown


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
    """Where the case began; for who does not stand in it, what she stands in."""
    return work.first or work.every()[0]
