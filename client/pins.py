"""What a client has seen and will not let go back: roster and root versions, heads, positions.

{"heads":{"<case>/<compartment>":{"hash":"…","seq":4}},"position":17,"receipts":[…],
 "root":{"hash":"…","version":1},"roster":{"hash":"…","version":3},"v":1}
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.errors import Distrust
from crypto.encoding import canonical, parse_canonical, unb64
from domain.trust import Root, Roster, Trust

MAX_PINS_BYTES = 64 * 2**20


@dataclass
class Pins:
    """Pins, in memory and, where a path is given, in a file that is replaced as a whole."""

    path: Path | None = None
    roster: dict[str, Any] = field(default_factory=lambda: {"version": 0, "hash": ""})
    root: dict[str, Any] = field(default_factory=lambda: {"version": 0, "hash": ""})
    heads: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: list[dict[str, str]] = field(default_factory=list)
    position: int = 0
    _receipted: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path) -> "Pins":
        """Raises Malformed if the file is damaged: pins are never dropped silently."""
        if not path.exists():
            return cls(path)
        fields = parse_canonical(path.read_bytes(), MAX_PINS_BYTES)
        fields.pop("v")
        return cls(path, **fields)

    def save(self) -> None:
        if self.path is None:
            return
        fields = {
            "v": 1,
            "roster": self.roster,
            "root": self.root,
            "heads": self.heads,
            "receipts": self.receipts,
            "position": self.position,
        }
        beside = self.path.with_suffix(".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(canonical(fields))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self.path)

    def check_documents(self, roots: list[Root], rosters: list[Roster]) -> None:
        """Raises Distrust(went-back, forked) unless the documents go on from those pinned."""
        for what, pinned, documents in (
            ("root", self.root, roots),
            ("roster", self.roster, rosters),
        ):
            check_goes_on(
                what,
                pinned["version"],
                pinned["hash"],
                {one.version: one.hash for one in documents},
            )

    def check_head(self, case: str, compartment: str, hashes: list[str]) -> None:
        """Raises Distrust unless the chain (entry hashes by seq) goes on from the pinned head."""
        pinned = self.heads.get(f"{case}/{compartment}")
        if pinned is not None:
            chain = dict(enumerate(hashes))
            check_goes_on("conversation", pinned["seq"], pinned["hash"], chain)

    def check_receipt(self, entry: str, position: int, stored: int) -> None:
        """Raises Distrust(forked) if an entry is shown at another place or time than the server's
        own receipt says. entry: the entry hash."""
        receipted = self._receipted.get(entry)
        if receipted is not None and receipted != (position, stored):
            raise Distrust("forked", "an entry is shown elsewhere than the server's receipt says")

    def keep_receipt(self, receipt: str, signature: str) -> None:
        """Keep the server's signed word for an entry, as it came."""
        self.receipts.append({"receipt": receipt, "signature": signature})
        self._note_receipt(receipt)

    def _note_receipt(self, receipt: str) -> None:
        fields = parse_canonical(unb64(receipt), 4096)
        self._receipted[fields[5]] = (fields[6], fields[7])

    def __post_init__(self) -> None:
        for kept in self.receipts:
            self._note_receipt(kept["receipt"])

    def pin_trust(self, trust: Trust) -> None:
        if trust.root:
            self.root = {"version": trust.root.version, "hash": trust.root.hash}
        if trust.roster:
            self.roster = {"version": trust.roster.version, "hash": trust.roster.hash}

    def compartments(self, case: str) -> set[str]:
        """The compartments of a case of which heads are pinned."""
        return {place[33:] for place in self.heads if place.startswith(f"{case}/")}

    def pin_head(self, case: str, compartment: str, seq: int, head: str, position: int) -> None:
        self.heads[f"{case}/{compartment}"] = {"seq": seq, "hash": head}
        self.position = max(self.position, position)


def check_goes_on(what: str, number: int, hash_: str, shown: dict[int, str]) -> None:
    """Raises Distrust: went-back if what is pinned is not shown, forked if it is another."""
    if not hash_:
        return
    if number not in shown:
        raise Distrust("went-back", f"{what} {number} was seen before and is not shown now")
    if shown[number] != hash_:
        raise Distrust("forked", f"{what} {number} is not the one that was seen before")
