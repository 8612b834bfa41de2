"""`zegel pool fairness`: how evenly experts are asked, worked out on this machine."""

import time
from datetime import UTC, datetime

import click

from cli.desk.step import done_in
from cli.home.folder import device_session
from cli.screen.show import print_json, say
from cli.screen.spoken import JSON, command
from cli.sentences.language import _
from cli.sentences.worked_out import fairness as told
from client.cases.casework import open_casework
from client.cases.consultation import payload
from client.pool.desk import Desk
from client.pool.fairness import fairness as figures_of
from client.pool.fairness import report_of


@command("fairness")
@click.option("--year", type=click.IntRange(2020, 2200), help="Of which year; this one if none.")
@click.option("--report", "case", help="Keep the figures in the pool with this number.")
@JSON
def fairness(year: int | None, case: str | None, as_json: bool) -> None:
    """How evenly experts are asked: shares of organisations, who said no, how long it took."""
    session = device_session()
    now = time.time()
    year = year or datetime.fromtimestamp(now, UTC).year
    desk = Desk(session).look()
    value = payload(
        "fairness/1", **report_of(figures_of(desk.records(year, now), desk.experts(), year))
    )
    if case:
        work = open_casework(session, case)
        work.write("pool", "FairnessReported", {"year": year}, value)
        done_in(work, as_json, _("Kept."), figures=value)
    elif as_json:
        print_json({"figures": value})
    if not as_json:
        say(told(value))
