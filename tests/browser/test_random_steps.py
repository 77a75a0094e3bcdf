"""Whatever one does, by hand or from Python: page, kernel and recording say the same."""

from __future__ import annotations

import pytest
from notebook import OpenNotebook
from random_walk import Walk
from short_form import short_form
from view import View
from walked_recording import CODE, recording


@pytest.fixture(scope="module")
def views(open_notebook: OpenNotebook) -> tuple[View, View]:
    """A widget's first view, which is used, and its second."""
    notebook = open_notebook(
        "random steps", [f"{CODE}\nw = ActivationWidget(made)\nw", "w"], height=2000
    )
    notebook.run_all()
    views = View(notebook, 0), View(notebook, 1)
    for view in reversed(views):
        view.wait_for_picture()
    return views


@pytest.mark.parametrize(
    ("seed", "steps"), [(1, 25), pytest.param(2, 2_000, marks=pytest.mark.slow)]
)
def test_after_every_step_page_kernel_and_recording_agree(
    views: tuple[View, View], seed: int, steps: int
) -> None:
    Walk(*views, recording(), seed).run(steps)


# In the wide layer, whose maps are larger than those of the others, the pointer rests.
CHANGES = {
    "a layer of smaller maps": "w.layer = 'pool'",
    "one of other kind": "w.layer = 'dense'",
    "a sequence": "w.layer = 'steps'",
    "a volume": "w.layer = 'volume'; w.slice = 3",
    "one in blocks": "w.layer = 'large'",
    "one unit": "w.layer = 'single'",
    "another image": "w.image_index = 2",
    "another order": "w.sort = 'strongest'",
    "one channel": "w.channel = 7",
    "another normalization": "w.normalization = 'channel z-score'",
}


@pytest.mark.parametrize(
    "change",
    short_form(
        CHANGES, ["a layer of smaller maps", "a sequence", "one in blocks", "another order"]
    ),
)
def test_a_pointer_at_rest_reads_what_is_below_it(views: tuple[View, View], change: str) -> None:
    view, _ = views
    view.scroll_into_sight()
    view.leave()
    view.notebook.python(
        "w.layer, w.channel, w.image_index, w.sort, w.normalization = "
        "'wide', None, 0, 'number', 'raw'"
    )
    walk = Walk(*views, recording(), seed=0)
    walk.expect_agreement()
    for place in ((0.23, 0.2), (0.74, 0.97), (0.31, 0.55)):
        walk.point(*place)
        walk.expect_agreement()
        view.notebook.python(CHANGES[change])
        walk.expect_agreement()
        view.notebook.python("w.layer, w.channel = 'wide', None")
        walk.expect_agreement()


# As shares of the picture: boxes narrower than it is, at its edge, and drags that begin on an axis.
DRAGS = {
    "a narrow box": ((0.85, 0.02), (0.88, 0.98)),
    "a low box": ((0.02, 0.9), (0.98, 0.93)),
    "an edge": ((0.6, 0.4), (1.2, 0.45)),
    "the vertical axis": ((-0.01, 0.3), (0.4, 0.8)),
    "the horizontal axis": ((0.3, 1.02), (0.7, 0.6)),
    "a corner": ((-0.01, -0.01), (0.5, 0.5)),
}


@pytest.mark.parametrize("layer", short_form(["pool", "steps"], ["pool"]))
def test_a_pointer_reads_what_is_below_it_after_any_drag(
    views: tuple[View, View], layer: str
) -> None:
    view, _ = views
    view.leave()
    view.notebook.python(
        "w.channel, w.image_index, w.sort, w.normalization, w.limits = "
        f"None, 0, 'number', 'raw', None; w.layer, w.channel = {layer!r}, 3"
    )
    view.scroll_into_sight()
    walk = Walk(*views, recording(), seed=0)
    walk.expect_agreement()
    for start, end in DRAGS.values():
        walk.drag(start, end)
        walk.point(0.19, 0.77)
        walk.expect_agreement()
        view.stage.press("0")
        walk.expect_agreement()
