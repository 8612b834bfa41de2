"""A persistent map that only grows: what a case remembers of every entry it holds.

Adding gives a new ledger and leaves the old one as it was, in constant time: all versions of one
history share one dict, and each sees only the keys that were there when it was made. Adding to an
old version (two futures of one past) copies once.

Who adds stands in turn (`store.folds`); who reads may do so meanwhile: the dict is walked as a
copy, which is made in one step.
"""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Ledger(Generic[K, V]):
    __slots__ = ("_length", "_shared")

    def __init__(self, shared: dict[K, tuple[int, V]] | None = None, length: int = 0) -> None:
        self._shared: dict[K, tuple[int, V]] = {} if shared is None else shared
        self._length = length

    def get(self, key: K) -> V | None:
        found = self._shared.get(key)
        return found[1] if found is not None and found[0] < self._length else None

    def __contains__(self, key: K) -> bool:
        found = self._shared.get(key)
        return found is not None and found[0] < self._length

    def __len__(self) -> int:
        return self._length

    def adding(self, key: K, value: V) -> "Ledger[K, V]":
        """A ledger with one more key. Raises KeyError if the key is there: ledgers only grow."""
        shared, length = self._shared, self._length
        if len(shared) != length:
            shared = {k: v for k, v in shared.copy().items() if v[0] < length}
        if key in shared:
            raise KeyError(key)
        shared[key] = (length, value)
        return Ledger(shared, length + 1)

    def items(self) -> list[tuple[K, V]]:
        """Keys and values in the order in which they came."""
        held = self._shared.copy().items()
        return [(key, value) for key, (at, value) in held if at < self._length]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ledger) and self.items() == other.items()

    __hash__ = None  # type: ignore[assignment]
