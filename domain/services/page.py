"""A service's table as a page to read: `python -m domain.services.page > docs/services.md`."""

from domain.guard import Guard
from domain.service import Service
from domain.services.registry import SERVICES
from domain.step import Step
from domain.terms import Term

HEAD = """# Services

Rendered from the tables in `domain/services` by `python -m domain.services.page`; the tables are
what server, client and auditor judge by. A kind that is not here cannot be written in the service.
States change by entries of the first compartment alone.
"""


def page(services: dict[str, Service]) -> str:
    """Markdown of all services, each with its state diagram."""
    shown: list[str] = []
    for service in services.values():
        same = next((one for one in services.values() if one.steps == service.steps), service)
        if same is service:
            shown.append(_service(service))
        else:
            shown.append(f"\n## {service.name}\n\nThe table of {same.name}.\n")
    return HEAD + "".join(shown)


def _service(service: Service) -> str:
    lines = ["", f"## {service.name}", "", "```mermaid", "stateDiagram-v2"]
    lines.append(f"    [*] --> {service.begins}")
    lines += sorted({arrow for step in service.steps for arrow in _arrows(step)})
    lines += [
        "```",
        "",
        f"Grounds: {_names(service.grounds)}. Purposes: {_names(service.purposes)}.",
    ]
    lines += [
        "",
        "| kind | writers | compartment | from | to | payload | remembered | waits for | due |",
    ]
    lines.append("|---|---|---|---|---|---|---|---|---|")
    lines += [_row(service, step) for step in service.steps]
    if service.terms:
        lines += ["", "Terms, as they are without configuration (`docs/operations.md`):", ""]
        lines += ["| term | by | counted from | while | whose work | why so much |"]
        lines += ["|---|---|---|---|---|---|", *map(_term, service.terms)]
    lines += ["", "Conditions beyond role, place and state:", ""]
    lines += [f"* {kind}: {text}" for kind, text in _conditions(service)]
    lines += ["", "| compartment | opened by | who stands in it | adds | removes | if |"]
    lines.append("|---|---|---|---|---|---|")
    for name, wall in service.walls.items():
        cells = [name, _names(wall.opened_by), _names(wall.holds)]
        for table in (wall.adds, wall.removes):
            cells.append("; ".join(f"{role}: {_names(who)}" for role, who in table.items()))
        listed = [f"{one.meaning} (else not-allowed)" for one in wall.listings]
        listed += [f"at its opening {one.meaning} (else not-allowed)" for one in wall.opening]
        cells.append("; ".join([*map(_guard, wall.guards), *listed]))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _settles(step: Step, term: Term) -> bool:
    """Whether a row is what a term waits for: after it the term does not run any more."""
    if not step.compartments & term.shown_in:
        return False
    ends = step.to is not None and step.to not in term.states
    return term.since in step.clears or (ends and bool(step.sources & term.states))


def _term(term: Term) -> str:
    amount = f"{term.amount.number} {term.amount.unit.value.replace('_', ' ')}"
    return (
        "| "
        + " | ".join(
            [term.name, amount, term.since, _names(term.states), _names(term.roles), term.reason]
        )
        + " |"
    )


def _arrows(step: Step) -> list[str]:
    if step.to is None:
        return []
    return [f"    {state} --> {step.to}: {step.kind}" for state in step.sources]


def _row(service: Service, step: Step) -> str:
    everywhere = step.sources == frozenset(service.states)
    ordered = [state for state in service.states if state in step.sources]
    remembered = [*step.facts, *(f"{name}={value}" for name, value in step.marks.items())]
    cells = [
        step.kind,
        _names(step.writers),
        _names(step.compartments),
        "any" if everywhere else ", ".join(ordered),
        step.to or "–",
        step.payload or "–",
        ", ".join(
            [*remembered, *step.stamps, *step.first_stamps, *(f"no {name}" for name in step.clears)]
        )
        or "–",
        "–" if step.waits is None else step.waits or "nobody",
        ", ".join(term.name for term in service.terms if _settles(step, term)) or "–",
    ]
    return "| " + " | ".join(cells) + " |"


def _conditions(service: Service) -> list[tuple[str, str]]:
    found: dict[str, dict[str, None]] = {}
    for step in service.steps:
        for guard in step.guards:
            found.setdefault(_guard(guard), {})[step.kind] = None
    return [(", ".join(kinds), text) for text, kinds in found.items()]


def _guard(guard: Guard) -> str:
    return f"{guard.meaning} (else {guard.refusal}; scope {guard.scope.value})"


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


if __name__ == "__main__":
    print(page(SERVICES), end="")
