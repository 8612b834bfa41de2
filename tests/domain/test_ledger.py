"""What a case remembers of its entries can be read by one request while another adds to it.

Holds domain/ledger.py.
"""

from domain.ledger import Ledger


class AnotherRequest(int):
    """How many there are, and what another thread does between two steps of who counts them."""

    added: "Ledger[str, str]"

    def __gt__(self, other: int) -> bool:
        self.added = self.added.adding(f"meanwhile {len(self.added)}", "")
        return int(self) > other


def test_entries_are_walked_as_they_were_while_others_come() -> None:
    shared: dict[str, tuple[int, str]] = {}
    ledger: Ledger[str, str] = Ledger(shared)
    for number in range(3):
        ledger = ledger.adding(str(number), "said")
    length = AnotherRequest(3)
    length.added = ledger
    assert Ledger(shared, length).items() == [("0", "said"), ("1", "said"), ("2", "said")]
    assert len(length.added) == 6
    # Another future of the same past is made of it meanwhile too.
    other = Ledger(shared, length).adding("other", "said")
    assert [key for key, _ in other.items()] == ["0", "1", "2", "other"]
