"""The picture of an image that came with a recording, from whoever has shared it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from actwidget.numerics.thumbnail import LARGEST_SIDE, display_image, thumbnail
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

IMAGES = np.random.default_rng(0).integers(0, 256, (1, 30, 40, 3), "u1")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def recording(saved: dict[str, Any]) -> Recording:
    inputs = IMAGES.astype("f4")
    entry = LayerMaps("conv", "Conv2D", None, "maps", inputs)
    return Recording([entry], model_name="net", inputs=inputs, images=IMAGES, thumbnails=[saved])


def file_of(kind: str, size: tuple[int, int] = (8, 6)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#336699").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_file_of_a_type_that_we_write_is_taken_as_it_is(kind: str, mime: str) -> None:
    data = file_of(kind)
    said = {"mime": "image/svg+xml", "height": "<b>", "width": None, "onload": "alert(1)"}
    assert recording(said | {"data": data}).thumbnail(0) == {
        "mime": mime,
        "height": 30,
        "width": 40,
        "data": data,
    }


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"",
        b"\x89PNG\r\n\x1a\n" + SVG,
        file_of("GIF"),
        file_of("BMP"),
        file_of("TIFF"),
        file_of("PNG")[:45],
        file_of("PNG", (LARGEST_SIDE + 1, 4)),
    ],
    ids=["svg", "html", "nothing", "false png", "gif", "bmp", "tiff", "cut short", "too large"],
)
@pytest.mark.parametrize("mime", ["image/svg+xml", "text/html", "image/png"])
def test_of_any_other_file_the_image_itself_is_shown(data: bytes, mime: str) -> None:
    said = {"mime": mime, "height": 30, "width": 40, "data": data}
    assert recording(said).thumbnail(0) == thumbnail(display_image(IMAGES[0]))
