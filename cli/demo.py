"""`zegel demo`: a whole consultation on a fresh store, each person in processes of their own.

It prints what each person sees, and checks it; the exit code is 0 only if every check held.
"""

import sys
import tempfile
import time
from pathlib import Path

import click

from cli.stage import CheckFailed, Stage

QUESTION = "Mijn zoon (16) is hele nachten online en praat over een dag die ze zich zullen heugen."
ANSWER = "Goed dat u schrijft. Wat ziet u precies, en sinds wanneer?"
MORE = "Sinds de zomer. Hij stuurde een foto van een wapen dat niet echt is."
ADVICE = {
    "--yourself": "Blijf in gesprek; vraag naar wat hij mist, niet naar wat hij vindt.",
    "--professional-help": "De huisarts en het jeugdteam van uw gemeente.",
    "--possible-reports": "Bespreek het wapen met de wijkagent: dat beslist u zelf.",
    "--contact-again": "Zodra u iets hoort over een dag, een plek of een plan.",
}
REASON = "De moeder kan verder met het jeugdteam."
SPOKEN = (QUESTION, ANSWER, MORE, *ADVICE.values(), REASON)


@click.command()
def demo() -> None:
    """Play a whole consultation: asked, taken, answered, returned to, advised, closed, audited."""
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
    for person, role in (("anna", "consultation_worker"), ("bram", "consultation_worker")):
        stage.certify(person, role)
    stage.certify("auditor", "auditor")
    stage.publish()

    stage.title("A mother asks, anonymously")
    asked = stage.run("mother", "ask", "--danger", "nee", "-m", QUESTION)
    code = stage.find(r"^ +([0-9A-Z-]{27})$", asked)
    words = stage.find(r"^ +((?:[a-z]+ ){9}[a-z]+)$", asked)
    stage.check("she was shown a code, and nothing stays behind", not stage.home("mother").exists())

    stage.title("Two workers see that someone waits; one takes it")
    case = stage.find(r"([0-9a-f]{8}) ", stage.run("anna", "inbox"))
    stage.run("anna", "take", case, "--no-conflict")
    stage.run("bram", "take", case, "--no-conflict", refused=True)
    stage.check(
        "the other worker has no such case any more", case not in stage.run("bram", "inbox")
    )
    stage.run("anna", "answer", case, "-m", ANSWER)

    stage.title("The mother comes back with the code alone, from an empty folder, and adds")
    stage.check(
        "the code opens the answer", ANSWER in stage.run("mother", "return", "-", typed=code)
    )
    stage.run("mother", "return", "-", "-m", MORE, typed=code)

    stage.title("The worker advises and closes")
    stage.check("she reads what was added", MORE in stage.run("anna", "timeline", case))
    stage.run("anna", "advise", case, *(part for pair in ADVICE.items() for part in pair))
    advised = stage.run("mother", "return", "-", typed=words)
    stage.check("the mother reads the advice", all(text in advised for text in ADVICE.values()))
    closing = ("--outcome", "advised", "--reason", REASON, "--pointers", "Jeugdteam, huisarts.")
    stage.run("anna", "close", case, *closing)

    stage.title("Years later an auditor replays it, without a key to any content")
    whole = stage.whole_case("anna", case)
    audited = stage.run("auditor", "audit", whole)
    stage.check("everything holds, up to the closing", "Everything holds" in audited)
    stage.check("no word of it was readable", not any(text in audited for text in SPOKEN))
    before = stage.run("auditor", "audit", whole, "--seq", "1")
    stage.check("the state as it was after the question", "State: received" in before)
    stage.run("bram", "audit", whole, refused=True)

    stage.title("What the server holds")
    found = stage.search((*SPOKEN, code, code.replace("-", ""), words, "127.0.0.1 -"))
    stage.check("no text and no code, in the store, its log or the server's logs", not found)
