"""A real JupyterLab, and the notebooks that it opens."""

from __future__ import annotations

import sys
from pathlib import Path

from notebook_file import write_notebook
from web_server import WebServer


class JupyterServer(WebServer):
    """A running server: notebooks are written to `folder` and opened at `url`.

    `python` runs it, and the kernels.
    """

    def __init__(self, scratch: Path, *, python: str | Path = sys.executable) -> None:
        folder = scratch / "notebooks"
        folder.mkdir()
        _decline_news(scratch / "jupyterlab_settings_dir")
        command = [
            *("-m", "jupyterlab", "--no-browser", "--allow-root", "--port=PORT"),
            "--ServerApp.port_retries=0",
            "--ServerApp.ip=127.0.0.1",
            "--IdentityProvider.token=",
            "--LabApp.expose_app_in_browser=True",
            f"--ServerApp.root_dir={folder}",
        ]
        super().__init__(scratch, folder, command, "/api/status", python=python)

    def write(self, name: str, cells: list[str]) -> str:
        """Write a notebook of code cells and return its path below the server's root."""
        return write_notebook(self.folder / f"{name}.ipynb", cells).name


def _decline_news(settings: Path) -> None:
    """Answer the question that JupyterLab puts over a new user's first notebook."""
    file = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"fetchNews": "false", "checkForUpdates": false}')
