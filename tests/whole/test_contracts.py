"""The import contracts hold, and each one breaks when it is broken.

What import-linter cannot say is looked up in the syntax trees here: it bans whole external
packages, not parts of them, and sees no import that is made by name while the program runs.

Holds pyproject.toml.
"""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import ROOT

PACKAGES = ("api", "domain", "crypto", "wire", "store", "projections", "client", "cli")
LINTER = Path(sys.executable).parent / "lint-imports"
MAX_LINES = 320
UNFINISHED = ("TO" + "DO", "FIX" + "ME")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages in a folder of their own, to be damaged."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def planted(root: Path, file: str, line: str) -> Iterator[None]:
    """A file with one line more, as long as the block runs."""
    kept = (root / file).read_text()
    (root / file).write_text(f"{kept}\n{line}\n")
    try:
        yield
    finally:
        (root / file).write_text(kept)


def lint(root: Path, *contracts: str) -> tuple[bool, str]:
    """Whether the contracts hold in this folder, and what import-linter says."""
    limits = [part for contract in contracts for part in ("--contract", contract)]
    ran = subprocess.run(
        [LINTER, "--no-logo", "--no-cache", *limits],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.returncode == 0, ran.stdout + ran.stderr


# Contracts of import-linter: each with imports that would break a promise.

PLANTS = [
    ("secret-importers", "store/turn.py", "from crypto.secret import wrap"),
    ("secret-importers", "crypto/device.py", "import crypto.secret.seeds"),
    ("server-cannot-decrypt", "projections/timeline.py", "from crypto.secret.payload import Place"),
    ("server-cannot-decrypt", "api/state.py", "import client.place.reader"),
    ("operators-cannot-decrypt", "cli/operator/commands.py", "import crypto.secret.keyfile"),
    ("operators-cannot-decrypt", "cli/operator/demo.py", "from crypto.secret import seeds"),
    ("cryptography-in-crypto", "wire/proof.py", "from nacl import signing"),
    ("cryptography-in-crypto", "client/server/pins.py", "import cryptography.fernet"),
    ("domain-is-pure", "domain/check.py", "import marshmallow"),
    ("domain-is-pure", "domain/state.py", "from wire import header"),
    ("wire-is-shared", "wire/schemas.py", "import flask"),
    ("wire-is-shared", "wire/header.py", "from store import turn"),
    ("client-without-server", "client/session.py", "from api import problems"),
    ("client-without-server", "client/place/reader.py", "import eventsourcing.application"),
    ("layers", "store/folds.py", "import projections.views"),
    ("layers", "wire/pipeline.py", "import store.events"),
    ("layers", "crypto/code.py", "from domain import entry"),
    ("layers", "domain/trust.py", "from crypto import encoding"),
    ("rooms-of-client", "client/place/repeated.py", "from client.session import Session"),
    ("rooms-of-client", "client/audit/inspection.py", "import client.cases.proposals"),
    ("rooms-of-client", "client/errors.py", "def late():\n    import client.kept"),
    ("rooms-of-cli", "cli/home/keeper.py", "from cli.desk.step import wrote"),
    ("rooms-of-cli", "cli/office/view.py", "from cli.audit import who"),
    ("rooms-of-cli", "cli/sentences/plain.py", "import cli.screen.terminal"),
]


def test_the_import_contracts_hold() -> None:
    """The server cannot decrypt, rules are pure, and clients need nothing of the server."""
    holds, said = lint(ROOT)
    assert holds, said


def test_every_contract_is_shown_to_break() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, *_ in PLANTS}
    assert set(settings["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_an_import_that_breaks_a_contract_is_found(
    copy: Path, contract: str, file: str, line: str
) -> None:
    with planted(copy, file, line):
        holds, said = lint(copy, contract)
    module = file.removesuffix(".py").replace("/", ".")
    assert not holds and "BROKEN" in said and module in said, said
    assert lint(copy, contract)[0]


# What import-linter cannot say

Finder = Callable[[Path], list[str]]
CIPHERS = {"hpke", "cobblestone", "aead", "ciphers", "fernet", "x25519", "mlkem"}
# A card's public key is looked at before anyone seals to it.
PUBLIC = ("crypto/device.py", "cryptography.hazmat.primitives.asymmetric.mlkem.MLKEM768PublicKey")


def sources(root: Path, *packages: str) -> Iterator[tuple[str, str]]:
    """Path and text of each file of the packages."""
    for package in packages or PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            yield file.relative_to(root).as_posix(), file.read_text()


def imported(file: str, text: str) -> set[str]:
    """Every dotted name that a file imports, also inside functions; `from a import b` as a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = file.split("/")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def openers_outside_secret(root: Path) -> list[str]:
    """Use of HPKE, Cobblestone or another cipher outside crypto/secret."""
    return [
        f"{file}: {name}"
        for file, text in sources(root)
        if not file.startswith("crypto/secret/")
        for name in sorted(imported(file, text) | attributes(text))
        if CIPHERS & set(name.split(".")) and not name.startswith("crypto.")
        if (file, name) != PUBLIC
    ]


def attributes(text: str) -> set[str]:
    """Names that are taken from something, written with that if it is a name itself."""
    return {
        f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    }


def imports_of_domain(root: Path) -> list[str]:
    """What `domain` imports beside itself and the standard library."""
    return [
        f"{file}: {name}"
        for file, text in sources(root, "domain")
        for name in sorted(imported(file, text))
        if name.split(".")[0] not in {"domain", *sys.stdlib_module_names}
    ]


def world_in_domain(root: Path) -> list[str]:
    """Modules of the standard library by which rules would depend on more than the evidence."""
    outside = {
        "asyncio", "io", "multiprocessing", "os", "pathlib", "random", "secrets",
        "shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time",
        "urllib", "uuid", "zoneinfo",
    }  # fmt: skip
    return [
        f"{file}: {name}"
        for file, text in sources(root, "domain")
        for name in sorted(imported(file, text))
        if name.split(".")[0] in outside
    ] + [
        f"{file}: {name}"
        for file, text in sources(root, "domain")
        for name in sorted(attributes(text))
        if name.split(".")[-1] in {"now", "utcnow", "today"}
    ]


def imports_by_name(root: Path) -> list[str]:
    """Imports that import-linter cannot follow; the one that is meant loads a person's command."""
    hidden = {"__import__", "exec", "eval"}
    found = []
    for file, text in sources(root):
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        loaders = {
            name
            for name in imported(file, text)
            if name.split(".")[0] in {"importlib", "runpy"}
            # What reads files beside the code, and what version is installed, loads none of it.
            and not name.startswith(("importlib.resources", "importlib.metadata.version"))
        }
        if names & hidden or (loaders and file != "cli/main.py"):
            found.append(file)
    return found


def long_files(root: Path) -> list[str]:
    return [file for file, text in sources(root) if text.count("\n") > MAX_LINES]


def unfinished(root: Path) -> list[str]:
    return [file for file, text in sources(root) if any(word in text for word in UNFINISHED)]


HPKE = "cryptography.hazmat.primitives.hpke"
FINDERS: list[tuple[Finder, str, str]] = [
    (openers_outside_secret, "crypto/signatures.py", f"from {HPKE} import Suite"),
    (openers_outside_secret, "crypto/note.py", "from cryptography.hazmat.primitives import hpke"),
    (openers_outside_secret, "api/proof.py", f"def late():\n    import {HPKE} as h"),
    (openers_outside_secret, "crypto/code.py", "import cryptography\ncryptography.cobblestone.X"),
    (openers_outside_secret, "crypto/code.py", "from cryptography import cobblestone"),
    (openers_outside_secret, "crypto/note.py", "from cryptography.fernet import Fernet"),
    (imports_of_domain, "domain/check.py", "import typing_extensions"),
    (imports_of_domain, "domain/services/consultation/__init__.py", "from ....wire import header"),
    (imports_of_domain, "domain/shapes.py", "def late():\n    import hypothesis"),
    (world_in_domain, "domain/check.py", "from time import time"),
    (world_in_domain, "domain/evolve.py", "import os.path"),
    (world_in_domain, "domain/shapes.py", "started = datetime.now()"),
    (imports_by_name, "api/state.py", "__import__('crypto.secret.seeds')"),
    (imports_by_name, "store/folds.py", "from importlib import import_module"),
    (long_files, "wire/paths.py", "\n" * MAX_LINES),
    (unfinished, "wire/paths.py", f"# {UNFINISHED[0]}: later"),
    (unfinished, "cli/main.py", f"# {UNFINISHED[1]}"),
]
PROMISES = {
    openers_outside_secret: "only crypto/secret can open what is sealed",
    imports_of_domain: "domain imports the standard library alone",
    world_in_domain: "domain reads no clock, no file and no chance",
    imports_by_name: "no import hides from the contracts",
    long_files: "no file is too long to be read at one sitting",
    unfinished: "nothing is left for later in the code",
}


@pytest.mark.parametrize("finder", PROMISES, ids=PROMISES.values())
def test_a_promise_about_the_code_holds(finder: Finder) -> None:
    assert finder(ROOT) == []


@pytest.mark.parametrize(("finder", "file", "line"), FINDERS)
def test_code_that_breaks_a_promise_is_found(
    copy: Path, finder: Finder, file: str, line: str
) -> None:
    with planted(copy, file, line):
        (found,) = {one.partition(":")[0] for one in finder(copy)}
    assert found == file
    assert finder(copy) == []


def test_every_promise_about_the_code_is_shown_to_break() -> None:
    assert {finder for finder, *_ in FINDERS} == set(PROMISES)


# What each test module holds


def not_held(file: str, text: str) -> list[str]:
    """What is wrong with the line of a test module that says which files it holds; a name that ends
    in a slash is a folder."""
    *_, last = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
    said = " ".join(last.split())
    if not (said.startswith("Holds ") and said.endswith(".")):
        return [f"{file} does not say what it holds"]
    named = said.removeprefix("Holds ").removesuffix(".").split(", ")
    return [
        f"{file} holds {one}, which is not there"
        for one in named
        if not ((ROOT / one).is_dir() if one.endswith("/") else (ROOT / one).is_file())
    ]


def test_every_test_module_says_which_files_it_holds() -> None:
    files = [one for one in (ROOT / "tests").rglob("*.py") if one.name.startswith("test_")]
    found = [not_held(one.relative_to(ROOT).as_posix(), one.read_text()) for one in files]
    assert sorted(one for faults in found for one in faults) == [] and len(files) > 100


@pytest.mark.parametrize(
    "docstring",
    ["A promise.", "Holds cli/main.py.\n\nA promise.", "A promise.\n\nHolds cli/mian.py.", ""],
)
def test_a_module_that_does_not_say_what_it_holds_is_found(docstring: str) -> None:
    assert len(not_held("tests/test_x.py", f'"""{docstring}"""')) == 1
    assert not_held("tests/test_x.py", '"""A promise.\n\nHolds cli/main.py, cli/words/.\n"""') == []
