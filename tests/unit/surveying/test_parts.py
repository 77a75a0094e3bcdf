"""The result is the same however the work is divided, interrupted and resumed."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import actwidget
from actwidget import StaleCheckpointError, Survey, SurveyInterrupted, UnreadableImageError
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
from actwidget.surveying import job as module
from actwidget.surveying.runner import SurveyRunner
from actwidget.surveys.state import MergeTree, SurveyState, merge_all, merged


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts of 64 images, so that 300 are several."""
    monkeypatch.setattr(module, "PART", 64)


@pytest.fixture(scope="module")
def shapes() -> tuple[Any, Any]:
    return draw_shapes(300, seed=5)


def survey(shapes: Any, **options: Any) -> Survey:
    images, labels = shapes
    known: dict[str, Any] = {
        "layers": "relu*",
        "pictures": False,
        "class_names": shapes_cnn.CLASS_NAMES,
    }
    options = known | options
    model = options.pop("model", None) or shapes_cnn.model()
    return actwidget.survey(model, images, labels, **options)


def state_of(found: Survey) -> SurveyState:
    state: SurveyState = found.arrays.state  # type: ignore[attr-defined]
    return state


def digest(found: Survey) -> str:
    return state_of(found).digest()


def same_numbers(one: SurveyState, other: SurveyState) -> None:
    """Check all that does not depend on the order of sums, and the rest within their rounding."""
    others = other.arrays()
    for name, array in one.arrays().items():
        if array.dtype == np.float64:
            np.testing.assert_allclose(array, others[name], rtol=1e-12, atol=1e-12)
        else:
            np.testing.assert_array_equal(array, others[name])


@pytest.mark.usefixtures("small_parts")
def test_runs_are_equal_to_the_bit(shapes: Any) -> None:
    first, second = survey(shapes), survey(shapes)
    assert digest(first) == digest(second)


