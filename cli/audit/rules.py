"""`zegel rules`: the rule book as data, for programs that do not share this code."""

import sys

from cli.screen.spoken import SpokenGroup, command
from crypto.encoding import canonical
from domain.rule_book import rule_book


@command("export")
def export() -> None:
    """Write the whole rule book as one line of canonical JSON: kinds, rows, guards, terms."""
    sys.stdout.buffer.write(canonical(rule_book()) + b"\n")


rules = SpokenGroup(
    "rules", help="The rules that server, clients and auditors run.", commands={"export": export}
)
