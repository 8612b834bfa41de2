"""The protocol's own kinds of entry, with the shape of their public body (PROTOCOL.md sections 2
and 3).

Those of a service stand beside its rows in `domain.services`; `domain.services.registry` has all.
Kinds are stored data: this table only grows.
"""

from collections.abc import Mapping
from typing import Any

from domain.shapes import (
    Shape,
    code,
    compartment_name,
    data_of,
    described,
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
    salt,
)

ROLES = (
    "requester",
    "minor",
    "relative",
    "professional",
    "consultation_worker",
    "casemanager",
    "trajectory_adviser",
    "duidingsexpert",
    "zorgexpert",
    "interpreter",
    "pool_coordinator",
    "lat_coordinator",
    "guardian",
    "local_party",
    "foster_family",
    "supervisor",
    "auditor",
    "privacy_officer",
    "key_custodian",
)
REASONS = ("opened", "joined", "left", "removed", "rotated", "recovered")
MAX_MEMBERS = 100
MAX_NAMED_ENTRIES = 1_000

role = exactly(*ROLES)
_listed = list_of(
    record(
        {"device": identifier, "role": role, "wrap": hash_}, optional={"invitation": identifier}
    ),
    minimum=1,
    maximum=MAX_MEMBERS,
)


def _members(value: Any, where: str) -> None:
    _listed(value, where)
    devices = [line["device"] for line in value]
    if devices != sorted(set(devices)):
        raise malformed(where, "not sorted by device, or a device twice")


described(_members, {"members": data_of(_listed)})
_epoch_change: Mapping[str, Shape] = {
    "epoch": integer(),
    "commit": hash_,
    "reason": exactly(*REASONS),
    "members": _members,
}
_empty = record({})
_ids = nullable(distinct(list_of(identifier, minimum=1, maximum=MAX_NAMED_ENTRIES)))
_erasure: Mapping[str, Shape] = {"entries": _ids, "ground": code}

OPENED = "CompartmentOpened"
CHANGED = "MembersChanged"
OPENING_FIELDS: Mapping[str, Shape] = {
    **_epoch_change,
    "reason": exactly("opened"),
    "service": code,
    "salt": salt,
    "ground": code,
    "purpose": code,
}


_numbers = list_of(integer(), minimum=1, maximum=MAX_NAMED_ENTRIES)


def _epochs(value: Any, where: str) -> None:
    _numbers(value, where)
    if value != sorted(set(value)):
        raise malformed(where, "not ascending, or an epoch twice")


described(_epochs, {"ascending": data_of(_numbers)})
_granted = record(
    {
        "to": identifier,
        "epochs": nullable(_epochs),
        "entries": _ids,
        "reason": code,
        "mandate": nullable(
            record({"compartment": compartment_name, "id": identifier, "hash": hash_})
        ),
        "wrap": hash_,
    }
)


def _grant(value: Any, where: str) -> None:
    _granted(value, where)
    if value["epochs"] is None and value["entries"] is None:
        raise malformed(where, "it grants neither epochs nor entries")


described(_grant, {**data_of(_granted), "not both null": ["epochs", "entries"]})
_changed = record(
    {**_epoch_change, "reason": exactly(*(r for r in REASONS if r != "opened"))},
    optional={"approvals": distinct(list_of(identifier, minimum=2, maximum=2))},
)


def _members_changed(value: Any, where: str) -> None:
    _changed(value, where)
    if ("approvals" in value) != (value["reason"] == "recovered"):
        raise malformed(where, "approvals stand in a recovery, and only there")


described(_members_changed, {**data_of(_changed), "recovered has": "approvals"})
# Of the first entry of a case: what its service's opening needs.
BEGINNING: Mapping[str, Shape] = {"requester_mode": code, "rules": integer(1), "controller": code}
PROTOCOL: Mapping[str, Shape] = {
    OPENED: record(OPENING_FIELDS, optional=BEGINNING),
    CHANGED: _members_changed,
    "MemberLeft": _empty,
    "WrapRefused": record({"epoch": integer()}),
    "ParticipantInvited": record({"invitation": identifier, "role": role, "expires": minute}),
    "RequesterKeyReplaced": record({"device": identifier}),
    "HistoryGranted": _grant,
    "RecoveryApproved": record({"epoch": integer()}),
    "ErasureProposed": record(_erasure),
    "MessageWithdrawn": record(_erasure),
    "PayloadErased": record({**_erasure, "proposal": identifier}),
    "MessageCorrected": record({"of": identifier}),
}
