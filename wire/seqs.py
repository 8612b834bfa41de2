"""Numbers of entries as they are asked for: 3-400,402 for those from 3 to 400, and 402."""

from collections.abc import Iterable

MAX_SEQS_CHARACTERS = 4000  # in the target of a request
_RUN = "(?:0|[1-9][0-9]{0,8})"
SEQS = f"^{_RUN}(?:-{_RUN})?(?:,{_RUN}(?:-{_RUN})?)*$"


def show_seqs(seqs: Iterable[int]) -> str:
    """Numbers in growing order, as many of the first of them as may be asked for at once."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1][1] = seq
        else:
            runs.append([seq, seq])
    shown = ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in runs)
    if len(shown) <= MAX_SEQS_CHARACTERS:
        return shown
    return shown[: shown.rindex(",", 0, MAX_SEQS_CHARACTERS)]


def read_seqs(shown: str) -> list[tuple[int, int]]:
    """First and last of each run, in growing order, no number twice. What is asked for twice is
    given once; what ends before it begins is nothing. shown: as SEQS has it."""
    runs: list[tuple[int, int]] = []
    ends = (one.partition("-") for one in shown.split(","))
    for first, last in sorted((int(one), int(other or one)) for one, _, other in ends):
        if last < first:
            continue
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs
