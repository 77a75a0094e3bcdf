"""The notebooks that need more than the package itself, run whole."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

SCRIPT = "from_script_to_widget.ipynb"
PRETRAINED = "pretrained.ipynb"
SECONDS_A_CELL = 300

# In place of a download: the same network without its training, whose classes are the likelier
# the higher their number, and names for them.
STAND_INS = """
import numpy as np
from keras.applications import mobilenet_v2
from keras.src.applications import imagenet_utils

real = mobilenet_v2.MobileNetV2

def stand_in(weights):
    network = real(weights=None)
    kernel, _ = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel, np.linspace(-5, 5, 1000)])
    return network

mobilenet_v2.MobileNetV2 = stand_in
imagenet_utils.CLASS_INDEX = {str(i): [f"n{i:08}", f"class {i}"] for i in range(1000)}
"""


def read(repository: Path, name: str) -> NotebookNode:
    return nbformat.read(repository / "notebooks" / name, as_version=4)


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def printed(notebook: NotebookNode, cell_id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(
        output.text
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*\.?\d*", text)]


def widgets(notebook: NotebookNode) -> list[str]:
    """The ids of the cells that show a widget."""
    shown = [
        cell.id
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    return list(dict.fromkeys(shown))


@pytest.fixture
def without_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let every download fail at once, on a machine with a network as on one without."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # An empty cache: what an earlier run may have downloaded is not found.
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.mark.parametrize("name", [SCRIPT, PRETRAINED])
def test_a_notebook_is_stored_without_what_a_run_leaves(repository: Path, name: str) -> None:
    notebook = read(repository, name)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert all(not cell.metadata for cell in notebook.cells)


@pytest.mark.parametrize("name", [SCRIPT, PRETRAINED])
def test_a_notebook_quietens_tensorflow_before_it_starts(repository: Path, name: str) -> None:
    first = next(cell for cell in read(repository, name).cells if cell.cell_type == "code")
    before, _, after = first.source.partition("with quiet_start():")
    assert "from actwidget.examples.quiet_start import quiet_start" in before
    assert "keras" not in before
    assert "keras" in after


def test_the_script_notebook_is_short_and_agrees_with_the_widget(
    repository: Path, tmp_path: Path
) -> None:
    notebook = read(repository, SCRIPT)
    assert len(notebook.cells) == 10
    notebook = run(notebook, tmp_path)
    share, places = numbers(printed(notebook, "same-bytes"))
    assert share > 99.9
    assert places == 16 * 20 * 20
    assert widgets(notebook) == ["widget", "raw"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "debug_a_network.ipynb",
            {
                "dead-train": r"answers to 1,000 images: {'\w+'}\n",
                "dead-fix": r"loss 0\.\d+, [89]\d% of the test images right",
                "range-check": r"image 1\.00 sure\n.*image 0\.2\d sure\n.*94\.7% right, 100%",
                "nan-train": r"loss nan, .*\n.* NaN begins in conv1\n",
                "nan-widget": r"NaN begins in standardize\n",
                "nan-check": r"NaN channels: 1 of the square, 17 of the blank image\n",
                "nan-fix": r"loss 1\.\d+",
            },
        ),
        (
            "vision_transformer.ipynb",
            {
                "train": r"[78]\d% of 1,000 other images right",
                "tokens-check": r"17 × 17",
                "attention-check": r"9 of 36 tokens change.*\n.*36 of 36",
            },
        ),
        (
            "segmentation.ipynb",
            {
                "train": r"images: (8[5-9]|9\d)%",
                "skip-check": r"skip: an overlap of 8\d%\n.*below: an overlap of 1\d%",
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_notebook_that_trains_says_is_what_it_computes(
    repository: Path, tmp_path: Path, name: str, said: dict[str, str]
) -> None:
    notebook = run(read(repository, name), tmp_path)
    for cell, pattern in said.items():
        assert re.search(pattern, printed(notebook, cell)), (cell, printed(notebook, cell))
    shown = [cell.id for cell in notebook.cells if cell.id.endswith(("-widget", "-fix"))]
    assert widgets(notebook) == shown


@pytest.mark.usefixtures("without_network")
def test_the_pretrained_notebook_says_so_without_a_network_and_shows_the_face_network(
    repository: Path, tmp_path: Path
) -> None:
    notebook = run(read(repository, PRETRAINED), tmp_path)
    assert "The weights cannot be downloaded here." in printed(notebook, "imagenet-download")
    assert "Traceback" not in nbformat.writes(notebook)
    assert "not shown" in printed(notebook, "imagenet-widget").lower()
    face, flag = (numbers(line)[-1] for line in printed(notebook, "onet-faces").splitlines())
    assert face > 0.99
    assert flag < 0.01
    assert widgets(notebook) == ["onet-widget", "onet-shift-widget"]


@pytest.mark.usefixtures("without_network")
def test_the_pretrained_notebook_shows_the_photograph_where_the_weights_are_there(
    repository: Path, tmp_path: Path
) -> None:
    notebook = up_to(read(repository, PRETRAINED), "imagenet-check")
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STAND_INS))
    notebook = run(notebook, tmp_path)
    assert "cannot be downloaded" not in printed(notebook, "imagenet-download")
    assert widgets(notebook) == ["imagenet-widget"]
    likeliest = [line.split()[1] for line in printed(notebook, "imagenet-check").splitlines()]
    assert likeliest == ["999", "998", "997", "996", "995"]


def run_download_cell(repository: Path, failure: Exception) -> None:
    """Run the cell that downloads, with that failure in place of Keras."""

    def fail(weights: str) -> None:
        raise failure

    keras = SimpleNamespace(MobileNetV2=fail)
    (cell,) = (
        cell for cell in read(repository, PRETRAINED).cells if cell.id == "imagenet-download"
    )
    exec(cell.source, {"socket": socket, "np": np, "mobilenet_v2": keras})


@pytest.mark.parametrize(
    "failure",
    [
        Exception("URL fetch failure on https://…: None -- [Errno -2]"),
        TimeoutError(),
        ConnectionResetError(),
    ],
    ids=["no network", "timeout", "connection reset"],
)
def test_a_failed_download_is_put_into_one_sentence(
    repository: Path, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    run_download_cell(repository, failure)
    assert capsys.readouterr().out.splitlines() == [
        "The weights cannot be downloaded here. Section 2 has a network that needs no download."
    ]
    assert socket.getdefaulttimeout() is None


def test_no_other_failure_is_hidden(repository: Path) -> None:
    with pytest.raises(ValueError, match="not a matter of the network"):
        run_download_cell(repository, ValueError("not a matter of the network"))
    assert socket.getdefaulttimeout() is None


def up_to(notebook: NotebookNode, cell_id: str) -> NotebookNode:
    """Leave out what comes after a cell."""
    last = [cell.id for cell in notebook.cells].index(cell_id)
    notebook.cells = notebook.cells[: last + 1]
    return notebook
