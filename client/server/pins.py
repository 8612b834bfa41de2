"""What a client has seen and will not let go back: roster and root versions, heads, positions.

{"heads":{"<case>/<compartment>":{"hash":"…","seq":4}},"position":17,"receipts":[…],
 "root":{"hash":"…","version":1},"roster":{"hash":"…","version":3},"v":1,
 "whole":{"<case>/<compartment>":19}}
whole: the position up to which it was shown without a gap; files of before this was kept lack it.

Several commands of one home may run at once, and an editor may stand open in one of them: saving is
merging with what the others saved (`client.server.pins_file`), so that nothing seen is ever unseen.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from client.errors import Distrust, NotPossible
from client.server.pins_file import held, keep_evidence, read, replace
from client.why import Why
from crypto.encoding import Malformed, canonical, parse_canonical
from domain.trust import Root, Roster, Trust

MAX_PINS_BYTES = 64 * 2**20
_FIELDS = {
    "roster": dict,
    "root": dict,
    "heads": dict,
    "receipts": list,
    "position": int,
    "whole": dict,
}
_STATED = [str, str, str, int, str, str, int, int]  # what a receipt states, in its order
_RECEIPT = {"receipt": str, "signature": str}


@dataclass
class Pins:
    """Pins, in memory and, where a path is given, in a file that is replaced as a whole.

    unkept: called with what the machine says where the file cannot be written, and the receipts
    that stand in it therefore not; None lets the OSError through.
    """

    path: Path | None = None
    roster: dict[str, Any] = field(default_factory=lambda: {"version": 0, "hash": ""})
    root: dict[str, Any] = field(default_factory=lambda: {"version": 0, "hash": ""})
    heads: dict[str, dict[str, Any]] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)
    receipts: list[dict[str, str]] = field(default_factory=list)
    position: int = 0
    unkept: Callable[[OSError, list[dict[str, str]]], None] | None = field(
        default=None, repr=False, compare=False
    )
    _saved: bytes | None = field(default=None, repr=False, compare=False)
    _saved_receipts: int = field(default=0, repr=False, compare=False)
    _noted: int = field(default=0, repr=False, compare=False)  # receipts that are looked up below
    _receipted: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, path: Path) -> "Pins":
        """Raises Malformed if the file is damaged: pins are never dropped silently. And OSError."""
        written = read(path)
        if written is None:
            return cls(path)
        fields = _parsed(written)
        return cls(path, **fields, _saved=written, _saved_receipts=len(fields["receipts"]))

    def save(self) -> None:
        """Merge with what others saved meanwhile, and keep that durably.

        Raises Distrust(forked) where theirs and this contradict each other: the server showed two
        things; both are kept beside. NotPossible if the file has been damaged meanwhile: what is in
        memory is kept beside. OSError unless `unkept` takes it.
        """
        if self.path is None:
            return
        try:
            with held(self.path):
                self._save(self.path)
        except OSError as error:
            if self.unkept is None:
                raise
            self.unkept(error, self.receipts[self._saved_receipts :])
            self._saved_receipts = len(self.receipts)

    def _save(self, path: Path) -> None:
        there = read(path)
        contradicted = []
        if there is not None and there != self._saved:
            try:
                contradicted = self._merge(_parsed(there))
            except Malformed as error:
                keep_evidence(path, self._written())
                raise NotPossible(Why.SEEN_NOT_WRITTEN, file=path, reason=str(error)) from error
        written = self._written()
        if contradicted:
            keep_evidence(path, canonical({"v": 1, "contradicted": contradicted}))
        if written != there:
            replace(path, written)
        self._saved, self._saved_receipts = written, len(self.receipts)
        if contradicted:
            raise Distrust("forked", f"{contradicted[0]['what']}: another was seen before")

    def _written(self) -> bytes:
        return canonical({"v": 1, **{name: getattr(self, name) for name in _FIELDS}})

    def _merge(self, theirs: dict[str, Any]) -> list[dict[str, Any]]:
        """Take in what another command saw, further ahead or not; what contradicts this."""
        contradicted = []
        for name, one in theirs["heads"].items():
            own = self.heads.setdefault(name, one)
            self.heads[name], differs = _further(own, one, "seq")
            contradicted += [{"what": name, "kept": one, "seen": own}] if differs else []
        for name in ("root", "roster"):
            own, one = getattr(self, name), theirs[name]
            further, differs = _further(own, one, "version")
            setattr(self, name, further)
            contradicted += [{"what": name, "kept": one, "seen": own}] if differs else []
        known = {one["receipt"] for one in theirs["receipts"]}
        added = (one for one in self.receipts if one["receipt"] not in known)
        self.receipts, self._noted = [*theirs["receipts"], *added], 0
        self.position = max(self.position, theirs["position"])
        for name, position in theirs["whole"].items():
            self.whole[name] = max(position, self.whole.get(name, -1))
        return contradicted

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

    def check_position(self, place: tuple[str, str], seq: int, position: int) -> None:
        """Raises Distrust(forked) for an entry that was not there when its compartment (place: case
        and name) was shown whole up to a position behind it."""
        name = "/".join(place)
        seen = self.heads.get(name)
        if seen and seq > seen["seq"] and position <= self.whole.get(name, -1):
            raise Distrust("forked", "an entry stands where there was none before")

    def pin_whole(self, place: tuple[str, str], position: int) -> None:
        """A compartment was shown whole up to a position, and its head is pinned."""
        name = "/".join(place)
        self.whole[name] = max(position, self.whole.get(name, -1))

    def check_receipt(self, entry: str, position: int, stored: int) -> None:
        """Raises Distrust(forked) if an entry is shown at another place or time than the server's
        own receipt says. entry: the entry hash."""
        receipted = self._receipts().get(entry)
        if receipted is not None and receipted != (position, stored):
            raise Distrust("forked", "an entry is shown elsewhere than the server's receipt says")

    def holds_receipt(self, entry: str) -> bool:
        """Whether the server's signed word for an entry, by its hash, is kept here."""
        return entry in self._receipts()

    def _receipts(self) -> dict[str, tuple[int, int]]:
        """Position and time of each entry with a receipt. Looked up when they are asked for, and
        each once: a home keeps receipts for years."""
        for kept in self.receipts[self._noted :]:
            fields = self._stated(kept["receipt"])
            self._receipted[fields[5]] = (fields[6], fields[7])
        self._noted = len(self.receipts)
        return self._receipted

    def _stated(self, receipt: str) -> list[Any]:
        """What a receipt says. It was held to its form and signature before it was kept; raises
        NotPossible if the file was changed since."""
        try:
            fields = json.loads(base64.urlsafe_b64decode(receipt + "=" * (-len(receipt) % 4)))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, list) or [type(one) for one in fields] != _STATED:
            raise NotPossible(Why.SEEN_DAMAGED, file=str(self.path))
        return fields

    def keep_receipt(self, receipt: str, signature: str) -> None:
        """Keep the server's signed word for an entry, as it came."""
        self.receipts.append({"receipt": receipt, "signature": signature})

    def pin_trust(self, trust: Trust) -> None:
        for name, one in (("root", trust.root), ("roster", trust.roster)):
            if one and one.version >= getattr(self, name)["version"]:
                setattr(self, name, {"version": one.version, "hash": one.hash})

    def compartments(self, case: str) -> set[str]:
        """The compartments of a case of which heads are pinned."""
        return {place[33:] for place in self.heads if place.startswith(f"{case}/")}

    def pin_head(self, case: str, compartment: str, seq: int, head: str, position: int) -> None:
        name = f"{case}/{compartment}"
        if seq >= self.heads.get(name, {"seq": -1})["seq"]:
            self.heads[name] = {"seq": seq, "hash": head}
        self.position = max(self.position, position)

    def put_back(self, case: str, heads: dict[str, dict[str, Any]], now: int) -> Path:
        """Take these heads of a case for those seen, in the place of what was; that, with the
        receipts of the case and the trust seen, is kept beside first. Where it is kept.

        Raises NotPossible if the file is damaged or there is none, OSError.
        """
        if self.path is None:
            raise NotPossible(Why.NOTHING_SEEN)
        with held(self.path):
            try:
                self._merge(_parsed(read(self.path) or self._written()))
            except Malformed as error:
                raise NotPossible(
                    Why.SEEN_NOT_WRITTEN, file=self.path, reason=str(error)
                ) from error
            seen = {name: one for name, one in self.heads.items() if name.startswith(f"{case}/")}
            receipts = [one for one in self.receipts if self._stated(one["receipt"])[1] == case]
            evidence = {"v": 1, "case": case, "accepted": now, "heads": seen, "shown": heads}
            evidence |= {"receipts": receipts, "root": self.root, "roster": self.roster}
            evidence |= {"whole": self.whole}
            self.whole = {}  # positions are given out anew, in every case
            kept = keep_evidence(self.path, canonical(evidence), "restored")
            self.heads = {name: one for name, one in self.heads.items() if name not in seen} | heads
            self.receipts = [one for one in self.receipts if one not in receipts]
            self._receipted, self._noted = {}, 0
            written = self._written()
            replace(self.path, written)
            self._saved, self._saved_receipts = written, len(self.receipts)
        return kept


