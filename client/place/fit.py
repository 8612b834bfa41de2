"""Whether what is to be written can go at all: known before anything is sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from client.errors import Distrust, NotPossible
from client.files.enclosures import Enclosure
from client.place.chain import Chain
from crypto.device import Card
from domain.refusal import Refusal
from domain.services.registry import SERVICES
from wire.header import MAX_ATTACHMENTS
from wire.payloads.book import BadPayload, check_payload
from wire.payloads.fields import MAX_TEXT


def refuse_unfit(text: str, files: Sequence[Enclosure] = ()) -> None:
    """Raises NotPossible for a text or files that no message can hold, or that cannot be read."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotPossible("this text holds bytes that are no characters: type them anew") from error
    if len(text) > MAX_TEXT:
        raise NotPossible(f"a message has at most {MAX_TEXT} characters, this has {len(text)}")
    if len(files) > MAX_ATTACHMENTS:
        raise NotPossible(f"at most {MAX_ATTACHMENTS} files go with one message")
    for one in files:
        try:
            one.digest()
        except OSError as error:
            raise NotPossible(f"{one.name} cannot be read: {error.strerror}") from error


def check_value(chain: Chain, kind: str, value: dict[str, Any]) -> None:
    """Raises NotPossible for a payload that an entry of this kind does not have here."""
    line = chain.compartment.line(chain.device)
    service = SERVICES[chain.state.service]
    step = service.step(kind, line.role if line else "", chain.compartment.type)
    try:
        check_payload(step.payload if step else None, value)
    except BadPayload as error:
        raise NotPossible(str(error)) from error


def refuse_without_card(devices: Iterable[str], cards: Mapping[str, Card]) -> None:
    """Raises Distrust(uncertified-member) unless there is a card of each device to seal to."""
    for device in devices:
        if device not in cards:
            raise Distrust(
                Refusal.UNCERTIFIED_MEMBER, f"the server shows no card that fits {device}"
            )
