"""A survey and its lists as tables."""

from __future__ import annotations

import html
from base64 import b64encode
from typing import TYPE_CHECKING

import numpy as np

from actwidget.utils.tables import html_table, text_lines

if TYPE_CHECKING:
    from actwidget.surveys.layer_survey import LayerSurvey
    from actwidget.surveys.survey import Survey
    from actwidget.surveys.top_images import TopImages

WORDS = 2
"""How many of the first columns are text."""

SHOWN_AT_ENDS = 20
"""How many layers the text shows at either end."""

UNKNOWN = "–"


def survey_as_text(survey: Survey) -> str:
    """Return a survey as text."""
    if survey.closed:
        return f"<Survey of {survey.model_name}, closed>"
    rows = _rows(survey)
    left_out = len(rows) - 2 * SHOWN_AT_ENDS
    if left_out > 0:
        rows = [*rows[:SHOWN_AT_ENDS], *rows[-SHOWN_AT_ENDS:]]
    lines = text_lines([_header(survey), *rows], left=WORDS)
    if left_out > 0:
        lines.insert(1 + SHOWN_AT_ENDS, f"… {left_out} more …")
    return "\n".join([f"<Survey of {_title(survey)}>", *lines])


def survey_as_html(survey: Survey) -> str:
    """Return a survey as HTML."""
    if survey.closed:
        return f"<p>Survey of {html.escape(survey.model_name)}, closed</p>"
    table = html_table(
        _header(survey), _rows(survey), left=WORDS, caption=f"Survey of {_title(survey)}"
    )
    return f'<div style="max-height:32em;overflow:auto">{table}</div>'


def top_images_as_html(top: TopImages) -> str:
    """Return a channel's strongest images as HTML: what each unit sees, and its value."""
    caption = html.escape(f"{top.layer}, channel {top.channel}")
    picture = ""
    if top.strip is not None:
        data = b64encode(top.strip).decode("ascii")
        picture = f'<img alt="" src="data:image/jpeg;base64,{data}">'
    header = ["", "value", "row", "column", "image", *(["class"] if top.labels else [])]
    rows = [
        [
            str(number + 1),
            f"{value:.6g}",
            *map(str, top.places[number]),
            top.names[number],
            *([top.labels[number]] if top.labels else []),
        ]
        for number, value in enumerate(top.values)
    ]
    return f"<figure><figcaption>{caption}</figcaption>{picture}</figure>" + html_table(
        header, rows, left=0
    )


def _title(survey: Survey) -> str:
    layers = f"{len(survey)} layer{'' if len(survey) == 1 else 's'}"
    images = f"{survey.images:,} image{'' if survey.images == 1 else 's'}"
    unread = f", {len(survey.unreadable):,} could not be read" if survey.unreadable else ""
    return f"{survey.model_name}: {layers}, {images}{unread}"


def _header(survey: Survey) -> list[str]:
    dead = f"dead on all {survey.images:,}"
    return ["layer", "type", "channels", dead, "rarely active", "zeros", "selectivity"]


def _rows(survey: Survey) -> list[list[str]]:
    return [_row(survey, layer) for layer in survey.values()]


def _row(survey: Survey, layer: LayerSurvey) -> list[str]:
    described = layer.layer
    kind = described.layer_type + (f" + {described.activation}" if described.activation else "")
    zeros = layer.statistics.zeros
    share = UNKNOWN if np.isnan(zeros).all() else f"{np.nanmean(zeros):.1%}"
    selectivity = UNKNOWN
    if survey.classes and not np.isnan(layer.class_selectivity).all():
        selectivity = f"{np.nanmedian(layer.class_selectivity):.2f}"
    counts = [str(layer.channels), str(layer.dead.sum()), str(layer.rarely_active.sum())]
    return [layer.path, kind, *counts, share, selectivity]
