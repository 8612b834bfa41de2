"""The page of an audit: everything that `client.audit.inspection.fields` holds, and nothing
besides, as one HTML file to read and to print. It fetches nothing and runs nothing."""

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from cli.audit import tables as tables
from cli.audit.called import NOBODY, Called
from cli.audit.lines import case_lines, judged_by, more_faults
from cli.audit.markup import as_found, joined, section, utc
from cli.sentences.counting import counted
from cli.sentences.language import _, language, name
from crypto.encoding import sha256

STYLE = Path(__file__).with_name("page.css")
Found = dict[str, Any]


def page(found: Found) -> str:
    """The whole page, in the language on screen."""
    style = STYLE.read_text("utf-8")
    hashed = b64encode(sha256(style.encode())).decode()
    parts = _sections(found)
    title = f"{_('Audit of case')} {found['case']}"
    return Markup(
        '<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#report">{skip}</a>\n'
        "<header>\n<h1>{title}</h1>\n{facts}{hints}</header>\n{contents}"
        '<main id="report">\n{sections}</main>\n</body>\n</html>\n'
    ).format(
        language=language(),
        hashed=hashed,
        title=title,
        style=Markup(style),  # noqa: S704 – the file beside this one, and no entities in a style
        skip=_("Go to the report"),
        facts=_facts(found),
        hints=_hints(),
        contents=_contents(parts),
        sections=joined(section(*part) for part in parts),
    )


def _sections(found: Found) -> list[tuple[str, str, Markup]]:
    """Name, title and content of each part, in their order."""
    called = Called(found)
    return [
        ("outcome", _("Outcome"), _outcome(found, called)),
        ("limits", _("What this audit does not show"), _limits(found)),
        ("lines", _("The case in five lines"), _lines(found)),
        ("approvals", _("What was approved"), tables.approvals(found, called)),
        ("verdicts", _("What was checked"), tables.verdicts(found)),
        ("people", _("People"), tables.people(called)),
        ("places", _("Places behind walls"), tables.places(found, called)),
        ("epochs", _("Changes of keys"), tables.epochs(found, called)),
        ("timeline", _("Timeline"), tables.timeline(found, called)),
        ("readers", _("Who could read what"), tables.readers(found, called)),
        ("reads", _("Read log"), _reads(found, called)),
        ("numbers", _("Numbers of the entries"), tables.numbers(found)),
    ]


def _contents(parts: list[tuple[str, str, Markup]]) -> Markup:
    items = (
        Markup('<li><a href="#{}-title">{}</a></li>\n').format(name, title)
        for name, title, _content in parts
    )
    return Markup('<nav aria-label="{}">\n<ul>\n{}</ul>\n</nav>\n').format(
        _("On this page"), joined(items)
    )


# --- the head ------------------------------------------------------------------------------------


def _facts(found: Found) -> Markup:
    until = found["until"]
    last = NOBODY if until is None else _after(len(found["history"]) - 1, until)
    facts = (
        (_("Kind of case"), name(found["service"] or "") or NOBODY),
        (_("State"), name(found["state"] or "") or NOBODY),
        (_("As it was after"), last),
        (_("Page made"), utc(found["made"])),
        *judged_by(found),
    )
    return _pairs(facts)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Markup:
    shown = (Markup("<div><dt>{}</dt><dd>{}</dd></div>\n").format(*one) for one in pairs)
    return Markup("<dl>\n{}</dl>\n").format(joined(shown))


def _after(number: int, until: dict[str, int]) -> Markup:
    return Markup("{} {}, {} ({} {})").format(
        _("entry"), number, utc(until["stored"]), _("position"), until["position"]
    )


def _hints() -> Markup:
    told = (
        _("This page holds no word of any message, but it tells who took part: guard it well."),
        _("People and entries are called by their number here and the beginning of their id."),
        _("Whole ids stand in the list of people and in the last list. Times are UTC."),
    )
    return Markup("<p>{}</p>\n").format(joined(told, " "))


# --- what was found ------------------------------------------------------------------------------


def _outcome(found: Found, called: Called) -> Markup:
    if found["holds"]:
        said = counted(f"{_('Everything holds')}: {len(found['history'])} {_('entries')}.")
        return Markup('<p class="holds">{}</p>\n').format(said)
    told = [Markup('<p class="fails">{}</p>\n').format(_("DOES NOT HOLD"))]
    if found["finding"]:
        told.append(_finding(found["finding"], called))
    elif found["cause"]:
        cause = f"{found['cause']['check']} {found['cause']['fault']}"
        told.append(Markup("<p>{}: {}</p>\n").format(_("First of all"), as_found(cause)))
    failed = [one["name"] for one in found["verdicts"] if not one["holds"]]
    if failed:
        told.append(Markup("<p>{}: {}.</p>\n").format(_("What fails"), ", ".join(failed)))
    told.append(Markup("<p>{}</p>\n").format(more) if (more := more_faults(found)) else Markup())
    return joined(told)


def _finding(finding: dict[str, Any], called: Called) -> Markup:
    """Where the replay came to a stop, and at which rule."""
    return Markup("<p>{}: {} {} ({}): {}</p>\n").format(
        _("The replay stopped"),
        _("entry"),
        finding["index"],
        called.entry(finding["entry"]),
        as_found(f"{finding['rule']}: {finding['detail']}"),
    )


def _lines(found: Found) -> Markup:
    lines = case_lines(found, utc)
    if not lines:
        return Markup("<p>{}</p>\n").format(NOBODY)
    return _pairs((label, joined(parts, " ")) for label, parts in lines)


def _reads(found: Found, called: Called) -> Markup:
    if found["reads"] is None:
        return Markup("<p>{}</p>\n").format(
            _("Who was given what: auditors and privacy officers alone see the read log.")
        )
    return tables.reads(found["reads"], called)


def _limits(found: Found) -> Markup:
    items = (Markup("<li>{}</li>\n").format(_(limit)) for limit in found["limits"])
    return Markup("<ul>\n{}</ul>\n").format(joined(items))
