"""How long a worker waits for a command, with the device unlocked and the store embedded.

    .venv/bin/python -m bench.commands [--rounds 10]

The floor is the interpreter with the libraries that every command needs. Exit code 1 if the median
of a command is over half a second.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from cli.home import keeper
from client.cases import consulting
from crypto.encoding import b64
from crypto.secret.seeds import new_device
from tests.support.world import World, read

LIMIT_SECONDS = 0.5
FLOOR = ("-c", "import click, requests, marshmallow, nacl.bindings, cryptography, rich.console")


def seconds(arguments: tuple[str, ...], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


@click.command()
@click.option("--rounds", default=10, show_default=True)
def main(rounds: int) -> None:
    """Time commands in processes of their own, in rounds that take turns with the floor."""
    with tempfile.TemporaryDirectory() as folder, World(Path(folder)) as world:
        keys = new_device()
        world.ceremony.list_person(1, ["consultation_worker"], keys)
        world.publish(keys)
        worker = world.session(keys)
        _, asked, _ = world.mother()
        consulting.take(worker, read(world, worker, asked))
        home = Path(folder) / "home"
        home.mkdir()
        (home / "device.key").write_text("not opened: the device is unlocked")
        os.environ["XDG_RUNTIME_DIR"] = folder
        keeper.start(home, {"sign": b64(keys.sign), "kem": b64(keys.kem)}, 600)
        environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": folder, "PYTHONUTF8": "1"}
        environment |= {"ZEGEL_HOME": str(home), "ZEGEL_SERVER": world.url, "ZEGEL_PIN": world.pin}
        zegel = ("-m", "cli.main")
        timed = {
            "floor: the libraries": FLOOR,
            "zegel inbox": (*zegel, "inbox"),
            "zegel show": (*zegel, "show", asked.case),
            "zegel answer": (*zegel, "answer", asked.case, "-m", "an answer"),
        }
        found: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(rounds):
            for name, arguments in timed.items():
                found[name].append(seconds(arguments, environment))
        keeper.ask(home, "lock")
    table = Table(title="A command, in seconds")
    for column in ("what", "median", "worst", "of the floor"):
        table.add_column(column)
    medians = {name: statistics.median(taken) for name, taken in found.items()}
    floor = next(iter(medians.values()))
    for name, taken in found.items():
        of_floor = f"{medians[name] / floor:.2f} ×"
        table.add_row(name, f"{medians[name]:.2f}", f"{max(taken):.2f}", of_floor)
    Console().print(table)
    sys.exit(max(medians.values()) > LIMIT_SECONDS)


if __name__ == "__main__":
    main()
