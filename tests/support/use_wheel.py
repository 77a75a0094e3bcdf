"""Use an installed wheel as a first user does: record the shipped network, show it, write a page.

    python -I tests/support/use_wheel.py

It imports no test, so that any Python with the wheel in it can run it, and writes into the current
folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import actwidget
from actwidget import ActivationWidget, Recording, record
from actwidget.examples import shapes_cnn


def main() -> None:
    """Go through the promises of the first page."""
    recording = record(shapes_cnn.model(), shapes_cnn.images())
    assert recording["relu1"].maps.min() == 0
    widget = ActivationWidget(recording, layer="conv2", class_names=shapes_cnn.CLASS_NAMES)
    widget.to_html("page.html", layers="conv*")
    assert "conv2" in Path("page.html").read_text("utf-8")
    if sys.version_info >= (3, 11):  # as zarr needs
        recording.save("saved.zarr")
        assert (Recording.load("saved.zarr")["conv2"].maps[...] == recording["conv2"].maps).all()
    print(f"actwidget {actwidget.__version__} works on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
