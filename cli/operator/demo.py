"""`zegel demo`: a whole case on a fresh store, each person in processes of their own.

It prints what each person sees, and checks it; the exit code is 0 only if every check held.
"""

import sys
import tempfile
import time
from pathlib import Path

import click

from cli.operator import demo_pool, demo_walls
from cli.operator.stage import CheckFailed, Stage

QUESTION = "Mijn zoon (16) is hele nachten online en praat over een dag die ze zich zullen heugen."
ASKED_BACK = "Wat ziet u precies, en sinds wanneer? Met wie praat hij erover?"
ANSWER = "Goed dat u schrijft. Blijf naast hem staan; ga niet met hem in discussie."
MORE = "Sinds de zomer. Hij stuurde een foto van een wapen dat niet echt is. Geen dag, geen plek."
TAKEN_WITH = "Telefoon van Jan, 52.0907 N 5.1214 E"
ALARM = "Replica van een wapen op een foto; geen dag en geen doel genoemd."
EXCERPT = "Een jongere toont een replica aan een ouder, zonder dag of doel."
PEER_QUESTION = "Weegt dit voor jou als acuut?"
PEER_ANSWER = "Niet acuut zolang er geen dag, doel of middel bij komt; laat de replica weghalen."
OVER = "Geen acuut gevaar, geen melding door ons; moeder over wijkagent en replica adviseren."
AGREED = "Mee eens, op deze feiten."
ADVICE = {
    "--yourself": "Blijf in gesprek; vraag naar wat hij mist, niet naar wat hij vindt.",
    "--professional-help": "De huisarts en het jeugdteam van uw gemeente.",
    "--possible-reports": "Bespreek het wapen met de wijkagent: dat beslist u zelf.",
    "--contact-again": "Zodra u iets hoort over een dag, een plek of een plan.",
}
HELP = {"--to": "Huisarts en jeugdteam", "-m": "Zij kennen u en kunnen meekijken."}
REPORT = {"--to": "Wijkagent", "-m": "Om de replica; u beslist zelf of u dat doet."}
WHY_SUPPORT = "De moeder wil langer iemand naast zich."
OFFER = "Wij kunnen iemand naast u zetten die u langer helpt. Nee zeggen mag altijd."
SEEN = {"--observed": "deze week, thuis", "--observed-by": "de moeder", "--source": "de moeder"}
SEEN |= {"--channel": "talk", "--credibility": "2"}
SIGNALS = (
    ("Hij is hele nachten online en stopte met voetbal.", "no"),
    ("Hij draagt uniformkleding en deelt haatbeelden.", "no"),
    ("Hij stuurde een foto van een replica.", "no"),
    ("Hij helpt zijn zusje en houdt zijn bijbaan.", "yes"),
)
SPOKEN = (
    *(
        QUESTION,
        ASKED_BACK,
        ANSWER,
        MORE,
        TAKEN_WITH,
        ALARM,
        EXCERPT,
        PEER_QUESTION,
        PEER_ANSWER,
        OVER,
        AGREED,
    ),
    *(*ADVICE.values(), *HELP.values(), *REPORT.values(), WHY_SUPPORT, OFFER),
    *(fact for fact, _ in SIGNALS),
)


