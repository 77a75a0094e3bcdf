"""Links of what is read on GitHub lead to files and headings that exist; those out are well formed.

Those of the site are checked by Sphinx, which `make docs` has fail on a reference to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lower_bounds import project

READ_ON_GITHUB = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
)
LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def links(file: Path) -> Iterator[str]:
    yield from LINK.findall(FENCE.sub("", file.read_text("utf-8")))


def anchors(file: Path) -> set[str]:
    """Return the names that GitHub gives a file's headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def documents(repository: Path) -> list[Path]:
    docs = (repository / "docs").rglob("*.md")
    return [repository / name for name in READ_ON_GITHUB] + sorted(
        path for path in docs if "build" not in path.relative_to(repository).parts
    )


def leads_somewhere(link: str, file: Path, made: set[str]) -> bool:
    """Check a link of a file; pages of the gallery are notebooks that the build copies."""
    path, _, anchor = link.partition("#")
    target = (file.parent / path) if path else file
    if target.parent.name == "gallery" and target.name in made:
        return True
    return target.exists() and (not anchor or anchor in anchors(target))


def test_relative_links_lead_somewhere(repository: Path) -> None:
    made = {path.name for path in (repository / "notebooks").glob("*.ipynb")}
    relative = [
        (file, link)
        for file in documents(repository)
        for link in links(file)
        if not urlsplit(link).scheme
    ]

    assert len(relative) > 30
    assert [each for each in relative if not leads_somewhere(each[1], each[0], made)] == []


def test_links_out_are_well_formed(repository: Path) -> None:
    found = {link for file in documents(repository) for link in links(file)}
    out = sorted(link for link in found if urlsplit(link).scheme)

    assert out
    for link in out:
        parts = urlsplit(link)
        assert parts.scheme == "https", link
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), link


def test_pages_that_the_readme_leads_to_are_there(repository: Path) -> None:
    site = project(repository)["urls"]["Documentation"]
    made = {path.stem for path in (repository / "notebooks").glob("*.ipynb")}
    led = [link.removeprefix(site) for link in links(repository / "README.md") if site in link]

    assert len(led) >= 6
    for page in filter(None, led):
        source = repository / "docs" / page.replace(".html", ".md")
        assert source.exists() or source.stem in made, page


@pytest.mark.parametrize("name", ["CITATION.cff", "README.md", ".github/ISSUE_TEMPLATE/config.yml"])
def test_the_repository_has_one_address(repository: Path, name: str) -> None:
    address = project(repository)["urls"]["Repository"]
    owner_and_name = address.removeprefix("https://github.com/")
    text = (repository / name).read_text("utf-8")

    assert owner_and_name in text
    assert set(re.findall(r"github\.com/([\w.-]+/[\w.-]+)", text)) <= {owner_and_name}


def test_the_readme_is_short(repository: Path) -> None:
    assert len((repository / "README.md").read_text("utf-8").split()) <= 700
