"""Payloads of support cases: what experts found, and what is told behind another wall."""

from wire.payloads import fields
from wire.payloads.base import PayloadSchema

CONFIDENCE = ("low", "moderate", "high")


class ExcerptShared(PayloadSchema):
    """What is told behind another wall: newly written, never copied (SERVICES.md 1.3)."""

    rewritten = fields.stated()
    text = fields.message()


class Contribution(PayloadSchema):
    """One expert's analysis, written before the other's is read (SERVICES.md 2.2, PRACTICE.md 5.1):
    what was found, what else it may be, what speaks against it, and how sure it is."""

    discipline = fields.short("From which discipline you write")
    findings = fields.text("What you found", longest=fields.MAX_ANALYSIS)
    other_explanations = fields.text(
        "What else it may be, with what speaks for and against each",
    )
    contra_indications = fields.text("What speaks against the worry")
    confidence = fields.choice("How sure you are", CONFIDENCE)
    would_change = fields.text("What would change your mind")


SCHEMAS = {"excerpt_shared/1": ExcerptShared(), "contribution/1": Contribution()}
