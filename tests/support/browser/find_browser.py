"""Find a Chromium that the tests can drive, and install one if there is none.

    python tests/support/browser/find_browser.py

prints its path, installing it first if need be, and installs the other engines where it can.
`find_browser()` only looks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

OVERRIDE = "ACTWIDGET_BROWSER"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""

# The fonts make the screenshots legible. Playwright's driver needs libatomic1, which a bare Debian
# lacks and Chromium's package does not bring.
DEBIANS_PACKAGES = ("chromium", "fonts-liberation", "libatomic1")

# Of the engines of Firefox and Safari: a command that each needs, and its package.
OTHER_ENGINES = {
    "firefox-esr": "firefox-esr",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
}

# Seconds. Without a network, Playwright's download can hang instead of failing.
DOWNLOAD_LIMIT = 240
PACKAGE_LIMIT = 900


class BrowserNotFoundError(RuntimeError):
    """No Chromium was found to run the tests in."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}\nThe browser tests need Chromium or Chrome. `make browser` finds or installs "
            "one; or install it yourself (`playwright install --with-deps chromium`, or `apt-get "
            f"install {' '.join(DEBIANS_PACKAGES)}`); or set {OVERRIDE} to the path of one."
        )


def find_browser() -> Path:
    """Return the path of a Chromium or Chrome that runs; install nothing.

    Raises
    ------
    BrowserNotFoundError
        If there is none, if the one named by `ACTWIDGET_BROWSER` does not run, or if
        Playwright does not start.
    """
    own = playwrights_own()
    chosen = os.environ.get(OVERRIDE)
    if chosen:
        found = shutil.which(chosen)
        if found is None or not runs(Path(found)):
            raise BrowserNotFoundError(f"{OVERRIDE}={chosen} is not a browser that runs.")
        return Path(found)
    tried = []
    for candidate in candidates(own):
        if runs(candidate):
            return candidate
        tried.append(str(candidate))
    raise BrowserNotFoundError(
        f"No browser was found that runs (tried: {', '.join(tried) or 'none is installed'})."
    )


def playwrights_own() -> Path:
    """Return where Playwright keeps its own Chromium, whether it is there or not."""
    # In a process of its own: a test may have Playwright running already, and only one can.
    asked = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
    if asked.returncode != 0:
        raise BrowserNotFoundError(f"Playwright does not start:\n{asked.stderr}")
    return Path(asked.stdout.strip())


def candidates(own: Path) -> Iterator[Path]:
    """Yield the browsers that are installed: Playwright's own first, then the system's."""
    if own.is_file():
        yield own
    for command in COMMANDS:
        found = shutil.which(command)
        if found is not None:
            yield Path(found)
    for application in APPLICATIONS:
        if Path(application).is_file():
            yield Path(application)


def runs(browser: Path) -> bool:
    """Check that a browser starts: a library may be missing, or it may be a snap's stub."""
    try:
        result = subprocess.run(
            [browser, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def find_or_install_browser() -> Path:
    """Return the path of a browser, installing one in the first way that works.

    Raises
    ------
    BrowserNotFoundError
        If there is none and it cannot be installed.
    """
    try:
        return find_browser()
    except BrowserNotFoundError:
        if os.environ.get(OVERRIDE):
            raise
    for install in (install_playwrights_own, partial(install_debians, *DEBIANS_PACKAGES)):
        install()
        try:
            return find_browser()
        except BrowserNotFoundError:
            continue
    return find_browser()


def install_playwrights_own() -> None:
    """Download Playwright's own Chromium."""
    attempt([sys.executable, "-m", "playwright", "install", "chromium"], DOWNLOAD_LIMIT)


def install_other_engines() -> None:
    """Install what of Firefox and WebKitGTK is not there; their tests say so where it fails."""
    missing = [package for command, package in OTHER_ENGINES.items() if not shutil.which(command)]
    if missing:
        install_debians(*missing)


def install_debians(*packages: str) -> None:
    """Install Debian's packages, as root or with a sudo that asks for no password."""
    if shutil.which("apt-get") is None:
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"]
    # The lists of a fresh image are empty or old.
    attempt([*as_root, *quietly, "update"], PACKAGE_LIMIT)
    attempt(
        [*as_root, *quietly, "install", "--no-install-recommends", *packages],
        PACKAGE_LIMIT,
    )


def attempt(command: list[str], limit: int) -> None:
    """Run a command; if it fails, the next way is tried."""
    print(
        f"A browser that the tests need is missing. Trying: {' '.join(command)}",
        file=sys.stderr,
        flush=True,
    )
    try:
        # Its output goes to standard error: standard output is for the path.
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=limit)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    try:
        print(find_or_install_browser())
        install_other_engines()
    except BrowserNotFoundError as error:
        sys.exit(str(error))
