"""Where the system's Chromium is, which prints the book and opens it in the tests."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALL = "no Chromium: apt install chromium, or on macOS brew install --cask google-chrome"


def find() -> str | None:
    """Look for Chromium.

    Returns
    -------
    str or None
        Its path; None if there is none.
    """
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """Start Chromium without a window.

    Parameters
    ----------
    playwright : Playwright
        What drives it.
    path : str
        What `find` returned.

    Returns
    -------
    Browser
        The browser.
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # for whom Chromium has no sandbox
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
