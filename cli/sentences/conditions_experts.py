"""Why something about experts and their analyses cannot be done now in a support case
(`cli.sentences.conditions`). Dutch stands in `words/reasons.nl.toml`.
"""

from collections.abc import Mapping

from cli.sentences.next_steps import ADMIT, ASK_CASEMANAGER, SEE_CASE, WHO, Advice

OF_EXPERTS: Mapping[str, Advice] = {
    "it names the device of a certified expert": Advice(
        "This person is not on the list as an expert.", WHO
    ),
    "the pool has confirmed this expert for the author, or nobody of the pool is named": Advice(
        "The pool did not confirm this expert for you, or not there.", ADMIT
    ),
    "what the pool confirmed was not used in this case before": Advice(
        "What the pool confirmed was used in this case already.", ADMIT
    ),
    "the pool's entry is named, or a supervisor approved that an expert comes without one": Advice(
        "Neither the pool nor a supervisor let this expert in yet.", ADMIT
    ),
    "the pool's entry is named, or an unused admission that a supervisor approved": Advice(
        "Neither the pool nor a supervisor let this expert in, or that was used already.", ADMIT
    ),
    "it is for the case itself: `for` is empty": Advice(
        "In a case an expert is deployed for that case alone.", SEE_CASE
    ),
    "the expert stated that she has no conflict of interest, and never that she has one": Advice(
        "This expert has not stated to have no conflict of interest, or has one.",
        "Ask with `zegel case check-conflict`. Who has one is not deployed in this case.",
    ),
    "an expert who comes is asked about a conflict of interest": Advice(
        "This expert was not asked about a conflict of interest.",
        "Ask with `zegel case check-conflict`.",
    ),
    "the author has not said so before": Advice(
        "You said this already, or that you have a conflict of interest.", SEE_CASE
    ),
    "the author is deployed to write, and not to review": Advice(
        "You are not deployed to write an analysis in this case, or no longer.", ASK_CASEMANAGER
    ),
    "an expert who comes has been deployed and not released": Advice(
        "This expert is not deployed in this case.", "Deploy the expert with `zegel case deploy`."
    ),
    "it names a device of an expert who has been deployed and not released": Advice(
        "This expert is not deployed in this case.", SEE_CASE
    ),
    "nothing was contributed in this compartment before": Advice(
        "Your analysis is in already.", SEE_CASE
    ),
    "it names a contribution of the author's own, and the hash of its entry": Advice(
        "You can announce your own analysis alone.", SEE_CASE
    ),
    "neither the analysis nor its hash was announced here before": Advice(
        "This analysis was announced before.", SEE_CASE
    ),
    "each that it names was announced here, by different experts: one alone only where others "
    "were given up": Advice(
        "Not every expert has announced an analysis yet.",
        "Wait for it, or say with --given-up why one is not waited for.",
    ),
    "it names contributions by different experts, each in a compartment of its own and not "
    "unsealed before: of all who are deployed and two at least, or fewer where others were given "
    "up with a reason": Advice(
        "Not all analyses are in.",
        "Wait for them, or say with --given-up why one is not waited for.",
    ),
    "who releases it wrote none of the analyses": Advice(
        "Who wrote an analysis cannot release the advice.",
        "Let another supervisor do it with `zegel case release`.",
    ),
    "the analyses have been unsealed together": Advice(
        "The analyses were not unsealed yet.",
        "Wait until the casemanager does that with `zegel case unseal`.",
    ),
    "what is granted is the analysis that was written here, alone or with more": Advice(
        "You can share the analysis alone that you wrote here.", SEE_CASE
    ),
}
