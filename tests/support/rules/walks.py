"""The explorer goes the ways that hints tell (`ways`)."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from domain.kinds import OPENED
from tests.support.rules.features import Feature
from tests.support.rules.hints import Move, Way
from tests.support.rules.judging import Node
from tests.support.rules.moves import Moves

MOST_TRIED = 4  # of the entries that fit a move, before it is given up


class Walks(Moves):
    """Ways are gone move by move; where an entry does not lead on, the next that fits is tried."""

    def walk(self, first: Sequence[Node], way: Way, number: int) -> list[Node]:
        """What a way comes by, each with the house kept. Raises ValueError where nobody can go it
        to its end."""
        moves = [Move(move) if isinstance(move, str) else move for move in way]
        if moves[0].kind == OPENED:
            opening, *moves = moves
            first = [node for node in first if self._opens(node.way[0], opening)]
        furthest = [0]
        for node in first:
            found = self._on(node, moves, 0, furthest, number)
            if found is not None:
                return found
        raise ValueError(f"{self.service.name}: nobody comes by {moves[furthest[0]]}")

    def _on(
        self, node: Node, moves: Sequence[Move], at: int, furthest: list[int], number: int
    ) -> list[Node] | None:
        if at == len(moves):
            return [node]
        furthest[0] = max(furthest[0], at)
        move, shows = moves[at], ("way", number, at)
        if move.refused:
            if any(True for _ in self._moved(node, move, shows)):
                raise ValueError(f"{self.service.name}: somebody may write {move}")
            return self._on(node, moves, at + 1, furthest, number)
        for after in islice(self._moved(node, move), MOST_TRIED):
            kept = after if move.out else self.keep_house(after)
            found = self._on(kept, moves, at + 1, furthest, number)
            if found is not None and after.entry is not None:
                self.note(node, after.entry, after.linked, None, shows)
                return [node, *found]
        return None

    def _moved(self, node: Node, move: Move, shows: Feature = ()) -> Iterator[Node]:
        if move.out:
            yield from self._put_out(node, move)
        for number, step in self.rows:
            if step.kind == move.kind:
                body = self._body(move)
                yield from self.steps(
                    node, number, step, move.where, body, move.by, shows, later=move.later
                )

    def _put_out(self, node: Node, move: Move) -> Iterator[Node]:
        """All of a role but whom the wall keeps: everyone, or everyone but one."""
        assert node.case is not None
        for place in node.case.compartments.values():
            if place.type != move.where:
                continue
            theirs = [line for line in place.lines if line.role == move.out]
            for gone in (theirs, *([line] for line in theirs)):
                lines = tuple(line for line in place.lines if line not in gone)
                for author in lines:
                    if self._is(author.device, move.by):
                        found = self.change(node, place.name, author.device, lines, "removed")
                        if found:
                            yield found

    def _opens(self, node: Node, move: Move) -> bool:
        assert node.entry is not None
        header = node.entry.header
        same = all(header.body.get(name) == one for name, one in self._body(move).items())
        return same and self._is(header.author, move.by)

    def _is(self, device: str, wanted: str) -> bool:
        """Whether a device is of this role, or the one of this role and number."""
        return self.cast.names.get(device, "").startswith(wanted)

    def _body(self, move: Move) -> dict[str, Any]:
        """The fields that a move says, with devices for who is named by role and number."""
        named = {f"@{name}": device for device, name in self.cast.names.items()}
        return {name: named.get(str(one), one) for name, one in move.body.items()}
