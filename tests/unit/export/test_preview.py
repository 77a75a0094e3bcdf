"""The picture in a notebook's output, for where no JavaScript runs."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_kinds import KINDS
from PIL import Image
from recordings import Make, of_maps, recorded

from actwidget import ActivationWidget
from actwidget.export.preview import MOST_BYTES
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import BLUE_WHITE_RED
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def mime_bundle(widget: ActivationWidget) -> dict[str, Any]:
    """What a notebook's output is made of."""
    data, _metadata = widget._repr_mimebundle_()
    return dict(data)


def picture(widget: ActivationWidget) -> Image.Image:
    bundle = mime_bundle(widget)
    assert bundle is not None
    return Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.getcolors(1 << 20) or [] if isinstance(colour, tuple)}


def test_it_stands_beside_the_live_widget(widget: ActivationWidget) -> None:
    bundle = mime_bundle(widget)
    assert bundle is not None
    assert {"text/plain", "application/vnd.jupyter.widget-view+json", "image/png"} == set(bundle)


def test_it_can_be_left_out(make: Make) -> None:
    bundle = mime_bundle(make(recorded(layer=(6, 6, 4)), static_preview=False))
    assert bundle is not None
    assert "image/png" not in bundle


def test_it_takes_few_bytes(make: Make) -> None:
    # Noise is the hardest to compress.
    widget = make(recorded(noise=(400, 400, 16)))
    for channel in (None, 3):
        widget.channel = channel
        bundle = mime_bundle(widget)
        assert bundle is not None
        assert 15_000 < len(base64.b64decode(bundle["image/png"])) <= MOST_BYTES <= 200_000


def test_it_shows_the_units_in_their_colours(make: Make) -> None:
    maps = np.zeros((1, 4, 4, 1), "f4")
    maps[0, :2], maps[0, 2:] = -2, 2
    image = picture(make(of_maps(layer=maps)))
    ends = [
        tuple(int(c[i : i + 2], 16) for i in (1, 3, 5))
        for _, c in BLUE_WHITE_RED[:: len(BLUE_WHITE_RED) - 1]
    ]
    middle = 10 + 256
    assert [image.getpixel((middle, 70 + y)) for y in (100, 400)] == ends


def test_it_marks_gutters_and_what_is_not_finite(make: Make) -> None:
    maps = np.ones((1, 8, 8, 4), "f4")
    maps[0, 0, 0, 0] = np.nan
    seen = picture(make(of_maps(layer=maps)))
    assert {(255, 255, 255), (255, 0, 255)} <= colours(seen)
    # Four flat tiles of one colour: the gutters between them are paper.
    assert sum(seen.getpixel((x, 340)) == (255, 255, 255) for x in range(20, 500)) >= 5


def test_one_channel_takes_all_the_room_however_many_columns_the_mosaic_has(make: Make) -> None:
    shown = [
        picture(make(recorded(layer=(6, 6, 4)), columns=columns, channel=1)).tobytes()
        for columns in (1, 4)
    ]
    assert shown[0] == shown[1]


def test_layer_normalization_and_limits_change_it(make: Make) -> None:
    widget = make(recorded(one=(6, 6, 4), two=(6, 6, 4)))
    seen = [picture(widget).tobytes()]
    for name, value in (
        ("layer", "two"),
        ("normalization", "symmetric"),
        ("limits", (-0.5, 0.5)),
        ("channel", 2),
        ("image_index", 1),
    ):
        setattr(widget, name, value)
        seen.append(picture(widget).tobytes())
    assert len(set(seen)) == len(seen)


def differing(one: Image.Image, two: Image.Image) -> tuple[slice, slice]:
    """The rows and columns in which two pictures differ by more than their palettes do."""
    differs = np.abs(np.array(one).astype(int) - np.array(two)).max(axis=2) > 50
    rows, columns = np.nonzero(differs)
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def test_the_layers_name_stands_above(make: Make) -> None:
    maps = np.ones((1, 6, 6, 4), "f4")
    one, two = (picture(make(of_maps({name: maps}))) for name in ("conv", "pool"))
    rows, _ = differing(one, two)
    assert 0 < rows.start < rows.stop < 10 + 20


