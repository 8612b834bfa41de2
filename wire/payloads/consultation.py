"""Payloads of a consultation: what is asked and answered, what is noted, and how it ends."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from wire.payloads import fields
from wire.payloads.base import PayloadSchema

OUTCOMES = (
    "answered",
    "advised",
    "pointed_to_help",
    "report_advised",
    "to_support",
    "to_trajectadvies",
    "to_duiding",
    "to_liv",
    "to_lat",
    "declined",
    "no_contact",
    "other",
)
SUBJECTS = ("individual", "family", "group", "phenomenon")  # SERVICES.md 1.1
FORMS = ("jihadist", "right", "left", "anti_institutional", "other_mixed", "none", "unknown")
SPOKEN = ("telephone", "visit", "other")
SEEN = ("talk", "telephone", "letter", "online", "other")
RELIABILITY, CREDIBILITY = tuple("ABCDE"), tuple("12345")


class Advice(PayloadSchema):
    """Short advice in its four sections (SERVICES.md 2.1)."""

    yourself = fields.text("What the person can do", heading="What you can do yourself")
    professional_help = fields.text(
        "Where professional help is to be found", heading="Professional help"
    )
    possible_reports = fields.text(
        "Reports that may be needed, and to whom", heading="Possible reports to agencies"
    )
    contact_again = fields.text("When to contact us again", heading="When to contact us again")


class Closing(PayloadSchema):
    """What a consultation ended in (TABLES.md S1). to_you is read by who asked; whom and which form
    of extremism it was about stands here alone, sealed."""

    outcome = fields.choice("How it ended", OUTCOMES)
    to_you = fields.text("Your last word to the person")
    subject_kind = fields.code("About whom or what it was", SUBJECTS)
    form_group = fields.code("Which form of extremism it was about", FORMS)


class ClosingNote(PayloadSchema):
    """Why it ended so, for the office (TABLES.md S1)."""

    reason = fields.text("Why it ends")
    considerations = fields.text("What was weighed")
    pointers = fields.text("Where the person was pointed to", heading="Where to turn")


class Contact(PayloadSchema):
    """A talk by telephone or at the desk: only what is necessary. with_whom: as what, not who."""

    channel = fields.choice("How you spoke", SPOKEN)
    with_whom = fields.short("With whom you spoke: as what, without a name", words=False)
    text = fields.message()


class Pointer(PayloadSchema):
    """Where the person is pointed to: which kind of help or report, and why."""

    to = fields.text("Which kind of help or report")
    text = fields.message()


class Notice(PayloadSchema):
    """That a consultation rests, in neutral words that are the same for everyone."""

    text = fields.message()


class Identity(PayloadSchema):
    """How the requester wants to be called and reached."""

    name = fields.text("How you want to be called")
    contact = fields.text("How you can be reached")


class Excerpt(PayloadSchema):
    """What a colleague is told and asked: newly written, without names."""

    anonymised = fields.stated()
    excerpt = fields.text("What happened, newly written and without names")
    question = fields.text("What you want to know")


class Signal(PayloadSchema):
    """A signal (PRACTICE.md 5.3): the fact stands alone, an opinion never does; whether it
    contradicts is always said, and a diagnosis only with the register of who made it."""

    observed = fields.text("When and where it was seen")
    observed_by = fields.text("Who saw it")
    channel = fields.choice("How you spoke", SEEN)
    fact = fields.text("The fact: what was seen or heard, and nothing else")
    quote = fields.text("The words themselves, if someone said them", required=False)
    opinion = fields.text("An opinion about it, and whose", required=False)
    hypothesis = fields.text("What it may mean, and what else", required=False)
    diagnosis = fields.text("A diagnosis, if a professional made one", required=False)
    diagnosis_register = fields.short(
        "The register of the professional who made it", required=False
    )
    source = fields.text("Where it comes from")
    reliability = fields.code("How reliable the source is, from A (sure) to E (not)", RELIABILITY)
    credibility = fields.code("How credible it is, from 1 (confirmed) to 5 (not)", CREDIBILITY)
    contradicts = fields.yes_no("Does it speak against the worry?")
    follow_up_of = fields.short("Which signal it follows on, by its number", required=False)

    @validates_schema
    def by_a_professional(self, value: Any, **_: Any) -> None:
        if ("diagnosis" in value) != ("diagnosis_register" in value):
            raise ValidationError(
                "a diagnosis names the register of the professional who made it",
                "diagnosis_register",
            )


SCHEMAS = {
    "advice/1": Advice(),
    "closing/2": Closing(),
    "closing_note/1": ClosingNote(),
    "contact/2": Contact(),
    "pointer/1": Pointer(),
    "notice/1": Notice(),
    "identity/1": Identity(),
    "excerpt/1": Excerpt(),
    "signal/2": Signal(),
}
