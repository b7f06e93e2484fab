"""Where the site is, its pages, and a browser to open them with."""

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import chromium
import pytest
import toc
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PAGES = toc.pages()


def pytest_generate_tests(metafunc):
    if "page_name" in metafunc.fixturenames:
        metafunc.parametrize("page_name", PAGES)


@pytest.fixture(scope="session")
def site():
    folder = ROOT / "_build" / "html"
    if not (folder / "index.html").exists():
        pytest.fail("there is no site: run make book")
    return folder


@pytest.fixture(scope="session")
def pages(site):
    return [site / f"{name}.html" for name in PAGES]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def http(site):
    """The address of the site on a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(params=["http", "file"])
def address(request, site):
    """The address of the site: on a server, and opened from disk."""
    return request.getfixturevalue("http") if request.param == "http" else site.as_uri()


@pytest.fixture(scope="module")  # not longer: its event loop is in the way of the notebooks' kernels
def browser():
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(chromium.INSTALL)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright, path)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(color_scheme="light", reduced_motion="reduce")
    yield context.new_page()
    context.close()
