"""A server in a process of its own, on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SECONDS_TO_START = 180


class WebServer:
    """A running server.

    Parameters
    ----------
    scratch : Path
        An empty folder: for its configuration, its data and what it writes.
    folder : Path
        Where it runs.
    command : list[str]
        Python's arguments; ``PORT`` in them becomes the port.
    ready : str
        A path that answers once it has started, even with an error.
    python : path
        The Python that runs it: that of the tests by default.
    """

    def __init__(
        self,
        scratch: Path,
        folder: Path,
        command: list[str],
        ready: str = "/",
        *,
        python: str | Path = sys.executable,
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = scratch / "server.log"
        self._ready = ready
        own = {
            name: str(scratch / name.lower())
            for name in (
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_DATA_DIR",
                "JUPYTER_RUNTIME_DIR",
                "JUPYTERLAB_SETTINGS_DIR",
                "JUPYTERLAB_WORKSPACES_DIR",
                "IPYTHONDIR",
                "XDG_CONFIG_HOME",
                "XDG_STATE_HOME",
                "XDG_CACHE_HOME",
            )
        }
        arguments = [argument.replace("PORT", str(self.port)) for argument in command]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, *arguments],
                cwd=folder,
                env=os.environ | own,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    @property
    def process_id(self) -> int:
        return self._process.pid

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
                with urllib.request.urlopen(self.url + self._ready, timeout=SECONDS_TO_START):
                    return
            except urllib.error.HTTPError:
                # It has answered.
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
