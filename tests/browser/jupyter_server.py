"""A real JupyterLab on a free port, with configuration, data and runtime folders of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

SECONDS_TO_START = 60


class JupyterServer:
    """A running server: notebooks are written to `folder` and opened at `url`."""

    def __init__(self, scratch: Path) -> None:
        self.folder = scratch / "notebooks"
        self.folder.mkdir()
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {
            name: str(scratch / name.lower())
            for name in (
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_DATA_DIR",
                "JUPYTER_RUNTIME_DIR",
                "JUPYTERLAB_SETTINGS_DIR",
                "JUPYTERLAB_WORKSPACES_DIR",
                "IPYTHONDIR",
            )
        }
        _decline_news(Path(own["JUPYTERLAB_SETTINGS_DIR"]))
        self.log = scratch / "server.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                    f"--port={self.port}",
                    "--ServerApp.port_retries=0",
                    "--ServerApp.ip=127.0.0.1",
                    "--IdentityProvider.token=",
                    "--LabApp.expose_app_in_browser=True",
                    f"--ServerApp.root_dir={self.folder}",
                ],
                env=os.environ | own,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def write(self, name: str, cells: list[str]) -> str:
        """Write a notebook of code cells and return its path below the server's root."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            },
        )
        path = self.folder / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path.name

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _wait(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/api/status", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"JupyterLab did not start:\n{self.log.read_text()}")


def _decline_news(settings: Path) -> None:
    """Answer the question that JupyterLab puts over a new user's first notebook."""
    file = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"fetchNews": "false", "checkForUpdates": false}')


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
