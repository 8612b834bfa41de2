"""Proven requests, generated from the interface document: every operation can succeed, and whatever
is sent is answered as the document says.

Holds api/proof.py, api/app.py.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.signing import Office, Real
from tests.support.world import World

EXAMPLES = 25
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with World(tmp_path_factory.mktemp("signed")) as world:
        yield Office(world)


def test_every_operation_succeeds_and_none_answers_as_it_should_not(office: Office) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app=office.world.app)
    reached: Counter[tuple[str, str]] = Counter()
    found = [result.ok() for result in schema.get_all_operations()]
    named = {(operation.method.lower(), operation.path) for operation in found}
    assert named == set(office.operations), "an operation has no line in tests/support/signing.py"
    for operation in found:
        key = (operation.method.lower(), operation.path)
        reached[key] = try_out(office, operation, office.operations[key])
    assert [key for key in named if not reached[key]] == []


def try_out(office: Office, operation: Any, real: Real) -> int:
    """Send generated requests, each part of them real or not; how many succeeded."""
    succeeded = 0
    operation.app = office.signing(office.world.app)

    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def run(data: st.DataObject) -> None:
        nonlocal succeeded
        case = data.draw(operation.as_strategy())
        whole = data.draw(st.booleans())
        if whole or data.draw(st.booleans()):
            case.path_parameters = {**case.path_parameters, **real.path()}
        if whole or data.draw(st.booleans()):
            case.query = dict(real.query())
        if real.body is not None and (whole or data.draw(st.booleans())):
            body = real.body()
            case.body = body if isinstance(body, bytes) else dict(body)
        # By whom it should be, by someone else of the case, or by nobody.
        others = (real.signer, office.mother.keys, office.worker.keys, None)
        office.signer = real.signer if whole else data.draw(st.sampled_from(others))
        response = case.call()
        assert response.status_code < 500 or response.status_code == 503
        case.validate_response(response, checks=CHECKS)
        succeeded += 200 <= response.status_code < 300

    run()
    return succeeded
