"""The specification in the repository: every citation of it finds its section there.

Holds docs/spec/PROTOCOL.md, docs/spec/TABLES.md.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
SPEC = ROOT / "docs/spec"
PACKAGES = ("api", "domain", "crypto", "wire", "store", "projections", "client", "cli")
PAGES = "PROTOCOL|TABLES|SERVICES|LAW|PRACTICE|ROLES|SIZES|SCENARIOS|GLOSSARY"
SECTION = r"(?:[A-Z]?[0-9]+(?:\.[0-9]+)*|[XL])(?![A-Za-z0-9])"
CITED = re.compile(
    rf"\b({PAGES})(?:\.md)?,? (?:sections? )?({SECTION}(?:(?:, | and | to ){SECTION})*)"
)
HEADING = re.compile(r"^(?:#+ |\*\*)(?:S?ection )?([A-Z]?[0-9]+(?:\.[0-9]+)*|[XL])\b", re.M)


class Citation(NamedTuple):
    """Where a page is cited, which page, and one section of it."""

    file: str
    page: str
    section: str


def citations(text: str, file: str) -> Iterator[Citation]:
    joined = re.sub(r"\s*\n\s*#?\s*", " ", text)
    for page, sections in CITED.findall(joined):
        for section in re.findall(SECTION, sections):
            yield Citation(file, page, section)


def sections_of(page: str) -> set[str]:
    """The numbers that a page's headings, its table rows and its bold names begin with."""
    text = (SPEC / f"{page}.md").read_text("utf-8")
    found = set(HEADING.findall(text))
    found |= set(re.findall(r"(?:[:;]|:\*\*) (A[0-9]+) ", text))  # auditable properties
    found |= set(re.findall(r"^\* \*\*([A-Z][0-9]+)\*\*", text, re.M))  # engine items
    return found


def wrong(cited: Citation) -> str:
    """What is wrong with a citation; empty if nothing is."""
    if not (SPEC / f"{cited.page}.md").exists():
        return f"{cited.file}: there is no page {cited.page}"
    known = sections_of(cited.page)
    if cited.section in known or any(one.startswith(f"{cited.section}.") for one in known):
        return ""
    return f"{cited.file}: {cited.page}.md has no section {cited.section}"


def cited() -> list[Citation]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    files += sorted((ROOT / "docs").glob("*.md"))
    files += [*sorted((ROOT / "docs/adr").glob("*.md")), ROOT / "README.md"]
    return [
        one
        for file in files
        for one in citations(file.read_text("utf-8"), str(file.relative_to(ROOT)))
    ]


def test_every_citation_finds_its_section() -> None:
    found = cited()
    assert len(found) > 80
    assert sorted(filter(None, map(wrong, found))) == []


@pytest.mark.parametrize(
    "text",
    ["as PROTOCOL.md section 19 says", "(SERVICES.md 2.1, 2.77)", "TABLES.md S12", "LAW.md A40"],
)
def test_a_citation_of_nothing_is_found(text: str) -> None:
    assert any(map(wrong, citations(text, "a file")))


def test_no_page_tells_of_a_machine() -> None:
    for page in SPEC.glob("*.md"):
        assert not re.search(
            r"/(?:home|work|root|tmp)/|https?://[a-z.]*(?:pypi|npm)", page.read_text()
        )
