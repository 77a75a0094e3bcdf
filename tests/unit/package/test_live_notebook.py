"""The notebook of live frames: it runs whole without a page, and plays when a page asks."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from executed_notebook import executed, printed, read, shows_a_widget
from nbformat import NotebookNode

from actwidget import record
from actwidget.examples import shapes_cnn

# What a page does: it asks for frames of a widget, and gets them.
ASK = """
import threading

import numpy as np

def ask(widget, frames):
    got, come = [], threading.Condition()

    def send(content, buffers=None):
        with come:
            got.append(content)
            come.notify_all()

    widget.send = send
    layer = widget.choices.paths.index(widget.layer)
    request = {"kind": "live", "id": 1, "client": "page", "frames": frames, "layer": layer}
    widget._handle_custom_msg(request, [])
    with come:
        assert come.wait_for(lambda: len(got) >= frames, 120), got
    del widget.send
    return got

def is_of_the_weights(widget):
    answers = dict(ask(widget, 1)[0]["answers"])
    (computed,) = learner(to_shares(widget.freeze().images)).numpy()
    expected = dict(zip(shapes_cnn.CLASS_NAMES, computed))
    return all(np.isclose(answers[name], expected[name], atol=1e-4) for name in answers)

runner = lambda: watched._live_session._runner
ask(watched, 1)
runner().wait(120)
assert runner().way(watched.layer, with_output=True) == "alone", runner().note
print(is_of_the_weights(watched))
"""

FOLLOWED = "print(is_of_the_weights(watched), runner().way(watched.layer, with_output=True))"

PLAYED = """
frames = ask(w, 8)
print(w.live_state, w.freeze().images.shape, len(w.clip(seconds=10).images))
"""


@pytest.fixture(scope="module")
def done(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    notebook = read(repository / "notebooks" / "live.ipynb")
    cells = notebook.cells
    (train,) = (place for place, cell in enumerate(cells) if cell.id == "train")
    cells.insert(train, nbformat.v4.new_code_cell(ASK, id="ask"))
    cells.append(nbformat.v4.new_code_cell(FOLLOWED, id="followed"))
    cells.append(nbformat.v4.new_code_cell(PLAYED, id="played"))
    # As a reader who has looked at it for a while: the same two cells once more.
    again = [cell for cell in cells if cell.id in ("freeze-widget", "clip-widget")]
    for cell in again:
        cells.append(nbformat.v4.new_code_cell(cell.source, id=f"{cell.id}-again"))
    return executed(notebook, tmp_path_factory.mktemp("live"))


def test_before_any_frame_was_shown_the_notebook_runs_on_and_says_so(done: NotebookNode) -> None:
    for name in ("freeze-widget", "clip-widget"):
        assert "no frame has been computed yet" in printed(done, name)
        assert not shows_a_widget(done, name)


def test_the_clip_plays_and_its_frames_can_be_kept(done: NotebookNode) -> None:
    assert printed(done, "played") == "live (1, 48, 48, 1) 8\n"
    assert printed(done, "clip-widget-again") == "8 images\n"
    for name in ("camera-widget", "learn-widget", "freeze-widget-again", "clip-widget-again"):
        assert shows_a_widget(done, name), name


def test_one_tile_answers_upright_edges_and_the_other_flat_ones() -> None:
    image = np.full((48, 48, 1), 0.9, np.float32)
    image[12:36, 12:36] = 0.2
    image[15:33, 15:33] = 0.9
    maps = abs(record(shapes_cnn.model(), image)["conv1"].maps[0])
    # Away from the corners; a filter of 5 × 5 pixels is centred two of them further in.
    upright = maps[18:26, 7:36].max(axis=(0, 1))
    flat = maps[7:36, 18:26].max(axis=(0, 1))
    assert upright[14] > 1.5 * flat[14]
    assert flat[11] > 1.5 * upright[11]


def test_it_learns_as_described(done: NotebookNode) -> None:
    right = [int(found) for found in re.findall(r"(\d+)% of the drawn", printed(done, "train"))]
    assert len(right) == 4
    assert right[0] < 50 < 80 < right[-1]
    changes = [
        float(found) for found in re.findall(r"of ([\d.]+) times", printed(done, "learn-check"))
    ]
    assert changes == sorted(changes)
    assert len(changes) == 4


def test_live_frames_follow_the_weights(done: NotebookNode) -> None:
    # Of a function that was compiled before the training.
    assert printed(done, "ask") == "True\n"
    assert printed(done, "followed") == "True alone\n"
