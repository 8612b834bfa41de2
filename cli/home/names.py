"""Local names: what someone calls cases, places, people and devices, kept on her own machine alone
and sealed to her own device. They are shown where numbers are, and taken where numbers are asked;
no request carries them.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cli.screen.asking import at_a_terminal, confirm
from cli.screen.terminal import notify
from cli.sentences.cannot import CannotDo
from cli.sentences.counting import roles
from cli.sentences.language import _, code_of, name
from cli.sentences.next_steps import SEE_NAMES
from cli.sentences.plain import plain
from client.cases.casework import Casework
from client.cases.charge import table_of
from client.errors import NotPossible
from client.kept import keep_sealed, read_sealed
from client.numbers import SHOWN, Numbers
from client.place.belonging import has_written
from client.place.chain import Chain
from client.place.names import type_of
from client.server.directory import whose
from client.session import Session
from client.why import Why
from crypto.device import Card
from crypto.secret.seeds import DeviceKeys
from crypto.secret.wrap import CannotOpen
from domain.entry import Line

NAMES, KIND = "names.sealed", "names"
MOST = 60  # characters


class Names(Numbers):
    """The names in a file: by whole number, a place by `<case>/<compartment>`."""

    def __init__(self, keys: DeviceKeys, card: Card, file: Path) -> None:
        self._keys, self._card, self._file = keys, card, file
        self._read: dict[str, str] | None = None

    def name(self, number: str) -> str:
        return self._names().get(number, "")

    def number(self, said: str) -> str:
        wanted = said.strip().casefold()
        return next((n for n, one in self._names().items() if one.casefold() == wanted), "")

    def all(self) -> dict[str, str]:
        """Every name by its number, in the order of the names. Raises NotPossible."""
        return dict(sorted(self._opened().items(), key=lambda one: one[1].casefold()))

    def give(self, number: str, called: str) -> None:
        """Raises NotPossible for what is no name, or another's."""
        called = " ".join(called.split())
        if not called or len(called) > MOST or plain(called) != called:
            raise CannotDo(_("a local name has 1 to {} characters on one line").format(MOST))
        if self.number(called) not in ("", number):
            raise CannotDo(_("{} is the name of something else already").format(called), SEE_NAMES)
        self._keep({**self._opened(), number: called})

    def take(self, number: str) -> None:
        """Forget a name. Raises NotPossible where there is none."""
        names = self._opened()
        if number not in names:
            raise CannotDo(_("{} has no local name").format(number), SEE_NAMES)
        self._keep({one: called for one, called in names.items() if one != number})

    def _keep(self, names: dict[str, str]) -> None:
        try:
            keep_sealed(self._file, self._card, KIND, {"names": names})
        except OSError as error:
            raise NotPossible(
                Why.UNWRITABLE, file=self._file, reason=str(error.strerror)
            ) from error
        self._read = names

    def _names(self) -> dict[str, str]:
        """For showing and finding: where they cannot be opened, work goes on by number."""
        if self._read is None:
            try:
                self._read = self._opened()
            except NotPossible as error:
                told = _("Your local names cannot be opened; numbers are shown.")
                notify(plain(f"{told} ({error})"))
                self._read = {}
        return self._read

    def _opened(self) -> dict[str, str]:
        try:
            names = read_sealed(self._file, self._keys, KIND)["names"]
        except FileNotFoundError:
            return {}
        except (OSError, CannotOpen, KeyError) as error:
            raise CannotDo(_("{} is not what this device kept").format(self._file)) from error
        return {str(number): str(called) for number, called in names.items()}


def who(session: Session, device: str, role: str = "") -> str:
    """Somebody as the screen says it: by her local name, else by role and number. role: of an entry
    or a member line, if known."""
    trust = session.directory.newest
    person = whose(trust, device)
    called = session.numbers.name(person) or session.numbers.name(device)
    listed = trust.person(device)
    roles = [role] if role else sorted(listed.roles) if listed else ["from outside"]
    shown = ", ".join(map(name, roles))
    return f"{called} ({shown})" if called else f"{shown} {person[:SHOWN]}"


def addressees(session: Session, chain: Chain) -> str:
    """Who reads what is written here next, oneself left out: by local name, the others by role and
    how many. "mother (requester), 1 consultation worker"."""
    named = ""
    if table_of(session, chain).asks_in(chain.compartment.type):
        named = session.numbers.name(chain.case)  # one person asks in it
    return _listed(session, chain.lines, named)


def _listed(session: Session, lines: Sequence[Line], requester: str = "") -> str:
    trust = session.directory.newest
    me = whose(trust, session.device)
    people = {whose(trust, line.device): line for line in lines}
    people.pop(me, None)
    named, others = [], Counter[str]()
    for number, line in people.items():
        called = session.numbers.name(number) or session.numbers.name(line.device)
        called = called or (requester if line.role == "requester" else "")
        if called:
            named.append(f"{called} ({name(line.role)})")
        else:
            others[line.role] += 1
    listed = [*sorted(named), *(roles(count, role) for role, count in sorted(others.items()))]
    return ", ".join(listed) or _("nobody but you")


def tell_to(session: Session, chain: Chain) -> str:
    """Say before anything is sent whom it goes to; the line that says so. Before the first word in
    a place that somebody else opened, whoever sits at a terminal is asked about them: a server may
    have made it up (`client.place.belonging`). Raises NotPossible for no."""
    line = _tell(addressees(session, chain))
    trust = session.directory.newest
    own = session.device in chain.state.openers or has_written(chain, trust)
    if own or chain.items[0].entry.fits_case or not at_a_terminal():
        return line
    for there in chain.lines:
        if there.device != chain.device:
            notify(f"  {who(session, there.device, there.role)}")
    question = _("You have not written here before. Do these people belong in this case?")
    if not confirm(question, default=False):
        raise CannotDo(_("nothing was written: ask by another way who these people are"))
    return line


def tell_to_devices(session: Session, lines: Sequence[Line]) -> str:
    """The same for a place that is opened for these and oneself."""
    return _tell(_listed(session, lines))


def said_place(work: Casework, said: str) -> str:
    """A place as it was said: its kind by name in either language, else what it is called."""
    return code_of(said, work.table.walls) or said


def usual_place(work: Casework) -> str:
    """The kind of place where somebody asked, else the only one of hers. Raises NotPossible."""
    first = work.first
    if first is not None and work.table.asks_in(first.compartment.type):
        return first.compartment.type
    places = [row["compartment"] for row in work.rows]
    kinds = [type_of(one) for one in places]
    if len(kinds) > 1:
        # A kind that several are of names none of them.
        told = [
            kind if kinds.count(kind) == 1 else one for kind, one in zip(kinds, places, strict=True)
        ]
        raise NotPossible(Why.WHICH_PLACE, places=", ".join(told))
    return kinds[0]


def tell_to_place(work: Casework, where: str) -> str:
    """The same for a place of a case by its name or type, which may not be opened yet; empty where
    nothing can be written. Raises NotPossible."""
    chain = work.there(where)
    if chain is not None:
        return tell_to(work.session, chain)
    if where in work.table.first:
        return ""
    return tell_to_devices(work.session, work.lines_of(where))


def _tell(listed: str) -> str:
    line = plain(f"{_('To')}: {listed}")
    notify(line)
    return line
