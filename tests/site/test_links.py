"""The built site: links lead somewhere, nothing is loaded from elsewhere, figures have captions."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

# Extensions give the inside of a box the same id in every box; nothing links there.
DUPLICATES = {"exercise-content", "solution-content", "proof-content", "proof"}


@pytest.fixture(scope="module")
def soups(pages):
    return {page: BeautifulSoup(page.read_text("utf8"), "html.parser") for page in pages}


def local(page, url):
    """The file and the fragment a link leads to; None if it leads out of the book."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return None
    return (page.parent / unquote(parts.path)).resolve() if parts.path else page, unquote(parts.fragment)


def test_links_resolve(soups):
    ids = {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in soups.items()}
    bad = []
    for page, soup in soups.items():
        for tag in soup.find_all(["a", "img", "script", "link", "source"]):
            url = tag.get("href") or tag.get("src")
            if not url or not (target := local(page, url)):
                continue
            file, fragment = target
            if not file.exists():
                bad.append(f"{page.name}: no file {url}")
            elif fragment and file in ids and fragment not in ids[file]:
                bad.append(f"{page.name}: no anchor {url}")
    assert not bad, "\n".join(bad)


def test_nothing_is_loaded_from_elsewhere(site, soups):
    bad = []
    for page, soup in soups.items():
        for tag in soup.select("script[src], img[src], source[src], iframe[src], link[href]"):
            url = tag.get("src") or tag["href"]
            if not url.startswith("data:") and not local(page, url) and tag.get("rel") != ["canonical"]:
                bad.append(f"{page.name}: {url}")
    for style in site.glob("_static/*.css"):
        bad += [
            f"{style.name}: {url}"
            for url in re.findall(r"(?:@import\s+|url\()['\"]?([^'\")\s]+)", style.read_text("utf8"))
            if urlsplit(url).netloc
        ]
    assert not bad, "\n".join(bad)


def test_ids_are_unique(soups):
    bad = []
    for page, soup in soups.items():
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        bad += [f"{page.name}: {name}" for name in sorted(set(ids) - DUPLICATES) if ids.count(name) > 1]
    assert not bad, "\n".join(bad)


def test_figures(soups):
    bad = []
    for page, soup in soups.items():
        for image in soup.select("article img"):
            if not image.get("alt", "").strip():
                bad.append(f"{page.name}: no alternative text for {image['src']}")
        for figure in soup.select("article figure"):
            if not figure.select_one("figcaption .caption-number"):
                bad.append(f"{page.name}: no number or caption for {figure.get('id')}")
    assert not bad, "\n".join(bad)
