"""The two notebooks to teach with: they run whole, and what they say is true."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from numpy.typing import NDArray
from PIL import Image

from actwidget import Recording, record
from actwidget.examples import shapes_cnn
from actwidget.examples.shapes import draw_shapes
from actwidget.recording.layer import LayerMaps

LESSON = "how_a_cnn_sees.ipynb"
TRAINING = "watch_training.ipynb"
SECTIONS = range(1, 13)
CORE = range(1, 5)
"""The parts of the lesson itself; the others are homework."""
WORDS_A_MINUTE = 130
"""How fast pupils read what they have to understand."""
WRITING, STEP = 3, 1
"""Minutes for a prediction and what was found, and for each numbered step."""
CIRCLE, SQUARE, TRIANGLE, BLANK, NOISE = 0, 2, 4, 10, 11

Without = Callable[[int, NDArray[np.float32]], NDArray[np.float32]]


def read(repository: Path, name: str) -> NotebookNode:
    return nbformat.read(repository / "notebooks" / name, as_version=4)


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def printed(notebook: NotebookNode, cell_id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def text_of(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def lesson(repository: Path) -> NotebookNode:
    return read(repository, LESSON)


@pytest.fixture(scope="module")
def trained() -> Recording:
    return record(shapes_cnn.model(), shapes_cnn.images())


@pytest.fixture(scope="module")
def untrained() -> Recording:
    return record(shapes_cnn.untrained_model(), shapes_cnn.images())


# How the lesson is made


def test_the_lesson_runs_whole(lesson: NotebookNode, tmp_path: Path) -> None:
    done = run(lesson.copy(), tmp_path)

    assert "1.4032" in printed(done, "s2-by-hand")
    assert "without 1: the square is a square at 77.9%" in printed(done, "s10-ablate")
    assert "without 7: the square is a square at 99.5%" in printed(done, "s10-ablate")
    answers = printed(done, "s11-answers").splitlines()
    assert answers[0].partition("[")[2] == answers[2].partition("[")[2]
    assert all("nan nan nan nan nan" in line for line in answers[6:])


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_asks_shows_answers_and_checks(lesson: NotebookNode, section: int) -> None:
    cells = [cell for cell in lesson.cells if cell.id.startswith(f"s{section}-")]
    kinds: list[Callable[[str], bool]] = [
        lambda source: source.startswith(f"## {section} · "),
        lambda source: "\n\n✎ **I predict:**" in source,
        lambda source: source.startswith("1. "),
        lambda source: "ActivationWidget(" in source or source.startswith("compare("),
        lambda source: source.startswith("✎ **I found:**"),
        lambda source: source.startswith("<details>"),
        lambda source: source.startswith("# Check: ") and "assert " in source,
    ]
    heading, predict, do, widget, found, answer, check = (
        [number for number, cell in enumerate(cells) if holds(cell.source)] for holds in kinds
    )

    assert heading == [0]
    assert sum(cell.source.count("**Predict.**") for cell in cells) == 1
    assert len(predict) == len(do) == len(found) == len(answer) == len(check) == 1
    # The steps stand directly above the picture that they are taken in.
    assert predict < do == [widget[0] - 1] < found < answer < check
    assert re.search(r'\["[^"]+"\]\.maps', "\n".join(cell.source for cell in cells[check[0] :]))
    assert cells[predict[0]].metadata.tags == cells[found[0]].metadata.tags == ["write"]


def words(*cells: NotebookNode) -> int:
    text = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return len(re.findall(r"\w[\w'’.,-]*", re.sub(r"<[^>]+>|\]\([^)]*\)", "", text)))


def test_each_part_takes_the_time_that_it_says_and_four_take_45_minutes(
    lesson: NotebookNode,
) -> None:
    told = {}
    for section in SECTIONS:
        cells = [cell for cell in lesson.cells if cell.id.startswith(f"s{section}-")]
        (stated,) = re.findall(r"^\*(\d+) minutes\*$", cells[0].source, re.MULTILINE)
        steps = sum(len(re.findall(r"^\d\. ", cell.source, re.MULTILINE)) for cell in cells)
        assert words(*cells) / WORDS_A_MINUTE + WRITING + STEP * steps <= int(stated)
        told[section] = int(stated)
    start_and_end = words(*(cell for cell in lesson.cells if cell.id in {"title", "close"}))

    assert sum(told[section] for section in CORE) + start_and_end / WORDS_A_MINUTE <= 45
    assert "**parts 1 to 4: 45 minutes**" in lesson.cells[0].source
    assert (min(told.values()), max(told.values())) == (8, 10)


def test_the_names_of_filters_are_not_what_they_are_for(lesson: NotebookNode) -> None:
    assert re.findall(r"\w*detector\w*|\w*detects\w*", text_of(lesson), re.IGNORECASE) == []


def test_the_cell_that_breaks_the_networks_is_folded(lesson: NotebookNode) -> None:
    folded = [cell.id for cell in lesson.cells if cell.metadata.get("jupyter")]

    assert folded == ["s11-break"]


def test_answers_are_folded_in_the_html_of_nbconvert(lesson: NotebookNode) -> None:
    html, _ = HTMLExporter().from_notebook_node(lesson)

    answers = re.findall(r"<details>\s*<summary><b>Answer</b>.*?</details>", html, re.DOTALL)
    assert len(answers) == len(SECTIONS)
    assert all("<li>" in answer and "**" not in answer for answer in answers)


# What the lesson says


def test_kernel_and_unit_are_as_described(trained: Recording) -> None:
    conv1 = trained["conv1"].maps[SQUARE, ..., 1]

    assert np.unravel_index(conv1.argmax(), conv1.shape) == (23, 12)
    assert conv1[23, 12] == pytest.approx(1.4032, abs=5e-5)


def test_relu_sets_as_much_to_0_as_described(trained: Recording) -> None:
    negative = (trained["conv1"].maps[SQUARE] < 0).mean(axis=(0, 1))

    assert negative[1] == pytest.approx(0.71, abs=0.005)
    assert negative[7] == pytest.approx(0.03, abs=0.005)
    assert negative[10] == 0
    assert shapes_cnn.model().get_layer("conv1").get_weights()[1][7] == pytest.approx(0.6, abs=0.01)


def test_channel_0_has_nearly_the_opposite_of_channel_1(trained: Recording) -> None:
    maps = trained["conv1"].maps[:BLANK]

    assert np.corrcoef(maps[..., 0].ravel(), -maps[..., 1].ravel())[0, 1] > 0.9


def test_on_the_dark_circle_each_lively_filter_answers_where_its_bright_side_points(
    trained: Recording,
) -> None:
    weights = shapes_cnn.model().get_layer("conv1").get_weights()[0][:, :, 0]
    down, right = np.mgrid[-2:3, -2:3]
    dark = np.argwhere(shapes_cnn.images()[CIRCLE, ..., 0] < 0.5).mean(axis=0)
    for channel in set(range(16)) - {4, 10, 15}:
        maps = trained["conv1"].maps[CIRCLE, ..., channel]
        reddest = np.argwhere(maps >= np.percentile(maps, 99)).mean(axis=0) + 2 - dark
        kernel = weights[..., channel]
        bright = np.array([(kernel * down).sum(), (kernel * right).sum()])

        cosine = reddest @ bright / np.linalg.norm(reddest) / np.linalg.norm(bright)
        assert cosine > 0.95, channel


def test_a_move_by_a_pixel_changes_as_much_as_described() -> None:
    square = shapes_cnn.images()[SQUARE]
    moved = np.pad(square, [(0, 0), (1, 0), (0, 0)], mode="edge")[:, :-1]
    moves = record(shapes_cnn.model(), [square, moved])
    told = {"relu1": 27, "pool1": 19, "relu2": 31, "pool3": 13, "average": 5}
    for layer, share in told.items():
        before, after = moves[layer].maps
        assert 100 * np.abs(before - after).sum() / before.sum() == pytest.approx(share, abs=0.6)

    assert same_above_0(moves["relu1"]) < 0.001
    assert same_above_0(moves["pool1"]) == pytest.approx(0.24, abs=0.005)
    np.testing.assert_allclose(moves["softmax"].maps[:, 0, 0, 1], [0.997, 0.998], atol=6e-4)


def same_above_0(layer: LayerMaps) -> float:
    before, after = np.asarray(layer.maps)
    return float(np.isclose(before, after)[(before > 0) | (after > 0)].mean())


def test_the_twin_begins_strong_and_fades_as_described(
    trained: Recording, untrained: Recording
) -> None:
    shown = [SQUARE, CIRCLE, TRIANGLE]
    mean = {
        name: np.abs(recording["conv1"].maps[shown]).mean()
        for name, recording in {"trained": trained, "untrained": untrained}.items()
    }
    largest = [
        float(np.abs(recording[layer].maps[shown]).max())
        for layer in ("conv3", "conv4")
        for recording in (trained, untrained)
    ]

    assert mean["untrained"] / mean["trained"] == pytest.approx(2, abs=0.05)
    np.testing.assert_allclose(largest, [16.1, 4.3, 35.7, 3.6], atol=0.05)
    answers = untrained["softmax"].maps[shown, 0, 0].max(axis=1)
    assert answers[0] == pytest.approx(0.29, abs=0.005)
    assert answers.max() == pytest.approx(0.51, abs=0.005)


def test_blank_and_noise_are_answered_as_described(trained: Recording) -> None:
    noise = np.random.default_rng(0).uniform(size=(200, 48, 48, 1)).astype("float32")
    answers = np.asarray(shapes_cnn.model()(noise)).argmax(axis=1)

    assert trained["softmax"].maps[BLANK].max() < 0.235
    assert (answers == shapes_cnn.CLASS_NAMES.index("cross")).sum() == 199
    above = (trained["relu2"].maps > 0).mean(axis=(1, 2, 3))
    assert above[NOISE] == pytest.approx(0.75, abs=0.005)
    assert above[SQUARE] == pytest.approx(0.455, abs=0.005)


@pytest.fixture(scope="module")
def without() -> Without:
    """What is answered to images without one filter of conv1."""
    network = shapes_cnn.model()
    conv1 = network.get_layer("conv1")
    trained = conv1.get_weights()

    def answers(channel: int, images: NDArray[np.float32]) -> NDArray[np.float32]:
        weights, bias = (each.copy() for each in trained)
        weights[..., channel] = 0
        bias[channel] = 0
        conv1.set_weights([weights, bias])
        return network.predict(images, verbose=0)

    return answers


def test_ablation_costs_as_much_as_described(without: Without) -> None:
    answers = {channel: without(channel, shapes_cnn.images()) for channel in range(16)}
    square = {channel: each[SQUARE, 1] for channel, each in answers.items()}

    assert min(square, key=lambda channel: square[channel]) == 1
    assert square[1] == pytest.approx(0.779, abs=0.001)
    assert square[7] == pytest.approx(0.995, abs=0.001)
    assert square[4] == pytest.approx(0.998, abs=0.001)
    assert answers[1][CIRCLE, 0] == pytest.approx(0.473, abs=0.001)


@pytest.mark.parametrize(("channel", "right"), [(7, 0.93), (1, 0.82)])
def test_ablation_over_many_images_is_as_described(
    without: Without, channel: int, right: float
) -> None:
    images, labels = draw_shapes(1000, seed=7)
    answers = without(channel, images).argmax(axis=1)

    assert (answers == labels).mean() == pytest.approx(right, abs=0.006)


def test_wrong_pixels_are_answered_as_described() -> None:
    answers = np.asarray(shapes_cnn.model()(shapes_cnn.images() * 255))

    names = [shapes_cnn.CLASS_NAMES[answers[each].argmax()] for each in (SQUARE, CIRCLE, BLANK)]
    assert names == ["square", "circle", "star"]
    assert answers[[SQUARE, CIRCLE, BLANK]].max(axis=1).min() > 0.999


# The teacher's sheet and the hand-out


SHEET = "docs/gallery/how_a_cnn_sees_teacher.md"
HAND_OUT = "docs/gallery/how_a_cnn_sees_handout.html"
NUMBER = r"−?\d+\.\d+(?: %)?|\d+ %"


def test_the_sheet_has_the_times_of_the_lesson(repository: Path, lesson: NotebookNode) -> None:
    sheet = (repository / SHEET).read_text("utf-8")
    for section in SECTIONS:
        cells = [cell for cell in lesson.cells if cell.id.startswith(f"s{section}-")]
        heading, _, rest = cells[0].source.removeprefix("## ").partition("\n\n*")
        minutes = int(rest.partition(" minutes*")[0])
        if section in CORE:
            reading = round(words(*cells) / WORDS_A_MINUTE, 1)
            steps = sum(len(re.findall(r"^\d\. ", cell.source, re.MULTILINE)) for cell in cells)
            reserve = f"{minutes - reading - WRITING - steps * STEP:.1f}"
            row = f"| {heading} | {minutes} | {reading} | {WRITING} | {steps} | {reserve} |"
            assert f"{row}\n" in sheet
        else:
            assert f"\n| {heading} | {minutes} | " in sheet


def test_every_number_of_the_sheet_is_the_lessons_or_the_networks(
    repository: Path, lesson: NotebookNode, trained: Recording
) -> None:
    square = shapes_cnn.images()[SQUARE]
    values = [square[20:28, 20:28].mean(), square[-6:, :6].mean()]
    conv1, softmax = trained["conv1"].maps, trained["softmax"].maps[:, 0, 0]
    middle = conv1[SQUARE, 16:24, 16:24, 1]
    weights = shapes_cnn.model().get_layer("conv1").get_weights()[0][..., 1]
    values += [2 * value - 1 for value in values]
    values += [middle.min(), middle.max(), conv1[SQUARE, ..., 1].min(), weights.sum()]
    computed = [f"{value:.2f}".replace("-", "−") for value in values]
    computed += [f"{softmax[SQUARE, 1]:.3f}", f"{softmax[NOISE, 3]:.2%}".replace("%", " %")]
    computed.append(f"{softmax[5, 2]:.1%}".replace("%", " %"))
    answers = (repository / SHEET).read_text("utf-8").partition("## Answers")[2]
    known = {*computed, *re.findall(NUMBER, text_of(lesson))}

    assert set(re.findall(NUMBER, answers)) <= known
    assert set(computed) <= set(re.findall(NUMBER, answers))
    assert softmax[:BLANK].max(axis=1).argmin() == 5
    for image, find, place in (
        (SQUARE, np.argmin, (18, 34)),
        (SQUARE, np.argmax, (23, 12)),
        (CIRCLE, np.argmax, (24, 25)),
    ):
        found = np.unravel_index(find(conv1[image, ..., 1]), (44, 44))
        assert [int(number) for number in found] == list(place)


def test_the_hand_out_shows_filter_1_and_the_square(repository: Path) -> None:
    page = (repository / HAND_OUT).read_text("utf-8")
    weights = shapes_cnn.model().get_layer("conv1").get_weights()[0][:, :, 0, 1]
    (data,) = re.findall(r'src="data:image/png;base64,(.*?)"', page)

    shown = re.findall(r"<td .*?>(.*?)</td>", page)
    assert shown == [f"{weight:+.2f}".replace("-", "−") for weight in weights.ravel()]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        pixels = np.asarray(picture)
    assert np.array_equal(pixels, np.round(255 * shapes_cnn.images()[SQUARE, ..., 0]))


# Watching a training


@pytest.mark.slow
def test_the_training_runs_on_a_tenth_of_the_images(repository: Path, tmp_path: Path) -> None:
    notebook = read(repository, TRAINING)
    # What so few of them teach is not what the notebook says.
    notebook.cells = [cell for cell in notebook.cells if cell.id != "strength-check"]
    (draw,) = (cell for cell in notebook.cells if cell.id == "draw")
    draw.source = draw.source.replace("000,", "00,")

    done = run(notebook, tmp_path)

    assert len(re.findall(r"(\d+)%", printed(done, "train"))) == 7
    assert len(printed(done, "strength").splitlines()) == 8


@pytest.mark.slow
def test_the_training_runs_whole_and_goes_as_described(repository: Path, tmp_path: Path) -> None:
    done = run(read(repository, TRAINING), tmp_path)

    shares = [int(share) for share in re.findall(r"(\d+)%", printed(done, "train"))]
    assert len(shares) == 7
    assert shares[0] < 35
    assert shares[-1] > 90
    table = printed(done, "strength").splitlines()
    assert table[0].split() == ["epoch", "conv1", "conv2", "conv3", "conv4"]
    start, end = (np.array(table[row].split()[1:], dtype=float) for row in (1, -1))
    grown = end / start
    assert sorted(grown) == list(grown)
    assert 6 < grown[3] < 20
    assert 0.5 < grown[0] < 1.3
