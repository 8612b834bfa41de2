"""How many of what: one of them is called by the singular, more roles by the plural."""

import re

from cli.sentences.language import dutch, language, name

# What sentences count, more of it and one of it. What a person typed is no part of these sentences.
ONE = {
    "en": {
        **{"entries": "entry", "cases": "case", "lines": "line", "headers": "header"},
        **{"releases": "release", "leaves": "leave", "places": "place", "terms": "term"},
        **{"contents": "content", "readers": "reader", "runs": "run", "devices": "device"},
        **{"people": "person", "files": "file", "characters": "character", "words": "word"},
        **{"minutes": "minute", "hours": "hour", "days": "day", "witnesses": "witness"},
    },
    "nl": {
        **{"stappen": "stap", "casussen": "casus", "regels": "regel", "kopregels": "kopregel"},
        **{"plekken": "plek", "termijnen": "termijn", "inhouden": "inhoud", "lezers": "lezer"},
        **{"reeksen": "reeks", "apparaten": "apparaat", "personen": "persoon", "mensen": "persoon"},
        **{"bestanden": "bestand", "tekens": "teken", "woorden": "woord", "getuigen": "getuige"},
        **{"minuten": "minuut", "dagen": "dag"},
    },
}
BESIDE = "other |andere "  # may stand between the number and what is counted
IES = re.compile(r"(?<![aeiou])y$")


def counted(told: str) -> str:
    """A sentence of ours, with what there is one of in the singular: "1 lines" as "1 line"."""
    one = ONE[language()]
    found = rf"(?<![\w.,:/-])1 ({BESIDE})?({'|'.join(one)})\b"
    return re.sub(found, lambda match: f"1 {match[1] or ''}{one[match[2]]}", told)


def roles(count: int, role: str) -> str:
    """So many people of a role: "1 supervisor", "2 supervisors"."""
    if count == 1:
        return f"1 {name(role)}"
    if language() == "nl":
        return f"{count} {dutch()['several'].get(role, name(role))}"
    called = name(role)
    return f"{count} {IES.sub('ie', called)}s"
