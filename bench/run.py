"""Run every measurement and print one table.

    .venv/bin/python -m bench.run [--quick] [--json FILE]

Absolute figures are those of one machine at one time; ratios are what compares.
"""

import json
import tempfile
import time
from pathlib import Path

import click

from bench.figures import as_json, table
from bench.load import Load
from bench.measures import FULL, LONG_CASE, MEASURES, QUICK, Bench
from bench.people import People
from bench.servers import Servers, make_log
from crypto.encoding import hash_of
from tests.support.world import Ceremony


@click.command()
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds: for a first look.")
@click.option("--only", type=click.Choice([one.__name__ for one in MEASURES]), help="One of them.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all rounds here.")
def main(quick: bool, only: str | None, file: Path | None) -> None:
    """Measure Zegel against floors and peers, in rounds that take turns."""
    started = time.monotonic()
    chosen = [measure for measure in MEASURES if only in (None, measure.__name__)]
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        ceremony = Ceremony()
        root = ceremony.root(make_log(Path(folder)))
        with Servers(Path(folder), hash_of(root)) as servers, Load() as load:
            people = People(ceremony, root, servers.settings)
            effort = QUICK if quick else FULL
            bench = Bench(servers, people, load, people.long_case(LONG_CASE), effort)
            for measure in chosen:
                click.echo(f"{time.monotonic() - started:5.1f} s  {measure.__doc__}", err=True)
                figures += measure(bench)
    click.echo(table(figures))
    click.echo(f"{time.monotonic() - started:.0f} s", err=True)
    if file is not None:
        file.write_text(json.dumps(as_json(figures), indent=1) + "\n")


if __name__ == "__main__":
    main()
