"""Why something cannot be done now, in the words of the work: what each condition of the services'
tables (`domain/services`) asks of a person, and what to do next.

English stands here; Dutch stands in `words/reasons.nl.toml`. The condition itself, as the server
names it, is for tables and audits.
"""

from collections.abc import Mapping

from cli.sentences.conditions_beyond import CONSULTED
from cli.sentences.conditions_experts import OF_EXPERTS
from cli.sentences.conditions_pool import OF_THE_POOL
from cli.sentences.next_steps import (
    ASK_CASEMANAGER,
    ASK_OWNER,
    OTHER_SUPERVISOR,
    SEE,
    SEE_CASE,
    SEE_HERS,
    WHO,
    Advice,
)
from client.why import Why

IN_STATE = "the state is one of {}"
CONDITIONS: Mapping[str, Advice] = {
    **CONSULTED,
    **OF_THE_POOL,
    **OF_EXPERTS,
    IN_STATE: Advice("This can be done in this status alone: {}.", SEE, SEE_HERS),
    # --- a consultation
    "the worker registers what someone asked by telephone or at the desk: it was opened so": Advice(
        "Only what was begun with `zegel register` can be registered this way.",
        "Register the question with `zegel register`.",
    ),
    "the worker takes it for the device that signs": Advice(
        "You can take a consultation for yourself alone.",
        "Your colleague takes it with `zegel take`.",
    ),
    "it is taken over by the substitute who was named, or nobody whose consultation it is is "
    "certified any more": Advice(
        "Another worker has this consultation. The substitute alone may take it over.",
        "Ask whoever has it to name you with `zegel substitute`.",
    ),
    "the author is the worker who took the consultation, or the substitute": Advice(
        "The worker of this consultation and the substitute alone may do this.", ASK_OWNER
    ),
    "a new epoch has put the other workers out": Advice(
        "Other workers can still read along: taking this consultation was cut short.",
        "Take it once more with `zegel take`, and do this again.",
    ),
    "the substitute is another certified worker": Advice(
        "A substitute is another worker of the front office, who is on the list.", WHO
    ),
    "it names an unused SupportProposed that a second person approved": Advice(
        "A supervisor has to approve first that support is offered.",
        "Propose it with `zegel propose-support`. A supervisor answers with `zegel approve`.",
    ),
    "the requester accepted the support": Advice(
        "The person who asked has not accepted the support.",
        "Wait for an answer, or write with `zegel message`.",
    ),
    "the requester consented to the link": Advice(
        "The person who asked has not allowed that the conversation is linked to a case.",
        "Ask for it with `zegel message`.",
    ),
    "a crisis has been raised and not resolved": Advice("No crisis runs here.", SEE),
    "it names an unused CrisisResolutionProposed that a second person approved": Advice(
        "A supervisor has to approve first that the crisis is over.",
        "Propose it with `zegel crisis-over`. A supervisor answers with `zegel approve`.",
    ),
    "it answers an open proposal in this compartment that the author has not answered": Advice(
        "Here is no proposal that waits for a decision.", SEE
    ),
    "the proposal is another person's": Advice(
        "Nobody decides on their own proposal.", OTHER_SUPERVISOR
    ),
    "nobody has written for 14 days": Advice(
        "A consultation can rest once nobody has written for 14 days.",
        "Wait until then, or close it with `zegel close`.",
    ),
    "no crisis is open": Advice(
        "A crisis still runs here.",
        "First propose its end with `zegel crisis-over`; once a supervisor approved, end it with "
        "`zegel resolve`.",
    ),
    "it was closed no more than 90 days ago": Advice(
        "This was closed more than 90 days ago, and stays closed.",
        "A new question begins a new consultation.",
        "Ask something new with `zegel ask`.",
    ),
    "the worker who took the consultation stays until it is closed": Advice(
        "You cannot leave a consultation of your own before it is closed.",
        "Close it with `zegel close`, or name a substitute with `zegel substitute`.",
    ),
    "it corrects a message of the author's own, in this compartment": Advice(
        "You can correct messages of your own alone, where you wrote them.",
        "The number stands above each message in `zegel show`.",
        "The number stands above each message in `zegel return`.",
    ),
    "the author is the worker who took the consultation, or the substitute; or one of those who "
    "ask, who lets in those whose consultation it is": Advice(
        "The worker of this consultation and the substitute alone may change who reads along.",
        ASK_OWNER,
        SEE_HERS,
    ),
    "who comes is one of those whose consultation it is, or is asked for; any worker when none of "
    "them is certified any more": Advice(
        "The substitute who was named is the only one who can come to read along.",
        "Name a substitute with `zegel substitute`.",
    ),
    "those put out are workers whose consultation it is not": Advice(
        "The worker of this consultation cannot be taken off it.", SEE
    ),
    # --- a support case
    "it names a CaseProposed that was not acted upon": Advice(
        "Here is no proposed case that waits for a decision.", SEE_CASE
    ),
    "it names a AdviceProposed that was not acted upon": Advice(
        "Here is no proposed advice that waits for a decision.", SEE_CASE
    ),
    "the casemanager takes it for the device that signs": Advice(
        "You can take a case for yourself alone.", "Your colleague takes it with `zegel case take`."
    ),
    "nobody has taken it, or the substitute who was named takes it over": Advice(
        "Another casemanager has this case. The substitute alone may take it over.",
        "Ask the casemanager to name you with `zegel case substitute`.",
    ),
    "the author is the casemanager who took the case, or the substitute": Advice(
        "The casemanager of this case and the substitute alone may do this.", ASK_CASEMANAGER
    ),
    "the substitute is another certified casemanager": Advice(
        "A substitute is another casemanager, who is on the list.", WHO
    ),
    "the casemanager who took the case stays: a case is never without one": Advice(
        "A case is never without its casemanager: you cannot leave here.",
        "Name who takes over with `zegel case substitute`.",
    ),
    "nobody puts out the casemanager who took the case": Advice(
        "The casemanager of this case cannot be taken off it.", SEE_CASE
    ),
    "the session has not ended": Advice(
        "This session has ended: nothing more is said there.", SEE_CASE
    ),
    "nobody comes once the session has ended": Advice(
        "This session has ended: nobody comes to it any more.", SEE_CASE
    ),
    "where every excerpt before came from has been noted": Advice(
        "Of an earlier excerpt it was not noted where it came from.",
        "Give this message to whoever looks after the system.",
    ),
    "it names an excerpt that was shared, and what it was drawn from in another compartment": (
        Advice(
            "An excerpt is drawn from a message in another place of the case.",
            "The numbers stand in `zegel case show`.",
        )
    ),
    "it names an unused DisclosureProposed that a second person approved": Advice(
        "A supervisor has to approve first that this goes to others.",
        "Talk it over with a supervisor.",
    ),
    "the invited role may stand here": Advice(
        "Someone in this role cannot take part in this place.",
        "Choose another place, or another role, for the invitation.",
    ),
    "who opens it lists no devices but his own": Advice(
        "Others come to a new place only after it was opened.", "Open it first, and let them in."
    ),
    "whoever comes stands in no other dialogue of the case": Advice(
        "This person has a conversation of their own in this case already.", SEE_CASE
    ),
    "at most one of those who ask stands in it": Advice(
        "Each who asks has a conversation of their own: nobody else joins it.",
        "Invite them to a conversation of their own with `zegel case invite`.",
    ),
    "two people stand in it at most": Advice("Two people take part here at most.", SEE_CASE),
}
# What the rules say besides the tables, and people may meet.
BESIDE: Mapping[str, Advice] = {
    "{} may not write {} in a {}": Advice(
        "Your role here may not do this ({}: {}).", SEE, SEE_HERS
    ),
    "only who wrote a message withdraws it": Advice(
        "You can take back messages of your own alone, where you wrote them.",
        "The number stands above each message in `zegel show`.",
        "The number stands above each message in `zegel return`.",
    ),
    "another person proposes an erasure": Advice(
        "Nobody erases what they proposed themselves.", "Let another privacy officer do it."
    ),
    "no unused proposal here says the same": Advice(
        "Here is no such proposal to erase, or it was carried out.", SEE
    ),
    "history goes to another current member": Advice(
        "Access goes to someone else who takes part in this place now.", SEE_CASE
    ),
    "only epochs before the current one": Advice(
        "Access is given to what was said before someone came.", SEE_CASE
    ),
    # What a worker meets who writes in a consultation that she did not take.
    "the author is not among the members": Advice(
        "You have not taken this consultation.", "Take it first with `zegel take`."
    ),
    "this invitation stands already": Advice("This invitation was made already.", SEE_CASE),
}
# What the client says of itself before it asks the server, by the condition of the tables.
THE_SAME: Mapping[Why, str] = {
    Why.NOT_APPROVED: "it names an unused {kind} that a second person approved",
}
