"""Showing: tables and conversations for people, JSON for scripts."""

import json
import time
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.findings import told
from cli.language import _, name, read_by
from cli.plain import plain
from client.chain import Chain, Item
from client.consultation import Message
from wire.payload_schemas import SCHEMAS

# English above what was written in a field; Dutch stands in the catalogue.
HEADINGS = {
    "yourself": "What you can do yourself",
    "professional_help": "Professional help",
    "possible_reports": "Possible reports to agencies",
    "contact_again": "When to contact us again",
    "pointers": "Where to turn",
}
KEPT_BACK = {"schema", "attachments", "anonymised", "rewritten"}
CHOSEN = {"outcome", "channel", "confidence"}


def print_json(value: Any) -> None:
    print(json.dumps(value))


def say(text: str) -> None:
    Console().print(Text(plain(text)))


def local_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


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
        "seq": header.seq,
        "id": header.id,
        "at": message.at,
        "kind": header.kind,
        "role": message.role,
        "mine": header.author == device,
        "files": [
            {"name": one["name"], "type": one["type"], "size": one["size"]}
            for one in message.value.get("attachments", ())
        ],
        "content": {k: v for k, v in message.value.items() if k not in ("schema", "attachments")},
        "unreadable": message.unreadable,
    }


def chain_fields(chain: Chain, messages: list[Message]) -> dict[str, Any]:
    return {
        "case": chain.case,
        "compartment": chain.name,
        "state": chain.state.state,
        "epoch": chain.compartment.epoch,
        "members": [{"device": line.device, "role": line.role} for line in chain.lines],
        "entries": [
            {
                "seq": item.entry.header.seq,
                "at": item.entry.stored,
                "kind": item.entry.header.kind,
                "role": item.role,
                "state": item.state_after,
            }
            for item in chain.items
        ],
        "messages": [message_fields(message, chain.device) for message in messages],
    }


def show_conversation(chain: Chain, messages: list[Message], *, steps: bool = False) -> None:
    """What was said. steps: also what happened without a word, in a line each."""
    console = Console()
    said = {message.item.entry.header.id: message for message in messages}
    corrected = {item.entry.header.id: of for of, item in chain.corrected().items()}
    seqs = {item.entry.header.id: item.entry.header.seq for item in chain.items}
    for item in chain.items:
        message = said.get(item.entry.header.id)
        if message is not None:
            of = corrected.get(item.entry.header.id)
            console.print(_panel(chain, message, seqs.get(of) if of else None))
        elif steps and item.entry.header.kind not in ("CompartmentOpened", "MembersChanged"):
            line = f"  · {name(item.entry.header.kind)} – {_who(chain, item)}"
            console.print(Text(line, style="dim"))
    readers = read_by([line.role for line in chain.lines])
    console.print(f"[dim]{_('Who can read what comes next')}: {readers}.[/dim]")


def _who(chain: Chain, item: Item) -> str:
    mine = item.entry.header.author == chain.device
    return f"{_('you') if mine else name(item.role)}, {local_time(item.entry.stored)}"


def _panel(chain: Chain, message: Message, corrects: int | None) -> Panel:
    """corrects: the number of the message that this one corrects."""
    header = message.item.entry.header
    mine = header.author == chain.device
    of = "" if corrects is None else f" {corrects}"
    return Panel(
        _content(message.value) if message.value else Text(plain(told(message.unreadable))),
        title=Text(f"{header.seq} · {_who(chain, message.item)} · {name(header.kind)}{of}"),
        title_align="left",
        border_style="dim" if mine else "",
    )


def _content(value: dict[str, Any]) -> Text:
    text = Text()
    fields = SCHEMAS[value["schema"]].fields  # in the order of the form
    for key, said in ((key, value[key]) for key in fields if key in value.keys() - KEPT_BACK):
        if key != "text":
            text.append(f"{_(HEADINGS[key]) if key in HEADINGS else name(key)}\n", style="bold")
        text.append(f"{plain(name(said) if key in CHOSEN else _spoken(said))}\n")
    for number, one in enumerate(value["attachments"], 1):
        line = f"{_('File')} {number}: {one['name']} ({size_text(one['size'])})\n"
        text.append(plain(line), style="italic")
    text.right_crop(1)
    return text


def size_text(size: int) -> str:
    """A size in bytes as people read it."""
    for unit, bytes_ in (("MB", 1e6), ("KB", 1e3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size} B"


def _spoken(said: Any) -> str:
    return str(said) if not isinstance(said, bool) else _("yes") if said else _("no")


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    shown = Table(title=Text(plain(title)), title_justify="left")
    for number, column in enumerate(columns):
        shown.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain(cell)) for cell in row))
    Console().print(shown)
