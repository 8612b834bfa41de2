"""Who asks: the device that a request proves (ARCHITECTURE: RFC 9421 in one strict profile)."""

import re
import time

from flask import Flask, Response, request

from api.problems import answer
from api.state import opened
from domain.refusal import Refusal, Refused
from domain.state import Case
from store.application import NoSuchCase
from wire.fields import PATH_PATTERNS
from wire.proof import AUTHORITY_HEADER, Request, Unproven, proves, read_proof

_ID = re.compile(PATH_PATTERNS["case"], re.ASCII)


def install(app: Flask) -> None:
    """Tell whoever means a server of another name so, before anything else is looked at: no proof
    of his would hold here, and what he posted he could not come back to. It is the same for every
    device and case, known or not."""

    @app.before_request
    def is_meant() -> Response | None:
        authority = opened().settings.authority
        if request.headers.get(AUTHORITY_HEADER, authority) == authority:
            return None
        return answer("other-authority", authority=authority)


def proven_device(*, also_revoked: bool = False) -> str:
    """The device whose key signed this request. also_revoked: to name who is refused, never to give
    anything. Raises Unproven, Untimely before it is known whose proof it is, and Refused: see
    `_refuse_expired`."""
    query = request.query_string.decode("latin-1")
    asked = Request(
        request.method,
        opened().settings.authority,
        request.path,
        f"?{query}",
        request.get_data(cache=True),
    )
    proof = read_proof(
        asked,
        request.headers.get("Signature-Input", ""),
        request.headers.get("Signature", ""),
        request.headers.get("Content-Digest", ""),
        int(time.time()),
    )
    if not proves(proof, opened().store.device_key(proof.keyid, also_revoked=also_revoked)):
        raise Unproven("the signature is not by that device")
    if not also_revoked:
        _refuse_expired(proof.keyid)
    return proof.keyid


def _refuse_expired(device: str) -> None:
    """Raises Refused(stale-roster) for a device that a roster lists, once the newest has expired:
    nobody vouches for its role then (PROTOCOL.md sections 2 and 4, rule 7). It is the same for
    every case, there or not. Who asks is in no roster, and reads on."""
    trust = opened().store.trust()
    expired = trust.roster is not None and opened().store.now() >= trust.roster.expires
    if expired and trust.device(device) is not None:
        raise Refused(Refusal.STALE_ROSTER, "the newest roster has expired")


def member_of(case_id: str, compartment: str) -> tuple[str, Case]:
    """The asking device and the case, if the device stands in the compartment now.

    Raises NoSuchCase for everyone else, whatever is wrong or missing.
    """
    try:
        device = proven_device()
    except Unproven as error:
        raise NoSuchCase from error
    case = _case(case_id)
    found = case.compartments.get(compartment) if case else None
    if case is None or found is None or found.line(device) is None:
        raise NoSuchCase
    trust = opened().store.trust()
    line = found.line(device)
    assert line is not None  # looked at above
    if trust.device(device) is not None and not trust.gives(device, line.role):
        raise NoSuchCase
    return device, case


def holder_of(*roles: str) -> str:
    """The asking device, if its roster person has one of the roles. Raises NoSuchCase for everyone
    else."""
    try:
        device = proven_device()
    except Unproven as error:
        raise NoSuchCase from error
    trust = opened().store.trust()
    if not any(trust.gives(device, role) for role in roles):
        raise NoSuchCase
    return device


def holder_in(case_id: str, *roles: str) -> str:
    """The asking device, as `holder_of`, if there is such a case besides. Raises NoSuchCase."""
    device = holder_of(*roles)
    if not _ID.fullmatch(case_id) or not opened().store.holds_case(case_id):
        raise NoSuchCase
    return device


def _case(case_id: str) -> Case | None:
    """The case with this id in its one spelling."""
    return opened().store.case(case_id) if _ID.fullmatch(case_id) else None
