"""Payloads of what is told to others: consent, what is proposed, the weighing, and what went out
(TABLES.md S8, `domain.services.disclosure`)."""

from wire.payloads import fields
from wire.payloads.base import PayloadSchema

AGES = ("under_12", "12_to_15", "16_or_older")  # LAW.md: who consents, by age


class Consent(PayloadSchema):
    """Who consents, as what age, in whose words, and until when (TABLES.md S2)."""

    given_by = fields.text("Who consents")
    age_band = fields.code("How old the person is", AGES)
    words = fields.text("What you consent to, in your own words")
    until = fields.short("Until when", required=False)


class Disclosure(PayloadSchema):
    """What exactly would be told, to whom by name, when and how (TABLES.md S8)."""

    what = fields.text("What exactly would be told")
    to_whom = fields.text("To whom, by name")
    when = fields.text("When")
    how = fields.text("How it would be told")


class Weighing(PayloadSchema):
    """The weighing before anything is told to others (SERVICES.md 2.8, TABLES.md S8)."""

    facts = fields.text("The facts that would be shared")
    purpose = fields.text("For what purpose")
    necessity = fields.text("Why it is needed, and in proportion")
    alternative = fields.text("What less would do, and why not")
    advice_asked = fields.text("Whose advice was asked")
    talked_with = fields.text("Whether the person was spoken with, or why not")
    consent = fields.text("Whether consent was asked, given or refused")
    informed = fields.text("Whether the person was informed, or why not yet")
    what_to_whom = fields.text("What exactly would go to whom, and when")
    deciders = fields.text("Who decides with you")
    privilege = fields.text(
        "Whether professional secrecy was looked at, for an order", required=False
    )


class Sent(PayloadSchema):
    """What went out: the very text, by which channel, when, and to whom (TABLES.md S8)."""

    text = fields.message(longest=fields.MAX_ANALYSIS)
    by_channel = fields.short("By which way it went")
    moment = fields.short("When it went")
    receiver = fields.text("Who received it")


SCHEMAS = {
    "consent/1": Consent(),
    "disclosure/1": Disclosure(),
    "weighing/2": Weighing(),
    "sent/1": Sent(),
}
