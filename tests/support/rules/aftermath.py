"""What the protocol asks of a later entry because of an earlier one: recoveries by their approvals,
invitations that were used or ran out, devices that were replaced."""

from collections.abc import Iterator
from dataclasses import replace

from domain.charge import ASSIGNEE, SUBSTITUTE
from domain.entry import Line
from domain.membership import OUTSIDE_ROLES
from domain.trust import SECONDS_A_DAY
from tests.support.rules.cast import EVERYONE, START
from tests.support.rules.entries import again
from tests.support.rules.explorer import Explorer
from tests.support.rules.features import Feature
from tests.support.rules.judging import Node, Tried
from tests.support.rules.writing import UNKNOWN
from wire.header import minute_of

APPROVED = "RecoveryApproved"
STRANGER = "0b" * 16


def aftermath(explorer: Explorer) -> None:
    _recoveries(explorer)
    for tried in _accepted(explorer, "RequesterKeyReplaced"):
        _replaced(explorer, tried)
    for tried in _accepted(explorer, "ParticipantInvited"):
        _invited(explorer, tried)
    for tried in _accepted(explorer, "PayloadErased"):
        _erased(explorer, tried)
    for tried in _accepted(explorer, "ErasureProposed"):
        _own_erasure(explorer, tried)
    for tried in _accepted(explorer, "WrapRefused"):
        _refused_again(explorer, tried)


def _accepted(explorer: Explorer, kind: str) -> list[Tried]:
    """The first and the last of a kind."""
    found = [one for one in explorer.vectors if one.entry.header.kind == kind and not one.refused]
    return list({id(one): one for one in (*found[:1], *found[-1:])}.values())


# --- recoveries ----------------------------------------------------------------------------------


def _recoveries(explorer: Explorer) -> None:
    """In a case that somebody has, and a substitute: who may come, and by whose approvals."""
    nodes = [node for node in explorer.nodes if node.case and node.case.facts.get(SUBSTITUTE)]
    nodes.sort(key=lambda one: -len(one.case.facts) if one.case else 0)
    for number, step in explorer.rows:
        if step.kind != APPROVED:
            continue
        for kind in sorted(explorer.service.first & step.compartments):
            found = (_approved(explorer, one, number, kind) for one in nodes)
            approved = next((one for one in found if one), None)
            if approved is not None:
                _recovery(explorer, *approved)


def _approved(
    explorer: Explorer, node: Node, number: int, kind: str
) -> tuple[Node, str, list[str]] | None:
    """A case in which one approved and another twice: it, the place, the three approvals."""
    assert node.case is not None
    step, approvals = explorer.service.steps[number], list[str]()
    where = next((name for name in node.case.compartments if name.partition("-")[0] == kind), None)
    if where is None:
        return None
    first, second, _ = explorer.cast.outside(OUTSIDE_ROLES[APPROVED])
    for author in (first, second, second):
        written = explorer.steps(node, number, step, only=where)
        by_author = [one for one in written if one.entry and one.entry.header.author == author]
        if not by_author or by_author[0].entry is None:
            return None
        node = by_author[0]
        approvals.append(by_author[0].entry.header.id)
    return node, where, approvals


def _recovery(explorer: Explorer, node: Node, where: str, approvals: list[str]) -> None:
    first, _, third = explorer.cast.outside(OUTSIDE_ROLES[APPROVED])
    assert node.case is not None
    one, two, again = approvals
    everything = [name for name, _ in node.case.entries.items()]
    lines = node.case.compartments[where].lines
    for name, author, given, listed in (
        ("two approvals", third, [one, two], lines),
        ("the other way round", third, [two, one], lines),
        ("one person's two", third, [two, again], lines),
        ("his own", first, [one, two], lines),
        ("one that is none", third, [one, UNKNOWN], lines),
        ("something else", third, [one, everything[0]], lines),
        ("one goes", third, [one, two], lines[1:]),
        *((name, third, [one, two], more) for name, more in _more(explorer, node, lines)),
    ):
        shows: Feature = ("recovery", name)
        explorer.change(node, where, author, listed, "recovered", given, shows)
    keeper = next(line.device for line in lines if line.role in explorer.cast.listed)
    rotated = explorer.change(node, where, keeper, lines, "rotated")
    if rotated is not None:
        shows = ("recovery", "of an epoch before")
        explorer.change(rotated, where, third, lines, "recovered", [one, two], shows)


