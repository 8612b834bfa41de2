"""Root and roster documents: their shape, and the facts of their signatures (PROTOCOL.md 2).

{"expires":"2027-11-23T00:00Z","invitable":["relative"],"keys":[{"mldsa":"…","sign":"…"},…],
 "logs":["log.example/zegel/0+03c3…"],"previous_pins":[],"registrars":[…],"roster_days":14,
 "threshold":2,"type":"zegel/root","v":1,"version":1,"witnesses":{"keys":[],"threshold":0}}

{"expires":"…","issued":"…","people":[{"devices":[{"device":"6377…","from":"…","revoked":null,
 "sign":"…"}],"disciplines":[],"organisation":"lse","person":"aaaa…","roles":["casemanager"]}],
 "prev":"AAAA…","root":1,"type":"zegel/roster","v":1,"version":1}
"""

from typing import Any

from crypto.encoding import Malformed, hash_of, parse_canonical, unb64
from crypto.note import read_cosigner, read_vkey
from crypto.signatures import (
    MLDSA_KEY_BYTES,
    MLDSA_SIGNATURE_BYTES,
    is_valid_point,
    verify_both,
)
from domain.kinds import role
from domain.refusal import Refusal, Refused, refuse_unless
from domain.shapes import (
    Shape,
    base64url,
    code,
    distinct,
    exactly,
    hash_,
    identifier,
    integer,
    list_of,
    malformed,
    minute,
    nullable,
    record,
    seconds_of,
)
from domain.trust import Device, Person, Root, Roster

MAX_ROOT_BYTES = 64 * 1024
MAX_ROSTER_BYTES = 16 * 2**20
ROOT_KEYS = 3
ROOT_LABEL = "zegel/v1/root"
ROSTER_LABEL = "zegel/v1/roster"

_key = record({"sign": base64url(32), "mldsa": base64url(MLDSA_KEY_BYTES)})
_signature = record(
    {
        "key": integer(0, 1000),
        "sign": base64url(64),
        "mldsa": base64url(MLDSA_SIGNATURE_BYTES),
    }
)


def roster_signatures(value: Any, where: str) -> None:
    """At most 20 signatures, each by another key. Raises Refused(malformed)."""
    list_of(_signature, maximum=20)(value, where)
    if len({one["key"] for one in value}) != len(value):
        raise malformed(where, "a key is named twice")


root_signatures = record({"own": roster_signatures, "previous": roster_signatures})


def _logs(value: Any, where: str) -> None:
    """Vkeys of logs, no origin and no key twice."""
    list_of(_text, 1, 1000)(value, where)
    try:
        read = [read_vkey(one) for one in value]
    except Malformed as error:
        raise malformed(where, str(error)) from error
    if min(len({one.origin for one in read}), len({one.sign for one in read})) < len(read):
        raise malformed(where, "an origin or a key stands in it twice")


def _witnesses(value: Any, where: str) -> None:
    """Vkeys of cosigners, no key twice, whatever it is named."""
    list_of(_text, 0, 100)(value, where)
    try:
        read = [read_cosigner(one) for one in value]
    except Malformed as error:
        raise malformed(where, str(error)) from error
    if len({one.key for one in read}) < len(read):
        raise malformed(where, "a key stands in it twice")


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        raise malformed(where, "not a text")


_ROOT: Shape = record(
    {
        "type": exactly("zegel/root"),
        "v": exactly(1),
        "version": integer(1),
        "expires": minute,
        "threshold": integer(1, ROOT_KEYS),
        "keys": list_of(_key, ROOT_KEYS, ROOT_KEYS),
        "registrars": list_of(_key, 1, 20),
        "roster_days": integer(1, 366),
        "logs": _logs,
        "witnesses": record({"threshold": integer(0, 100), "keys": _witnesses}),
        "invitable": distinct(list_of(role)),
        "previous_pins": distinct(list_of(hash_)),
    }
)
_ROSTER: Shape = record(
    {
        "type": exactly("zegel/roster"),
        "v": exactly(1),
        "version": integer(1),
        "prev": hash_,
        "issued": minute,
        "expires": minute,
        "root": integer(1),
        "people": list_of(
            record(
                {
                    "person": identifier,
                    "roles": distinct(list_of(role)),
                    "organisation": code,
                    "disciplines": distinct(list_of(code)),
                    "devices": list_of(
                        record(
                            {
                                "device": identifier,
                                "sign": base64url(32),
                                "from": minute,
                                "revoked": nullable(minute),
                            }
                        )
                    ),
                }
            ),
            maximum=100_000,
        ),
    }
)


def _parse(received: bytes, max_bytes: int, shape: Shape, what: str) -> dict[str, Any]:
    try:
        fields = parse_canonical(received, max_bytes)
    except Malformed as error:
        raise Refused(Refusal.MALFORMED, f"{what}: {error}") from error
    refuse_unless(isinstance(fields, dict), Refusal.MALFORMED, f"{what}: not an object")
    version = fields.get("v")
    refuse_unless(
        type(version) is int and version == 1, Refusal.UNSUPPORTED_VERSION, f"version {version}"
    )
    shape(fields, what)
    return dict(fields)


def _keys(listed: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key["sign"], key["mldsa"]) for key in listed)


def parse_root(received: bytes) -> Root:
    """Raises Refused: malformed, unsupported-version."""
    fields = _parse(received, MAX_ROOT_BYTES, _ROOT, "root")
    return Root(
        hash=hash_of(received),
        version=fields["version"],
        expires=seconds_of(fields["expires"]),
        threshold=fields["threshold"],
        keys=_keys(fields["keys"]),
        registrars=_keys(fields["registrars"]),
        roster_days=fields["roster_days"],
        logs=tuple(fields["logs"]),
        invitable=frozenset(fields["invitable"]),
        previous_pins=tuple(fields["previous_pins"]),
    )


def parse_roster(received: bytes) -> Roster:
    """Raises Refused: malformed (also for a person or device listed twice), unsupported-version."""
    fields = _parse(received, MAX_ROSTER_BYTES, _ROSTER, "roster")
    people: dict[str, Person] = {}
    devices: dict[str, Device] = {}
    for listed in fields["people"]:
        person = listed["person"]
        refuse_unless(person not in people, Refusal.MALFORMED, f"{person} stands in it twice")
        people[person] = Person(
            person,
            frozenset(listed["roles"]),
            listed["organisation"],
            frozenset(listed["disciplines"]),
        )
        for one in listed["devices"]:
            device = one["device"]
            refuse_unless(device not in devices, Refusal.MALFORMED, f"{device} stands in it twice")
            refuse_unless(
                is_valid_point(unb64(one["sign"])), Refusal.MALFORMED, f"{device}: no valid key"
            )
            devices[device] = Device(device, person, one["sign"], one["revoked"] is not None)
    return Roster(
        hash=hash_of(received),
        prev=fields["prev"],
        version=fields["version"],
        expires=seconds_of(fields["expires"]),
        root=fields["root"],
        people=people,
        devices=devices,
        size=len(received),
    )


def signers(
    keys: tuple[tuple[str, str], ...], signatures: list[dict[str, Any]], label: str, received: bytes
) -> tuple[int, ...] | None:
    """Indexes of the keys that signed, or None if any signature given does not verify."""

    def good(one: dict[str, Any]) -> bool:
        if one["key"] >= len(keys):
            return False
        sign, mldsa = keys[one["key"]]
        return verify_both(
            unb64(sign), unb64(mldsa), label, received, unb64(one["sign"]), unb64(one["mldsa"])
        )

    return tuple(one["key"] for one in signatures) if all(map(good, signatures)) else None
