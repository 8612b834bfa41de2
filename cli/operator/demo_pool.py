"""The expert pool in the demo: three experts of three organisations are vetted and write what they
can do; a casemanager asks for a team, which is matched on the coordinator's machine, invited one by
one, and confirmed (SCENARIOS.md, scenario A, step 14)."""

import json
from datetime import UTC, datetime

from cli.operator.stage import Stage
from client.pool.experts import week_of

RIGHT_WING = ("--forms", "right_wing", "--competences", "individual")
KNOWS = {
    "xena": (*RIGHT_WING, "--mother-tongues", "nl", "--languages", "ar"),
    "yusuf": (*RIGHT_WING, "--mother-tongues", "nl,ar"),
    "zoe": ("--care", "child_psychiatry", "--mother-tongues", "nl", "--languages", "ar"),
}
OF_ALL = ("--residence", "utrecht", "--provinces", "gelderland")
ASKED = (
    *("--disciplines", "duiding,care", "--form", "right_wing", "--care", "child_psychiatry"),
    *("--language", "ar"),
)
WHY = "Zij kent de stijl van deze groepen en werkt rustig."
STATED = "Wat ik hier hoor, houd ik voor mij."
NOT_NOW = "Ik begeleid al twee gezinnen deze maand."
SPOKEN = (WHY, STATED, NOT_NOW)
# What the server must not hold of the match: its tags, and what it found.
TAGS = ("right_wing", "child_psychiatry", "gelderland", "mother_tongue")


def play(stage: Stage) -> dict[str, str]:
    """From three nominations to a team of xena and zoe; the numbers of all three."""
    stage.title("Before step 14: the pool knows its experts; the server does not")
    stage.run("pia", "pool", "form", "-m", "Wij komen twee keer per jaar bijeen.")
    numbers = {name: stage.number_of(name) for name in KNOWS}
    for name, knows in KNOWS.items():
        _joins(stage, name, numbers[name][:12], knows)
    known = stage.run("pia", "pool", "experts")
    stage.check("the coordinator sees all three", known.count("active") == len(KNOWS))

    stage.title("Step 14: a team is asked for by coarse tags, and found by the coordinator")
    week = week_of(datetime.now(UTC).date())
    period = ("--from-week", week, "--weeks", "2", "--hours", "4", "--on-site", "no")
    asked = stage.run(
        "dirk", "deployment", "request", "--no-acute", "--count", "2", *ASKED, *period
    )
    case = stage.find(r"([0-9a-f]{32})", asked)
    stage.check("it waits for the coordinator", "shortlist" in stage.run("pia", "inbox"))
    found = stage.run("pia", "deployment", "match", case, "--yes")
    stage.check("each has a reason why", stage.shows(found, "Brings", "child psychiatry"))
    stage.check("what few would fit is not told", "few would fit it" in found)
    stage.run("pia", "deployment", "invite", case)
    stage.check("he is first whose mother tongue it is", "yusuf" in _invited(stage, case, numbers))
    stage.run("yusuf", "deployment", "refuse", case, "-m", NOT_NOW)
    stage.run("pia", "deployment", "invite", case)
    team = [name for name in _invited(stage, case, numbers) if name != "yusuf"]
    for name in team:
        seen = stage.run(name, "show", case)
        others = [number[:8] for one, number in numbers.items() if one != name]
        stage.check(f"{name} is shown no other candidate", stage.hides(seen, *others, NOT_NOW))
        stage.run(name, "deployment", "accept", case)
    stage.run("pia", "deployment", "confirm", case, refused=True)
    for name in team:
        stage.run(name, "deployment", "sign", case, "--text", STATED)
    stage.run("pia", "deployment", "confirm", case)
    stage.check("both are confirmed", stage.run("dirk", "show", case).count("expert deployed") == 2)
    return numbers


def _joins(stage: Stage, name: str, number: str, knows: tuple[str, ...]) -> None:
    opened = stage.run("pia", "pool", "nominate", "--with", number, "-m", WHY)
    case = stage.find(r"([0-9a-f]{32})", opened)
    checked = ("--expert", number, "--clearance", "--registration", "--expires", "2099-12-31")
    stage.run("pia", "pool", "vet", case, *checked)
    stage.run(name, "pool", "confidentiality", case, "--text", STATED)
    stage.run(name, "pool", "profile", case, *knows, *OF_ALL, "--online", "yes", "--hours", "8")
    stage.run(name, "pool", "weeks", case, "all")


def _invited(stage: Stage, case: str, numbers: dict[str, str]) -> list[str]:
    """Those who were invited, by name."""
    told = json.loads(stage.run("pia", "deployment", "candidates", case, "--json"))
    persons = {one["person"] for one in told["candidates"]}
    return [name for name in KNOWS if numbers[name] in persons]
