"""Why something about support, callers, crises and disclosures cannot be done now in a consultation
(`cli.sentences.conditions`). Dutch stands in `words/consultation.nl.toml`.
"""

from collections.abc import Mapping

from cli.sentences.next_steps import OTHER_SUPERVISOR, SEE, SEE_HERS, WHO, Advice

CONSULTED: Mapping[str, Advice] = {
    "nobody who asks stands in the conversation": Advice(
        "The person who asked stands in the conversation, and says this there.",
        "Ask for it with `zegel message`.",
    ),
    "the requester gave a name": Advice(
        "The person who asked gave no name.", "Ask for it with `zegel message`."
    ),
    "the author registered a signal, from a source of its own": Advice(
        "You registered no signal from another source here.", "Register it with `zegel signal`."
    ),
    "it becomes the work of another certified worker": Advice(
        "A consultation is given to another worker of the front office, who is on the list.", WHO
    ),
    "the support has not been accepted": Advice(
        "The support was accepted: an answer cannot take the offer back.",
        "Write with `zegel message`.",
    ),
    "the offer of support has not been answered": Advice(
        "The offer of support has been answered already.", SEE, SEE_HERS
    ),
    "it names the consent to the link": Advice(
        "The link was not allowed, or that was taken back already.", SEE, SEE_HERS
    ),
    "who asks, or a source of its own, was verified: an anonymous source alone opens no "
    "case": Advice(
        "Nobody has verified who asks, or another source.",
        "Do so with `zegel consultation verify` or `zegel consultation verify-source`.",
    ),
    "it names the first entry of a case of the kind that was consented to": Advice(
        "The case is of another kind than was allowed, or it is not there.",
        "Look at its number, or ask for a new consent with `zegel message`.",
    ),
    "it names the newest alarm of the crisis": Advice(
        "The crisis was called again since.", "Propose it again with `zegel crisis-over`."
    ),
    "a crisis was ended": Advice("No crisis was ended here.", SEE),
    "it names a consent that stands": Advice(
        "There is no such consent, or it was taken back already.", SEE, SEE_HERS
    ),
    "the ground is one of those that fit such a disclosure": Advice(
        "This legal ground does not fit what is proposed.", "Choose another ground."
    ),
    "where the ground is consent, one stands for this purpose and recipient": Advice(
        "The person consented to nothing of this kind for this recipient.",
        "Ask for it with `zegel message`, or choose another ground.",
    ),
    "where we report or a court orders, a privacy officer stands here": Advice(
        "A privacy officer has to decide on this with you, and is not let in yet.",
        "Ask a supervisor to let a privacy officer in with `zegel case let-in`.",
    ),
    "it weighs an open proposal to disclose, in this compartment": Advice(
        "Here is no proposal to tell others something that waits.", SEE
    ),
    "a disclosure was weighed before it is approved": Advice(
        "It has to be weighed before it is approved.", "Weigh it with `zegel consultation weigh`."
    ),
    "a privacy officer answers what we report, contribute or are ordered, and nothing else": Advice(
        "A privacy officer decides on reports, contributions and court orders alone.",
        OTHER_SUPERVISOR,
    ),
    "it names a disclosure that as many others approved as it takes: two for what we report, "
    "contribute or are ordered, one while a crisis is open": Advice(
        "Not enough people approved this: it takes two for a report, one while a crisis runs.",
        "Others answer with `zegel approve`.",
    ),
    "it names what was sent": Advice(
        "Nothing was noted as told to others.", "Note it first with `zegel consultation sent`."
    ),
    "it is asked of one colleague, in notes of their own": Advice(
        "This is asked of one colleague, in notes of their own.", "Ask with `zegel consult`."
    ),
    "the last word is ours: an answer is waited for": Advice(
        "The person who asked wrote last, and waits for an answer.",
        "Answer first, or close it with `zegel close`.",
    ),
    "no proposal to disclose waits for an answer": Advice(
        "A proposal to tell others something waits for an answer.",
        "Let it be answered first with `zegel approve` or `zegel refuse`.",
    ),
    "the conversation was begun by telephone or at the desk": Advice(
        "Only who rang or came to the desk is invited into the conversation.",
        "Write with `zegel message`.",
    ),
    "who is invited is one who asks": Advice("Only the person who asks is invited here.", SEE),
    "it is granted for a handover, a substitute, a sample of quality, a review or a request of the "
    "person": Advice(
        "History is given for one of these: handover, substitute, quality_sample, review, dsr.",
        "Give one of these as the reason with `zegel case grant`.",
    ),
    "workers alone stand in it, or one of them with one whom she asks": Advice(
        "In notes stand workers alone, or two people.", "Ask one colleague with `zegel consult`."
    ),
}
