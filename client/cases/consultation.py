"""The consultation's dialogue, as requester and worker speak in it (SERVICES.md 2.1). What goes on
beside it, in worknotes and governance, stands in `client.cases.casework`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from client.cases.charge import lines_of
from client.errors import NotPossible, OffSchema, ServerRefused, Unreadable
from client.files.enclosures import Enclosure
from client.files.uploading import refuse_files
from client.place.belonging import by_invitation, opened_at
from client.place.chain import Chain, Item
from client.place.compose import Written
from client.place.fit import refuse_unfit
from client.place.reading_ahead import open_all
from client.place.repeated import stored
from client.session import Session
from crypto.encoding import b64
from crypto.secret.seeds import CodeKeys
from domain.charge import someone_is_left
from domain.entry import Line
from domain.services.consultation import CONSULTATION
from domain.services.consultation.guards import WORKER
from domain.services.consultation.states import OPENED
from wire.pipeline import case_id


@dataclass(frozen=True, slots=True)
class Message:
    """An entry with what it says; unreadable says why that is empty; sealed is
    what its author sealed instead, where that opens. at: unix time of storing."""

    item: Item
    value: dict[str, Any]
    unreadable: str = ""
    sealed: Any = None

    @property
    def role(self) -> str:
        return self.item.role

    @property
    def at(self) -> int:
        return self.item.entry.stored


def payload(schema: str, **content: Any) -> dict[str, Any]:
    """A payload without attachments."""
    return {"schema": schema, **content, "attachments": []}


def message(text: str) -> dict[str, Any]:
    return payload("message/1", text=text)


def conversation(session: Session, chain: Chain) -> list[Message]:
    """What was said, in order, as far as this device was given the keys. What its author sealed
    badly is marked, and hides nothing of what others wrote. Raises Distrust."""
    return [
        Message(item, {}, str(said), said.sealed if isinstance(said, OffSchema) else None)
        if isinstance(said, Unreadable)
        else Message(item, said)
        for item, said in open_all(session, chain)
    ]


# --- the requester -------------------------------------------------------------------------------


def cases_of(session: Session, code: CodeKeys) -> list[Chain]:
    """The cases that a return code has opened here, found by the code alone, oldest first."""
    found: list[Chain] = []
    while True:
        n = len(found)
        case = case_id(session.device, b64(code.salt(n)))
        chain = session.read(case, code.compartment(n))
        if chain is None:
            return found
        found.append(chain)


def joined(session: Session, own: Sequence[Chain]) -> list[Chain]:
    """The conversations in which this device stands by an invitation, as their own entries say it:
    a work list is the server's word. Oldest first."""
    known = {chain.case for chain in own}
    try:
        work = session.work()
    except ServerRefused as refused:
        if refused.name != "unproven":
            raise
        return []  # a device that no entry has named yet
    found = (
        session.read(row["case"], row["compartment"]) for row in work if row["case"] not in known
    )
    return sorted((one for one in found if one and by_invitation(one)), key=opened_at)


def is_erased(chain: Chain) -> bool:
    """Whether everything that was said in it has been erased."""
    said = {one.entry.header.id for one in chain.items if one.entry.header.payload}
    return bool(said) and said <= chain.erased().keys()


def ask(
    session: Session,
    code: CodeKeys,
    n: int,
    mode: str,
    text: str,
    files: Sequence[Enclosure] = (),
) -> Chain:
    """Open the n-th case of a code with a question, sealed to the front office, whoever of it is
    certified now, and to this device. Nothing is opened for a question that cannot go.

    Raises Distrust, ServerRefused, NotPossible.
    """
    refuse_unfit(text, files)
    if files:
        refuse_files(session.transport, files)
    session.directory.refresh(session.pins.position)
    chain = _opened(session, code, n, mode)
    session.write(chain, "ConsultationReceived", {}, message(text), files)
    return chain


def ask_first(
    session: Session, code: CodeKeys, mode: str, text: str, files: Sequence[Enclosure] = ()
) -> Chain:
    """Ask with a new code. Raises as ask."""
    return ask(session, code, 0, mode, text, files)


