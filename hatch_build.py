"""Bundle the JavaScript into one file: for every build by hatch, or by hand in the tree.

A widget's module is loaded from a blob URL, which cannot import relative files. So
`actwidget/js/notebook.js` and all that it imports become one file, with the style sheet, and are
compressed into `packed.js`: that is `widget.js` in `actwidget/static`. Deno does it, from its wheel
on PyPI, so that nobody needs Node. `python hatch_build.py` does the same without a build. The style
sheets that `view/widget.css` imports become one: `widget.css` there, for pages without a kernel.

Plotly.js stands beside it: the bundle with the cartesian charts alone, a third of the whole. It is
fetched from the npm registry, in one version, and must be the very file that is expected.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
SOURCES = ROOT / "actwidget" / "js"
CONSTANTS = ROOT / "actwidget" / "constants.json"
SCRIPT = ROOT / "actwidget" / "static" / "widget.js"
PACKED = "the module of notebook.js"
"""What the compressed module takes the place of in `packed.js`."""
STYLED = "the style sheet of widget.css"
"""What the style sheet takes the place of in `notebook.js`."""
PAGE_SCRIPT = ROOT / "actwidget" / "static" / "page.js"
PAGE_LOADER = ROOT / "actwidget" / "static" / "page_loader.js"
STYLE = ROOT / "actwidget" / "static" / "widget.css"
MADE = (SCRIPT, PAGE_SCRIPT, PAGE_LOADER, STYLE)
PLOTLY = ROOT / "actwidget" / "static" / "plotly.js.gz"
PLOTLY_LICENSE = ROOT / "actwidget" / "static" / "plotly.LICENSE"

PLOTLY_PACKAGE = ("plotly.js-cartesian-dist-min", "4.1.1")
PLOTLY_FILE = "plotly-cartesian.min.js"
PLOTLY_SHA256 = "79542150855a52c567260e3137095dbe2b744e6d702a5cabe67da246942fba7a"

# The first run of `deno bundle` fetches esbuild; 13 MB should get through in this time.
TIME_LIMIT = 300


class BundleError(RuntimeError):
    """The JavaScript could not be bundled."""


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bundle before the files of a wheel, an editable install or an sdist are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make `actwidget/static` and, for a real wheel, take the notebooks into the package.

        Not for an editable install: pip would lay copies of them in site-packages, and
        `actwidget demo` finds the repository's own.
        """
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"][str(ROOT / "notebooks")] = "actwidget/notebooks"
        if not is_unpacked_sdist() or is_stale():
            bundle()


def is_unpacked_sdist() -> bool:
    """Return whether this tree came from an sdist, which contains its bundle."""
    return (ROOT / "PKG-INFO").is_file()


def is_stale() -> bool:
    """Return whether a bundled file is missing or older than its sources."""
    if not is_plotly_made():
        return True
    made = [path.stat().st_mtime for path in MADE if path.is_file()]
    sources = [path.stat().st_mtime for path in (*SOURCES.rglob("*"), CONSTANTS) if path.is_file()]
    return len(made) < len(MADE) or min(made) < max(sources)


def bundle() -> None:
    """Write what is `MADE` from `SOURCES`, and `PLOTLY` if it is not there.

    Raises
    ------
    BundleError
        If a source is missing, Deno is missing or cannot be run, or the bundling fails. The
        earlier bundle stays as it was.
    """
    module = SOURCES / "notebook.js"
    entries = {
        SCRIPT: SOURCES / "packed.js",
        PAGE_SCRIPT: SOURCES / "export" / "page.js",
        PAGE_LOADER: SOURCES / "export" / "page_loader.js",
    }
    for path in (module, *entries.values()):
        if not path.is_file():
            raise BundleError(f"{path} is missing: the widget's JavaScript starts there.")
    style = joined_style(SOURCES / "view" / "widget.css")
    SCRIPT.parent.mkdir(exist_ok=True)
    # A page may be reading the old bundle: it is replaced as a whole.
    with TemporaryDirectory(dir=SCRIPT.parent, prefix=".new-") as folder:
        new = Path(folder)
        options = ("--quiet", "--minify", "--platform=browser")
        for script, entry in entries.items():
            run_deno("bundle", *options, f"--output={new / script.name}", entry)
        (new / "joined.css").write_text(style, encoding="utf-8")
        run_deno("bundle", *options, f"--output={new / STYLE.name}", new / "joined.css")
        run_deno("bundle", *options, f"--output={new / 'module.js'}", module)
        replace_once(new / "module.js", STYLED, in_quotes((new / STYLE.name).read_text("utf-8")))
        packed = gzip.compress((new / "module.js").read_bytes(), mtime=0)
        replace_once(new / SCRIPT.name, PACKED, b64encode(packed).decode())
        made = [*entries, STYLE]
        if not is_plotly_made():
            fetch_plotly(new)
            made += [PLOTLY_LICENSE, PLOTLY]
        for path in made:
            os.replace(new / path.name, path)


