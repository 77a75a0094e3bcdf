"""The shipped notebooks: they run whole, what they say is true, and they carry no outputs."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from numpy.typing import NDArray

from actwidget import Recording, record
from actwidget.examples import shapes_cnn

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

# As a reader moves the slider; an error in a function that follows is this cell's.
EVERY_STOP = """
for stop in w.layer_slider.options:
    w.layer_slider.value = stop
    assert note.value.startswith(f"{stop}: "), (stop, note.value)
w.layer = "relu1"
"""

SQUARE, BLANK, NOISE = 2, 10, 11
"""The images that the quickstart mentions."""


def read(name: str) -> NotebookNode:
    return next(nbformat.read(path, as_version=4) for path in NOTEBOOKS if path.name == name)


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """The quickstart, run whole by a kernel of its own in an empty folder; then a walk."""
    notebook = read("quickstart.ipynb")
    notebook.cells.append(nbformat.v4.new_code_cell(EVERY_STOP, id="every-stop"))
    folder = str(tmp_path_factory.mktemp("quickstart"))
    NotebookClient(
        notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": folder}}
    ).execute()
    return notebook


@pytest.fixture(scope="module")
def trained() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images())


@pytest.fixture(scope="module")
def untrained() -> Recording:
    return record(shapes_cnn.untrained_model(), shapes_cnn.images())


# Running it


def test_quickstart_runs_whole(quickstart: NotebookNode) -> None:
    code = [cell for cell in quickstart.cells if cell.cell_type == "code"]

    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert [o for cell in code for o in cell.outputs if o.output_type == "error"] == []


def test_quickstart_shows_a_picture_wherever_it_mentions_one(quickstart: NotebookNode) -> None:
    models = quickstart.metadata.widgets[WIDGET_STATE].state

    assert {cell.id: layers_shown(cell, models) for cell in quickstart.cells} == {
        **{cell.id: [] for cell in quickstart.cells},
        "first-picture": ["conv1"],
        "python-widget": ["relu1"],
        "link-twin": ["conv1"],
    }


def test_the_first_picture_is_described_as_it_is(quickstart: NotebookNode) -> None:
    models = quickstart.metadata.widgets[WIDGET_STATE].state
    cells = {cell.id: cell for cell in quickstart.cells}
    view = cells["first-picture"].outputs[-1].data[WIDGET_VIEW]
    [state] = pictures_within(view["model_id"], models)
    stops = [layer["path"] for layer in state["layers"]]
    layer = state["layers"][stops.index(state["layer"])]
    shape = " × ".join(str(layer[side]) for side in ("height", "width", "channels"))

    for said in (layer["path"], layer["type"], shape):
        assert f"`{said}`" in cells["first-parts"].source


def test_only_the_start_of_tensorflow_writes_to_the_error_stream(quickstart: NotebookNode) -> None:
    writing = [
        cell.id
        for cell in quickstart.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]

    # Not even as TensorFlow starts.
    assert writing == []


def layers_shown(cell: NotebookNode, models: dict[str, Any]) -> list[str]:
    """Name the layer in each picture among a cell's outputs."""
    views = [output.get("data", {}).get(WIDGET_VIEW) for output in cell.get("outputs", [])]
    pictures = [
        each for view in views if view for each in pictures_within(view["model_id"], models)
    ]
    return [state["layer"] for state in pictures]


