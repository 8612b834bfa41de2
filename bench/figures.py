"""What was measured, as medians and ratios: a table for people, the rounds for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """The same thing measured on two sides, in rounds that took turns.

    ours, theirs: one value a round. The ratio is that of each round, then the median: what else
    the machine did meanwhile hits both sides of a round alike.
    """

    what: str
    unit: str
    ours: Sequence[float]
    against: str
    theirs: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]


def _spread(values: Sequence[float], digits: int) -> str:
    middle, low, high = (f"{n:,.{digits}f}" for n in (median(values), min(values), max(values)))
    return f"{middle} ({low}-{high})"


def _row(figure: Figure) -> tuple[str, ...]:
    digits = 0 if median(figure.ours) >= 100 else 2
    return (
        figure.what,
        figure.unit,
        _spread(figure.ours, digits),
        figure.against,
        _spread(figure.theirs, digits),
        _spread(figure.ratios, 2),
    )


def table(figures: Sequence[Figure]) -> str:
    heads = ("what", "unit", "Zegel: median (min-max)", "against", "median (min-max)", "ratio")
    rows = [heads, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "-|-".join("-" * width for width in widths), *lines[1:]])


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    return [asdict(figure) | {"ratio": median(figure.ratios)} for figure in figures]
