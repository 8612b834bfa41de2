"""The second act of the demo: a support case in which everyone stands behind a wall of their own
(SCENARIOS.md, scenario A, the membership side of steps 10, 11, 14, 15, 16 and 17)."""

import json
from typing import Any

from cli.operator import demo_pool
from cli.operator.stage import Stage

WHY = "De moeder wil langer iemand naast zich; zij heeft ja gezegd."
WELCOME = "Goed u te spreken. Ik ben er voor u, zo lang als het nodig is."
HERS = "Hij heeft weer gevoetbald. Ik ben opgelucht en bang tegelijk."
HIS = "Ik zie het anders dan mijn vrouw, en dat weet zij niet."
NEED = "Wat zeggen de tekens, en wat past bij zijn leeftijd?"
WHOM = "Sami, geboren in 2009, uit Almere. Kent u hem of zijn familie?"
OF_XENA = "De tekens zijn nagebootst; er is weinig kennis achter."
OF_ZOE = "Rouw om zijn opa en zoeken naar status verklaren veel."
WRONG = "Ik ken de familie; ik doe dit niet."
FACTS = "Naast hem blijven; een mentor in de sportclub; over drie maanden opnieuw kijken."
PLAIN = "Blijf naast hem staan. Wij zoeken samen met u een mentor bij de club."
AFTER = "Na het vertrek van de eerste deskundige: het gaat beter."
KEPT = "A grant has not come yet"
SPOKEN = (WHY, WELCOME, HERS, HIS, NEED, WHOM, OF_XENA, OF_ZOE, WRONG, FACTS, PLAIN, AFTER)
ANALYSIS = {
    "--other-explanations": "Status, rouw, verveling.",
    "--contra-indications": "Hij helpt zijn zusje.",
    "--would-change": "Een dag of een plan.",
}
WEIGHED = {
    "--facts": "Tekens op foto's; dertien jaar.",
    "--purpose": "Weten wat de tekens betekenen en wat past bij zijn leeftijd.",
    "--necessity": "Wij kunnen dit zelf niet duiden.",
    "--alternative": "Alleen de tekens voorleggen: dan blijft zijn leeftijd buiten beeld.",
    "--advice-asked": "De gedragsdeskundige.",
    "--talked-with": "Met de moeder.",
    "--consent": "De moeder heeft ja gezegd.",
    "--informed": "De moeder weet het.",
    "--what-to-whom": "De tekens en zijn leeftijd, aan de expert.",
    "--deciders": "De teamleider.",
}


