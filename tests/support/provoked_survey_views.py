"""Messages about a survey in a widget."""

from __future__ import annotations

import numpy as np
from advice import run
from provoked import Case, keywords_in, refusal
from recordings import of_maps, recorded
from surveys import survey_of

from actwidget import ActivationWidget, record
from actwidget.examples import shapes_cnn


def widgets_without_a_survey() -> list[str]:
    """The survey is given where it is said."""
    recording = of_maps(conv=np.ones((1, 6, 6, 5), "f4"))
    widget = ActivationWidget(recording)
    told = [refusal(setattr, widget, "sort", "activity")]
    told.append(refusal(setattr, widget, "dead_only", True))
    told.append(refusal(setattr, widget, "explored", 1))
    told.append(refusal(widget.to_html, "page.html", top_images="conv"))
    call = told[0].partition("give one with ")[2].replace("...", "recording")
    names = {"ActivationWidget": ActivationWidget, "recording": recording}
    with_survey = run(call, **names, survey=survey_of(recording))
    with_survey.sort = "activity"
    assert all("there is no survey" in each for each in told)
    with_survey.to_html("page.html", **keywords_in(f"top_images={told[3].split()[2][:-1]}"))
    return told


def widgets_without_a_model() -> list[str]:
    """Once it is attached, an image can be explored."""
    model, images = shapes_cnn.model(), shapes_cnn.images()[:2]
    survey = survey_of(record(model, images))
    recording = record(model, images)
    recording._recorded_model = None
    widget = ActivationWidget(recording, survey=survey)
    told = refusal(setattr, widget, "explored", 1)
    run(f"recording.{told.partition('give it with ')[2]}", recording=recording, model=model)
    widget.explored = 1
    return [told]


def surveys_without_classes() -> list[str]:
    """With labels the channels have a selectivity."""
    recording = recorded(conv=(6, 6, 5))
    survey = survey_of(recording)
    widget = ActivationWidget(recording, survey=survey)
    told = [refusal(setattr, widget, "sort", "selectivity")]
    told.append(refusal(lambda: survey["conv"].class_selectivity))
    assert all("labels=[...]" in each for each in told)
    ActivationWidget(recording, survey=survey_of(recording, [0, 1], "ab"), sort="selectivity")
    return told


def what_is_no_survey() -> list[str]:
    """What `survey` returns is one."""
    told = refusal(ActivationWidget, recorded(conv=(6, 6, 5)), survey="x")
    assert "actwidget.survey(...)" in told
    return [told]


def pages_with_images_that_are_too_large() -> list[str]:
    """Without them there is room."""
    maps = of_maps(conv=np.random.default_rng(0).random((9, 3, 3, 300)).astype("f4"))
    widget = ActivationWidget(maps, survey=survey_of(maps))
    told = refusal(widget.embed, top_images=True, max_size="150 KB")
    assert told.endswith("keep fewer of the strongest images with top_images=")
    widget.embed(top_images=False, max_size="150 KB")
    return [told]


CASES: tuple[Case, ...] = (
    widgets_without_a_survey,
    widgets_without_a_model,
    surveys_without_classes,
    what_is_no_survey,
    pages_with_images_that_are_too_large,
)
