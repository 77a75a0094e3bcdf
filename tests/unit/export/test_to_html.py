"""Pages that need no kernel: their files, and what is refused."""

from __future__ import annotations

import json
import os
import re
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recordings import Make, of_maps

from actwidget import ActivationWidget, record, to_html
from actwidget.examples import shapes_cnn
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.view.plotly_js import plotly_version

NASTY = "</script><script>alert(1)</script><!-- \"'& \u2028 \u202eabc\u05d0"


CDN = f"https://cdn.plot.ly/plotly-cartesian-{plotly_version()}.min.js"


def state(page: str, number: int = 0) -> dict[str, Any]:
    """A picture's state as it stands in a page."""
    match = re.search(rf'id="actwidget-state-{number}">(.*?)</script>', page, re.DOTALL)
    assert match
    found: dict[str, Any] = json.loads(match[1])
    return found


def test_the_quickstarts_page_takes_at_most_1_9_mb(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    make(record(shapes_cnn.model(), shapes_cnn.images())).to_html(file)
    assert file.stat().st_size <= 1_900_000
    layers = state(file.read_text("utf-8"))["archive"]["index"]["layers"]
    assert [layer["block"] for layer in layers] == [1] * 16


@pytest.mark.parametrize("limit", [900_000, "1.1 MB"])
def test_a_page_takes_at_most_max_size(make: Make, tmp_path: Path, limit: int | str) -> None:
    file = tmp_path / "page.html"
    maps = np.random.default_rng(0).standard_normal((1, 200, 200, 16)).astype("f4")
    make(of_maps(layer=maps)).to_html(file, max_size=limit)
    most = limit if isinstance(limit, int) else 1_100_000
    assert 0.6 * most < file.stat().st_size <= most


def test_a_page_begins_with_what_the_widget_shows(widget: ActivationWidget, tmp_path: Path) -> None:
    widget.layer, widget.channel, widget.image_index = "wide", 7, 1
    widget.normalization, widget.limits = "symmetric", (-0.5, 0.25)
    widget.to_html(tmp_path / "page.html")
    kept = state((tmp_path / "page.html").read_text("utf-8"))
    shown = ("layer", "channel", "image_index", "normalization", "hold_scale", "limits")
    assert [kept[name] for name in shown] == ["wide", 7, 1, "symmetric", True, [-0.5, 0.25]]


def test_layers_are_chosen_by_path_or_pattern(widget: ActivationWidget, tmp_path: Path) -> None:
    widget.channel = 2
    widget.to_html(tmp_path / "page.html", layers=["wide", "d*"])
    kept = state((tmp_path / "page.html").read_text("utf-8"))
    assert [layer["path"] for layer in kept["layers"]] == ["wide", "dense"]
    assert (kept["layer"], kept["channel"]) == ("wide", 2)


def test_one_layer_may_be_named_alone(widget: ActivationWidget, tmp_path: Path) -> None:
    widget.to_html(tmp_path / "page.html", layers="wide")
    kept = state((tmp_path / "page.html").read_text("utf-8"))
    assert [layer["path"] for layer in kept["layers"]] == ["wide"]


def test_a_channel_that_the_first_layer_does_not_have_becomes_all(
    widget: ActivationWidget, tmp_path: Path
) -> None:
    widget.layer, widget.channel = "big", 60
    widget.to_html(tmp_path / "page.html", layers=["narrow"])
    kept = state((tmp_path / "page.html").read_text("utf-8"))
    assert (kept["layer"], kept["channel"]) == ("narrow", None)


def test_several_widgets_share_a_page_and_one_plotly(make: Make, tmp_path: Path) -> None:
    maps = np.random.default_rng(0).standard_normal((1, 9, 9, 3)).astype("f4")
    widgets = [make(of_maps(first=maps)), make(of_maps(second=maps))]
    to_html(widgets, tmp_path / "page.html", title="Two")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert [state(page, n)["layers"][1]["path"] for n in (0, 1)] == ["first", "second"]
    assert page.count('id="actwidget-plotly"') == 1
    assert "<title>Two</title>" in page


@pytest.mark.parametrize(
    ("include", "source", "allowed"),
    [
        ("cdn", CDN, CDN),
        ("lib/plotly.min.js", "lib/plotly.min.js", "'self' file:"),
        ("//host/a b;.js", "//host/a b;.js", "host/a%20b%3B.js"),
    ],
)
def test_plotly_may_come_from_elsewhere(
    widget: ActivationWidget, tmp_path: Path, include: str, source: str, allowed: str
) -> None:
    widget.to_html(tmp_path / "page.html", layers=["narrow"], include_plotlyjs=include)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert f'<script charset="utf-8" src="{source}"' in page
    assert re.search(rf"script-src ('sha256-[^']+' ){{2}}{re.escape(allowed)};", page)
    assert len(page) < 300_000


def test_names_and_titles_are_escaped(make: Make, tmp_path: Path) -> None:
    maps = np.random.default_rng(0).standard_normal((1, 9, 9, 3)).astype("f4")
    make(of_maps({NASTY: maps})).to_html(tmp_path / "page.html", title=NASTY)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("<script") == page.count("</script>") == 5
    assert "<!--" not in page
    assert state(page)["layers"][1]["path"] == NASTY


# Files


def test_a_file_is_replaced_and_keeps_its_permissions(
    widget: ActivationWidget, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text("before")
    file.chmod(0o640)
    widget.to_html(file, layers=["narrow"])
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["page.html"]


def test_a_link_is_followed(widget: ActivationWidget, tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to(tmp_path / "page.html")
    widget.to_html(tmp_path / "link.html", layers=["narrow"])
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "page.html").stat().st_size > 600_000


def test_a_file_stays_as_it_was_if_writing_fails(widget: ActivationWidget, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # As on a disk that is full: the page is larger than what can be written.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            widget.to_html(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_text() == "before"
    assert os.listdir(tmp_path) == ["page.html"]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/full", "/dev/zero", "/dev/stdout"])
def test_a_device_is_not_replaced(widget: ActivationWidget, device: str) -> None:
    before, beside = os.stat(device), os.listdir("/dev")
    with pytest.raises(OSError, match=rf"file is '{device}', which is a device or a pipe"):
        widget.to_html(device, layers=["narrow"])
    assert os.stat(device).st_rdev == before.st_rdev
    assert os.stat(device).st_mode == before.st_mode
    assert os.listdir("/dev") == beside


def test_a_pipe_is_not_replaced(widget: ActivationWidget, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "page.html").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "page.html"):
        with pytest.raises(OSError, match="which is a device or a pipe and not a file"):
            widget.to_html(tmp_path / name, layers=["narrow"])
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["page.html", "pipe"]


def test_titles_and_names_that_utf_8_cannot_hold_are_written_out(
    make: Make, tmp_path: Path
) -> None:
    maps = np.random.default_rng(0).standard_normal((1, 1, 1, 2)).astype("f4")
    names = of_maps({"dense\udfff": maps})
    widget = make(names, class_names=["a\ud800", "b"])
    widget.to_html(tmp_path / "page.html", title="\ud800 <title>")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<title>\\ud800 &lt;title&gt;</title>" in page
    assert state(page)["layers"][1]["path"] == "dense\\udfff"
    assert state(page)["class_names"] == ["a\\ud800", "b"]


def test_a_recording_whose_names_utf_8_cannot_hold_is_shown(tmp_path: Path) -> None:
    maps = np.ones((1, 6, 6, 4), "f4")
    entries = [LayerMaps("a\ud800", "\ud801", None, "maps", maps, inputs=("\ud802",))]
    recording = Recording(
        entries, model_name="\ud803", inputs=maps, images=maps, not_shown={"\ud804": "\ud805"}
    )
    recording.save(tmp_path / "net.zarr")
    for each in (recording, Recording.load(tmp_path / "net.zarr")):
        found = each["a\\ud800"]
        text = f"{each!r}{each._repr_html_()}{found!r}{each.not_shown}{each.health()!r}"
        assert text.encode("utf-8")
        assert found.inputs == ("\\ud802",)
        assert each.model_name == "\\ud803"


# What cannot be made a page

Attempt = Callable[[ActivationWidget, Path], None]

WRONG: dict[str, tuple[Attempt, type[Exception], str]] = {
    "no folder": (
        lambda w, folder: w.to_html(folder / "none" / "page.html"),
        FileNotFoundError,
        "there is no folder '.*none'; make it first",
    ),
    "a folder": (
        lambda w, folder: w.to_html(folder),
        IsADirectoryError,
        "which is a folder; name a file in it",
    ),
    "too small": (
        lambda w, folder: w.to_html(folder / "page.html", max_size="0.3 MB"),
        ValueError,
        r"max_size is '0.3 MB'; the page takes \S+ kB even with every layer at its coarsest",
    ),
    "no size": (
        lambda w, folder: w.to_html(folder / "page.html", max_size="ten"),
        ValueError,
        "max_size is 'ten'; it takes a size such as",
    ),
    "unknown layer": (
        lambda w, folder: w.to_html(folder / "page.html", layers=["wid"]),
        ValueError,
        "a name in layers is 'wid', which is not known; did you mean 'wide'",
    ),
    "no layers": (
        lambda w, folder: w.to_html(folder / "page.html", layers=[]),
        ValueError,
        "layers is empty; name at least one",
    ),
    "a layer's number": (
        lambda w, folder: w.to_html(folder / "page.html", layers=3),  # type: ignore[arg-type]
        TypeError,
        "layers is 3; it takes a layer's path, a pattern",
    ),
    "no widgets": (
        lambda _, folder: to_html([], folder / "page.html"),
        ValueError,
        "widgets is empty",
    ),
    "a widget alone": (
        lambda w, folder: to_html(w, folder / "page.html"),
        TypeError,
        r"it takes a list of ActivationWidgets: give \[widgets\]",
    ),
    "unknown precision": (
        lambda w, folder: w.to_html(folder / "page.html", precision="exactly"),  # type: ignore[arg-type]
        ValueError,
        "precision is 'exactly', which is not known; did you mean 'exact'",
    ),
    "no Plotly": (
        lambda w, folder: w.to_html(folder / "page.html", include_plotlyjs=False),
        ValueError,
        "include_plotlyjs is False; it takes True",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_argument_is_named_and_no_file_is_written(
    widget: ActivationWidget, tmp_path: Path, wrong: str
) -> None:
    attempt, error, message = WRONG[wrong]
    with pytest.raises(error, match=message):
        attempt(widget, tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_closed_widget_cannot_be_written(widget: ActivationWidget, tmp_path: Path) -> None:
    widget.close()
    with pytest.raises(RuntimeError, match="this widget is closed"):
        widget.to_html(tmp_path / "page.html")
    with pytest.raises(RuntimeError, match="this widget is closed"):
        widget.embed()
    assert os.listdir(tmp_path) == []


def test_the_size_that_an_error_names_is_enough(widget: ActivationWidget, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the page takes") as caught:
        widget.to_html(tmp_path / "page.html", max_size="0.3 MB")
    found = re.search(r"takes (\S+ kB)", str(caught.value))
    assert found
    widget.to_html(tmp_path / "page.html", max_size=found[1])
    assert (tmp_path / "page.html").exists()
