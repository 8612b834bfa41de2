"""What every payload has: the name of its schema, and the keys of the files that go with it."""

from marshmallow import RAISE, Schema, validate
from marshmallow.fields import Integer, List, Nested, String

from wire.payloads.fields import KEPT_BACK, MAX_NAME

_name = validate.Length(max=MAX_NAME)
_key = validate.Regexp(r"\A[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")  # 32 bytes, base64url


class AttachmentKey(Schema):
    """A file as its payload speaks of it; size: in bytes, before it was padded."""

    key = String(required=True, validate=_key)
    name = String(required=True, validate=_name)
    type = String(required=True, validate=_name)
    size = Integer(required=True, strict=True, validate=validate.Range(min=0))


class PayloadSchema(Schema):
    """Common to all: the schema's own name, and the keys of attachments."""

    class Meta:
        unknown = RAISE

    schema = String(required=True, metadata=KEPT_BACK)
    attachments = List(Nested(AttachmentKey), required=True, metadata=KEPT_BACK)
