"""`zegel deployment confirm`: whoever said yes is confirmed, or proposed to who confirms."""

from collections.abc import Sequence

import click

from cli.desk.step import done_in
from cli.home.folder import device_session
from cli.pool.reading import CASE, deployment, people, whom
from cli.screen.spoken import JSON, command
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from cli.sentences.next_steps import SEE
from client.pool import inviting
from client.pool.deployments import Deployment
from client.pool.desk import Desk
from client.session import Session

ROLE = click.option(
    "--as",
    "role",
    type=click.Choice(["author", "reviewer"]),
    default="author",
    help="As an author, or to review what others wrote.",
)


@command("confirm")
@CASE
@click.argument("person", nargs=-1)
@ROLE
@JSON
def confirm(case: str, person: tuple[str, ...], role: str, as_json: bool) -> None:
    """Confirm those who accepted and signed, or PERSON of them.

    Where the child protection board asked, its own coordinator confirms: whoever the pool proposed.
    """
    session = device_session()
    one = deployment(session, case)
    if one.work.role == "lat_coordinator":
        confirmed, told = inviting.confirm_proposed(one, role), []
    else:
        confirmed = _confirmed(session, one, person, role)
        told = inviting.tell_confirmed(one, session.now())
    if not confirmed and not told:
        raise CannotDo(_("nobody accepted and signed who is not confirmed yet"), SEE)
    what = _("Proposed to who asked, who confirms") if _proposes(one) else _("Confirmed")
    said = ((what, confirmed), (_("Told that they are confirmed"), told))
    lines = [f"{what}: {people(session, who)}." for what, who in said if who]
    done_in(one.work, as_json, " ".join(lines), confirmed=confirmed, was_told=told)


def _proposes(one: Deployment) -> bool:
    """Whether the pool's coordinator proposes, and another confirms."""
    asks = one.pool.state.facts.get("requester_role")
    return asks == "lat_coordinator" and one.work.role != asks


def _confirmed(session: Session, one: Deployment, said: Sequence[str], role: str) -> list[str]:
    """Confirm those who said yes, or propose them to who confirms. Raises NotPossible for who is
    gone from the pool since, before anybody is confirmed."""
    candidates = one.candidates(session.now())
    asked = [each.person for each in candidates]
    meant = {whom(session.numbers, each, asked) for each in said} or {*asked}
    ready = [each for each in candidates if each.is_ready and each.person in meant]
    if ready:
        desk = Desk(session).look()
        for each in ready:
            desk.refuse_gone(each.person)
            desk.refuse_busy(each.person)
    return [each.person for each in ready if inviting.confirm_candidate(one, each, role)]
