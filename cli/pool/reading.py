"""A deployment as a command is told of it, and how people of the pool are called on the screen."""

from collections.abc import Sequence

import click

from cli.sentences.cannot import CannotDo
from cli.sentences.language import _, name
from client.cases.casework import open_casework
from client.numbers import Numbers
from client.pool.deployments import Deployment
from client.session import Session
from domain.services.pool.deployment import DEPLOYMENT

CASE = click.argument("case")


def deployment(session: Session, case: str) -> Deployment:
    """A deployment by its number. Raises NotPossible for another case."""
    work = open_casework(session, case)
    if work.service != DEPLOYMENT.name:
        raise CannotDo(_("this is no deployment: it is a case of {}").format(name(work.service)))
    return Deployment(work)


def whom(numbers: Numbers, said: str, persons: Sequence[str]) -> str:
    """The one of these persons whose number begins so, or who is called so here. Raises
    NotPossible for none and for several."""
    beginning = numbers.beginning(said, persons)
    meant = [one for one in persons if beginning and one.startswith(beginning)]
    if len(meant) != 1:
        raise CannotDo(_("{} is not one expert of the pool").format(said))
    return meant[0]


def named(session: Session, person: str) -> str:
    return session.numbers.name(person) or person[:8]


def people(session: Session, persons: Sequence[str]) -> str:
    return ", ".join(named(session, each) for each in persons)