def office_now(session: Session) -> int:
    """How many people of the front office can read a question that is asked now. It is known then
    that the server is the right one, and takes proofs of this device.

    Raises Distrust, ServerRefused, NotPossible, Unreachable.
    """
    session.directory.refresh(session.pins.position)
    trust = session.directory.current()
    people = {trust.person_of(line.device) for line in _office(session)}
    joined(session, [])
    return len(people)


def ask_again(
    session: Session, code: CodeKeys, mode: str, text: str, files: Sequence[Enclosure] = ()
) -> Chain:
    """Ask with a code that may have asked before: a case that was opened and got no question yet is
    completed; a question that was asked last is not asked twice, unless the session's `again` says
    so. Raises as ask."""
    cases = cases_of(session, code)
    last = cases[-1] if cases else None
    if last is not None and last.state.state == OPENED:
        say(session, last, text, files)
        return last
    if last is not None and session.again is not None:
        asked = Written("ConsultationReceived", {}, message(text), files)
        before = stored(session, last, asked)
        if before is not None and not session.again(before):
            return last
    return ask(session, code, len(cases), mode, text, files)


def _opened(session: Session, code: CodeKeys, n: int, mode: str) -> Chain:
    """The n-th case of a code, opened now, or by a try whose answer was lost."""
    name, salt = code.compartment(n), code.salt(n)
    lines = (Line(session.device, "requester", None), *_office(session))
    try:
        return session.open_first(name, salt, lines, opening("consent", mode))
    except ServerRefused:
        before = session.read(case_id(session.device, b64(salt)), name)
        if before is None:
            raise
        return before


def say(session: Session, chain: Chain, text: str, files: Sequence[Enclosure] = ()) -> None:
    """What the requester adds. An opening that was cut short before the question is completed, and
    a consultation that was closed is opened again."""
    kinds = {"opened": "ConsultationReceived", "closed": "ConsultationReopened"}
    asked = chain.state.service == CONSULTATION.name
    kind = kinds.get(chain.state.state, "MessageSent") if asked else "MessageSent"
    write_to_office(session, chain, kind, {}, message(text), files)


def write_to_office(
    session: Session,
    chain: Chain,
    kind: str,
    body: Mapping[str, Any],
    value: dict[str, Any] | None = None,
    files: Sequence[Enclosure] = (),
) -> None:
    """Any step of the requester. When nobody who answered her is certified any more, colleagues
    are let in first, and whoever it was given to since: they can read what comes next, and nothing
    of before."""
    session.settle(chain)
    if chain.state.service == CONSULTATION.name:
        staying = {line.device for line in chain.lines}
        coming = [line for line in _to_let_in(session, chain) if line.device not in staying]
        if coming:
            session.change_members(chain, "joined", (*chain.lines, *coming))
    session.write(chain, kind, body, value, files)


def _to_let_in(session: Session, chain: Chain) -> tuple[Line, ...]:
    """The office where nobody is left; else those whose consultation the server says it is now,
    where none of them stands here. They are certified workers: more it cannot say."""
    if not is_answered_for(session, chain):
        return _office(session)
    trust = session.directory.newest
    theirs = {trust.person_of(device) for device in chain.charge} - {None}
    standing = {trust.person_of(line.device) for line in chain.lines}
    if theirs & standing:
        return ()
    coming = lines_of(trust, theirs, WORKER)
    # One whose card the server does not show must not keep her from writing.
    cards = session.directory.cards(line.device for line in coming)
    return tuple(line for line in coming if line.device in cards)


def is_answered_for(session: Session, chain: Chain) -> bool:
    """Whether someone whose consultation it is, or before it is taken could be, is certified."""
    return someone_is_left(chain.state, chain.compartment, session.directory.newest, WORKER)


def _office(session: Session) -> tuple[Line, ...]:
    workers = session.directory.current().holders(WORKER)
    if not workers:
        raise NotPossible("nobody of the front office is certified now")
    return tuple(Line(device, WORKER, None) for device in workers)


def opening(ground: str, mode: str) -> dict[str, Any]:
    """The body that opens a consultation."""
    return {
        "service": "consultation",
        "ground": ground,
        "purpose": "consultation",
        "requester_mode": mode,
        **CONSULTATION.beginning,
    }