def test_parts_and_batches_of_other_sizes_give_the_same(
    shapes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = state_of(survey(shapes))
    monkeypatch.setattr(module, "PART", 64)
    same_numbers(whole, state_of(survey(shapes)))
    same_numbers(whole, state_of(survey(shapes, batch_size=50)))


def some_state(seed: int) -> SurveyState:
    """Return a state of one made-up image."""
    random = np.random.default_rng(seed)
    state = SurveyState.empty(4, 3)
    state.images = 1
    state.counted[:] = 5
    state.mean[:] = random.standard_normal(4)
    state.squares[:] = random.random(4)
    state.top_value[:, 0] = random.integers(0, 3, 4)
    state.top_image[:, 0] = seed
    state.classes, state.class_images = np.array([seed % 3]), np.array([1])
    state.class_sums = random.random((1, 4))
    return state


@pytest.mark.parametrize("count", range(1, 20))
def test_the_tree_is_that_of_neighbours_and_pairs(count: int) -> None:
    """Dask merges level by level, one machine as the states come."""
    states = [some_state(seed) for seed in range(count)]
    row = list(states)
    while len(row) > 1:
        pairs = [merged(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = pairs + row[2 * len(pairs) :]
    assert merge_all(states).digest() == row[0].digest()


def test_merging_is_that_of_all_together() -> None:
    states = [some_state(seed) for seed in range(9)]
    found = merge_all(states)
    values = np.concatenate([state.top_value for state in states], axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :3]
    # Of each state the first is an image, the others are free places.
    np.testing.assert_array_equal(found.top_image, order // 3)
    assert found.images == 9
    np.testing.assert_allclose(found.mean, np.mean([state.mean for state in states], axis=0))
    np.testing.assert_array_equal(found.classes, [0, 1, 2])
    np.testing.assert_array_equal(found.class_images, [3, 3, 3])
    assert MergeTree().result() is None


class Stop:
    """Interrupts a survey once it has read so many batches."""

    def __init__(self, batches: int, error: BaseException | None = None) -> None:
        self.left, self.error = batches, error or KeyboardInterrupt()

    def __call__(self, batch: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return batch


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("the power went")])
def test_an_interrupted_survey_goes_on_from_its_checkpoint(
    shapes: Any, tmp_path: Path, error: BaseException
) -> None:
    expected = digest(survey(shapes, preprocess=lambda batch: batch))
    folder = tmp_path / "run.partial"
    options: dict[str, Any] = {"checkpoint": folder, "preprocess": Stop(8, error)}
    with pytest.raises(type(error)) as raised:
        survey(shapes, **options)
    if isinstance(raised.value, SurveyInterrupted):
        assert raised.value.survey.images == 192
        assert str(folder) in str(raised.value)
        assert raised.value.survey["relu2"].top(1).values.size == 9
    kept = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    assert len(kept) == 3
    described = json.loads((folder / "survey.json").read_text())
    # The next function has the same name.
    described["options"]["preprocess"] = None
    (folder / "survey.json").write_text(json.dumps(described))
    later = Stop(1000)
    found = survey(shapes, checkpoint=folder)
    assert digest(found) == expected
    assert later.left == 1000
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("small_parts")
def test_finished_parts_are_not_computed_again(
    shapes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    original = SurveyRunner.run

    def run(self: Any, source: Any, start: int, stop: int, **options: Any) -> Any:
        if len(ran) == 3 and start == 192:
            ran.append(-1)
            raise KeyboardInterrupt
        ran.append(start)
        return original(self, source, start, stop, **options)

    monkeypatch.setattr(SurveyRunner, "run", run)
    with pytest.raises(SurveyInterrupted):
        survey(shapes, checkpoint=tmp_path / "kept")
    # A part that was cut off counts as none.
    (tmp_path / "kept" / "000000000064-000000000128.npz").write_bytes(b"PK\x03\x04 cut off")
    survey(shapes, checkpoint=tmp_path / "kept")
    assert ran == [0, 64, 128, -1, 64, 192, 256]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"top": 5}, "the options differs.*top: 9 there, 5 here"),
        ({"statistics": "sampled"}, "the options differs.*statistics: exact there, sampled here"),
        ({"layers": "relu2"}, "the layers"),
        ({"batch_size": 16}, "batch_size: 32 there, 16 here"),
        ("data", "the data set"),
        ("model", "the model.*its weights"),
    ],
)
def test_a_checkpoint_of_another_survey_is_refused(
    shapes: Any, tmp_path: Path, change: Any, words: str
) -> None:
    folder = tmp_path / "kept"
    runs = Stop(5)
    with pytest.raises(KeyboardInterrupt):
        survey(shapes, checkpoint=folder, preprocess=runs)
    described = json.loads((folder / "survey.json").read_text())
    described["options"]["preprocess"] = None
    (folder / "survey.json").write_text(json.dumps(described))
    before = sorted(path.name for path in folder.iterdir())
    given, model = shapes, shapes_cnn.model()
    if change == "data":
        given = shapes[0][::-1], shapes[1]
    if change == "model":
        kernel = model.get_layer("conv2").kernel
        kernel.assign(kernel * 1.001)
    options = change if isinstance(change, dict) else {}
    with pytest.raises(StaleCheckpointError, match=words):
        survey(given, model=model, checkpoint=folder, **options)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_folder_of_something_else_is_no_checkpoint(shapes: Any, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match=r"other files \(thesis\.txt\)"):
        survey(shapes, checkpoint=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_full_disk_keeps_what_was_done(
    shapes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART", 64)
    original = np.savez_compressed
    written: list[int] = []

    def savez(file: Any, **arrays: Any) -> None:
        if len(written) == 2:
            file.write(b"half")
            raise OSError(28, "No space left on device")
        written.append(1)
        original(file, **arrays)

    monkeypatch.setattr(np, "savez_compressed", savez)
    with pytest.raises(OSError, match="No space left"):
        survey(shapes, checkpoint=tmp_path / "kept")
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert [name[-4:] for name in names] == [".npz", ".npz", "json"]


def test_an_interrupt_before_the_first_part_is_done_is_an_interrupt(shapes: Any) -> None:
    with pytest.raises(KeyboardInterrupt) as raised:
        survey(shapes, preprocess=Stop(3))
    assert not isinstance(raised.value, SurveyInterrupted)


# Images that cannot be read


def photographs(folder: Path, count: int = 40) -> Path:
    """Write shapes as files, of which two are damaged."""
    from PIL import Image

    images, labels = draw_shapes(count, seed=1)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        where = folder / shapes_cnn.CLASS_NAMES[label]
        where.mkdir(parents=True, exist_ok=True)
        Image.fromarray((255 * image[..., 0]).astype("u1")).save(where / f"{number:03}.png")
    files = sorted(folder.rglob("*.png"))
    files[3].write_bytes(b"no picture")
    files[20].write_bytes(files[20].read_bytes()[:60])
    return folder


def test_images_that_cannot_be_read_are_named_and_passed_over(tmp_path: Path) -> None:
    folder = photographs(tmp_path / "photographs")
    found = actwidget.survey(shapes_cnn.model(), folder, preprocess=lambda batch: batch / 255)
    assert found.images == 38
    assert [number for number, _, _ in found.unreadable] == [3, 20]
    assert all(name.endswith(".png") and reason for _, name, reason in found.unreadable)
    assert found.classes == tuple(sorted(shapes_cnn.CLASS_NAMES))
    top = found["relu4"].top(3)
    assert {3, 20}.isdisjoint(top.images.tolist())
    assert top.names[0].endswith(".png")
    assert top.labels[0] in top.names[0]
    with pytest.raises(UnreadableImageError, match=r"image 3, .*cannot be read"):
        actwidget.survey(shapes_cnn.model(), folder, on_unreadable="raise")


def test_nothing_that_can_be_read(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(b"")
    with pytest.raises(ValueError, match=r"3 files, none of which .*0\.png: the file is empty"):
        actwidget.survey(shapes_cnn.model(), tmp_path)


# Options


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"top": 0}, ValueError, "top is 0; it takes 1 to 100"),
        ({"top": 2.5}, TypeError, "top is 2.5; it takes a whole number"),
        ({"batch_size": True}, TypeError, "batch_size is True"),
        ({"statistics": "all"}, ValueError, "statistics is 'all'; it takes \"exact\""),
        ({"on_unreadable": "ignore"}, ValueError, '"skip" or "raise"'),
        ({"statistics": None}, ValueError, "leave the labels out"),
        ({"client": "tcp://127.0.0.1"}, TypeError, "client is of type str"),
    ],
)
def test_options_that_are_none(shapes: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        survey(shapes, **options)


def test_a_function_that_makes_the_model(shapes: Any) -> None:
    images, labels = shapes
    names = shapes_cnn.CLASS_NAMES
    found = actwidget.survey(
        shapes_cnn.model, images, labels, class_names=names, layers="relu*", pictures=False
    )
    assert digest(found) == digest(survey(shapes))
    with pytest.raises(TypeError, match="model is a function, which returned a int"):
        actwidget.survey(lambda: 3, images)
    with pytest.raises(TypeError, match="model"):
        actwidget.survey("model.keras", images)


def test_a_stream_is_surveyed_to_its_end(shapes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 64)
    images, labels = shapes
    stream = ((image, label) for image, label in zip(images, labels, strict=True))
    found = actwidget.survey(
        shapes_cnn.model(), stream, class_names=shapes_cnn.CLASS_NAMES, layers="relu*"
    )
    assert digest(found) == digest(survey(shapes))
    assert len(found["relu4"].top(3).pictures) == 9


def test_other_threads_may_use_the_model_meanwhile(shapes: Any) -> None:
    model = keras.Sequential([keras.Input((48, 48, 1)), layers.Conv2D(4, 3, activation="relu")])
    ended, errors = threading.Event(), []

    def predict() -> None:
        while not ended.is_set():
            try:
                model(shapes[0][:2])
            except Exception as error:  # noqa: PERF203 (it is what is looked for)
                errors.append(error)

    thread = threading.Thread(target=predict)
    thread.start()
    try:
        actwidget.survey(model, shapes[0], pictures=False)
    finally:
        ended.set()
        thread.join()
    assert errors == []
