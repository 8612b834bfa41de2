"""A draft that was stored after all, where its step cannot be taken a second time: it is told so,
and put away, in place of a refusal that would leave it waiting for ever."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from cli.desk.form import asked, filled, options_of
from cli.desk.step import NOT_TEXT
from cli.home.folder import home_folder
from cli.screen.show import local_time, print_json
from cli.sentences.language import _
from cli.writing.drafts import Drafts
from cli.writing.unsent import Sealed, draft_of
from client.cases.sent_before import stored_since
from client.errors import NotPossible
from client.session import Session


@contextmanager
def stored_after_all(
    session: Session, case: str, schema: str | None, given: Mapping[str, Any]
) -> Iterator[None]:
    """Around a step that is gone on with from a draft. schema, given: of its form and its options.

    Raises what the block raises, unless it was refused because the very same was stored before:
    then the command is done.
    """
    try:
        yield
    except NotPossible:
        at = _put_away(session, case, schema, given) if schema is not None else None
        if at is None:
            raise
        if click.get_current_context().params.get("as_json"):
            print_json({"case": case, "stored": at})
        told = _("Your draft was stored before, and waits here no longer. Stored at")
        click.echo(f"{told}: {local_time(at)}.", err=True)
        click.get_current_context().exit(0)


def _put_away(session: Session, case: str, schema: str, given: Mapping[str, Any]) -> int | None:
    """When the draft of this step was stored, in unix time; then it is a draft no longer."""
    if not (given.get("draft") or given.get("send_draft")):
        return None
    options = options_of(schema, given)
    like = draft_of(case, {*asked(schema), *NOT_TEXT}, options)
    unsent = Sealed(Drafts(home_folder() / "drafts", session.keys), like)
    try:
        draft = unsent.newest()
        said = {**given, **draft.options, **options}
        value = filled(schema, said, None, "", unsent=unsent, begun=draft.text, opens=False)
    except NotPossible:
        return None
    found = stored_since(session, case, value, draft.at)
    if found is None:
        return None
    unsent.take_up(draft)
    unsent.stored()
    return found.entry.stored
