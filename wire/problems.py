"""Problem details (RFC 9457): which status and type each refusal travels with.

{"type":"urn:zegel:problem:wrong-epoch","title":"This is sealed for…","status":409,
 "detail":"it names epoch 3"}
"""

from domain.refusal import SENTENCES, Refusal

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:zegel:problem:"

NO_SUCH_CASE = "no-such-case"
OTHERS = {
    NO_SUCH_CASE: (404, "There is no such case."),
    "not-found": (404, "There is nothing here."),
    "method-not-allowed": (405, "This cannot be done here."),
    "unproven": (401, "The request is not proven by a device key."),
    "other-authority": (421, "This server is known by another name."),
    "not-permitted": (403, "This role may not ask this."),
    "bad-request": (400, "The request is not written as the interface asks."),
    "too-slow": (408, "The request did not come whole in time: send it again."),
    "length-required": (411, "The request does not say how long it is."),
    "too-large": (413, "The request is too large."),
    "target-too-long": (414, "The address in the request is too long."),
    "head-too-large": (431, "The headers of the request are too large."),
    "unsupported-media-type": (415, "The body is not of a type that is read here."),
    "wrong-offset": (409, "The upload does not stand there: go on where it stands."),
    "no-such-range": (416, "There are no such bytes, or too many at once."),
    "not-yet": (503, "The timeline has not come that far yet: ask again."),
    "standing-still": (503, "What is stored does not reach its readers just now."),
    "set-aside": (503, "What is asked for is set aside until it has been mended."),
    "busy": (503, "The store cannot take an entry just now: post the same entry again."),
    "internal": (500, "Something went wrong on our side. Nothing was half-written."),
}
_CONFLICT = {
    Refusal.DUPLICATE_ENTRY,
    Refusal.OUT_OF_ORDER,
    Refusal.STALE_ROSTER,
    Refusal.STALE_VIEW,
    Refusal.WRONG_EPOCH,
    Refusal.ROTATION_OWED,
    Refusal.WRONG_STATE,
}
_BAD = {
    Refusal.MALFORMED,
    Refusal.UNSUPPORTED_VERSION,
    Refusal.WRONG_CASE,
    Refusal.CLOCK,
    Refusal.MISSING_PAYLOAD,
    Refusal.PAYLOAD_MISMATCH,
}


def status_of(name: str) -> int:
    """The HTTP status of a problem or refusal."""
    if name in OTHERS:
        return OTHERS[name][0]
    refusal = Refusal(name)
    if refusal is Refusal.TOO_MANY:
        return 429
    return 409 if refusal in _CONFLICT else 400 if refusal in _BAD else 403


def problem(name: str, detail: str = "") -> dict[str, object]:
    """The fields of a problem document."""
    title = OTHERS[name][1] if name in OTHERS else SENTENCES[Refusal(name)]
    fields: dict[str, object] = {
        "type": TYPE_PREFIX + name,
        "title": title,
        "status": status_of(name),
    }
    if detail:
        fields["detail"] = detail
    return fields