def test_the_scales_numbers_stand_beside_the_colour_bar(make: Make) -> None:
    # Both are of one colour, that of the upper end.
    one, two = (
        picture(make(of_maps(conv=np.full((1, 6, 6, 4), value, "f4")))) for value in (1, 700)
    )
    rows, columns = differing(one, two)
    assert rows.stop - rows.start > 300
    # The gutter to the right of the last tile is no part of the picture.
    assert columns.start > 10 + 490 + 10 + 14


@pytest.mark.parametrize(
    "path",
    ["a" * 500, "</script>", "שלום", "层", "a\nb\r\tc", "\u2028\u202e", "a\ud800", "", "a\0b"],
    ids=["long", "markup", "rtl", "chinese", "lines", "separators", "surrogate", "empty", "null"],
)
def test_a_widget_is_shown_whatever_its_layers_name(make: Make, path: str) -> None:
    bundle = mime_bundle(make(of_maps({path: np.ones((1, 6, 6, 4), "f4")})))
    assert bundle is not None
    assert {"application/vnd.jupyter.widget-view+json", "image/png"} <= bundle.keys()


def test_a_widget_of_a_closed_recording_is_shown(make: Make) -> None:
    recording = recorded(layer=(6, 6, 4))
    widget = make(recording)
    recording.close()
    bundle = mime_bundle(widget)
    assert bundle is not None
    assert {"text/plain", "application/vnd.jupyter.widget-view+json"} == set(bundle)


def test_maps_that_cannot_be_read_are_reported_and_the_widget_is_shown(
    make: Make, tmp_path: Path
) -> None:
    recorded(layer=(6, 6, 4)).save(tmp_path / "saved")
    widget = make(Recording.load(tmp_path / "saved"))
    assert "image/png" in mime_bundle(widget)
    shutil.rmtree(tmp_path / "saved")
    widget.channel = 2
    with pytest.warns(UserWarning, match="is left out: .* is damaged, .*; static_preview=False"):
        bundle = mime_bundle(widget)
    assert bundle is not None
    assert {"text/plain", "application/vnd.jupyter.widget-view+json"} == set(bundle)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_layer_has_one(make: Make, kind: str) -> None:
    widget = make(of_maps(layer=KINDS[kind]), layer="layer")
    for normalization in NORMALIZATIONS:
        widget.normalization = normalization.name
        for channel in (None, 0):
            widget.channel = channel
            assert "image/png" in mime_bundle(widget)


@pytest.mark.parametrize("channel", [None, 3])
def test_a_sequence_has_one(make: Make, channel: int | None) -> None:
    maps = np.random.default_rng(1).standard_normal((1, 9, 5, 1)).astype("f4")
    entry = LayerMaps("sequence", "LSTM", None, "sequence", maps)
    widget = make(Recording([entry], model_name="net", inputs=maps, images=maps), channel=channel)
    first = picture(widget).tobytes()
    widget.normalization = "channel z-score"
    assert picture(widget).tobytes() != first


def test_each_slice_of_a_volume_has_its_own(make: Make) -> None:
    maps = np.random.default_rng(1).standard_normal((1, 3 * 6, 7, 4)).astype("f4")
    entry = LayerMaps("volume", "Conv3D", None, "maps", maps, depth=3)
    images = np.zeros((1, 6, 7, 1), "f4")
    widget = make(Recording([entry], model_name="net", inputs=images, images=images), slice=0)
    first = picture(widget).tobytes()
    widget.slice = 2
    assert picture(widget).tobytes() != first


def test_a_closed_widget_has_none(widget: ActivationWidget) -> None:
    widget.close()
    assert not callable(widget._repr_mimebundle_)
