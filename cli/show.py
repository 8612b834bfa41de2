"""Showing: tables and conversations for people, JSON for scripts."""

import json
import time
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.plain import plain
from client.chain import Chain
from client.consultation import Message

FIELD_NAMES = {
    "text": "",
    "yourself": "What you can do yourself",
    "professional_help": "Professional help",
    "possible_reports": "Possible reports to agencies",
    "contact_again": "When to contact us again",
    "outcome": "Outcome",
    "reason": "Reason",
    "pointers": "Where to turn",
}


def print_json(value: Any) -> None:
    print(json.dumps(value))


def local_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def ago(seconds: int | None, now: float) -> str:
    if seconds is None:
        return ""
    minutes = max(0, int(now) - seconds) // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def message_fields(message: Message, device: str) -> dict[str, Any]:
    header = message.item.entry.header
    return {
        "seq": header.seq,
        "id": header.id,
        "at": message.at,
        "kind": header.kind,
        "role": message.role,
        "mine": header.author == device,
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


def show_conversation(chain: Chain, messages: list[Message]) -> None:
    console = Console()
    for message in messages:
        mine = message.item.entry.header.author == chain.device
        who = "you" if mine else message.role.replace("_", " ")
        console.print(
            Panel(
                _content(message.value) if message.value else Text(plain(message.unreadable)),
                title=Text(f"{who}, {local_time(message.at)}"),
                title_align="left",
                border_style="dim" if mine else "",
            )
        )
    readers = ", ".join(sorted(line.role.replace("_", " ") for line in chain.lines))
    console.print(
        f"[dim]State: {chain.state.state}. Who can read what comes next: {readers}.[/dim]"
    )


def _content(value: dict[str, Any]) -> Text:
    text = Text()
    for name, label in FIELD_NAMES.items():
        if name in value:
            if label:
                text.append(f"{label}\n", style="bold")
            text.append(f"{plain(value[name])}\n")
    text.right_crop(1)
    return text


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    shown = Table(title=Text(plain(title)), title_justify="left")
    for column in columns:
        shown.add_column(column, no_wrap=column == "what", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain(cell)) for cell in row))
    Console().print(shown)