@click.command()
def demo() -> None:
    """Play a whole case: asked, answered, advised, handed over, worked on by experts, audited."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zegel-demo-") as folder:
        stage = Stage(Path(folder))
        try:
            _play(stage)
        except CheckFailed as failed:
            click.echo(f"\n✗ {failed}")
            sys.exit(1)
        finally:
            stage.close()
    seconds = time.monotonic() - started
    click.echo(f"\nEvery check held: {stage.checks} checks in {seconds:.0f} s.")


def _play(stage: Stage) -> None:
    stage.title("The ceremony: keys that never touch the server")
    stage.open_server()
    for person in ("anna", "bram"):
        stage.certify(person, "consultation_worker")
    stage.certify("carla", "supervisor")
    stage.certify("dirk", "casemanager")
    stage.certify("pia", "pool_coordinator")
    stage.certify("xena", "duidingsexpert", "centre")
    stage.certify("yusuf", "duidingsexpert", "institute")
    stage.certify("zoe", "zorgexpert", "clinic")
    stage.certify("auditor", "auditor")
    stage.certify("frits", "privacy_officer")
    stage.publish()
    for person in ("anna", "bram", "carla", "dirk", "pia", "xena", "yusuf", "zoe"):
        stage.run(person, "unlock", "--minutes", "5")

    stage.title("Steps 1 and 2: a mother asks, anonymously")
    note = str(stage.home("mother").with_suffix(".txt"))
    asked = stage.run("mother", "ask", "--danger", "nee", "--note", note, "-m", QUESTION)
    code = stage.find(r"^ +([0-9A-Z-]{27})$", asked)
    words = stage.find(r"^ +((?:[a-z]+ ){9}[a-z]+)$", asked)
    stage.check("she was shown a code, and nothing stays behind", not stage.home("mother").exists())
    stage.check("her note holds the words and no name of ours", stage.is_neutral(note, asked))

    stage.title("Step 3: two workers see that someone waits; one takes it")
    waiting = stage.run("anna", "inbox")
    case = stage.find(r"([0-9a-f]{8}) ", waiting)
    stage.check("the inbox says by when", "triage" in waiting)
    stage.run("anna", "take", case, "--no-conflict")
    stage.run("bram", "take", case, "--no-conflict", refused=True)
    stage.check(
        "the other worker has no such case any more", case not in stage.run("bram", "inbox")
    )

    stage.title("Step 4: she asks back, and gives a first answer")
    stage.run("anna", "clarify", case, "-m", ASKED_BACK)
    stage.run("anna", "answer", case, "-m", ANSWER)

    stage.title("Steps 5 and 6: the mother comes back with the code alone, and adds")
    read = stage.run("mother", "return", "-", typed=code)
    stage.check("the code opens what was answered", stage.shows(read, ASKED_BACK, ANSWER))
    photo = stage.photo("Jan Jansen thuis.jpg", TAKEN_WITH)
    sending = ("-m", MORE, "--attach", photo, "--checked")
    read_again = stage.run("mother", "return", "-", *sending, typed=code)
    stage.check(
        "the worker reads what was added", stage.shows(stage.run("anna", "show", case), MORE)
    )
    number = stage.find(r"(\d+) · you, [-0-9: ]+ · message", read_again)
    stage.run("anna", "save", case, number, "--to", stage.folder_of("anna"))
    stage.check(
        "the photo shows what it showed, without its name, place, time and camera",
        stage.is_bare(stage.folder_of("anna") + "/file-1.jpg", photo, TAKEN_WITH),
    )
    told = stage.run("mother", "return", "-", "--readers", typed=code)
    stage.check(
        "she is told who can read it: the front office her question, one of it what followed",
        all(f"{n} × worker: can read it" in told for n in (1, 2)),
    )

    _crisis(stage, case)

    stage.title("Step 8: advice")
    stage.run("anna", "advise", case, *_options(ADVICE))
    stage.run("anna", "point", case, *_options(HELP))
    stage.run("anna", "advise-report", case, *_options(REPORT))
    advised = stage.run("mother", "return", "-", typed=words)
    reads = stage.shows(advised, *ADVICE.values(), *HELP.values(), *REPORT.values())
    stage.check("the mother reads the advice, by the words too", reads)
    beside = (ALARM, EXCERPT, OVER, *(fact for fact, _ in SIGNALS))
    stage.check("and nothing of what was noted beside", stage.hides(advised, *beside))
    stage.run("anna", "escalate", case, "--to-case", "7" * 32, refused=True)

    stage.title("Step 9: support, offered after a supervisor's approval")
    stage.run("anna", "offer-support", case, "-m", OFFER, refused=True)
    stage.run("anna", "propose-support", case, "-m", WHY_SUPPORT)
    stage.run("anna", "approve", case, "-m", AGREED, refused=True)
    stage.run("carla", "approve", case, "-m", AGREED)
    stage.run("anna", "offer-support", case, "-m", OFFER)
    stage.check(
        "the mother reads the offer",
        stage.shows(stage.run("mother", "return", "-", typed=code), OFFER),
    )
    demo_walls.play(stage, case, code)

    stage.title("She takes back one message; a privacy officer erases it for good")
    stage.run("mother", "return", "-", "--in", case, "--withdraw", number, typed=code)
    stage.check("it is hidden at once", stage.hides(stage.run("anna", "show", case), MORE))
    whole = stage.whole_case("anna", case)
    stage.run("anna", "erase", whole, "--yes", refused=True)
    stage.run("frits", "erase", whole, "--yes")
    left = stage.run("mother", "return", "-", "--in", case, typed=code)
    stage.check("she reads that it was erased", "erased on" in left and stage.hides(left, MORE))
    stage.check("her photo is gone from the server too", not stage.files_of_server("blobs"))

    _audit(stage, case)

    stage.title("What the server holds")
    found = stage.search(
        (
            *SPOKEN,
            *demo_walls.SPOKEN,
            *demo_pool.SPOKEN,
            *demo_pool.TAGS,
            "Jansen",
            code,
            code.replace("-", ""),
            words,
            "127.0.0.1 -",
        )
    )
    stage.check("no text and no code, in the store, its log or the server's logs", not found)


def _options(given: dict[str, str]) -> tuple[str, ...]:
    return tuple(part for pair in given.items() for part in pair)


def _crisis(stage: Stage, case: str) -> None:
    stage.title("Step 7: a crisis: a supervisor joins, a colleague is asked, two decide")
    stage.run("anna", "crisis", case, "-m", ALARM)
    alert = stage.run("carla", "inbox")
    stage.check(
        "the supervisor is alerted, and reads its first words on her own machine",
        stage.shows(alert, "CRISIS crisis decision", ALARM[:20]),
    )
    stage.check("she sees it among all that waits", case in stage.run("carla", "overview"))
    for fact, against in SIGNALS:
        told = ("--fact", fact, "--reliability", "B", "--contradicts", against, *_options(SEEN))
        stage.run("anna", "signal", case, *told)
    people = stage.run("bram", "colleagues", "--json")
    bram = stage.find(r'"person": "([0-9a-f]{32})"[^}]*"you": true', people)
    excerpt = ("--excerpt", EXCERPT, "--question", PEER_QUESTION, "--without-names")
    stage.run("anna", "consult", case, bram, *excerpt)
    seen = stage.run("bram", "show", case)
    stage.check("the colleague reads the excerpt, and not the mother", stage.shows(seen, EXCERPT))
    stage.check("nothing else of the case", stage.hides(seen, QUESTION, MORE, SIGNALS[0][0], ALARM))
    stage.run("bram", "message", case, "-m", PEER_ANSWER)
    stage.check("his answer came", stage.shows(stage.run("anna", "show", case), PEER_ANSWER))
    stage.run("anna", "resolve", case, refused=True)
    stage.run("anna", "crisis-over", case, "-m", OVER)
    stage.run("carla", "approve", case, "-m", AGREED)
    stage.run("anna", "resolve", case)


def _audit(stage: Stage, case: str) -> None:
    stage.title("Years later an auditor replays it, without a key to any content")
    whole = stage.whole_case("anna", case)
    audited = stage.run("auditor", "audit", whole)
    stage.check("everything holds, up to the closing", "Everything holds" in audited)
    stage.check("no word of it was readable", stage.hides(audited, *SPOKEN))
    before = stage.run("auditor", "audit", whole, "--seq", "1")
    stage.check("the state as it was after the question", "How it stands: received" in before)
    stage.run("bram", "audit", whole, refused=True)
    everything = stage.run("auditor", "audit", "--all")
    stage.check("the whole store holds, with no hole in it", "Everything holds" in everything)
    page = stage.home("auditor") / "case.html"
    stage.run("auditor", "audit", whole, "--html", str(page))
    written = page.read_text("utf-8")
    stage.check("an inspector gets a page of it to print", "</html>" in written)
    stage.check("which hides every word too", stage.hides(written, *SPOKEN))
