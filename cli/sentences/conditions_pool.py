"""Why something about profiles, deployments and meetings of the expert pool cannot be done now
(`cli.sentences.conditions`). Dutch stands in `words/pool.nl.toml`.
"""

from collections.abc import Mapping

from cli.sentences.next_steps import WHO, Advice

ASK_COORDINATOR = "Ask a coordinator of the pool."
TALK = "Talk it over with a coordinator of the pool."
INVITE_ANEW = "Invite the expert once more, once that is in order."
ANOTHER_COORDINATOR = "Let another coordinator of the pool do it."
SEE_NUMBERS = "Its number was shown when it was noted."
OF_THE_POOL: Mapping[str, Advice] = {
    # --- profiles
    "it names the expert of this profile, who stands here and is not the author": Advice(
        "A vetting is noted of the expert of this profile alone, and by somebody else.",
        ANOTHER_COORDINATOR,
    ),
    "the author is a coordinator or the expert of this profile": Advice(
        "This profile is somebody else's.", ASK_COORDINATOR
    ),
    "one expert stands in it at most": Advice(
        "Each expert has a place of their own: nobody else joins it.",
        "Open a place for the other expert.",
    ),
    "the time in expires has not passed": Advice(
        "The time until which this counts has passed already.", "Choose a later time."
    ),
    "the time in vetted_until has not passed": Advice(
        "This expert is not vetted, or not any more.",
        "A coordinator of the pool notes a new vetting with `zegel pool vet`.",
    ),
    "it names an unused SuspensionProposed that a second person approved": Advice(
        "A supervisor has to approve first that this expert is suspended.",
        "Propose it with `zegel pool propose-suspension`. A supervisor answers with `zegel "
        "approve`.",
    ),
    "it names an unused ReinstatementProposed that a second person approved": Advice(
        "A supervisor has to approve first that this expert is taken back.",
        "Propose it with `zegel pool propose-reinstatement`. A supervisor answers with `zegel "
        "approve`.",
    ),
    "it is granted for one of these reasons: handover, substitute, review": Advice(
        "Access to what was said before is given here for a handover, a substitute or a review "
        "alone.",
        "Give one of these as the reason.",
    ),
    # --- invitations
    "it names a vetting with both checks, until the time that it gives, of the expert who stands "
    "here, and who is not the author": Advice(
        "An expert is invited by somebody else, and by a vetting that is in order.",
        "Note the vetting with `zegel pool vet`, or let another coordinator invite.",
    ),
    "nobody who was invited here may still answer": Advice(
        "This expert was invited already, and may still answer.",
        "Wait for the answer, or remind with `zegel deployment remind`.",
    ),
    "somebody was invited here, and has not said no": Advice(
        "No invitation stands here.", ASK_COORDINATOR
    ),
    "the time in answer_by has not passed": Advice(
        "No invitation waits here for an answer: it was answered, or its time has passed.", TALK
    ),
    "who was invited here has not answered, and was not reminded": Advice(
        "This expert was reminded already.", "Wait for the answer, or invite the next one."
    ),
    "somebody stands in it as one of duidingsexpert, zorgexpert": Advice(
        "A profile is opened with the expert whose it is.",
        "Name the expert whose profile it is, with --with.",
    ),
    "who was invited here has said no, or not answered in time": Advice(
        "No invitation here is past its time without an answer.",
        "Wait for the answer, or remind with `zegel deployment remind`.",
    ),
    "where an invitation stands, no other expert comes than who was invited": Advice(
        "Somebody else was invited in this place.", "Open a place for the other expert."
    ),
    "the author has accepted here": Advice(
        "You have not accepted an invitation here.",
        "Do so with `zegel deployment accept`, and sign then.",
    ),
    # --- deployments
    "requester_role is casemanager": Advice(
        "This was asked for the child protection board: its coordinator confirms.",
        "The board confirms whom a coordinator of the pool proposes.",
    ),
    "requester_role is lat_coordinator": Advice(
        "This was asked by a casemanager: a coordinator of the pool confirms.", ASK_COORDINATOR
    ),
    "it is for one of those who asked, who stands here": Advice(
        "An expert is confirmed for somebody who asked, and who takes part here.", WHO
    ),
    "the expert whom it names is another person than the author": Advice(
        "Nobody confirms themselves.", "Let another coordinator do it."
    ),
    "the expert whom it names has accepted and signed, and is not deployed": Advice(
        "This expert has not signed confidentiality yet, or is deployed already.",
        "The expert signs with `zegel deployment sign`.",
    ),
    "it names her acceptance in this case, by its id and hash": Advice(
        "This expert did not accept, or said no since.", "Invite the next one."
    ),
    "the vetting that she was invited by counts still": Advice(
        "The vetting of this expert has expired since the invitation.", INVITE_ANEW
    ),
    "the expert who stands here is deployed": Advice(
        "This expert is not deployed: there is nothing to tell.", "Confirm the expert first."
    ),
    "it names an expert who is deployed and was not released": Advice(
        "This expert is not deployed here, or not any more.", WHO
    ),
    "the author was deployed": Advice(
        "You were not deployed by this request.", "Say it to a coordinator of the pool."
    ),
    "nobody is deployed who was not released": Advice(
        "An expert is at work: this cannot be withdrawn.",
        "First end the deployment with `zegel deployment release`.",
    ),
    # --- meetings
    "it names a meeting that was planned, with its kind and year": Advice(
        "No such meeting is planned, or it is over already.", SEE_NUMBERS
    ),
    "it names, as planned, one of planned": Advice(
        "No such meeting is planned, or it is over already.", SEE_NUMBERS
    ),
    "it names, as of, one of items": Advice(
        "There is no such item, or it is done already.", SEE_NUMBERS
    ),
}
