"""The shipped clip: the shapes CNN recognises what is held into the camera."""

from __future__ import annotations

import numpy as np
import pytest
from played import Clock, all_frames

from actwidget.examples import draw_shapes_clip, shapes_clip, shapes_cnn
from actwidget.images.fit import crop_note, fit_image
from actwidget.live.photographs import picture_reel


@pytest.fixture(scope="module")
def clip() -> tuple[list[np.ndarray], Clock]:
    reel = picture_reel(shapes_clip())
    assert reel
    clock = Clock()
    return all_frames(clock.play(reel)), clock


def test_the_clip_is_small_and_lasts_ten_seconds(clip: tuple[list[np.ndarray], Clock]) -> None:
    frames, clock = clip

    assert shapes_clip().stat().st_size <= 400_000
    assert len(frames) == 150
    assert {frame.shape[:2] for frame in frames} == {(120, 160)}
    np.testing.assert_allclose(clock.waited, [1 / 15] * 149, atol=0.001)
    assert sum(clock.waited) == pytest.approx(149 / 15, abs=0.002)


def test_the_network_recognises_each_shape(clip: tuple[list[np.ndarray], Clock]) -> None:
    frames, _ = clip
    assert crop_note(120, 160, 48, 48) == "cropped to 1 : 1"
    images = np.stack([fit_image(frame, 48, 48, 1) for frame in frames]) / 255

    found = shapes_cnn.model().predict(images, verbose=0).argmax(axis=1)

    names = np.array(shapes_cnn.CLASS_NAMES)[found].reshape(-1, draw_shapes_clip.SECTION_FRAMES)
    assert set(draw_shapes_clip.SECTIONS) == set(shapes_cnn.CLASS_NAMES)
    for name, answers in zip(draw_shapes_clip.SECTIONS, names, strict=True):
        # The sheet comes in and is put away in the others.
        assert (answers == name).mean() >= 0.75, (name, list(answers))


def test_the_file_is_what_is_drawn(clip: tuple[list[np.ndarray], Clock]) -> None:
    frames, _ = clip

    for frame, drawn in zip(frames, draw_shapes_clip.draw_clip(), strict=True):
        # As far as its compression lets it.
        assert np.abs(frame[..., :3].astype(int) - drawn).mean() < 6