def pictures_within(model_id: str, models: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the state of each picture within a widget, at whatever depth."""
    state = models[model_id]["state"]
    if str(state.get("_anywidget_id")).startswith("actwidget."):
        return [state]
    children = [child.removeprefix("IPY_MODEL_") for child in state.get("children", [])]
    return [picture for child in children for picture in pictures_within(child, models)]


# What it says of the network


@pytest.mark.parametrize(
    ("channel", "edge"), [(1, "left"), (0, "right"), (3, "lower"), (13, "upper")]
)
def test_first_layer_answers_the_edge_of_the_square_that_is_named(
    trained: Recording, channel: int, edge: str
) -> None:
    maps = trained["conv1"].maps[SQUARE, ..., channel]

    # Red on the edge that is named, blue on the one across.
    assert side_of_square(maps) == edge
    assert side_of_square(-maps) == ACROSS[edge]


ACROSS = {"left": "right", "right": "left", "upper": "lower", "lower": "upper"}


def side_of_square(maps: NDArray[np.float32]) -> str:
    """Name the side of the square on which a map's largest values lie."""
    # The square covers the brightest pixels; a 5 × 5 filter's place is two from its corner.
    square = shapes_cnn.images()[SQUARE, 2:-2, 2:-2, 0] > 0.62
    middle_row, middle_column = np.argwhere(square).mean(axis=0)
    row, column = np.argwhere(maps >= np.percentile(maps, 99)).mean(axis=0)
    away = {
        "left": middle_column - column,
        "right": column - middle_column,
        "upper": middle_row - row,
        "lower": row - middle_row,
    }
    return max(away, key=lambda side: away[side])


def test_channels_called_pale_are_the_weakest(trained: Recording) -> None:
    for maps in (trained["conv1"].maps, trained["conv1"].maps[SQUARE : SQUARE + 1]):
        largest = np.abs(maps).max(axis=(0, 1, 2))

        assert set(np.argsort(largest)[:3]) == {4, 10, 15}
        assert largest[[4, 10, 15]].max() < largest.max() / 3


def test_blank_image_gives_even_maps_near_the_bias(trained: Recording) -> None:
    maps = trained["conv1"].maps[BLANK]
    _, bias = shapes_cnn.model().get_layer("conv1").get_weights()

    np.testing.assert_allclose(maps, np.broadcast_to(bias, maps.shape), atol=0.01)
    assert np.ptp(maps, axis=(0, 1)).max() < 1e-5


def test_answers_are_as_described(trained: Recording) -> None:
    answers = trained["softmax"].maps[:, 0, 0]
    names = [shapes_cnn.CLASS_NAMES[answer.argmax()] for answer in answers]

    assert names[:BLANK] == list(shapes_cnn.labels()[:BLANK])
    assert answers[BLANK].max() < 0.25
    assert names[NOISE] == "cross"
    assert answers[NOISE].max() > 0.99


def test_maps_shrink_and_channels_grow_as_described(trained: Recording) -> None:
    entries = [trained[path] for path in trained.layers]

    convolutions = [entry for entry in entries if entry.layer_type == "Conv2D"]
    assert [(each.height, each.channels) for each in convolutions][:: len(convolutions) - 1] == [
        (44, 16),
        (2, 40),
    ]
    assert len(entries) == 15
    assert entries[-1].channels == 5


def test_twin_is_unsure_and_mostly_repeats_brightness(
    trained: Recording, untrained: Recording
) -> None:
    assert untrained["softmax"].maps.max() < 0.55
    assert channels_like_brightness(untrained) >= 6
    assert channels_like_brightness(trained) <= 1


def channels_like_brightness(recording: Recording) -> int:
    """Count first-layer channels that follow how bright the image is beneath each filter."""
    shapes: NDArray[np.generic] = recording.images[:BLANK, ..., 0]
    bright = np.lib.stride_tricks.sliding_window_view(shapes, (5, 5), axis=(1, 2)).mean((-1, -2))
    maps = recording["conv1"].maps
    likeness = [
        [abs(np.corrcoef(bright[i].ravel(), maps[i, ..., c].ravel())[0, 1]) for c in range(16)]
        for i in range(len(shapes))
    ]
    return int((np.median(likeness, axis=0) > 0.7).sum())


# How they are committed


def test_there_are_notebooks_to_check() -> None:
    assert "quickstart.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)

    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.source
            assert cell.execution_count is None, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_opens_with_a_picture_of_what_to_expect(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    before_code = itertools.takewhile(lambda cell: cell.cell_type == "markdown", cells)
    text = "\n".join(cell.source for cell in before_code)

    [(described, image)] = IMAGE.findall(text)
    assert image.startswith(f"images/{path.stem}.")
    assert (path.parent / image).stat().st_size < 1_000_000
    assert len(described.split()) > 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_read_aloud_it_takes_no_longer_than_it_says(path: Path) -> None:
    cells = [
        cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"
    ]
    minutes = MINUTES.search(" ".join(cells[0].source.split()))
    assert minutes is not None
    text = "\n".join(IMAGE.sub("", FENCE.sub("", cell.source)) for cell in cells)

    assert len(WORD.findall(TAG.sub("", text))) <= WORDS_A_MINUTE * number(minutes[1])


def number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.index(word.lower())


WORDS_A_MINUTE = 150
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MINUTES = re.compile(rf"\b(\d+|{'|'.join(NUMBERS)}) minutes\b", re.IGNORECASE)
IMAGE = re.compile(r"!\[([^]]+)\]\(([^)]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\w+(?:['’.,]\w+)*")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_cells_have_ids_and_the_kernel_is_python3(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)

    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
