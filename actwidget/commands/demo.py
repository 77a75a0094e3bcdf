"""`actwidget demo`: the shipped notebooks in JupyterLab."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

QUICKSTART = "quickstart.ipynb"

IMAGES = "images"
"""The folder beside the notebooks that holds the pictures with which they open."""

NEWS = "@jupyterlab/apputils-extension:announcements"
"""JupyterLab's plugin that asks whether it may tell of news."""

CONFIG_PATH = "JUPYTER_CONFIG_PATH"
"""Names further folders of Jupyter's settings."""


def add_to(commands: Any) -> None:
    """Add the command to those of a parser."""
    parser = commands.add_parser(
        "demo",
        help="open JupyterLab on a copy of the quickstart notebook",
        description="Open JupyterLab on a copy of the quickstart notebook. Ctrl-C stops it.",
    )
    parser.add_argument(
        "--no-browser",
        dest="browser",
        action="store_false",
        help="do not open a window; the address to open is printed",
    )
    parser.add_argument("--port", type=_port, metavar="N", help="the server's port")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="PATH",
        help="where the copies go, by default a new temporary folder; nothing there is overwritten",
    )
    parser.set_defaults(run=_run_command)


def _run_command(options: argparse.Namespace) -> int:
    try:
        return demo(folder=options.folder, port=options.port, browser=options.browser)
    except DemoError as error:
        print(f"actwidget demo: {error}", file=sys.stderr)
        return 1


class DemoError(Exception):
    """Why the demo cannot start, in words for the person who typed the command."""


def demo(*, folder: Path | None = None, port: int | None = None, browser: bool = True) -> int:
    """Open JupyterLab on a copy of the quickstart notebook, and return its exit code.

    The folder of the copies is created if missing. By default it is a new temporary one, which is
    never deleted, since it may come to hold someone's work; the port is the first free one that
    JupyterLab finds. Raises DemoError if JupyterLab or the notebooks are missing, or the folder
    cannot be written to.
    """
    if find_spec("jupyterlab") is None:
        raise DemoError(
            "JupyterLab is not installed in this Python: "
            f'"{sys.executable}" -m pip install jupyterlab'
        )
    shipped = shipped_notebooks()
    try:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="actwidget-demo-"))
        folder.mkdir(parents=True, exist_ok=True)
        copies = {notebook.name: copy_without_overwriting(notebook, folder) for notebook in shipped}
        for notebook in shipped:
            copy_images(notebook, folder / IMAGES)
    except OSError as error:
        raise DemoError(
            f"folder {folder} cannot take the notebooks ({error}): name one that can with --folder"
        ) from error
    for copy in copies.values():
        print(f"Copied {copy.name} to {copy.parent}", flush=True)
    command = _jupyterlab_command(copies[QUICKSTART].resolve(), port=port, browser=browser)
    with tempfile.TemporaryDirectory(prefix="actwidget-settings-") as settings:
        return _run(command, _without_news(Path(settings)))


def shipped_notebooks() -> list[Path]:
    """Return the notebooks that came with the package.

    A wheel holds them in the package; in an editable install they are the repository's.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / QUICKSTART).is_file():
            return sorted(folder.glob("*.ipynb"))
    raise DemoError(
        f"{QUICKSTART} is missing from this installation of actwidget: install it again"
    )


def copy_without_overwriting(file: Path, folder: Path) -> Path:
    """Copy `file` into `folder`, as `name-1`, `name-2`, … if its name is taken."""
    numbered = (f"{file.stem}-{number}{file.suffix}" for number in itertools.count(1))
    for name in itertools.chain([file.name], numbered):
        try:
            # "x" fails if the file exists, with no gap between a check and the writing.
            with file.open("rb") as source, (folder / name).open("xb") as copy:
                shutil.copyfileobj(source, copy)
        except FileExistsError:
            continue
        return folder / name
    raise AssertionError("there are always more numbers")


def copy_images(notebook: Path, to: Path) -> None:
    """Copy the images that are named like a notebook, but for those that are there already."""
    to.mkdir(exist_ok=True)
    for image in (notebook.parent / IMAGES).glob(f"{notebook.stem}.*"):
        # Another version of a picture does less harm than a notebook that names a copy.
        with (
            suppress(FileExistsError),
            image.open("rb") as source,
            (to / image.name).open("xb") as copy,
        ):
            shutil.copyfileobj(source, copy)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")


def _jupyterlab_command(notebook: Path, *, port: int | None, browser: bool) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        # Explicit, as the user's own configuration may name another folder.
        f"--ServerApp.root_dir={notebook.parent}",
        # Given as a file the notebook would open as well, but not at the address that is printed.
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
    ]
    if port is not None:
        command.append(f"--port={port}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Root is the usual user of a container, and by default JupyterLab refuses to run as root.
        command.append("--allow-root")
    return command


def _without_news(settings: Path) -> dict[str, str]:
    """Return an environment in which JupyterLab does not ask about its news.

    Nobody who came for a first look wants to be asked. ``LabApp.news_url=None`` fetches none, but
    the question stays.
    """
    disabled = {"disabledExtensions": {NEWS: True}}
    file = settings / "labconfig" / "page_config.json"
    file.parent.mkdir()
    file.write_text(json.dumps(disabled), encoding="utf-8")
    others = os.environ.get(CONFIG_PATH, "")
    return os.environ | {CONFIG_PATH: os.pathsep.join(filter(None, [str(settings), others]))}


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command until it ends, and return its exit code as a shell would."""
    with subprocess.Popen(command, env=environment) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                # The terminal sent Ctrl-C to the server as well, which asks or stops: wait for it.
                continue
            return code if code >= 0 else 128 - code
