"""The tables of an audit's page, each made of one part of what `client.audit.inspection.fields`
gives."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cli.audit.called import NOBODY, Called, roles_of
from cli.audit.markup import as_found, code, group, joined, listed, row, table, utc
from cli.sentences.language import _, name
from client.place.names import split
from wire.reads import PUBLIC, REFUSED

Fields = Mapping[str, Any]


def place(compartment: str | None) -> str:
    """A compartment as people say it: its kind, and the number that tells it from others."""
    if not compartment:
        return NOBODY
    kind, number = split(compartment)
    return f"{name(kind)} {number}"


def _member(role: str, called: str) -> str:
    return f"{name(role or 'member')} {called}"


# --- what was checked ----------------------------------------------------------------------------


def verdicts(found: Fields) -> Markup:
    columns = [_("check"), _("what"), _("holds"), _("rests on"), _("What fails")]
    caption = _("Each check, and what it rests on.")
    return table("verdicts", caption, columns, [_verdict(one) for one in found["verdicts"]])


def _verdict(one: Fields) -> Markup:
    faults = listed([as_found(fault) for fault in one["faults"]])
    return row([one["name"], _(one["what"]), _holds(one), as_found(one["evidence"]), faults])


def _holds(one: Fields) -> Markup:
    if not one["judged"]:
        return Markup("– {}").format(_("nothing to judge"))
    if one["holds"]:
        return Markup('<span class="yes">✓ {}</span>').format(_("yes"))
    return Markup('<strong class="no">✗ {}</strong>').format(_("no"))


def approvals(found: Fields, called: Called) -> Markup:
    columns = [_("proposal"), _("who"), _("when"), _("decision"), _("who"), _("when"), _("led to")]
    caption = _("What was proposed for a second person to decide, and what came of it.")
    rows = [_approval(one, found["history"], called) for one in found["approvals"]]
    return table("approvals", caption, columns, rows)


def _approval(one: Fields, history: Sequence[Fields], called: Called) -> Markup:
    proposal, answer = history[one["proposal"]], one["answer"]
    decision = [NOBODY] * 3 if answer is None else _act(history[answer], called)
    acted = [f"{name(history[at]['kind'])} {at}" for at in one["acted_upon"]]
    return row([*_act(proposal, called), *decision, listed(acted)])


def _act(line: Fields, called: Called) -> list[str]:
    what = f"{name(line['kind'])} {called.entry(line['id'])}"
    return [what, _member(line["role"], called.person(line["person"])), utc(line["stored"])]


# --- people and places ---------------------------------------------------------------------------


def people(called: Called) -> Markup:
    columns = [_("no."), _("person, devices"), _("role"), _("where, since when"), _("contents")]
    caption = _(
        "Everyone who stood in the case, and others who wrote in it or looked. Contents: how many "
        "they were given the key of."
    )
    rows = [_person(number, one) for number, one in enumerate(called.people, 1)]
    return table("people", caption, columns, rows)


def _person(number: int, one: Fields) -> Markup:
    ids = [code(each) for each in (one["person"], *one["devices"]) if each]
    roles = [name(role) for role in one["roles"]]
    standings = [_standing(standing) for standing in one["standings"]]
    contents = NOBODY if one["could_read"] is None else str(one["could_read"])
    return row([str(number), listed(ids), listed(roles), listed(standings), contents])


def _standing(one: Fields) -> Markup:
    until = _("until now") if one["until"] is None else joined((_("until"), utc(one["until"])), " ")
    return Markup("{} – {}, {} {}, {}").format(
        place(one["compartment"]), name(one["role"]), _("since"), utc(one["since"]), until
    )


def places(found: Fields, called: Called) -> Markup:
    columns = [_("place"), _("kind"), _("opened"), _("epoch"), _("entries"), _("stands there now")]
    caption = _("Each place has keys of its own: to stand in one gives no key of another.")
    return table("places", caption, columns, [_place(one, called) for one in found["places"]])


def _place(one: Fields, called: Called) -> Markup:
    return row(
        [
            code(one["compartment"]),
            name(one["type"]),
            utc(one["opened"]),
            str(one["epoch"]),
            str(one["entries"]),
            _members(one["members"], called),
        ]
    )


def _members(members: Sequence[Fields], called: Called) -> Markup:
    return listed(
        [_member(one["role"], called.person(one.get("person"), one["device"])) for one in members]
    )


def epochs(found: Fields, called: Called) -> Markup:
    columns = [_("place"), _("epoch"), _("since"), _("why"), _("entry"), _("sealed to")]
    caption = _(
        "Whoever comes or goes makes for new keys; what is written is sealed to those there."
    )
    return table("epochs", caption, columns, [_epoch(one, called) for one in found["epochs"]])


def _epoch(one: Fields, called: Called) -> Markup:
    return row(
        [
            place(one["compartment"]),
            str(one["epoch"]),
            utc(one["stored"]),
            name(one["reason"]),
            called.entry(one["entry"]),
            _members(one["members"], called),
        ]
    )


# --- what happened -------------------------------------------------------------------------------


def timeline(found: Fields, called: Called) -> Markup:
    columns = [
        _("entry"),
        _("when"),
        _("place"),
        _("who"),
        _("person"),
        _("what"),
        _("state"),
        _("epoch"),
    ]
    caption = _("Every entry in the order of storing: who, by role, did what.")
    rows = [_step(number, line, found, called) for number, line in enumerate(found["history"])]
    return table("timeline", caption, columns, rows)


def _step(number: int, line: Fields, found: Fields, called: Called) -> Markup:
    return row(
        [
            str(number),
            utc(line["stored"]),
            place(line["compartment"]),
            name(line["role"]),
            called.person(line["person"]),
            _what(line, found["history"]),
            _state(line["before"], line["after"]),
            str(line["epoch"]),
        ]
    )


def _what(line: Fields, history: Sequence[Fields]) -> str:
    """What an entry did; of a decision, what it decided, by the number here."""
    if line["about"] is None:
        return name(line["kind"])
    return f"{name(line['kind'])} {line['about']}: {name(history[line['about']]['kind'])}"


def _state(before: str, after: str) -> str:
    """The state after an entry; and the one before, where the entry changed it."""
    return name(after) if before == after else f"{name(before) or NOBODY} → {name(after)}"


def numbers(found: Fields) -> Markup:
    columns = [_("entry"), _("position"), _("id")]
    caption = _("Position: the place in the store, as --at takes it.")
    rows = [
        row([str(number), str(line["position"]), code(line["id"])])
        for number, line in enumerate(found["history"])
    ]
    return table("numbers", caption, columns, rows)


# --- who could read, and who did -----------------------------------------------------------------


def readers(found: Fields, called: Called) -> Markup:
    columns = [_("entry"), _("who"), _("person"), _("through"), _("since")]
    caption = _("For each entry with content: everyone who was given its key.")
    return table("readers", caption, columns, [_entry(one, called) for one in found["entries"]])


def _entry(one: Fields, called: Called) -> Markup:
    """A content, and a row for each of its readers."""
    _position, stored = one["at"]
    about = [called.entry(one["id"]), place(one["compartment"]), name(one["kind"]), utc(stored)]
    if one["erased"] is not None:
        about.append(joined((_("erased on"), utc(one["erased"][1])), " "))
    rows = [_reader(reader, called) for reader in one["readers"]]
    return group(listed(about), rows or [[NOBODY] * 4])


def _reader(one: Fields, called: Called) -> list[str]:
    through, _space, given = one["through"].partition(" ")
    _position, since = one["since"]
    how = f"{_(through)} {called.entry(given) if through == 'grant' else given}"
    person = called.person(one["person"], one["device"])
    return [name(one["role"] or "member"), person, how, utc(since)]


def reads(lines: Sequence[Fields], called: Called) -> Markup:
    columns = [
        _("line"),
        _("when"),
        _("role"),
        _("person"),
        _("what"),
        _("place"),
        _("entry"),
        _("outcome"),
    ]
    caption = _("What the server gave out or refused, by its read log.")
    rows = [_read(number, line, called) for number, line in enumerate(lines)]
    return table("reads", caption, columns, rows)


def _read(number: int, line: Fields, called: Called) -> Markup:
    nameless = line["user"] == PUBLIC
    return row(
        [
            str(number),
            utc(line["at"]),
            listed([name(role) for role in roles_of(line)]),
            _("nameless") if nameless else called.person(line["user"], line["network"]["id"]),
            name(line["event_type"]),
            place(line.get("compartment")),
            called.entry(line.get("entry")),
            _given(line["outcome"]),
        ]
    )


def _given(outcome: str) -> Markup:
    if outcome == REFUSED:
        return Markup('<strong class="no">✗ {}</strong>').format(name(outcome))
    return Markup("{}").format(name(outcome))
