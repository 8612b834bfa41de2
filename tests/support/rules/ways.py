"""Ways through the services: hints for the explorer, whose blind search does not come as far.

A way is entries in their order, from the opening of a case on. Each says as little as tells it: a
kind, and where that is not enough in which role, in which type of place and with which fields.
Places are opened, people let in and keys renewed in between. A service without ways is searched
alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.services.guards import LAPSE_DAYS
from domain.trust import SECONDS_A_DAY
from tests.support.rules.hints import Move, Way, opens, out
from tests.support.rules.pool_ways import OF_THE_POOL
from tests.support.rules.writing import ANOTHER_ENTRY

A_MONTH = LAPSE_DAYS * SECONDS_A_DAY
WORKER, WORKERS_SECOND = "consultation_worker 1", "consultation_worker 2"


def _taken_by(worker: str, asker: str = "requester") -> Way:
    return (
        opens(asker, **({} if asker == WORKER else {"requester_mode": "named"})),
        "ConsultationReceived",
        Move("ConsultationAssigned", worker),
        out("consultation_worker", "dialogue", worker),
    )


_OFFERING: Way = ("SupportProposed", Move("ApprovalGiven", "supervisor"), "CaseSupportOffered")
# The substitute has it, and who had it before stands there still; then not any more.
_TAKEN_OVER: Way = (
    Move("SubstituteNamed", body={"substitute": f"@{WORKERS_SECOND}"}),
    Move("ConsultationAssigned", WORKERS_SECOND),
)
_REASSIGNED: Way = (Move("ConsultationReassigned", body={"assignee": f"@{WORKERS_SECOND}"}),)
_PUT_OUT: Way = (out("consultation_worker", "dialogue", WORKERS_SECOND),)
_BY_OFFICER = Move("ApprovalGiven", "privacy_officer 1")


def _discloses(what: str, ground: str, recipient: str = "municipality") -> Move:
    body = {"disclosure": what, "ground": ground, "recipient": recipient}
    return Move("DisclosureProposed", body=body)


_EXCERPT = _discloses("excerpt", "vital_interest")
_REPORTED = _discloses("report_by_lse", "legal_duty")
_CONSULTATION: tuple[Way, ...] = (
    # A case that goes on as another service's, and a crisis after it.
    *(
        (
            *_taken_by(WORKER, asker),
            *_OFFERING,
            "RequesterNamed",
            Move("RequesterVerified", body={"basis": "requester"}),
            "CaseSupportAccepted",
            Move("LinkConsented", body={"to": "trajectory_advice"}),
            "ConsultationEscalated",
            "CrisisFlagged",
            Move("MessageSent", "consultation_worker"),
            Move("MessageSent", asker),
            "AnswerGiven",
            "HelpPointed",
            *more,
        )
        for asker, more in (
            ("requester", (*_TAKEN_OVER, "LinkWithdrawn")),
            ("professional", (*_REASSIGNED, *_PUT_OUT)),
        )
    ),
    # The same with a substitute who comes too early to go on.
    (
        *_taken_by(WORKER),
        *_OFFERING,
        "RequesterNamed",
        Move("RequesterVerified", body={"basis": "requester"}),
        "CaseSupportAccepted",
        Move("LinkConsented", body={"to": "family_support"}),
        *_TAKEN_OVER,
    ),
    # By telephone: what is asked and answered is written down, and who asks may come in.
    (
        *_taken_by(WORKER, WORKER),
        *_OFFERING,
        "NameRecorded",
        "LinkConsentRecorded",
        Move("SupportAnswerRecorded", body={"answer": "accepted"}),
        *_TAKEN_OVER,
    ),
    (
        *_taken_by(WORKER, WORKER),
        *_OFFERING,
        Move("SupportAnswerRecorded", body={"answer": "declined"}),
        "ParticipantInvited",
        Move("MessageSent", "professional"),
    ),
    (*_taken_by(WORKER, WORKER), *_OFFERING, *_TAKEN_OVER, *_PUT_OUT),
    # An offer that the substitute takes back.
    (*_taken_by(WORKER), *_OFFERING, *_TAKEN_OVER, *_PUT_OUT, "AnswerGiven"),
    # What rests and what is closed, each with another worker before it goes on.
    (
        *_taken_by(WORKER),
        "AnswerGiven",
        "ConsultationBecameDormant",
        *_TAKEN_OVER,
        *_PUT_OUT,
        Move("MessageSent", "consultation_worker"),
    ),
    *(
        (
            *_taken_by(WORKER, asker),
            "AnswerGiven",
            "ConsultationBecameDormant",
            Move("MessageSent", asker),
        )
        for asker in ("requester", "professional")
    ),
    (
        *_taken_by(WORKER),
        "AnswerGiven",
        "ConsultationBecameDormant",
        *_REASSIGNED,
        *_PUT_OUT,
    ),
    (*_taken_by(WORKER), *_OFFERING, *_REASSIGNED, *_PUT_OUT),
    # A consent to a link that outlives its offer, until the next one.
    (
        *_taken_by(WORKER),
        *_OFFERING,
        "LinkConsented",
        "HelpPointed",
        "ConsultationBecameDormant",
        Move("MessageSent", "requester"),
        *_OFFERING,
    ),
    (
        *_taken_by(WORKER),
        "AnswerGiven",
        "ConsultationClosed",
        *_TAKEN_OVER,
        *_PUT_OUT,
        Move("ConsultationReopened", "consultation_worker"),
    ),
    # What we report: weighed, answered by two, sent and told; and by whom nobody may be second.
    (
        *_taken_by(WORKER),
        Move("ConsentGiven", body={"purpose": "share_partners", "recipient": None}),
        _discloses("excerpt", "consent"),
        Move("ApprovalRefused", "supervisor"),
        "ConsultationClosed",
        _REPORTED,
        "DisclosureWeighed",
        Move("ApprovalGiven", "supervisor"),
        _BY_OFFICER,
        "DisclosureSent",
        "RequesterTold",
    ),
    (*_taken_by(WORKERS_SECOND), _REPORTED, "DisclosureWeighed"),
    *(
        (*_taken_by(WORKER), _discloses(what, ground), "DisclosureWeighed", _BY_OFFICER)
        for what, ground in (("pga_contribution", "wet_pga"), ("court_order", "court_order"))
    ),
    (
        *_taken_by(WORKER),
        out("privacy_officer", "governance"),
        replace(_REPORTED, refused=True),
        replace(_discloses("court_order", "court_order"), refused=True),
    ),
    (*_taken_by(WORKER), "ConsultationClosed", out("privacy_officer", "governance")),
    # Approvals are good for thirty days, and not for a minute more; in a crisis one is enough, but
    # for what a court orders.
    *(
        (*_taken_by(WORKER), *begun, Move(acted, later=A_MONTH + 60, refused=True), last)
        for begun, acted in (
            (_OFFERING[:2], "CaseSupportOffered"),
            (
                (_EXCERPT, "DisclosureWeighed", Move("ApprovalGiven", "supervisor")),
                "DisclosureSent",
            ),
        )
        for last in (Move(acted, later=A_MONTH),)
    ),
    (
        *_taken_by(WORKER),
        "CrisisFlagged",
        _discloses("court_order", "court_order"),
        "DisclosureWeighed",
        _BY_OFFICER,
        Move("DisclosureSent", refused=True),
    ),
    # A consent is to one purpose and one recipient.
    (
        *_taken_by(WORKER),
        Move("ConsentGiven", body={"purpose": "report", "recipient": "gp"}),
        replace(_discloses("excerpt", "consent", "gp"), refused=True),
        replace(_discloses("report_by_lse", "consent", "gi"), refused=True),
        _discloses("report_by_lse", "consent", "gp"),
    ),
    # A crisis, and its end.
    (
        *_taken_by(WORKER),
        "CrisisFlagged",
        "CrisisResolutionProposed",
        Move("ApprovalGiven", "supervisor"),
        "CrisisResolved",
        "CrisisEndTold",
    ),
    # Notes: a source of its own, a colleague's word, and erasure.
    (
        *_taken_by(WORKER),
        "SignalRegistered",
        Move("RequesterVerified", body={"basis": "independent_source"}),
        Move("MessageSent", "zorgexpert", "worknotes"),
        Move("MessageWithdrawn", "zorgexpert", "worknotes"),
        "PayloadErased",
        "ErasureProposed",
        "PayloadErased",
    ),
    (
        *_taken_by(WORKER),
        out("zorgexpert", "worknotes"),
        out("consultation_worker", "worknotes", WORKER),
    ),
)
_CASE: Way = ("CaseProposed", "CaseAccepted", Move("CasemanagerAssigned", "casemanager 1"))
_CONFIRMED = {"match": ANOTHER_ENTRY, "proposal": None, "for": None}


def _asked(expert: str, match: Any = None) -> Way:
    return (
        Move("IdentityCheckOpened", body={"expert": f"@{expert}", "match": match}),
        Move("NoConflictStated", expert),
    )


def _deploys(expert: str, **differs: Any) -> Move:
    return Move("ExpertDeployed", body={"expert": f"@{expert}", "as": "author", **differs})


def _admitted(role: str) -> Way:
    return (
        Move("AdmissionProposed", body={"role": role}),
        Move("ApprovalGiven", "supervisor 1"),
    )


def _by_admission(expert: str) -> Way:
    role = expert.partition(" ")[0]
    return (*_admitted(role), *_asked(expert), _deploys(expert, match=None))


_DEPLOYED: Way = (*_CASE, *_by_admission("duidingsexpert 1"), *_by_admission("zorgexpert 2"))
_SUPPORT: tuple[Way, ...] = (
    # Two analyses, each written alone, and what is done with them once both are unsealed.
    (
        *_DEPLOYED,
        Move("ExpertContributed", "duidingsexpert 1"),
        Move("ContributionAnnounced", "duidingsexpert 1"),
        Move("ExpertContributed", "zorgexpert 2"),
        Move("ContributionAnnounced", "zorgexpert 2"),
        Move("AnalysesUnsealed", body={"given_up": None}),
        Move("HistoryGranted", "duidingsexpert 1", "analysis"),
        Move("MessageSent", "casemanager", "analysis"),
        Move("MessageCorrected", "casemanager", "analysis"),
        Move("MessageWithdrawn", "casemanager", "analysis"),
        *_by_admission("zorgexpert 1"),
        "AdviceProposed",
        "AdviceReleased",
        Move("MessageSent", "duidingsexpert", "expert"),
        Move("MemberLeft", "duidingsexpert", "expert"),
        Move("MemberLeft", "casemanager 2", "analysis"),
        Move("ExpertReleased", body={"expert": "@zorgexpert 2"}),
    ),
    # By the pool, to review: what confirmed her is used once, and is not another's.
    (
        *_CASE,
        *_asked("duidingsexpert 1", ANOTHER_ENTRY),
        _deploys("duidingsexpert 1", **{**_CONFIRMED, "as": "reviewer"}),
        Move("ExpertContributed", "duidingsexpert 1", refused=True),
        Move("ExpertReleased", body={"expert": "@duidingsexpert 1"}),
        replace(_deploys("duidingsexpert 1", **_CONFIRMED), refused=True),
        *_admitted("duidingsexpert"),
        _deploys("duidingsexpert 1", match=None),
    ),
    # A conflict that was declared bars for ever, and so does one that comes to mind later.
    (
        *_CASE,
        *_admitted("duidingsexpert"),
        Move("IdentityCheckOpened", body={"expert": "@duidingsexpert 1", "match": None}),
        replace(_deploys("duidingsexpert 1", match=None), refused=True),
        Move("ConflictDeclared", "duidingsexpert 1"),
        Move("ConflictDeclared", "duidingsexpert 1", refused=True),
        Move("NoConflictStated", "duidingsexpert 1", refused=True),
        replace(_deploys("duidingsexpert 1", match=None), refused=True),
    ),
    (
        *_CASE,
        *_admitted("duidingsexpert"),
        *_asked("duidingsexpert 1"),
        Move("NoConflictStated", "duidingsexpert 1", refused=True),
        Move("ConflictDeclared", "duidingsexpert 1"),
        replace(_deploys("duidingsexpert 1", match=None), refused=True),
    ),
    # Outside: what one more person let through.
    (
        *_CASE,
        "DisclosureProposed",
        "ApprovalGiven",
        Move("ExcerptShared", where="commission"),
        "ExcerptNoted",
    ),
    (*_CASE, Move("MessageSent", where="session"), "SessionEnded"),
    (*_CASE, Move("SubstituteNamed", body={"substitute": "@casemanager 2"})),
    # Guests: of an organisation outside, and of the family, who stand in one dialogue alone.
    *(
        (
            *_CASE,
            Move("ParticipantInvited", where=where, body={"role": "local_party"}),
            Move("MessageSent", "local_party", where),
            Move("MessageCorrected", "local_party", where),
            Move("MessageWithdrawn", "local_party", where),
            Move("RequesterKeyReplaced", "local_party", where),
            Move("MemberLeft", "local_party", where),
        )
        for where in ("commission", "partners", "product")
    ),
    (
        *_CASE,
        Move("ParticipantInvited", where="dialogue-100000001", body={"role": "relative"}),
        Move("MessageSent", "relative"),
        Move("MessageCorrected", "relative"),
        Move("HistoryGranted", "relative"),
        Move("ParticipantInvited", where="dialogue-100000001", body={"role": "minor"}),
        Move("ParticipantInvited", where="dialogue-100000002", body={"role": "relative"}),
        Move("RequesterKeyReplaced", "relative"),
        Move("MemberLeft", "relative"),
    ),
)
WAYS: Mapping[str, tuple[Way, ...]] = {
    **OF_THE_POOL,
    "consultation": _CONSULTATION,
    "family_support": _SUPPORT,
    "individual_support": _SUPPORT,
}
