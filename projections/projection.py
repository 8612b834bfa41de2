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

    def is_outdated(self, cursor: SQLiteCursor) -> bool:
        """Whether the tables there are of another shape than these statements make."""
        marks = ",".join("?" * len(self.rows))
        cursor.execute(
            f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND sql IS NOT NULL",
            self.rows,
        )
        made = {statement.replace(" IF NOT EXISTS", "") for statement in self.create}
        return {row["sql"] for row in cursor.fetchall()} != made

    def make_anew(self, cursor: SQLiteCursor) -> None:
        for table in self.rows:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in self.create:
            cursor.execute(statement)
