"""The kinds of an expert's profile: the fields of their public bodies (TABLES.md S7), and how
people call its steps."""

from domain.fields import Body, device_of, moment, proposal_of, yes_no
from domain.services.pool.common import EXPERT_ROLES, SHARED
from domain.step import Command

NOTHING: Body = {}
KINDS = {
    **SHARED,
    "ExpertNominated": NOTHING,
    "ExpertVetted": {
        "expert": device_of(*EXPERT_ROLES, asks="Whose vetting is it?"),
        "clearance": yes_no(asks="Is the clearance in order?"),
        "registration": yes_no(asks="Are the registrations in order?"),
        "expires": moment(asks="Until when (the earliest of them)?"),
    },
    "ConfidentialityStated": NOTHING,
    "ProfileUpdated": NOTHING,
    "AvailabilityUpdated": {"available": yes_no(asks="Can you be asked?")},
    "SuspensionProposed": NOTHING,
    "ReinstatementProposed": NOTHING,
    "ExpertSuspended": {"proposal": proposal_of("SuspensionProposed")},
    "ExpertReinstated": {"proposal": proposal_of("ReinstatementProposed")},
    "ExpertLeft": NOTHING,
}
APPROVE = "A supervisor answers with `zegel approve` or `zegel refuse`."
COMMANDS = {
    "nominate": Command(
        "ExpertNominated",
        "profile",
        "Nominate an expert: begin her profile; prints its number.",
        "Nominated.",
    ),
    "vet": Command(
        "ExpertVetted",
        "profile",
        "Note whether clearance and registrations are in order, and until when.",
        "Noted.",
    ),
    "confidentiality": Command(
        "ConfidentialityStated",
        "profile",
        "As an expert: state that you keep confidential what you hear.",
        "Noted.",
    ),
    "profile": Command(
        "ProfileUpdated",
        "profile",
        "As an expert: say what you can do and what you leave to others. Coordinators read it.",
        "Sealed to the coordinators.",
    ),
    "availability": Command(
        "AvailabilityUpdated",
        "profile",
        "Say in which weeks you, or an expert, can be asked.",
        "Noted.",
    ),
    "propose-suspension": Command(
        "SuspensionProposed",
        "governance",
        "Propose to suspend an expert, for a supervisor to decide.",
        f"Proposed. {APPROVE}",
    ),
    "suspend": Command(
        "ExpertSuspended", "profile", "Suspend an expert, as approved.", "Suspended."
    ),
    "propose-reinstatement": Command(
        "ReinstatementProposed",
        "governance",
        "Propose to take an expert back who is suspended, for a supervisor to decide.",
        f"Proposed. {APPROVE}",
    ),
    "reinstate": Command(
        "ExpertReinstated",
        "profile",
        "Take an expert back, as approved.",
        "She may be asked again.",
    ),
    "quit": Command("ExpertLeft", "profile", "Note that an expert leaves the pool.", "Noted."),
    "delay-vetting": Command(
        "DelayExplained", "profile", "Say why a vetting has expired.", "Noted."
    ),
}