def _parsed(written: bytes) -> dict[str, Any]:
    """The fields of a file. Raises Malformed."""
    fields = parse_canonical(written, MAX_PINS_BYTES)
    if not isinstance(fields, dict) or fields.pop("v", None) != 1:
        raise Malformed("these are no pins")
    fields.setdefault("whole", {})
    if {name: type(value) for name, value in fields.items()} != _FIELDS:
        raise Malformed("these are no pins")
    heads, whole = fields["heads"].values(), fields["whole"].values()
    document = {"hash": str, "version": int}
    whole_right = all(type(one) is int for one in whole)
    heads_right = all(_is_of(one, {"hash": str, "seq": int}) for one in heads)
    receipts_right = all(_is_of(one, _RECEIPT) for one in fields["receipts"])
    documents_right = all(_is_of(fields[name], document) for name in ("root", "roster"))
    if not (whole_right and heads_right and receipts_right and documents_right):
        raise Malformed("these are no pins")
    return fields


def _is_of(value: Any, shape: Mapping[str, type]) -> bool:
    return isinstance(value, dict) and {name: type(one) for name, one in value.items()} == shape


def _further(
    own: dict[str, Any], theirs: dict[str, Any], number: str
) -> tuple[dict[str, Any], bool]:
    """Of two things seen the one that is further ahead, and whether they contradict each other."""
    if own[number] == theirs[number]:
        return theirs, own["hash"] != theirs["hash"]
    return max(own, theirs, key=lambda one: int(one[number])), False


def check_goes_on(what: str, number: int, hash_: str, shown: dict[int, str]) -> None:
    """Raises Distrust: went-back if what is pinned is not shown, forked if it is another."""
    if not hash_:
        return
    if number not in shown:
        raise Distrust("went-back", f"{what} {number} was seen before and is not shown now")
    if shown[number] != hash_:
        raise Distrust("forked", f"{what} {number} is not the one that was seen before")
