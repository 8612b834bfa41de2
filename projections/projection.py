"""What a projection is: tables, and what each stored event changes in them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from eventsourcing.sqlite import SQLiteCursor

from crypto.device import Card
from domain.entry import Header
from domain.state import Case
from domain.trust import Trust
from store.events import Stored


@dataclass(frozen=True, slots=True)
class Change:
    """A stored event with what it led to.

    header, case: of an entry, the case as it stood right after it. trust: what the entry's roster
    certifies, or what a document made of trust. cards: those of the devices that the event names.
    """

    position: int
    event: Stored
    trust: Trust
    cards: dict[str, Card]
    header: Header | None = None
    case: Case | None = None


class Projection(ABC):
    """A read model. `rows` are its tables, in the order in which they are emptied."""

    name: ClassVar[str]
    rows: ClassVar[tuple[str, ...]]
    create: ClassVar[tuple[str, ...]]

    @abstractmethod
    def apply(self, cursor: SQLiteCursor, change: Change) -> None:
        """Write what the change means, in the transaction of the cursor."""

    def clear(self, cursor: SQLiteCursor) -> None:
        for table in self.rows:
            cursor.execute(f"DELETE FROM {table}")
