"""Why a match is as it is, as a coordinator reads it: one sentence for each reason of the client
(`client.pool.reasons`). Dutch stands in `words/matching.nl.toml`.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from cli.sentences.counting import counted
from cli.sentences.language import _, language, name
from cli.sentences.table import listed
from client.pool.reasons import Fact, Reason

SENTENCES: Mapping[Reason, str] = {
    Reason.NO_PROFILE: "Has written no profile yet.",
    Reason.NO_DISCIPLINE: "Has another discipline than {disciplines}.",
    Reason.NO_FORM: "Does not know this form: {form}.",
    Reason.NO_COMPETENCE: "Does not assess this: {competence}.",
    Reason.NO_CARE: "Does not give this care: {care}.",
    Reason.NO_REGISTRATION: "Has no registration {registration}.",
    Reason.REGISTRATION_ENDS: "Registration {registration} ends on {day}, before the period does.",
    Reason.NO_LANGUAGE: "Does not speak this language: {language}.",
    Reason.UNAVAILABLE: "Is not available in {weeks}.",
    Reason.FEW_HOURS: "Has {hours} hours a week at most, and {asked} are asked.",
    Reason.NOT_ON_CALL: "Is not on call for what cannot wait.",
    Reason.NO_VISITS: "Does no home visits, and this is on site.",
    Reason.OPTED_OUT: "Does not want to be asked for this form: {form}.",
    Reason.OWN_ORGANISATION: "Comes from {organisation}, which is excluded.",
    Reason.OTHER_ORGANISATION: "Also works for {organisation}, which is excluded.",
    Reason.LIVES_THERE: "Lives in the province where it is: {province}.",
    Reason.VETTING_ENDS: "Was vetted until {day}.",
    Reason.SUSPENDED: "Is suspended.",
    Reason.NOT_ACTIVE: "Is not active in the pool.",
    Reason.TOO_MANY_DEPLOYMENTS: "Has {count} running deployments, and the most is {most}.",
    Reason.BRINGS: "Brings {codes}.",
    Reason.MOTHER_TONGUE: "Mother tongue: {language}.",
    Reason.WORKS_IN: "Works in this language: {language}.",
    Reason.TRAVELS: "Travels to {province}.",
    Reason.WAITED: "The last deployment began {days} days ago.",
    Reason.NEVER_DEPLOYED: "Was never deployed before.",
    Reason.LESS_EXPERTISE: (
        "Brings {own} of what has to be known; the one above in the list brings {above}."
    ),
    Reason.LESS_LANGUAGE: "Learned this language, and the one above was raised in it: {language}.",
    Reason.FARTHER: "Does not travel there or work online as asked, and the one above does.",
    Reason.LARGE_SHARE: "{organisation} had more than its share of the last year.",
    Reason.DEPLOYED_LATER: (
        "The last deployment began {own} days ago; that of the one above {above} days ago."
    ),
    Reason.DEPLOYED_BEFORE: "Was deployed {days} days ago, and the one above never was.",
    Reason.BY_LOT: "Equals the one above; the lot of this match decided.",
    Reason.TEAM_NEEDS: (
        "Stands higher alone; the smallest team that covers the brief needs the others."
    ),
    Reason.NOT_COVERED: "Nobody who can be deployed brings this: {code}.",
    Reason.TOO_FEW: "The experts who can be deployed are {count}, and {asked} are asked.",
    Reason.ONE_ORGANISATION: (
        "All who can be deployed come from {organisation}, and a team has two organisations."
    ),
}
CODED = {"disciplines", "form", "competence", "care", "language", "province", "code", "codes"}
# Where the code of a language says little; Dutch stands with the other names.
ENGLISH = {
    "nl": "Dutch",
    "en": "English",
    "ar": "Arabic",
    "ber": "Berber",
    "tr": "Turkish",
    "fa": "Farsi",
    "prs": "Dari",
    "so": "Somali",
    "ti": "Tigrinya",
    "am": "Amharic",
    "ku": "Kurmanji",
    "ckb": "Sorani",
    "ps": "Pashto",
    "ur": "Urdu",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "pap": "Papiamento",
    "pl": "Polish",
    "ru": "Russian",
    "uk": "Ukrainian",
}


def sentence_of(code: str, facts: Mapping[str, Fact]) -> str:
    """A reason of a shortlist in the language on screen; the code itself for one of a newer
    program."""
    try:
        reason = Reason(code)
    except ValueError:
        return code
    shown = {fact: _shown(fact, value) for fact, value in facts.items()}
    return counted(_(SENTENCES[reason]).format(**shown))


def _shown(fact: str, value: Fact) -> str:
    if fact == "weeks":
        return in_ranges(str(value).split(", "))
    if fact not in CODED:
        return str(value)
    codes = str(value).split(", ")
    return listed(codes) if fact == "disciplines" else ", ".join(map(called, codes))


def called(code: str) -> str:
    """By its name; a register has none but its own."""
    if code.isupper():
        return code
    return ENGLISH[code] if language() == "en" and code in ENGLISH else name(code)


def in_ranges(weeks: list[str]) -> str:
    """ISO weeks in their order, those that follow on each other as one: 2026-W52–2027-W02."""
    ranges: list[list[str]] = []
    for week in weeks:
        if ranges and week == _after(ranges[-1][-1]):
            ranges[-1].append(week)
        else:
            ranges.append([week])
    return ", ".join(f"{one[0]}–{one[-1]}" if len(one) > 1 else one[0] for one in ranges)


def _after(week: str) -> str:
    monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1) + timedelta(weeks=1)
    return "{}-W{:02}".format(*monday.isocalendar()[:2])
