"""The server's signed word that an entry is stored (PROTOCOL.md section 5)."""

from typing import Any, NamedTuple

from client.errors import Distrust
from crypto.encoding import Malformed, parse_canonical, unb64
from crypto.note import read_vkey
from crypto.signatures import RECEIPT_LABEL, verify
from domain.trust import Trust
from wire.header import entry_hash, parse_header


class Receipt(NamedTuple):
    """position: in the store. stored: unix time in seconds."""

    position: int
    stored: int


def log_of(trust: Trust, case: str) -> str:
    """The vkey of the log in which a case lives."""
    logs = trust.root.logs if trust.root else ()
    if not logs:
        raise Distrust("bad-receipt", "the root names no log")
    return logs[int(case[:16], 16) % len(logs)]


def check_receipt(trust: Trust, header: bytes, answer: dict[str, Any]) -> Receipt:
    """Raises Distrust(bad-receipt) unless the log's key says that just this entry is stored."""
    stated = parse_header(header)
    log = read_vkey(log_of(trust, stated.case))
    try:
        received = unb64(answer["receipt"])
        signature = unb64(answer["signature"], 64)
        fields = parse_canonical(received, 4096)
    except Malformed as error:
        raise Distrust("bad-receipt", "the receipt is not as the protocol asks") from error
    if not verify(log.sign, RECEIPT_LABEL, received, signature):
        raise Distrust("bad-receipt", "not signed by the log's key")
    wanted = [
        log.origin,
        stated.case,
        stated.compartment,
        stated.seq,
        stated.id,
        entry_hash(header),
    ]
    if not isinstance(fields, list) or len(fields) != 8 or fields[:6] != wanted:
        raise Distrust("bad-receipt", "it speaks of another entry")
    position, stored = fields[6:]
    if type(position) is not int or type(stored) is not int:
        raise Distrust("bad-receipt", "without position or time")
    return Receipt(position, stored)
