"""Images that the page sends are decoded, unless they are harmful or no images."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from actwidget.live import sent_image
from actwidget.live.sent_image import decode_image


def colours(height: int, width: int) -> np.ndarray:
    generator = np.random.default_rng(1)
    return generator.integers(256, size=(height, width, 3), dtype=np.uint8)


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def test_a_png_is_decoded_exactly_and_a_jpeg_nearly() -> None:
    smooth = np.linspace(0, 255, 32 * 24 * 3).reshape(24, 32, 3).astype(np.uint8)

    np.testing.assert_array_equal(decode_image(encoded(Image.fromarray(smooth), "PNG")), smooth)
    near = decode_image(memoryview(encoded(Image.fromarray(smooth), "JPEG")))
    assert near.dtype == np.uint8
    assert np.abs(near.astype(int) - smooth).mean() < 3


@pytest.mark.parametrize(
    ("mode", "channels"), [("L", 1), ("1", 1), ("P", 3), ("RGBA", 3), ("I;16", 1)]
)
def test_an_image_comes_in_grey_or_colours(mode: str, channels: int) -> None:
    image = Image.new("L", (4, 3), 255)
    image = image.convert("RGB").convert("P") if mode == "P" else image.convert(mode)

    decoded = decode_image(encoded(image, "PNG"))

    assert decoded.shape == (3, 4, channels)
    assert decoded.dtype == np.uint8
    assert (decoded >= 254 if mode != "I;16" else decoded >= 0).all()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        encoded(Image.new("RGB", (4, 4)), "GIF"),
        encoded(Image.new("RGB", (4, 4)), "TIFF"),
        encoded(Image.fromarray(colours(64, 64)), "PNG")[:500],
        encoded(Image.fromarray(colours(64, 64)), "JPEG")[:500],
    ],
    ids=["nothing", "text", "gif", "tiff", "cut png", "cut jpeg"],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="is not a JPEG or PNG image that can be read"):
        decode_image(data)


def huge_png(side: int) -> bytes:
    """Return a PNG that says that it is huge, and holds little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        code = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", code)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    content = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5000, 10_000, 100_000])
def test_an_image_that_is_too_large_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(ValueError, match=r"pixels; it may have 16,777,216|decompression bomb"):
        decode_image(huge_png(side))


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_image, "MOST_BYTES", 1000)

    with pytest.raises(ValueError, match="takes 2 kB; it may take 1 kB"):
        decode_image(bytes(2000))
