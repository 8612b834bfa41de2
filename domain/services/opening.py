"""What the first entry of every case carries, whatever its service (TABLES.md 0, E5)."""

from collections.abc import Mapping

from domain.shapes import Shape, exactly

GROUNDS = frozenset(
    {"consent", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"}
)


def by_rules(version: int, controller: str) -> Mapping[str, Shape]:
    """By which version of the table the case goes on, and who is the controller (LAW.md 4.0)."""
    return {"rules": exactly(version), "controller": exactly(controller)}
