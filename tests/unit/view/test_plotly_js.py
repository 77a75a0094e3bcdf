"""Plotly.js travels once for all widgets."""

from __future__ import annotations

from actwidget.view.plotly_js import plotly_library


def test_all_widgets_share_one() -> None:
    assert plotly_library() is plotly_library()


def test_one_whose_comm_was_closed_is_made_again() -> None:
    before = plotly_library()
    # marimo does so with what a cell has made when the cell is run again.
    before.comm.close()
    after = plotly_library()
    assert after is not before
    assert after.version == before.version
    assert plotly_library() is after
