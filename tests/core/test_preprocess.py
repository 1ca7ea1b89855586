"""Preprocess: shapes for every picture, what is kept of it, the same numbers as Pillow and torchvision, and the round trip through a model file."""
import io
import json
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from edukit.core.errors import BadArray, BadCard
from edukit.core.preprocess import MAX_SIDE, Preprocess

FITS = ("crop", "pad", "stretch")
PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
sides = st.integers(1, 300)
levels = st.floats(-1e6, 1e6)
spreads = st.floats(1e-3, 1e6)
preprocesses = st.integers(1, 3).filter(lambda n: n != 2).flatmap(
    lambda channels: st.builds(
        Preprocess,
        size=st.tuples(st.integers(1, MAX_SIDE), st.integers(1, MAX_SIDE)),
        fit=st.sampled_from(FITS),
        crop_share=st.floats(0.001, 1),
        mean=st.tuples(*[levels] * channels),
        std=st.tuples(*[spreads] * channels),
        fill=st.integers(0, 255),
        interpolation=st.sampled_from(("area", "bilinear", "pillow")),
    )
)


def photograph(height: int, width: int) -> np.ndarray:
    """A picture with slopes, edges and fine texture, so that a wrong resize shows."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = 127 + 60 * np.sin(x / 17) + 40 * np.cos(y / 11) + 20 * np.sin((x + y) / 3)
    picture = np.stack([waves, np.roll(waves, 40, 1), 255 - waves], axis=2)
    picture[height // 3 : height // 2, width // 4 : width // 2] = (250, 20, 90)
    return np.clip(picture, 0, 255).astype(np.uint8)


@given(height=sides, width=sides, fit=st.sampled_from(FITS), channels=st.sampled_from([1, 3]), out=st.tuples(st.integers(1, 64), st.integers(1, 64)))
def test_any_picture_becomes_the_input_shape(height, width, fit, channels, out):
    prepare = Preprocess(size=out, fit=fit, mean=(127.0,) * channels, std=(60.0,) * channels)
    prepared = prepare(np.full((height, width, 3), 255, np.uint8))
    assert prepared.shape == (1, channels, *out) and prepared.dtype == np.float32 and np.isfinite(prepared).all()


@given(value=st.integers(0, 255), fit=st.sampled_from(FITS))
def test_one_colour_stays_that_colour(value, fit):
    prepare = Preprocess(size=(17, 23), fit=fit, fill=value)
    prepared = prepare(np.full((40, 31, 3), value, np.uint8))
    wanted = (value - np.array(prepare.mean)) / np.array(prepare.std)
    assert np.abs(prepared[0] - wanted[:, None, None]).max() < 1e-5


@given(preprocesses)
def test_the_card_gives_the_same_preprocessing_back(preprocess):
    assert Preprocess.from_dict(json.loads(json.dumps(preprocess.to_dict(), allow_nan=False))) == preprocess


def test_fields_of_later_versions_are_ignored():
    assert Preprocess.from_dict(Preprocess().to_dict() | {"gamma": 2.2}) == Preprocess()


@pytest.mark.parametrize("height, width", [(100, 300), (300, 100)], ids=["wide", "tall"])
def test_crop_keeps_the_middle(height, width):
    picture = np.zeros((height, width, 3), np.uint8)
    (picture[:, 100:200] if width > height else picture[100:200])[:] = 255
    assert Preprocess(size=(50, 50), crop_share=1, **PLAIN)(picture).min() > 250


@pytest.mark.parametrize("height, width", [(100, 300), (300, 100)], ids=["wide", "tall"])
def test_pad_keeps_everything_and_fills_the_rest(height, width):
    fitted = Preprocess(size=(60, 60), fit="pad", fill=7).fit_image(np.full((height, width, 3), 200, np.uint8))
    across = fitted if width > height else fitted.transpose(1, 0, 2)
    assert (across[20:40] == 200).all() and (across[:20] == 7).all() and (across[40:] == 7).all()


def test_stretch_keeps_the_four_corners():
    picture = np.zeros((200, 100, 3), np.uint8)
    picture[:100, :50], picture[:100, 50:], picture[100:, :50], picture[100:, 50:] = 10, 60, 110, 160
    fitted = Preprocess(size=(2, 2), fit="stretch").fit_image(picture)
    assert fitted[..., 0].tolist() == [[10, 60], [110, 160]]


def test_one_channel_means_grey_by_the_weights_of_the_eye():
    fitted = Preprocess(size=(4, 4), mean=(0.0,), std=(1.0,)).fit_image(np.full((9, 9, 3), (255, 0, 0), np.uint8))
    assert fitted.shape == (4, 4, 1) and abs(int(fitted[0, 0, 0]) - 0.299 * 255) <= 1


def test_a_grey_picture_gives_three_equal_planes():
    grey = np.repeat(photograph(90, 70)[..., :1], 3, axis=2)
    planes = Preprocess(size=(32, 32), **PLAIN)(grey)[0]
    assert np.array_equal(planes[0], planes[1]) and np.array_equal(planes[1], planes[2])


def test_the_picture_is_not_changed():
    picture = photograph(50, 60)
    before = picture.copy()
    Preprocess()(picture)
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("shape", [(10, 400_000), (400_000, 10), (1, 1)])
def test_a_ribbon_of_a_picture_costs_no_more_than_what_survives_the_crop(shape):
    assert Preprocess()(np.zeros((*shape, 3), np.uint8)).shape == (1, 3, 224, 224)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((5, 5), np.uint8), np.zeros((5, 5, 4), np.uint8), np.zeros((5, 5, 3), np.float32), np.zeros((0, 5, 3), np.uint8),
        np.zeros((1, 5, 5, 3), np.uint8), [[1, 2, 3]], None, "cat.jpg",
    ],
    ids=["grey", "four channels", "float", "no pixel", "batch", "list", "none", "text"],
)
def test_what_is_no_picture_is_refused(array):
    with pytest.raises(BadArray):
        Preprocess()(array)


WRONG = {
    "size": [(0, 224), (224,), [224, 224], (224.0, 224), (True, True), ("224", "224"), (MAX_SIDE + 1, 8), None, "224", (1, 2, 3), 224],
    "fit": ["squash", None, 1, "", ["crop"]],
    "crop_share": [0, -0.5, 1.5, math.nan, math.inf, "0.9", None, True],
    "mean": [(1, 2), (), (math.nan,) * 3, (math.inf, 0, 0), ("0",) * 3, None, 0.5, (None,) * 3, [0, 0, 0], (1, 2, 3, 4)],
    "std": [(0, 1, 1), (-1, 1, 1), (1,), (math.nan, 1, 1), None, "111", (1, 2)],
    "fill": [-1, 256, 1.5, None, "114", True, math.nan],
    "interpolation": ["cubic", None, 1, "", ["area"]],
}


@pytest.mark.parametrize("name, value", [(name, value) for name, values in WRONG.items() for value in values], ids=repr)
def test_a_value_out_of_range_is_named(name, value):
    with pytest.raises(BadCard) as caught:
        Preprocess(**{name: value})
    assert caught.value.found["field"] == name


@pytest.mark.parametrize(
    "values",
    [{"mean": [1e400, 0, 0]}, {"size": [10**30, 1]}, {"fill": 10**400}, {"std": [1e-320] * 3}, {"crop_share": 10**400}, {"mean": [10**400]}],
)
def test_enormous_and_tiny_numbers_are_refused(values):
    with pytest.raises(BadCard):
        Preprocess.from_dict(values)


@pytest.mark.parametrize("values", [None, [], "size", 3, {"size": {"h": 3}}, {"mean": [[1, 2, 3]]}, {"std": None}, {"fit": {}}])
def test_a_dictionary_of_the_wrong_form_is_a_bad_card(values):
    with pytest.raises(BadCard):
        Preprocess.from_dict(values)


# Against other implementations. All shrink by averaging; their filters differ, and the numbers say by how much.


def exact_mean(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Each output pixel as the mean of the area it covers, in float64 from running sums: what INTER_AREA promises."""
    for axis, want in enumerate(size):
        sums = np.concatenate([np.zeros_like(picture.take([0], axis), np.float64), picture.astype(np.float64).cumsum(axis)], axis)
        edges = np.linspace(0, picture.shape[axis], want + 1)
        low = np.minimum(edges.astype(int), picture.shape[axis] - 1)
        share = (edges - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        at_edges = sums.take(low, axis) * (1 - share) + sums.take(low + 1, axis) * share
        picture = np.diff(at_edges, axis=axis) * want / picture.shape[axis]
    return picture


def pillow_crop(picture: np.ndarray, resample: Image.Resampling) -> np.ndarray:
    height, width = picture.shape[:2]
    side = round(min(height, width) * 0.875)
    top, left = (height - side) // 2, (width - side) // 2
    return np.asarray(Image.fromarray(picture).crop((left, top, left + side, top + side)).resize((224, 224), resample)).astype(int)


@pytest.mark.parametrize("height, width", [(480, 640), (640, 480), (333, 517), (97, 101)])
def test_shrinking_is_the_exact_mean_within_one_level(height, width):
    picture = photograph(height, width)
    ours = Preprocess(size=(60, 84), fit="stretch").fit_image(picture)
    assert np.abs(ours - exact_mean(picture, (60, 84))).max() <= 1


def test_halving_equals_pillows_box_filter_within_one_level():
    picture = photograph(448, 448)
    theirs = np.asarray(Image.fromarray(picture).resize((224, 224), Image.Resampling.BOX)).astype(int)
    assert np.abs(Preprocess(crop_share=1).fit_image(picture) - theirs).max() <= 1


@pytest.mark.parametrize("resample, mean, most", [("HAMMING", 0.5, 2), ("BILINEAR", 1.2, 3)])
@pytest.mark.parametrize("height, width", [(480, 640), (640, 480), (333, 517), (448, 448), (1000, 900)])
def test_crop_is_pillows_antialiased_resize_within_a_few_levels(height, width, resample, mean, most):
    picture = photograph(height, width)
    apart = np.abs(Preprocess().fit_image(picture) - pillow_crop(picture, Image.Resampling[resample]))
    assert apart.mean() <= mean and np.quantile(apart, 0.99) <= most


@pytest.mark.parametrize("height, width", [(480, 640), (640, 480), (700, 500)])
def test_the_input_is_torchvisions_within_a_twentieth_of_a_standard_deviation(height, width):
    """ImageNet's own recipe (Resize 256 with antialias, CenterCrop 224, Normalize) is what the weights were trained with."""
    import torch
    from torchvision import transforms

    torch.set_num_threads(1)
    prepare = Preprocess()
    recipe = transforms.Compose(
        [
            transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
            transforms.Normalize([m / 255 for m in prepare.mean], [s / 255 for s in prepare.std]),
        ]
    )
    smooth = Image.fromarray(photograph(height, width)).filter(ImageFilter.GaussianBlur(2))  # as a lens does; pure texture is the filters' own affair
    ours, theirs = prepare(np.asarray(smooth))[0], recipe(smooth).numpy()
    assert np.abs(ours - theirs).mean() < 0.05
    assert np.quantile(np.abs(ours - theirs), 0.99) < 0.25


def test_growing_equals_torchvisions_bilinear_within_one_level():
    import torch

    torch.set_num_threads(1)
    picture = photograph(50, 60)
    ours = Preprocess(size=(150, 180), fit="stretch").fit_image(picture).astype(float)
    planes = torch.from_numpy(picture.transpose(2, 0, 1)[None].astype(np.float32))
    theirs = torch.nn.functional.interpolate(planes, size=(150, 180), mode="bilinear", align_corners=False)[0].numpy().transpose(1, 2, 0)
    assert np.abs(ours - theirs).max() <= 1


def test_shrinking_averages_so_that_fine_texture_becomes_grey():
    chess = (np.indices((224, 224)).sum(axis=0) % 2 * 255).astype(np.uint8)
    fitted = Preprocess(size=(28, 28), fit="stretch").fit_image(np.repeat(chess[..., None], 3, axis=2))
    assert np.abs(fitted.astype(int) - 128).max() <= 1


def test_normalising_is_the_textbook_formula():
    prepare = Preprocess(size=(8, 8), crop_share=1)
    picture = photograph(8, 8)
    wanted = (picture.astype(np.float64) - np.array(prepare.mean)) / np.array(prepare.std)
    assert np.abs(prepare(picture)[0] - wanted.transpose(2, 0, 1)).max() < 1e-5


def test_the_docstring_example_runs():
    import doctest

    from edukit.core import preprocess

    assert doctest.testmod(preprocess).failed == 0


def test_a_jpeg_read_and_prepared_equals_a_hand_written_loop():
    stream = io.BytesIO()
    Image.fromarray(photograph(448, 448)).save(stream, "JPEG", quality=95)
    from edukit.core.images import decode_image

    ours = Preprocess(crop_share=1)(decode_image(stream.getvalue()))
    by_hand = cv2.cvtColor(cv2.imdecode(np.frombuffer(stream.getvalue(), np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    by_hand = cv2.resize(by_hand, (224, 224), interpolation=cv2.INTER_AREA).astype(np.float32)
    by_hand = (by_hand - np.float32(Preprocess().mean)) / np.float32(Preprocess().std)
    assert np.abs(ours[0] - by_hand.transpose(2, 0, 1)).max() < 1e-5
