"""A case as far as a device holds it: its compartments folded in the order of the store."""

from collections.abc import Iterable

from client.place.chain import Chain
from client.server.directory import Directory
from domain.charge import charged
from domain.evolve import evolve
from domain.services.registry import SERVICES
from domain.state import Case


def whole(chains: Iterable[Chain], directory: Directory) -> Case | None:
    """None for no compartment. They were verified one by one when they were read."""
    items = sorted((item for chain in chains for item in chain.items), key=lambda one: one.position)
    case: Case | None = None
    for item in items:
        case = evolve(case, item.entry, directory.at(item.position), SERVICES)
    return case


def charged_in(chains: Iterable[Chain], directory: Directory) -> set[str]:
    """The persons whose case it is, as far as these say: in governance it may have been given to
    another than the dialogue knows."""
    case = whole(chains, directory)
    return charged(case, directory.newest) if case else set()
