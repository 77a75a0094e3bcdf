"""Messages about files, pages, saved recordings and what is not installed."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from advice import code_in, run
from hostile_server import Handler, hostile_server
from notebook_file import write_notebook
from packaging.requirements import Requirement
from provoked import Case, keywords_in, pip_command_in, quoted_in, refusal
from recordings import of_maps, recorded

from actwidget import ActivationWidget, Recording, cli, to_html
from actwidget.commands import demo
from actwidget.utils.sizes import parse_size
from actwidget.view.assets import bundled

REPOSITORY = Path(__file__).parent.parent.parent

CELL = """
import numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
maps = np.random.default_rng(0).random((1, 6, 6, 4), "f4")
image = np.zeros((1, 6, 6, 1), "f4")
entry = LayerMaps("layer", "Conv2D", None, "maps", maps)
ActivationWidget(Recording([entry], model_name="net", inputs=image, images=image))
"""


def pages() -> list[str]:
    """Where a page is written to, and what it takes."""
    widget = ActivationWidget(recorded(layer=(6, 6, 4)))
    os.mkfifo("pipe")
    told = [
        refusal(to_html, [widget], "pipe"),
        refusal(to_html, [widget], "."),
        refusal(to_html, widget, "page.html"),
        refusal(to_html, [widget], "page.html", include_plotlyjs=3),
        refusal(to_html, [widget], "page.html", layers=3),
    ]
    for file in (quoted_in(told[0])[-1], quoted_in(told[1])[-1]):
        to_html([widget], file)
        Path(file).unlink()
    to_html(run(told[2].rpartition("give ")[2], widgets=widget), "page.html")
    assert "it takes True" in told[3]
    assert quoted_in(told[3]) == ["cdn"]
    for include_plotlyjs in (True, "cdn", "plotly.js"):
        to_html([widget], "page.html", include_plotlyjs=include_plotlyjs)
    widget.close()
    return told


def sizes_of_pages() -> list[str]:
    """Whatever is said to make pictures fit does so by itself."""
    widget = ActivationWidget(recorded(small=(1, 1, 2), wide=(6, 6, 400), large=(40, 40, 300)))
    write = partial(to_html, [widget], "page.html")
    told: list[str] = []
    # Of all of it, and of it without pictures.
    whole, bare = (
        parse_size(size, "max_size")
        for size in re.findall(r"[\d.]+ kB(?= even| of it)", refusal(write, max_size=1))
    )
    for max_size in (1, bare - 2000, whole - 2000):
        told.append(refusal(write, max_size=max_size))
        for name, value in keywords_in(told[-1]).items():
            write(**{"max_size": max_size, name: value})
        if "keep fewer layers" in told[-1]:
            write(max_size=max_size, layers="small")
    assert "keep fewer layers" in told[-1]
    told.append(refusal(widget.embed, max_size="1 kB"))
    widget.embed(**keywords_in(told[-1]))
    assert "keep fewer layers" in told[-1]
    widget.embed(max_size="1 kB", layers="small")
    assert [list(keywords_in(message)) for message in told] == [
        ["max_size"],
        ["max_size", "include_plotlyjs"],
        ["max_size", "include_plotlyjs"],
        ["max_size"],
    ]
    widget.close()
    maps = np.random.default_rng(0).random((20, 6, 6, 300), "f4")
    one, many = (ActivationWidget(of_maps(layer=each)) for each in (maps[:1], maps))
    enough = parse_size(keywords_in(refusal(one.embed, max_size=1))["max_size"], "max_size") + 1000
    told.append(refusal(many.embed, max_size=enough))
    assert "record fewer images" in told[-1]
    one.embed(max_size=enough)
    return told


def commands() -> list[str]:
    """What the command says is typed after it."""
    Path("file").touch()
    with mock.patch.object(demo, "_run", return_value=0):
        told = [refusal(demo.demo, folder=Path("file"))]
        assert "--folder" in told[0]
        assert cli.main(["demo", "--no-browser", "--folder", "copies"]) == 0
    write_notebook(Path("a.ipynb"), [CELL])
    with mock.patch("sys.stderr") as errors:
        assert cli.main(["page", "a.ipynb", "a.html", "--max-size", "1 kB"]) == 1
    told.append("".join(call.args[0] for call in errors.write.call_args_list))
    assert "plotlyjs" not in told[-1]
    found = re.search(r'--max-size "(.+?)"', told[-1])
    assert found, told[-1]
    assert cli.main(["page", "a.ipynb", "a.html", "--max-size", found[1]]) == 0
    return told


def saving() -> list[str]:
    recording = recorded(layer=(6, 6, 4))
    told = [refusal(recording.save, "a.zip")]
    recording.save(quoted_in(told[0])[1])
    run(code_in(told[0])[-1])
    Recording.load("a.zip").close()
    told.append(refusal(recording.save, "a.zarr"))
    recording.save("a.zarr", **keywords_in(told[-1]))
    return told


def loading() -> list[str]:
    """What is no recording is told how one is made."""
    recording = recorded(layer=(6, 6, 4))
    Path("empty").mkdir()
    Path("file").write_text("no archive")
    os.mkfifo("pipe")
    told = [refusal(Recording.load, path) for path in ("empty", "file", "pipe")]
    for number, message in enumerate(told):
        run(code_in(message)[-1], recording=recording, path=f"saved {number}")
        Recording.load(f"saved {number}")
    saved = Recording.load("saved 0")["layer"].maps
    told.append(refusal(saved.__array__, copy=False))
    np.asarray(saved)
    return told


def limits() -> list[str]:
    """Of memory and of time: what is advised is enough, if need be for what comes next."""
    recorded(layer=(60, 60, 40)).save("saved")
    told: list[str] = []

    def read(memory_limit: Any) -> Any:
        return np.asarray(Recording.load("saved", memory_limit=memory_limit)["layer"].maps)

    with pytest.raises(MemoryError, match="load it with a larger one"):
        read(100)
    memory: dict[str, Any] = {"memory_limit": "8 kB"}
    for _ in range(5):
        try:
            assert read(**memory).shape == (2, 60, 60, 40)
            break
        except MemoryError as error:
            told.append(str(error))
            memory = keywords_in(told[-1])
    else:
        raise AssertionError(told)

    def silent(handler: Handler) -> None:
        handler.ended.wait()

    with hostile_server(Path(), silent, lambda path: "saved" in path) as url:
        told.append(refusal(Recording.load, f"{url}/saved", timeout=0.1))
    with hostile_server(Path(), silent, lambda path: False) as url:
        longer = keywords_in(told[-1])
        assert longer == {"timeout": 1}
        Recording.load(f"{url}/saved", **longer).close()
    return told


def missing_packages() -> list[str]:
    """What has to be installed is named as pip takes it: here all of it is there already."""
    recording = recorded(layer=(6, 6, 4))
    write_notebook(Path("a.ipynb"), [CELL])

    def zarr() -> None:
        name = "actwidget.recording.saved.zarr_library"
        with pytest.MonkeyPatch.context() as patch:
            patch.delitem(sys.modules, name, raising=False)
            importlib.import_module(name)

    def page() -> None:
        from actwidget.export.notebook.page import notebook_to_html

        notebook_to_html("a.ipynb", "a.html")

    def text() -> None:
        from actwidget.export.notebook.text import markdown

        markdown("text", {})

    attempts: dict[str, Callable[[], Any]] = {
        "xarray": recording.to_xarray,
        "nbformat": page,
        "nbconvert": text,
        "zarr": zarr,
        "fsspec": lambda: Recording.load("http://127.0.0.1/a"),
        "s3fs": lambda: Recording.load("s3://a/b"),
        "paramiko": lambda: Recording.load("sftp://127.0.0.1/a"),
    }
    told: list[str] = []
    for package, attempt in attempts.items():
        # With its parts, should it have been imported.
        parts = [name for name in sys.modules if name.startswith(f"{package}.")]
        # Not `mock.patch.dict`: whatever was imported meanwhile would have to be imported again, as
        # another module than the one that its package keeps.
        with pytest.MonkeyPatch.context() as patch:
            for name in (package, *parts):
                patch.setitem(sys.modules, name, None)
            told.append(refusal(attempt))
    with mock.patch.object(demo, "find_spec", return_value=None):
        told.append(refusal(demo.demo))
    assert told[-1].endswith(f'"{sys.executable}" -m pip install jupyterlab')
    commands = [pip_command_in(message) for message in told]
    wanted = [words[-1] for words in commands]
    assert {word for words in commands for word in words[:-1]} <= {"--upgrade"}
    for each in map(Requirement, wanted):
        assert each.specifier.contains(version(each.name), prereleases=True)
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--no-deps"]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return told


def not_bundled() -> list[str]:
    """A clone that has not been bundled is told what bundles it."""
    told = [refusal(bundled, "nothing.js")]
    assert {"make js", "pip install --editable ."} == set(re.findall("`(.+?)`", told[0]))
    if make := shutil.which("make"):
        done = subprocess.run([make, "-n", "js"], cwd=REPOSITORY, capture_output=True, text=True)
        assert "hatch_build.py" in done.stdout
    assert (REPOSITORY / "pyproject.toml").is_file()
    return told


CASES: list[Case] = [
    *(pages, sizes_of_pages, commands, saving, loading, limits, missing_packages, not_bundled),
]