def replace_once(file: Path, text: str, by: str) -> None:
    """Put something in the place of a text that a file contains once.

    Raises
    ------
    BundleError
        If it does not.
    """
    content = file.read_text(encoding="utf-8")
    if content.count(text) != 1:
        raise BundleError(f"{file.name} must contain {text!r} once.")
    file.write_text(content.replace(text, by), encoding="utf-8")


def in_quotes(text: str) -> str:
    """Return a text as it stands in JavaScript between quotes of any kind."""
    return re.sub(
        r"[\\\"'`$\n]", lambda found: "\\n" if found[0] == "\n" else f"\\{found[0]}", text
    )


def joined_style(entry: Path) -> str:
    """Return the style sheets that one imports, in its order, as a single one.

    Raises
    ------
    BundleError
        If one of them is missing.
    """
    try:
        names = re.findall(r'^@import "(.+)";$', entry.read_text(encoding="utf-8"), re.MULTILINE)
        sheets = [(entry.parent / name).read_text(encoding="utf-8") for name in names]
    except FileNotFoundError as error:
        raise BundleError(f"{error.filename} is missing: it is a part of the style.") from None
    return "\n".join(sheets)


def is_plotly_made() -> bool:
    """Return whether `PLOTLY` is there and holds the expected file."""
    try:
        source = gzip.decompress(PLOTLY.read_bytes())
    except (OSError, EOFError):
        return False
    return PLOTLY_LICENSE.is_file() and hashlib.sha256(source).hexdigest() == PLOTLY_SHA256


def fetch_plotly(folder: Path) -> None:
    """Write Plotly.js, gzipped, and its licence into a folder, from the npm registry.

    Raises
    ------
    BundleError
        If it cannot be fetched or is not the expected file.
    """
    name, version = PLOTLY_PACKAGE
    run_deno("cache", "--quiet", f"npm:{name}@{version}")
    cache = Path(json.loads(run_deno("info", "--json"))["npmCache"])
    # Below the registry's name, which may be a mirror's.
    for package in cache.glob(f"*/**/{name}/{version}"):
        source = (package / PLOTLY_FILE).read_bytes()
        if hashlib.sha256(source).hexdigest() == PLOTLY_SHA256:
            (folder / PLOTLY.name).write_bytes(gzip.compress(source, compresslevel=9, mtime=0))
            shutil.copyfile(package / "LICENSE", folder / PLOTLY_LICENSE.name)
            return
    raise BundleError(
        f"{PLOTLY_FILE} of {name} {version} is not the file that is expected (sha256 "
        f"{PLOTLY_SHA256}). It was looked for in {cache}: delete that folder and try again, and if "
        "a mirror of the npm registry is set, check that it serves the original package."
    )


def run_deno(*arguments: str | Path) -> str:
    """Run Deno in the root of the tree and return what it printed.

    If it fails, raise an error that says what to do.
    """
    command = [find_deno(), *arguments]
    quiet = {"NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}
    # A network that inspects its traffic signs it with a certificate that only the system knows.
    trust = {"DENO_TLS_CA_STORE": "mozilla,system"}
    environment = trust | os.environ | quiet
    try:
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        failure = f"it took longer than {TIME_LIMIT} s"
    except OSError as error:
        failure = f"it could not be run: {error}"
    else:
        if result.returncode == 0:
            return result.stdout
        failure = f"exit code {result.returncode}\n{result.stdout}{result.stderr}".rstrip()
    raise BundleError(
        "actwidget's JavaScript could not be bundled by "
        f"`{' '.join(map(str, command))}`: {failure}\n\n"
        "If the message above names a line of actwidget/js, correct it there. If it is about a "
        "download: the first run fetches esbuild and Plotly.js from the npm registry, so try again "
        "with network access; behind a mirror or a proxy, set NPM_CONFIG_REGISTRY, HTTPS_PROXY or "
        "DENO_CERT. "
        "Where neither is possible, install a wheel of actwidget: it brings the bundle."
    )


def find_deno() -> Path:
    """Return the path of the Deno that was installed from PyPI, or else of the one on PATH.

    The wheel's record is asked, not `deno.find_deno_bin()`: that looks in this Python's own
    folder for scripts, and pip's isolated builds put theirs elsewhere.
    """
    name = "deno.exe" if os.name == "nt" else "deno"
    try:
        recorded = files("deno") or []
    except PackageNotFoundError:
        recorded = []
    for file in recorded:
        path = Path(file.locate())
        if file.name == name and os.access(path, os.X_OK) and path.is_file():
            return path.resolve()
    on_path = shutil.which("deno")
    if on_path is None:
        raise BundleError("deno was not found: python -m pip install deno")
    return Path(on_path)


if __name__ == "__main__":
    try:
        bundle()
    except BundleError as error:
        sys.exit(str(error))
    print(f"{SCRIPT.relative_to(ROOT)}: {SCRIPT.stat().st_size:,} bytes")
