"""Showing: tables and conversations for people, JSON for scripts."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from cli.screen.terminal import put, put_within, rule
from cli.sentences.findings import told
from cli.sentences.language import _, name, read_by
from cli.sentences.worked_out import TELLERS
from client.cases.consultation import Message
from client.files.names import safe_name
from client.place.chain import Chain, Item
from client.place.decisions import decided
from wire.payloads.book import SCHEMAS
from wire.payloads.fields import about

HALF_A_DAY = 12 * 3600


def print_json(value: Any) -> None:
    print(json.dumps(value))


def say(text: str = "") -> None:
    put(text)


def local_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def clock_time(seconds: float) -> str:
    return time.strftime("%H:%M", time.localtime(seconds))


def due_time(seconds: int, now: float) -> str:
    """By when: the hour of today and of the night that follows, else the day."""
    day, today = time.localtime(seconds), time.localtime(now)
    same = day[:3] == today[:3] or 0 <= seconds - now < HALF_A_DAY
    return time.strftime("%H:%M" if same else "%Y-%m-%d", day)


def due_text(terms: list[dict[str, Any]], now: float) -> str:
    """The most urgent term, and whether it has passed."""
    if not terms:
        return ""
    passed = [term for term in terms if term["due"] < now]
    unexplained = [term for term in passed if not term["explained"]]
    first = (unexplained or passed or terms)[0]
    if first in unexplained:
        return f"{_('OVERDUE')}: {name(first['term'])}, {due_time(first['due'], now)}"
    if first in passed:
        return f"{name(first['term'])}: {_('late, explained')}"
    return f"{name(first['term'])}: {due_time(first['due'], now)}"


def ago(seconds: int | None, now: float) -> str:
    if seconds is None:
        return ""
    minutes = max(0, int(now) - seconds) // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} {_('h')}" if hours < 48 else f"{hours // 24} {_('days')}"


def message_fields(message: Message, device: str) -> dict[str, Any]:
    header = message.item.entry.header
    return {
        **_entry_fields(message.item),
        "id": header.id,
        "mine": header.author == device,
        "files": [
            {"name": one["name"], "type": one["type"], "size": one["size"]}
            for one in message.value.get("attachments", ())
        ],
        "content": {k: v for k, v in message.value.items() if k not in ("schema", "attachments")},
        "unreadable": message.unreadable,
        **({} if message.sealed is None else {"sealed": message.sealed}),
    }


def _entry_fields(item: Item) -> dict[str, Any]:
    header = item.entry.header
    return {"seq": header.seq, "at": item.entry.stored, "kind": header.kind, "role": item.role}


def chain_fields(chain: Chain, messages: list[Message]) -> dict[str, Any]:
    return {
        "case": chain.case,
        "compartment": chain.name,
        "state": chain.state.state,
        "epoch": chain.compartment.epoch,
        "members": [{"device": line.device, "role": line.role} for line in chain.lines],
        "entries": [{**_entry_fields(item), "state": item.state_after} for item in chain.items],
        "messages": [message_fields(message, chain.device) for message in messages],
    }


def show_conversation(chain: Chain, messages: list[Message], *, steps: bool = False) -> None:
    """What was said. steps: also what happened without a word, in a line each."""
    said = {message.item.entry.header.id: message for message in messages}
    for item in chain.items:
        message = said.get(item.entry.header.id)
        if message is not None:
            _show_message(chain, message)
        elif steps and item.entry.header.kind not in ("CompartmentOpened", "MembersChanged"):
            say(f"  · {what_of(chain, item)} – {_who(chain, item)}")
    readers = read_by([line.role for line in chain.lines])
    say(f"{_('Who can read what comes next')}: {readers}.")


def _who(chain: Chain, item: Item) -> str:
    mine = item.entry.header.author == chain.device
    return f"{_('you') if mine else name(item.role)}, {local_time(item.entry.stored)}"


def what_of(chain: Chain, item: Item) -> str:
    """An entry's kind, and which entry here it is about, by number: one that is corrected, or a
    proposal that is decided or acted upon ("approves 3: support proposed")."""
    header = item.entry.header
    of = decided(header.body)
    about = next((one.entry.header for one in chain.items if of == one.entry.header.id), None)
    if about is None:
        return name(header.kind)
    if header.kind == "MessageCorrected":
        return f"{name(header.kind)} {about.seq}"
    return f"{decides(header.kind)} {about.seq}: {name(about.kind)}"


def decides(kind: str) -> str:
    """A decision as a verb, before what it is about; another kind by its name."""
    return {
        "ApprovalGiven": _("approves"),
        "ApprovalRefused": _("refuses"),
        "CaseAccepted": _("accepts"),
        "CaseNotAccepted": _("refuses"),
        "AdviceReleased": _("releases"),
    }.get(kind, name(kind))


def _show_message(chain: Chain, message: Message) -> None:
    item = message.item
    rule(f"{item.entry.header.seq} · {_who(chain, item)} · {what_of(chain, item)}")
    put_within(spoken_content(message.value) if message.value else told(message.unreadable))
    if message.sealed is not None:
        say(
            _(
                "It is by this author, and not written by this program. Something may be missing. "
                "It says:"
            )
        )
        put_within("\n".join(_as_sealed(message.sealed)))


def _as_sealed(value: Any, key: str = "") -> Iterator[str]:
    """Whatever stands in a value, each under the names that lead to it."""
    named: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    for name_, one in enumerate(value, 1) if isinstance(value, list) else named:
        yield from _as_sealed(one, f"{key} {name_}".strip())
    if not isinstance(value, dict | list):
        yield f"{key}: {value}" if key else f"{value}"


def spoken_content(value: dict[str, Any]) -> str:
    """What was said, field by field in the order of the form, each but a text under its head; what
    a client worked out, as it is read."""
    if value["schema"] in TELLERS:
        return TELLERS[value["schema"]](value)
    shown = []
    for key, field in SCHEMAS[value["schema"]].fields.items():
        one = about(field)
        if key not in value or one.kept_back:
            continue
        if not one.message:
            shown.append(_(one.heading) if one.heading else name(key).capitalize())
        shown.append(_spoken(value[key], by_name=one.chosen))
    for number, file in enumerate(value["attachments"], 1):
        shown.append(f"{_('File')} {number}: {safe_name(file['name'])} ({size_text(file['size'])})")
    return "\n".join(shown)


def size_text(size: int) -> str:
    """A size in bytes as people read it."""
    for unit, bytes_ in (("MB", 1e6), ("KB", 1e3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size} B"


def _spoken(said: Any, by_name: bool) -> str:
    if isinstance(said, list):
        return ", ".join(_spoken(one, by_name) for one in said)
    if isinstance(said, bool):
        return _("yes") if said else _("no")
    return name(said) if by_name else str(said)
