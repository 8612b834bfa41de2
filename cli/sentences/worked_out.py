"""What a client worked out, as people read it: a shortlist, what a candidate is told of a brief,
and the figures of fairness."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli.sentences.language import _, name
from cli.sentences.matching import called, in_ranges, sentence_of
from client.pool.experts import weeks_of

Value = Mapping[str, Any]


def sentences(reasons: Sequence[Value]) -> str:
    """Why a candidate stands where she stands."""
    return " ".join(sentence_of(one["code"], one["facts"]) for one in reasons)


def shortlist(value: Value) -> str:
    lines = [f"{_('Team')}: {', '.join(one[:8] for one in value['team']) or _('none')}"]
    for one in value["candidates"]:
        rank = f"{one['rank']}." if one["rank"] else "-"
        told = f"{rank} {one['person'][:8]} ({name(one['verdict'])})"
        lines.append(f"{told}: {sentences(one['reasons'])}")
    return "\n".join(lines)


def tags(value: Value) -> list[str]:
    """What is asked for, tag by tag; of what was masked its name alone."""
    shown = []
    for tag, codes in value.items():
        told = [called(code) for code in (codes if isinstance(codes, list) else [codes])]
        shown.append(f"{name(tag).capitalize()}: {', '.join(told)}")
    return shown


def invitation(value: Value) -> str:
    """What a candidate reads before she answers."""
    weeks = weeks_of(value["from_week"], value["weeks"])
    shown = [*tags(value["tags"])]
    if value["masked"]:
        told = _("Not told yet, because few would fit it")
        shown.append(f"{told}: {', '.join(map(name, value['masked']))}")
    shown.append(f"{name('weeks').capitalize()}: {in_ranges(list(weeks))}")
    shown.append(f"{_('Hours a week')}: {value['hours']}")
    if value["acute"]:
        shown.append(_("It is acute."))
    return "\n".join(shown)


def fairness(value: Value) -> str:
    """The figures of a year; parts in percent, times in hours."""
    shares = ", ".join(
        f"{one['organisation']} {percent(one['permille'])}" for one in value["shares"]
    )
    figures = [
        (_("Year"), value["year"]),
        (_("Requests"), value["matches"]),
        (_("Deployments"), value["deployments"]),
        (_("Gini coefficient of deployments"), f"{value['gini_permille'] / 1000:.3f}"),
        (_("Share of each organisation"), shares or _("none")),
        (_("Overridden"), percent(value["overrides_permille"])),
        (_("Said no"), value["declined"]),
        (_("Conflict of interest"), value["conflicts"]),
        (_("No answer"), value["no_answer"]),
        (_("Hours to a team (median, longest)"), _hours(value)),
    ]
    return "\n".join(f"{label}: {figure}" for label, figure in figures)


def _hours(value: Value) -> str:
    if value["median_hours"] is None:
        return str(_("none"))
    return f"{value['median_hours']}, {value['longest_hours']}"


def percent(permille: int) -> str:
    return f"{permille / 10:.0f}%"


# How a candidate answered, by the words of `client.pool.deployments`.
ANSWERS: Mapping[str, str] = {
    "invited": "has not answered yet",
    "reminded": "reminded, has not answered yet",
    "no_answer": "did not answer in time",
    "declined": "said no",
    "conflict": "has a conflict of interest",
    "accepted": "accepted, has not signed yet",
    "signed": "accepted and signed",
    "confirmed": "confirmed",
    "released": "released",
}
# Of the payloads that no form asks for (`wire.payloads.matching`).
TELLERS: Mapping[str, Callable[[Value], str]] = {
    "shortlist/1": shortlist,
    "invitation/1": invitation,
    "fairness/1": fairness,
}
