"""Placement: a point's way into the input and back, where a drawn marker is really found, and the three interpolations."""
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from edukit.core.card import ModelCard
from edukit.core.errors import BadArgument
from edukit.core.preprocess import Preprocess

FITS = ("crop", "pad", "stretch")
INTERPOLATIONS = ("area", "bilinear", "pillow")
PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
shapes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))
preprocesses = st.builds(
    Preprocess, size=st.tuples(st.integers(1, 2048), st.integers(1, 2048)), fit=st.sampled_from(FITS), crop_share=st.floats(0.01, 1)
)
coordinates = st.floats(-10_000, 10_000)


def scale_of(placement):
    """Pixels of the input for one pixel of the picture, in x and y."""
    return placement.target.width / placement.source.width, placement.target.height / placement.source.height


@given(prepare=preprocesses, shape=shapes, box=st.tuples(*[coordinates] * 4))
def test_the_way_back_is_the_inverse(prepare, shape, box):
    placement = prepare.placement(shape)
    for points in ([box], [box[:2], box[2:]]):
        for way in (placement.to_image(placement.to_input(points)), placement.to_input(placement.to_image(points))):
            assert np.abs(way - points).max() <= 1e-6


@given(prepare=preprocesses, shape=shapes, point=st.tuples(coordinates, coordinates))
def test_it_is_scale_and_offset(prepare, shape, point):
    placement = prepare.placement((*shape, 3))
    offset, scale = placement.to_input([0, 0]), scale_of(placement)
    assert np.allclose(placement.to_input(point), np.array(point) * scale + offset, rtol=1e-9, atol=1e-6 * max(scale))


@given(prepare=preprocesses, shape=shapes)
def test_the_whole_picture_or_its_middle_fills_the_input(prepare, shape):
    height, width = shape
    placement = prepare.placement(shape)
    x1, y1, x2, y2 = placement.to_image([0.0, 0.0, prepare.size[1], prepare.size[0]])
    if prepare.fit == "stretch":
        assert np.allclose((x1, y1, x2, y2), (0, 0, width, height))
    if prepare.fit == "crop":  # what is left lies inside the picture, centred to a pixel
        assert x1 >= -1e-6 and y1 >= -1e-6 and x2 <= width + 1e-6 and y2 <= height + 1e-6
        assert abs(x1 - (width - x2)) <= 1 + 1e-6 and abs(y1 - (height - y2)) <= 1 + 1e-6
    if prepare.fit == "pad":  # nothing is cut away
        corners = placement.to_input([0.0, 0.0, width, height])
        assert (corners[:2] >= -1e-6).all() and corners[2] <= prepare.size[1] + 1e-6 and corners[3] <= prepare.size[0] + 1e-6


@settings(max_examples=60)
@given(
    fit=st.sampled_from(FITS), interpolation=st.sampled_from(INTERPOLATIONS), shape=st.tuples(st.integers(40, 400), st.integers(40, 400)),
    size=st.tuples(st.integers(32, 256), st.integers(32, 256)), place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_marker_drawn_in_the_picture_is_found_within_half_a_pixel(fit, interpolation, shape, size, place):
    prepare = Preprocess(size=size, fit=fit, fill=0, crop_share=1, interpolation=interpolation, **PLAIN)
    placement = prepare.placement(shape)
    source = placement.source
    step = [max(1, 1 / one) for one in scale_of(placement)]  # pixels of the picture for one of the input
    radius = [int(np.ceil(2 * one)) + 1 for one in step]
    x, y = (
        int(start + r + 1 + share * max(0, side - 2 * r - 3))
        for start, side, r, share in ((source.left, source.width, radius[0], place[0]), (source.top, source.height, radius[1], place[1]))
    )
    if not (source.width > 2 * radius[0] + 2 and source.height > 2 * radius[1] + 2):
        return  # a ribbon with no room for a marker
    picture = np.zeros((*shape, 3), np.uint8)
    picture[y - radius[1] : y + radius[1] + 1, x - radius[0] : x + radius[0] + 1] = 255
    weights = prepare.fit_image(picture)[..., 0].astype(float)
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
    centre = [(columns * weights).sum() / weights.sum(), (rows * weights).sum() / weights.sum()]
    wanted = placement.to_input((x + 0.5, y + 0.5))
    back = placement.to_image(centre)
    assert np.abs(centre - wanted).max() <= 0.5
    assert (np.abs(back - (x + 0.5, y + 0.5)) <= 0.5 * np.array(step)).all()


def test_any_number_of_points_keeps_its_shape():
    placement = Preprocess(size=(50, 100)).placement((200, 300))
    for shape in ((2,), (4,), (0, 2), (7, 17, 2), (3, 4)):
        assert placement.to_input(np.zeros(shape)).shape == shape


@pytest.mark.parametrize("points", [3.0, np.zeros((2, 3)), np.zeros((2, 0)), "cat"], ids=["number", "three", "none", "text"])
def test_what_are_no_points_is_refused(points):
    with pytest.raises(BadArgument):
        Preprocess().placement((10, 10)).to_input(points)


def texture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_bilinear_is_opencvs_and_pillow_is_pillows():
    for picture in (texture(90, 120), texture(20, 30)):
        bilinear, pillow, area = (Preprocess(size=(48, 40), fit="stretch", interpolation=name).fit_image(picture) for name in ("bilinear", "pillow", "area"))
        assert np.array_equal(bilinear, cv2.resize(picture, (40, 48), interpolation=cv2.INTER_LINEAR))
        assert np.array_equal(pillow, np.asarray(Image.fromarray(picture).resize((40, 48), Image.Resampling.BILINEAR)))
        assert not np.array_equal(bilinear, pillow)
        assert np.array_equal(area, bilinear) == (len(picture) == 20)  # the same only where it enlarges


def test_a_card_from_before_says_area_and_a_new_one_travels():
    old = {name: value for name, value in Preprocess().to_dict().items() if name != "interpolation"}
    assert Preprocess.from_dict(old).interpolation == "area"
    card = ModelCard(backbone="MobileNetV3-Small", classes=("a", "b"), preprocess=Preprocess(interpolation="pillow"))
    assert ModelCard.from_dict(card.to_dict()).preprocess.interpolation == "pillow"
