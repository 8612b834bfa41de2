"""How experts come to a support case, are asked for an analysis each and go (SERVICES.md 2.7).

What they write themselves stands in `cli.case.forms`.
"""

from typing import IO, Any

import click

from cli.case.forms import done, rehearse_check, writing_in
from cli.case.view import support_of
from cli.desk.form import form_options
from cli.desk.step import read_among, wrote
from cli.home.names import tell_to_devices
from cli.screen.spoken import JSON, command
from cli.sentences.cannot import CannotDo
from cli.sentences.language import _
from client.cases.charge import person_lines
from client.cases.confirmed import Match, confirmation
from client.cases.support import Support
from client.errors import NotPossible
from client.server.directory import whose
from client.why import Why
from domain.services.support.guards import EXPERTS

ROLES = ("author", "reviewer")


@command("check-conflict")
@click.argument("case")
@click.argument("person")
@form_options("message/1")
@JSON
def check_conflict(
    case: str, person: str, file: IO[Any] | None, as_json: bool, **given: Any
) -> None:
    """Ask PERSON, an expert, one to one whether this case is a conflict of interest.

    Say whom it is about: a name, the year of birth and the municipality. Nobody else reads it.
    """
    support = support_of(case)
    lines = person_lines(support.session, EXPERTS, person)
    what = _("Say whom it is about: a name, the year of birth and the municipality.")
    read_by = read_among(tell_to_devices(support.session, lines))
    wrote(
        writing_in(support, "message/1", what, read_by, given, file),
        lambda value: support.check_identity(person, value["text"]),
        rehearsed=lambda value: rehearse_check(support, person, value["text"]),
    )
    told = _("Asked. The expert answers with `zegel case no-conflict` or `zegel case decline`.")
    done(support, as_json, told)


@command("deploy")
@click.argument("case")
@click.argument("person")
@click.option(
    "--as",
    "role",
    type=click.Choice(ROLES),
    default=ROLES[0],
    show_default=True,
    help="To write an analysis, or to review what others wrote.",
)
@click.option(
    "--match",
    "deployment",
    help="By which deployment of the pool, by the beginning of its number.",
)
@JSON
def deploy(case: str, person: str, role: str, deployment: str | None, as_json: bool) -> None:
    """Deploy PERSON, an expert who has no conflict of interest, into the experts' place.

    The pool confirmed this person for you, or a supervisor approved your admission.
    """
    support = support_of(case)
    support.deploy(person, _match(support, person, deployment) if deployment else None, role)
    done(support, as_json, _("Deployed."))


def _match(support: Support, person: str, deployment: str) -> Match:
    """The entry by which this deployment of the pool confirms her. Raises NotPossible."""
    session = support.session
    device = person_lines(session, EXPERTS, person)[0].device
    number = whose(session.directory.newest, device)
    found = confirmation(session, number, deployment)
    if found is None:
        called = session.numbers.called(number)
        raise NotPossible(Why.NOT_CONFIRMED_THERE, deployment=deployment, person=called)
    return found


@command("release-expert")
@click.argument("case")
@click.argument("person")
@JSON
def release_expert(case: str, person: str, as_json: bool) -> None:
    """End the deployment of PERSON, who cannot read what comes next."""
    support = support_of(case)
    support.release_expert(person)
    done(support, as_json, _("Released; the keys are renewed."))


@command("unseal")
@click.argument("case")
@click.option("--given-up", help="Why another analysis is not waited for, in one word.")
@JSON
def unseal(case: str, given_up: str | None, as_json: bool) -> None:
    """Let the analyses that are in be shared together."""
    support = support_of(case)
    support.unseal(given_up)
    done(support, as_json, _("Unsealed. Each expert shares with `zegel case share`."))


@command("share")
@click.argument("case")
@JSON
def share(case: str, as_json: bool) -> None:
    """As an expert: share your unsealed analysis. It is read once the others are shared too."""
    support = support_of(case)
    count = support.share()
    if not count:
        raise CannotDo(_("no analysis of yours waits to be shared"))
    done(support, as_json, _("Shared."))


OF_EXPERTS = (check_conflict, deploy, release_expert, unseal, share)
