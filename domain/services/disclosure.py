"""What is told outside: consents and disclosures, as every service writes them (TABLES.md S8).

Nothing leaves by itself. A disclosure is proposed with its legal ground, weighed, approved by other
persons, and only then sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.fields import Body, choice, entry_of, given, proposal_of, stated
from domain.guard import Act, Scope, condition
from domain.refusal import Refusal
from domain.services.guards import LAPSE_DAYS, is_proposed_here
from domain.shapes import compartment_name, nullable
from domain.trust import SECONDS_A_DAY

RECIPIENTS = (
    "municipality",
    "coa",
    "rvdk",
    "gi",
    "probation",
    "prison",
    "school",
    "youth_care",
    "ggz",
    "gp",
    "social_support",
    "vluchtelingenwerk",
    "zvh",
    "pga_conference",
    "court_via_rvdk",
    "commissioner",
    "outside_system",
)
# Which legal grounds fit a disclosure. Its own duty or right to report is never consent's.
GROUNDS: Mapping[str, tuple[str, ...]] = {
    "product_delivery": ("consent", "commission", "necessity"),
    "excerpt": ("consent", "conflict_of_duties", "vital_interest", "commission", "necessity"),
    "handover": ("consent", "conflict_of_duties", "vital_interest", "commission"),
    "report_by_lse": (
        "consent",
        "conflict_of_duties",
        "vital_interest",
        "statutory_right_to_report",
        "legal_duty",
    ),
    "pga_contribution": ("consent", "wet_pga", "vital_interest"),
    "court_order": ("court_order",),
}
ALL_GROUNDS = tuple(sorted({ground for grounds in GROUNDS.values() for ground in grounds}))
# Those that a privacy officer decides on too, and how many others have to approve each.
WITH_OFFICER = ("report_by_lse", "pga_contribution", "court_order")
APPROVALS = {kind: 2 if kind in WITH_OFFICER else 1 for kind in GROUNDS}
OFFICER = "privacy_officer"

_an_entry = entry_of()
DISCLOSED: Mapping[str, Body] = {
    "ConsentGiven": {
        "purpose": choice(
            "commission",
            "expert_input",
            "share_partners",
            "handover",
            "report",
            "care_referral",
            "recovery",
            "peer_support",
        ),
        "recipient": replace(choice(*RECIPIENTS), shape=nullable(choice(*RECIPIENTS).shape)),
        "sufficient": stated,
    },
    "ConsentWithdrawn": {"consent": entry_of("ConsentGiven", "ConsentRecorded")},
    "DisclosureProposed": {
        "disclosure": choice(*GROUNDS, asks="What is it?"),
        "ground": choice(*ALL_GROUNDS, asks="On which legal ground?"),
        "recipient": choice(*RECIPIENTS, asks="To whom?"),
        "of": replace(_an_entry, shape=nullable(_an_entry.shape)),
        "to": given(nullable(compartment_name)),
    },
    "DisclosureWeighed": {
        "of": entry_of("DisclosureProposed"),
        "reporting_code": choice(
            *("complete", "skipped", "not_applicable"),
            asks="Were the steps of the reporting code taken?",
        ),
    },
    "DisclosureSent": {"proposal": proposal_of("DisclosureProposed")},
    "RequesterTold": {"of": entry_of("DisclosureSent")},
}
# What is remembered of a proposal: its code, and to whom.
REMEMBERED = {"disclosures": ("id", "body.disclosure", "body.recipient")}
CONSENTED = {"consents": ("id", "body.purpose", "body.recipient")}
PURPOSE = {"report_by_lse": "report", "excerpt": "share_partners", "handover": "handover"}


@condition(
    "the ground is one of those that fit such a disclosure", Refusal.NOT_ALLOWED, Scope.COMPARTMENT
)
def ground_fits(act: Act) -> bool:
    return act.body["ground"] in GROUNDS[act.body["disclosure"]]


@condition(
    "where the ground is consent, one stands for this purpose and recipient", Refusal.WRONG_STATE
)
def consent_stands(act: Act) -> bool:
    if act.body["ground"] != "consent":
        return True
    wanted = PURPOSE.get(act.body["disclosure"], "share_partners")
    return any(
        purpose == wanted and recipient in ("", "None", act.body["recipient"])
        for purpose, recipient in act.case.set("consents").values()
    )


@condition("for {disclosures} a privacy officer stands here", Refusal.FOUR_EYES, Scope.COMPARTMENT)
def an_officer_is_here(act: Act, *, disclosures: Sequence[str]) -> bool:
    here = any(line.role == OFFICER for line in act.compartment.lines)
    return here or act.body["disclosure"] not in disclosures


@condition("it names a consent that stands", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def names_a_consent(act: Act) -> bool:
    return act.body["consent"] in act.case.set("consents")


@condition(
    "it weighs an open proposal to disclose, in this compartment",
    Refusal.WRONG_STATE,
    Scope.COMPARTMENT,
)
def weighs_a_proposal(act: Act) -> bool:
    return is_proposed_here(act, ("DisclosureProposed",))


@condition("a disclosure was weighed before it is approved", Refusal.WRONG_STATE, Scope.COMPARTMENT)
def is_weighed(act: Act) -> bool:
    of = act.body["of"]
    return act.case.open.get(of) != "DisclosureProposed" or of in act.case.set("weighed")


@condition("a privacy officer answers {disclosures} alone", Refusal.NOT_ALLOWED, Scope.COMPARTMENT)
def officer_may_answer(act: Act, *, disclosures: Sequence[str]) -> bool:
    found = act.case.set("disclosures").get(act.body["of"])
    return found is not None and found[0] in disclosures


@condition(
    "it names a disclosure that as many others approved as it takes: two for what we report, "
    "contribute or are ordered, one while a crisis is open",
    Refusal.FOUR_EYES,
)
def disclosure_is_approved(act: Act) -> bool:
    proposal = act.body["proposal"]
    note, approval = act.case.entries.get(proposal), act.case.approvals.get(proposal)
    found = act.case.set("disclosures").get(proposal)
    if note is None or approval is None or found is None or proposal not in act.case.open:
        return False
    # A report that cannot wait needs one person now; a court's order is never in haste.
    hurried = act.case.facts.get("crisis") == "raised" and found[0] != "court_order"
    others = approval.persons - {note.person}
    return (
        len(others) >= (1 if hurried else APPROVALS[found[0]])
        and (found[0] != "court_order" or any(_is_officer(act, one) for one in others))
        and act.entry.stored - approval.last <= LAPSE_DAYS * SECONDS_A_DAY
    )


def _is_officer(act: Act, person: str) -> bool:
    roster = act.trust.roster
    return roster is not None and person in roster.people and OFFICER in roster.people[person].roles


@condition("it names what was sent", Refusal.WRONG_STATE)
def was_sent(act: Act) -> bool:
    note = act.case.entries.get(act.body["of"])
    return note is not None and note.kind == "DisclosureSent"
