"""How much memory a recording takes, each measured in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from large_models import run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak"),
]

LIMIT = 500
"""MB."""


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Rows to print once all are there."""
    rows = [
        f"{'model':<20}{'limit':>8}{'layers':>8}{'maps MB':>9}{'in files':>10}{'bare MB':>9}"
        f"{'record MB':>11}{'bare s':>8}{'record s':>10}{'looking MB':>12}"
    ]
    yield rows
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("", *rows, sep="\n")


def compare(model: str, limit: str, table: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Call a model bare and record it, and write a row."""
    bare, recorded = run(model, "bare"), run(model, limit)
    table.append(
        f"{model:<20}{limit:>8}{recorded['layers']:>8}{recorded['activations']:>9.0f}"
        f"{recorded['in_files']:>10.0f}{bare['peak']:>9.0f}{recorded['peak']:>11.0f}"
        f"{bare['seconds']:>8.1f}{recorded['seconds']:>10.1f}{recorded['looking']:>12.0f}"
    )
    return bare, recorded


@pytest.mark.parametrize("model", ["VGG16", "ResNet50", "MobileNetV2"])
def test_a_recording_takes_its_activations_and_at_most_a_tenth_more(
    model: str, table: list[str]
) -> None:
    bare, recorded = compare(model, "4 GB", table)
    assert recorded["files"] == 0
    # Keras itself holds all tensors until a functional model has run.
    assert recorded["peak"] - recorded["before"] <= 1.1 * recorded["activations"]
    assert recorded["peak"] - bare["peak"] <= 0.1 * recorded["activations"]


@pytest.mark.parametrize("model", ["u_net", "EfficientNetB7@600"])
def test_a_large_recording_keeps_within_its_limit(model: str, table: list[str]) -> None:
    bare, recorded = compare(model, f"{LIMIT} MB", table)
    assert recorded["activations"] > 3_000
    assert recorded["activations"] - recorded["in_files"] <= LIMIT
    # What the model takes by itself, and the limit at most.
    assert recorded["peak"] - bare["peak"] <= LIMIT
    # Nothing that is looked at is copied whole.
    assert recorded["looking"] < LIMIT
    assert recorded["looking"] < recorded["largest"]
