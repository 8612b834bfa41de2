"""Whether the tests notice when a rule is another: each small change to a module, one at a time.

    .venv/bin/python -m bench.mutants [--only domain/check.py] [--again] [--fresh] [--folder F]

Makes the mutants with cosmic-ray (`mutants_made.py`), in an environment of its own from
`requirements-mutants.lock`, and plays the tests that fit against each, in a copy of the checkout.
What was played is kept in the folder: a run that was broken off goes on where it stood. `--again`
plays those once more that no test noticed, `--fresh` all of them: after a change of tests or of
other modules. Exit code 1 if a mutant lived that `mutants_known.toml` does not list, if one is
listed that does not live, or if fewer than 95 in 100 were noticed.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from bench.mutants_played import Copy, Group

ROOT = Path(__file__).parent.parent
BENCH = ROOT / "bench"
KNOWN = BENCH / "mutants_known.toml"
LIMIT = 0.95
# The tests that fit, in groups: those first that cost least and notice most. A mutant that lives
# takes the time of all.
RULES = [
    Group("tests/domain", "test_rules", "test_rules_narrow", "test_engine"),
    Group(
        "tests/domain",
        *("test_consultation_guards", "test_support_guards", "test_consultation_beyond"),
        *("test_support_experts", "test_consultation_table"),
    ),
]
STORE = [
    Group("tests/store", "test_answers_narrow", "test_posts_narrow", "test_store"),
    Group("tests/client/people", "test_erasure", "test_invitations"),
    Group("tests/client/files", "test_attachments"),
]
TESTS = {"domain/check.py": RULES, "domain/membership.py": RULES, "store/application.py": STORE}


class Mutant(NamedTuple):
    """One change: at which line, what stood there, what stands there now, and the whole module."""

    line: int
    was: str
    becomes: str
    operator: str
    source: str

    @property
    def key(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()


def tools(folder: Path) -> Path:
    """The Python that has cosmic-ray, installed once."""
    lock = BENCH / "requirements-mutants.lock"
    place = folder / f"tools-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        wanted = ["--require-hashes", "-r", str(lock)]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        (place / "ready").touch()
    return python


def mutants(python: Path, module: str) -> list[Mutant]:
    made = subprocess.run(
        [python, BENCH / "mutants_made.py", ROOT / module], check=True, stdout=subprocess.PIPE
    )
    return [Mutant(**json.loads(line)) for line in made.stdout.splitlines()]


def known(module: str) -> set[tuple[str, str]]:
    """The listed ones of a module, each with its reason."""
    listed = tomllib.loads(KNOWN.read_text())["lives"]
    assert all(one["why"] for one in listed)
    return {(one["was"], one["becomes"]) for one in listed if one["module"] == module}


class Played:
    """What earlier runs found, by the mutated module's hash; kept after each mutant."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self.noticed: dict[str, bool] = dict(json.loads(line) for line in lines)

    def keep(self, mutant: Mutant, noticed: bool) -> None:
        self.noticed[mutant.key] = noticed
        with self._file.open("a") as file:
            file.write(json.dumps([mutant.key, noticed]) + "\n")


def play(copy: Copy, module: str, todo: list[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether a test failed or took too long, the module as it is before them."""
    if not todo:
        return
    limits = copy.prepare(module, TESTS[module])
    for number, mutant in enumerate(todo, 1):
        started = time.monotonic()
        noticed = copy.notices(module, mutant.source, TESTS[module], limits)
        word = "noticed" if noticed else "LIVES"
        took = time.monotonic() - started
        click.echo(f"{number}/{len(todo)} {module}:{mutant.line} {word} {took:.1f} s", err=True)
        yield mutant, noticed


def told(module: str, made: list[Mutant], noticed: dict[str, bool]) -> bool:
    """Print what was found of a module; whether it is as it should be."""
    lives = [one for one in made if not noticed[one.key]]
    listed = known(module)
    new = [one for one in lives if (one.was, one.becomes) not in listed]
    gone = listed - {(one.was, one.becomes) for one in lives}
    count, share = len(made) - len(lives), 1 - len(lives) / len(made)
    click.echo(f"{module}: {len(made)} mutants, {count} noticed ({share:.1%}), {len(lives)} live")
    for one in lives:
        mark = "not listed" if one in new else "listed"
        click.echo(f"  line {one.line}, {mark}: {one.was}\n    became {one.becomes}")
    for was, becomes in sorted(gone):
        click.echo(f"  listed, but does not live: {was}\n    became {becomes}")
    return not new and not gone and share >= LIMIT


@click.command()
@click.option("--only", type=click.Choice(list(TESTS)), multiple=True, help="One module.")
@click.option("--again", is_flag=True, help="Play once more those that nothing noticed.")
@click.option("--fresh", is_flag=True, help="Forget what earlier runs found.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "mutants",
    help="Where the tools, the copy and what was found are kept: build/mutants.",
)
def main(only: tuple[str, ...], again: bool, fresh: bool, folder: Path) -> None:
    """Play every mutant of the rules and of the store."""
    folder.mkdir(parents=True, exist_ok=True)
    found = folder / "found.jsonl"
    if fresh:
        found.unlink(missing_ok=True)
    python, played = tools(folder), Played(found)
    shutil.rmtree(folder / "copy", ignore_errors=True)
    copy, holds = Copy(ROOT, folder / "copy"), True
    for module in only or TESTS:
        made = mutants(python, module)
        skipped = {key for key, noticed in played.noticed.items() if noticed or not again}
        todo = [one for one in made if one.key not in skipped]
        for mutant, noticed in play(copy, module, todo):
            played.keep(mutant, noticed)
        holds = told(module, made, played.noticed) and holds
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
