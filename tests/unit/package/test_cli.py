"""The `actwidget` command, up to a real JupyterLab in a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from actwidget import cli
from actwidget.commands import demo

TIME_LIMIT = 90


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])

    assert stop.value.code == 0
    assert capsys.readouterr().out == f"actwidget {version('actwidget')}\n"


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "demo" in capsys.readouterr().out


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_wrong_port_is_reported(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["demo", f"--port={port}"])

    assert stop.value.code == 2
    assert f"'{port}' is not a port: give a number from 1 to 65535" in capsys.readouterr().err


def test_a_missing_jupyterlab_is_reported_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None)

    assert cli.main(["demo", f"--folder={tmp_path / 'new'}"]) == 1

    assert f'"{sys.executable}" -m pip install jupyterlab' in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")

    assert cli.main(["demo", f"--folder={file}"]) == 1

    message = capsys.readouterr().err
    assert str(file) in message
    assert "--folder" in message
    assert file.read_text() == "mine"


def test_quickstart_is_among_the_shipped_notebooks() -> None:
    assert demo.QUICKSTART in [notebook.name for notebook in demo.shipped_notebooks()]


def test_shipped_notebooks_name_their_kernel() -> None:
    # Without it, JupyterLab greets with a question about kernels.
    for notebook in demo.shipped_notebooks():
        metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        assert metadata["kernelspec"]["name"] == "python3", notebook


def test_copies_never_overwrite(tmp_path: Path) -> None:
    source = tmp_path / "source" / "lesson.ipynb"
    source.parent.mkdir()
    source.write_text("new")
    (tmp_path / "lesson.ipynb").write_text("mine")
    (tmp_path / "lesson-1.ipynb").symlink_to(tmp_path / "nowhere")

    copy = demo.copy_without_overwriting(source, tmp_path)

    assert copy == tmp_path / "lesson-2.ipynb"
    assert copy.read_text() == "new"
    assert (tmp_path / "lesson.ipynb").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_the_picture_that_opens_a_notebook_goes_along_and_replaces_none(tmp_path: Path) -> None:
    images = tmp_path / "source" / "images"
    images.mkdir(parents=True)
    for name in ("lesson.png", "other.png"):
        (images / name).write_text("new")
    (tmp_path / "images").mkdir()

    demo.copy_images(tmp_path / "source" / "lesson.ipynb", tmp_path / "images")
    assert [file.name for file in (tmp_path / "images").iterdir()] == ["lesson.png"]

    (images / "lesson.png").write_text("newer")
    demo.copy_images(tmp_path / "source" / "lesson.ipynb", tmp_path / "images")
    assert (tmp_path / "images" / "lesson.png").read_text() == "new"


def test_demo_serves_a_copy_of_the_quickstart_and_ends_on_control_c(tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / demo.QUICKSTART).write_text("mine")
    port = free_port()

    with Terminal(
        command_line("demo", "--no-browser", f"--port={port}", f"--folder={folder}"),
        settings=jupyter_settings_of_its_own(tmp_path),
    ) as terminal:
        address = terminal.wait_for(rf"http://localhost:{port}(/lab/\S+)\?token=(\w+)")
        assert address[1] == "/lab/tree/quickstart-1.ipynb"
        served = get(f"http://127.0.0.1:{port}/api/contents/quickstart-1.ipynb", token=address[2])
        assert served["content"]["cells"]
        # JupyterLab asks nothing about its news.
        page = get_text(f"http://127.0.0.1:{port}/lab", token=address[2])
        disabled = re.search(r'"disabledExtensions": \[([^\]]*)\]', page)
        assert disabled is not None
        assert demo.NEWS in disabled[1]

        terminal.type("\x03")
        terminal.wait_for(r"\(y/\[n\]\)\?")
        terminal.type("y\n")
        assert terminal.wait_for_exit() == 0

    assert "Traceback" not in terminal.output
    assert (folder / demo.QUICKSTART).read_text() == "mine"


def command_line(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "actwidget.cli", *arguments]


def get(address: str, *, token: str) -> Any:
    return json.loads(get_text(address, token=token))


def get_text(address: str, *, token: str) -> str:
    """Return a server's answer once it listens, which is after it has printed its address."""
    request = urllib.request.Request(address, headers={"Authorization": f"token {token}"})
    deadline = time.monotonic() + TIME_LIMIT
    while True:
        try:
            with urllib.request.urlopen(request, timeout=TIME_LIMIT) as response:
                return str(response.read(), "utf-8")
        except urllib.error.URLError as error:  # noqa: PERF203 (it is what the loop waits for)
            refused = isinstance(error.reason, ConnectionRefusedError)
            if not refused or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def jupyter_settings_of_its_own(folder: Path) -> dict[str, str]:
    """Return the environment of a Jupyter whose user keeps notebooks somewhere else."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    for name in names:
        (folder / name).mkdir()
    settings = {"ServerApp": {"root_dir": str(folder / "HOME")}}
    (folder / "JUPYTER_CONFIG_DIR" / "jupyter_server_config.json").write_text(json.dumps(settings))
    return {name: str(folder / name) for name in names}


class Terminal:
    """A command in a terminal of its own, where Ctrl-C goes to all that the command started."""

    def __init__(self, command: list[str], *, settings: dict[str, str]) -> None:
        self.output = ""
        environment = os.environ | settings | {"TERM": "dumb", "NO_COLOR": "1"}
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.execvpe(command[0], command, environment)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exception: object) -> None:
        # Closing the terminal hangs up on whatever a failed test left running in it.
        os.close(self.screen)

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def wait_for(self, pattern: str) -> re.Match[str]:
        for _ in self.chunks():
            if found := re.search(pattern, self.output):
                return found
        raise AssertionError(f"{pattern} did not appear:\n{self.output}")

    def wait_for_exit(self) -> int:
        for _ in self.chunks():
            pass
        _, status = os.waitpid(self.process, 0)
        return os.waitstatus_to_exitcode(status)

    def chunks(self) -> Iterator[str]:
        """Yield what is printed, until the command ends."""
        deadline = time.monotonic() + TIME_LIMIT
        while True:
            ready, _, _ = select.select([self.screen], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"nothing more came in {TIME_LIMIT} s:\n{self.output}")
            try:
                chunk = os.read(self.screen, 4096).decode(errors="replace")
            except OSError:
                # Linux says so when the last process has left the terminal.
                return
            if not chunk:
                return
            self.output += chunk
            yield chunk
