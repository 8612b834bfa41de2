"""`zegel drafts`: the drafts of this home, to look at and to throw away."""

from dataclasses import asdict

import click

from cli.home.folder import device_session, home_folder
from cli.screen.asking import confirm
from cli.screen.show import local_time, print_json, say
from cli.screen.spoken import JSON, command
from cli.screen.terminal import table
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.plain import plain
from cli.writing.drafts import Draft, Drafts

FIRST_WORDS = 40


@command("drafts")
@click.argument("number", type=int, required=False)
@click.option("--discard", is_flag=True, help="Throw away the draft of this NUMBER.")
@click.option("--yes", is_flag=True, help="Throw it away without asking.")
@JSON
def drafts(number: int | None, discard: bool, yes: bool, as_json: bool) -> None:
    """What you typed and is not known to be stored: kept sealed on this machine, for you alone.

    With NUMBER the whole text is shown. Go on with one by the command that stands beside it.
    """
    kept = Drafts(home_folder() / "drafts", device_session().keys)
    found = kept.every()
    if number is None:
        if discard:
            raise CannotDo(_("say which: the number stands before each draft"))
        _list(found, as_json)
        return
    if not 1 <= number <= len(found):
        raise CannotDo(
            _("there is no draft {}").format(number), "See with `zegel drafts` which drafts wait."
        )
    chosen = found[number - 1]
    if as_json and not discard:
        print_json(_fields(number, chosen))
        return
    if not as_json:
        _show(chosen)
    if discard and (yes or confirm(_("Throw this draft away?"))):
        kept.discard(chosen.id)
        if as_json:
            print_json({"discarded": number})
        else:
            say(_("Thrown away."))


def _list(found: list[Draft], as_json: bool) -> None:
    if as_json:
        print_json({"drafts": [_fields(number, one) for number, one in enumerate(found, 1)]})
    elif not found:
        say(_("No draft waits."))
    else:
        columns = ["", _("when"), _("first words"), _("go on with")]
        rows = [
            [str(number), local_time(one.at), _first_words(one.text), one.line]
            for number, one in enumerate(found, 1)
        ]
        table(_("Drafts"), columns, rows)


def _fields(number: int, draft: Draft) -> dict[str, object]:
    return {"number": number, **asdict(draft)}


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS]}…"


def _show(draft: Draft) -> None:
    for name, said in draft.options.items():
        say(f"[{name}] {said}")
    click.echo(plain(draft.text.strip("\n")))
    say(f"\n{_('Go on with')}: {draft.line}")