def play(stage: Stage, consultation: str, code: str) -> None:
    """From the mother's yes to the expert who leaves. consultation: the beginning of its number."""
    stage.title("Step 10: she says yes; a case is proposed, accepted by another person, and taken")
    yes = ("--accept", "--name", "Fatma", "--contact", "bel na zes uur")
    stage.run("mother", "return", "-", *yes, "--allow-link", "family_support", typed=code)
    dirk = stage.number_of("dirk")
    opened = stage.run("anna", "case", "open", "--casemanager", dirk[:12], "-m", WHY)
    case = stage.find(r"([0-9a-f]{32})", opened)
    stage.run("anna", "case", "accept", case, "-m", WHY, refused=True)
    stage.run("carla", "case", "accept", case, "-m", WHY)
    stage.run("anna", "escalate", consultation, "--to-case", case, refused=True)
    stage.run("anna", "consultation", "verify", consultation, "--how", "call_back")
    stage.run("anna", "escalate", consultation, "--to-case", case)
    stage.run("dirk", "case", "take", case, "--no-conflict")
    place = _comes_in(stage, case, "mother", "requester", code)
    stage.run("dirk", "case", "write", case, place, "-m", WELCOME)
    read = stage.run("mother", "return", "-", "-m", HERS, "--yes", typed=code)
    stage.check("the mother reads her casemanager, with her old code", stage.shows(read, WELCOME))

    stage.title("Step 11: the father has a dialogue of his own")
    stage.run("father", "enrol", "--server", stage.url, "--pin", stage.pin)
    his = _comes_in(stage, case, "father", "relative", "")
    stage.run("father", "case", "write", case, his, "-m", HIS)
    of_both = stage.run("dirk", "case", "show", case)
    stage.check("the casemanager reads both", stage.shows(of_both, HERS, HIS))
    hers = stage.run("mother", "return", "-", typed=code)
    stage.check("neither reads the other", stage.hides(hers, HIS))
    shown = stage.run("father", "case", "show", case)
    stage.check("nor learns of the other place", stage.hides(shown, HERS, WELCOME, place))
    stage.run("father", "case", "write", case, place, "-m", "x", refused=True)

    stage.run("dirk", "case", "request", case, "-m", NEED)
    numbers = {name: number[:12] for name, number in demo_pool.play(stage).items()}
    xena = numbers["xena"]

    stage.title("Step 14, in the case: each is asked about a conflict, one to one, before a key")
    asked = ("case", "check-conflict", case)
    stage.run("dirk", *asked, numbers["yusuf"], "-m", WHOM, refused=True)
    _admits(stage, case, "duidingsexpert")
    stage.run("dirk", *asked, numbers["yusuf"], "-m", WHOM)
    told = stage.run("yusuf", "case", "show", case)
    stage.check("he alone is told whom it is about", stage.shows(told, WHOM))
    stage.run("yusuf", "case", "decline", case, "-m", WRONG)
    stage.run("dirk", "case", "deploy", case, numbers["yusuf"], refused=True)
    for name in ("xena", "zoe"):
        stage.run("dirk", *asked, numbers[name], "-m", WHOM)
        stage.run("dirk", "case", "deploy", case, numbers[name], refused=True)
        stage.run(name, "case", "no-conflict", case)
        stage.run("dirk", "case", "deploy", case, numbers[name])

    stage.title("Step 15: both write independently; neither reads the other early")
    _contributes(stage, case, "xena", "duiding", OF_XENA)
    stage.run("dirk", "case", "unseal", case, refused=True)
    early = stage.run("zoe", "case", "show", case)
    stage.check("the second reads nothing of the first", stage.hides(early, OF_XENA))
    _contributes(stage, case, "zoe", "psychology", OF_ZOE)
    stage.run("dirk", "case", "unseal", case)
    stage.run("xena", "case", "share", case)
    early = stage.run("zoe", "case", "show", case)
    stage.check("nor once the first shared and she has not", stage.hides(early, OF_XENA))
    stage.check("but is told that it is kept for her", stage.shows(early, KEPT))
    stage.run("zoe", "case", "share", case)
    for one in ("zoe", "xena", "dirk"):
        both = stage.run(one, "case", "show", case)
        stage.check(f"{one} reads both", stage.shows(both, OF_XENA, OF_ZOE))

    stage.title("Step 16: a supervisor releases the advice; the mother is told in plain words")
    stage.run("dirk", "case", "propose-advice", case, "-m", FACTS)
    stage.run("dirk", "case", "release", case, "-m", "eens", refused=True)
    stage.run("carla", "case", "release", case, "-m", "Eens.")
    analysis = _place(stage, "dirk", case, "analysis")
    drawn = ("--of", analysis["compartment"], "--number", str(analysis["messages"][0]["seq"]))
    stage.run("dirk", "case", "excerpt", case, place, *drawn, "--rewritten", "-m", PLAIN)
    told = stage.run("mother", "return", "-", typed=code)
    stage.check("she reads it", stage.shows(told, PLAIN))
    known = stage.run("mother", "return", "-", "--json", typed=code)
    theirs = (OF_XENA, OF_ZOE, FACTS, analysis["compartment"], analysis["messages"][0]["id"])
    stage.check("and not that there are experts", stage.hides(known, "expert", "analys", *theirs))

    stage.title("Step 17: an expert is released, and gets nothing of what comes later")
    stage.run("dirk", "case", "release-expert", case, xena)
    stage.run("dirk", "case", "write", case, "expert", "-m", AFTER)
    still = stage.run("zoe", "case", "show", case)
    stage.check("who stays reads on", stage.shows(still, AFTER))
    gone = stage.run("xena", "case", "show", case, refused=True)
    stage.check("who was released is told nothing", stage.hides(gone, AFTER))

    reach = stage.run("frits", "reach", xena)
    stage.check("her device is followed over all cases", case in reach and "could read" in reach)
    audited = stage.run("auditor", "audit", case)
    stage.check("the auditor finds it whole", "Everything holds" in audited)
    stage.check("and reads no word of it", stage.hides(audited, *SPOKEN))


def _comes_in(stage: Stage, case: str, person: str, role: str, code: str) -> str:
    """Someone is invited, reads the same words, and is let in; the name of the place."""
    invited = json.loads(stage.run("dirk", "case", "invite", case, "--as", role, "--json"))
    if code:
        there = stage.run(person, "return", "-", "--join", invited["link"], typed=code)
    else:
        there = stage.run(person, "join", " ".join(invited["words"]["nl"]))
    words = stage.find(r"^ +((?:[a-z]+ ){5}[a-z]+)\s*$", there)
    here = stage.run("dirk", "case", "admit", case, "--yes")
    stage.check("both read the same safety words", stage.shows(here, words))
    return str(invited["compartment"])


def _admits(stage: Stage, case: str, role: str) -> None:
    """An expert comes without the pool: the casemanager proposes it, another person approves."""
    options = (part for pair in WEIGHED.items() for part in pair)
    stage.run("dirk", "case", "propose-admission", case, "--role", role, *options)
    stage.run("dirk", "approve", case, "-m", WHY, refused=True)
    stage.run("carla", "approve", case, "-m", "Eens: dit kunnen wij zelf niet.")


def _contributes(stage: Stage, case: str, person: str, discipline: str, findings: str) -> None:
    given = {"--discipline": discipline, "--findings": findings, "--confidence": "moderate"}
    options = (part for pair in {**given, **ANALYSIS}.items() for part in pair)
    stage.run(person, "case", "contribute", case, *options)


def _place(stage: Stage, person: str, case: str, kind: str) -> dict[str, Any]:
    """A compartment of a kind as someone sees it."""
    shown = json.loads(stage.run(person, "case", "show", case, "--json"))
    return next(one for one in shown["compartments"] if one["compartment"].startswith(kind))