def _more(
    explorer: Explorer, node: Node, lines: tuple[Line, ...]
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """A further device of whose case it is, of the substitute, and of somebody else."""
    assert node.case is not None
    trust, cast = explorer.trust(node), explorer.cast
    wall = explorer.service.walls[next(iter(explorer.service.first))]
    for role in sorted(wall.holds & frozenset(cast.listed)):
        for device in (cast.first(role), cast.second(role), cast.further(role), cast.third(role)):
            if all(line.device != device for line in lines) and trust.gives(device, role):
                person = trust.person(device)
                theirs = [
                    fact
                    for fact in (ASSIGNEE, SUBSTITUTE)
                    if trust.person(node.case.facts.get(fact, "")) == person
                ]
                yield f"{role} comes, {theirs}", (*lines, Line(device, role, None))


# --- devices and invitations ---------------------------------------------------------------------


def _replaced(explorer: Explorer, tried: Tried) -> None:
    """Who was replaced is never listed again: not at once, and not after new keys."""
    node = explorer.judge(tried.before, tried.entry)
    assert node is not None and node.case is not None
    header = tried.entry.header
    place = node.case.compartments[header.compartment]
    new = place.line(header.body["device"])
    assert new is not None
    old = Line(header.author, new.role, new.invitation)
    for when in ("at once", "after new keys"):
        for author in node.case.compartments[place.name].lines:
            lines = (*node.case.compartments[place.name].lines, old)
            shows: Feature = ("replaced", when)
            explorer.change(node, place.name, author.device, lines, "joined", shows=shows)
        node = explorer.keep_house(node)
        assert node.case is not None


def _invited(explorer: Explorer, tried: Tried) -> None:
    """An invitation lets in one, for its role, before it runs out."""
    header = tried.entry.header
    ends = {**header.body, "expires": minute_of(START + 400 * SECONDS_A_DAY)}
    entry = replace(tried.entry, header=replace(header, body=ends))
    node = explorer.judge(tried.before, entry)
    if node is None or node.case is None:
        return
    place = node.case.compartments[header.compartment]
    guest = Line(STRANGER, header.body["role"], header.body["invitation"])
    other = min(explorer.cast.unlisted - {guest.role}, default=guest.role)
    for name, line in {
        "another role": guest._replace(role=other),
        "another invitation": guest._replace(invitation=UNKNOWN),
        "no invitation": guest._replace(invitation=None),
    }.items():
        lines, shows = (*place.lines, line), ("invited", name)
        explorer.change(node, place.name, header.author, lines, "joined", shows=shows)
    late = replace(node, now=START + 401 * SECONDS_A_DAY)
    lines = (*place.lines, guest)
    shows = ("invited", "too late")
    explorer.change(late, place.name, header.author, lines, "joined", shows=shows)
    come = explorer.change(node, place.name, header.author, lines, "joined")
    if come is not None and come.case is not None:
        more = guest._replace(device="0c" * 16)
        again = (*(line for line in lines if line != guest), more)
        for listed in ((*lines, more), again):
            shows = ("invited", "a second by it")
            explorer.change(come, place.name, header.author, listed, "joined", shows=shows)


# --- erasures and refused wraps ------------------------------------------------------------------


def _erased(explorer: Explorer, tried: Tried) -> None:
    """A proposal serves once, for what it says, where it was made, and for another person."""
    header, number = tried.entry.header, explorer.number()
    erased = explorer.judge(tried.before, tried.entry)
    assert erased is not None and erased.case is not None and tried.before.case is not None
    once_more = again(tried.entry, erased.case)
    once_more = replace(once_more, header=replace(once_more.header, id=f"{number:032x}"))
    explorer.judge(erased, once_more, None, ("erased", "once more"))
    for name, body in {
        "on another ground": {**header.body, "ground": "another_ground"},
        "something else": {**header.body, "entries": [UNKNOWN]},
    }.items():
        entry = replace(tried.entry, header=replace(header, body=body))
        explorer.judge(tried.before, entry, None, ("erased", name))
    for where, place in tried.before.case.compartments.items():
        if where != header.compartment:
            entry = replace(tried.entry, header=replace(header, compartment=where))
            entry = again(entry, tried.before.case)
            entry = replace(entry, header=replace(entry.header, epoch=place.epoch))
            explorer.judge(tried.before, entry, None, ("erased", "elsewhere"))
    note = tried.before.case.entries.get(header.body["proposal"])
    trust = explorer.trust(tried.before)
    for author in explorer.cast.outside(OUTSIDE_ROLES[header.kind]):
        person = trust.person(author)
        own = note is not None and person is not None and person.person == note.person
        entry = replace(tried.entry, header=replace(header, author=author))
        entry = replace(entry, carded=entry.carded | {author})
        explorer.judge(tried.before, entry, None, ("erased", "as who proposed it", own))


def _own_erasure(explorer: Explorer, tried: Tried) -> None:
    """An erasure that the same person proposed in another office."""
    for number, step in explorer.rows:
        if step.kind != tried.entry.header.kind:
            continue
        for after in list(explorer.steps(tried.before, number, step)):
            assert after.entry is not None
            person = explorer.trust(after).person(after.entry.header.author)
            if person is not None and person.person == EVERYONE:
                for other, erasing in explorer.rows:
                    if erasing.kind == "PayloadErased":
                        list(explorer.steps(after, other, erasing))


def _refused_again(explorer: Explorer, tried: Tried) -> None:
    """Who refused the keys before, and refuses the next ones too, makes none owed; what is written
    after it shows which it is."""
    node = explorer.judge(tried.before, tried.entry)
    for _ in range(2):
        if node is None or node.case is None:
            return
        node = explorer.keep_house(node)
        assert node.case is not None
        number = explorer.number()
        entry = again(tried.entry, node.case)
        entry = replace(entry, header=replace(entry.header, id=f"{number:032x}"))
        node = explorer.judge(node, entry, None, ("refused keys", number))
