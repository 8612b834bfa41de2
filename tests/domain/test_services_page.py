"""docs/services.md says what the tables say.

Holds domain/services/.
"""

from domain.services.page import page
from domain.services.registry import SERVICES
from tests.support.processes import ROOT

PAGE = ROOT / "docs" / "services.md"


def test_the_page_of_services_is_the_one_that_is_in_force() -> None:
    assert PAGE.read_text() == page(SERVICES)


def test_the_page_names_every_kind_and_state_of_a_service() -> None:
    text = PAGE.read_text()
    for service in SERVICES.values():
        for name in (*service.states, *(step.kind for step in service.steps)):
            assert name in text
