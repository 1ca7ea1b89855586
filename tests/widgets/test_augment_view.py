"""The preview of the augmentation: the very variations that training shows, each part alone, and what the model in use says about them."""
import numpy as np
from lesson_work import CLASSES

from edukit.core.html import array_uri
from edukit.core.images import read_image
from edukit.core.preprocess import Preprocess
from edukit.data import load_dataset
from edukit.tasks import find_task
from edukit.training.pictures import Pictures
from edukit.widgets.augment_view import SIDE, AugmentView, parts


def test_the_epochs_shown_are_those_that_training_shows(work):
    dataset = load_dataset(work.dataset)
    view = AugmentView(work)
    assert view.error == {} and "augment_strength=1" in view.code
    height, width = read_image(dataset.train[0].path).shape[:2]
    assert max(height, width) <= SIDE  # shown as it is
    preprocess = Preprocess(size=(height, width), crop_share=1.0, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    pictures = Pictures(dataset.train.samples, find_task(), dataset.classes, preprocess)
    for epoch in (1, 5):
        shown = pictures.batch([0], varied=epoch)[0][0].transpose(1, 2, 0)
        assert array_uri(np.asarray(np.round(shown), np.uint8)) in view.body


def test_settings_are_kept_and_strength_zero_leaves_the_mirror_alone(work, reopened):
    view = AugmentView(work)
    many = view.body.count("<img")
    view.set("label", CLASSES[1])
    view.act("another")
    view.set("strength", 0.0)
    assert view.error == {} and view.body.count("<img") < many and [how.mirror for _, how in parts(0.0)] == [True]
    again = AugmentView(reopened(work))
    assert again.values == {"label": CLASSES[1], "strength": 0.0}
    view.set("strength", 2)  # a browser has no 2.0
    assert view.error == {} and repr(view.values["strength"]) == "2.0" and "augment_strength=2" in view.code
    view.set("strength", 9.0)
    assert view.error["code"] == "E402"


def test_the_model_in_use_is_asked(converted):
    view = AugmentView(converted)
    view.act("ask")
    assert view.error == {} and view.body.count("<tr>") == len(parts(1.0)) + 1 and not view.busy
    view.set("strength", 2.0)
    assert "<table" not in view.body, "it was about the old strength"


def test_without_a_model_it_says_what_to_do_first(work):
    view = AugmentView(work)
    view.act("ask")
    assert view.error == {} and "step 2" in view.body


def test_digits_are_not_mirrored_and_the_page_says_why(work):
    work.choose_dataset("digits")
    view = AugmentView(work)
    assert view.error == {} and "does not mirror" in view.body
    work.choose_dataset("emoji")
    assert "does not mirror" not in view.body
    view.act("ask")
    assert "<table" in view.body and view.error == {}
