"""What the search has no need of, and a reader of the tables has: each row from each state and by
each role that the search met, by roles that it is not for, with a file; each role let in and put
out by each other."""

from dataclasses import replace

from domain.entry import Attachment, Line
from domain.state import Compartment
from tests.support.rules.entries import hash_number
from tests.support.rules.explorer import Explorer
from tests.support.rules.judging import Node, Tried
from tests.support.rules.others import by_others

FOR_A_STATE = 3  # nodes that are looked at again


def survey(explorer: Explorer) -> None:
    richest = _richest(explorer)
    states = {node.case.state: node for node in reversed(richest) if node.case}
    for node in (*richest, *(_talked(explorer, one) for one in states.values())):
        for number, step in explorer.rows:
            for _ in explorer.steps(node, number, step):
                pass
        _move(explorer, node)
    for tried in list(explorer.vectors):
        _by_words(explorer, tried)
    for tried in [one for one in explorer.vectors if not one.refused]:
        row = next((one[1] for one in tried.features if one[0] == "row"), None)
        if row is not None and tried.before.case is not None:
            by_others(explorer, tried, row)
            _with_a_file(explorer, tried, row)
            _of_the_uncertified(explorer, tried, row)


def _richest(explorer: Explorer) -> list[Node]:
    """Of each state the nodes with most in them, that are not alike in what is remembered."""
    found: dict[str, list[Node]] = {}
    for node in explorer.nodes:
        assert node.case is not None
        found.setdefault(node.case.state, []).append(node)
    for tried in [one for one in explorer.vectors if not one.refused]:
        after = explorer.judge(tried.before, tried.entry, tried.linked)
        if after and after.case and after.case.state not in found:  # the search ended there
            found[after.case.state] = [explorer.keep_house(after)]
    return [
        node
        for nodes in found.values()
        for node in sorted(nodes, key=lambda one: -len(explorer.facets(one)[1]))[:FOR_A_STATE]
    ]


def _talked(explorer: Explorer, node: Node) -> Node:
    """The same once everyone has said a word in each place, and an erasure is proposed there."""
    for where in list(node.case.compartments) if node.case else []:
        said: set[str] = set()
        for number, step in explorer.rows:
            moves = step.to or step.proposes or step.marks or step.facts or step.adds
            talks = step.payload and not moves and step.kind not in ("MessageCorrected",)
            if step.kind == "ErasureProposed" or (talks and step.writers - said):
                found = list(explorer.steps(node, number, step, only=where))
                node = found[0] if found else node
                said |= step.writers if found else set()
    return node


def _by_words(explorer: Explorer, tried: Tried) -> None:
    """The same with each word that a guard speaks of in its stead: of a row that took it, and of
    one that a guard alone refused."""
    for feature in sorted(tried.features, key=repr):
        way, row = feature[0], feature[1] if len(feature) > 1 else None
        if not isinstance(row, int) or way not in ("row", "refused alone"):
            continue
        lists = [
            one for guard in explorer.service.steps[row].guards for one in guard.arguments.values()
        ]
        header = tried.entry.header
        for words in [one for one in lists if isinstance(one, (tuple, list))]:
            for name, value in header.body.items():
                for word in words if value in words else ():
                    entry = replace(
                        tried.entry, header=replace(header, body={**header.body, name: word})
                    )
                    explorer.judge(tried.before, entry, tried.linked, ("word", row, name, word))


def _with_a_file(explorer: Explorer, tried: Tried, row: object) -> None:
    header = tried.entry.header
    if header.payload is not None:
        file = Attachment(hash_number("a", int(header.id, 16)), 16_472)
        payload = header.payload._replace(attachments=(file,))
        entry = replace(tried.entry, header=replace(header, payload=payload))
        explorer.judge(tried.before, entry, tried.linked, ("with a file", row))


def _of_the_uncertified(explorer: Explorer, tried: Tried, row: object) -> None:
    """The same where somebody else whom it names has no role any more."""
    header, trust = tried.entry.header, explorer.trust(tried.before)
    for name, value in header.body.items():
        named = trust.person_of(value) if isinstance(value, str) else None
        if named is not None and named != trust.person_of(header.author):
            node = replace(tried.before, trust=explorer.cast.uncertified(tried.before.trust, value))
            explorer.judge(node, tried.entry, tried.linked, ("of an uncertified", row, name))


def _move(explorer: Explorer, node: Node) -> None:
    """Everyone puts out someone of each role, and lets in one more."""
    assert node.case is not None
    for place in node.case.compartments.values():
        for author in place.lines:
            for gone in place.lines:
                if gone != author:
                    staying = [line for line in place.lines if line != gone]
                    _changed(explorer, node, place, author, gone, tuple(staying), "removed")
            for role in explorer.cast.listed:
                coming = Line(explorer.cast.further(role), role, None)
                if place.line(coming.device) is None:
                    lines = (*place.lines, coming)
                    _changed(explorer, node, place, author, coming, lines, "joined")


def _changed(
    explorer: Explorer,
    node: Node,
    place: Compartment,
    author: Line,
    moved: Line,
    lines: tuple[Line, ...],
    reason: str,
) -> None:
    shows = ("moved", place.type, reason, author.role, moved.role)
    explorer.change(node, place.name, author.device, lines, reason, shows=shows)
