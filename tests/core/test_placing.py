"""Labels of points: none covers another while there is room."""
from hypothesis import given, settings
from hypothesis import strategies as st

from edukit.core.placing import Box, place_labels

FRAME = Box(0, 0, 600, 300)
points = st.lists(st.tuples(st.floats(150, 450), st.floats(100, 200)), min_size=1, max_size=4)


@given(points)
@settings(max_examples=200)
def test_up_to_four_labels_never_collide_nor_leave_the_frame(points):
    boxes = place_labels(points, [(90, 17)] * len(points), [], FRAME, 14)
    assert all(one.overlap(two) == 0 for i, one in enumerate(boxes) for two in boxes[i + 1 :])
    assert all(box.outside(FRAME) == 0 for box in boxes)


def test_a_label_avoids_markers():
    marker = Box(110, 90, 230, 125)
    (box,) = place_labels([(100, 100)], [(90, 17)], [marker], FRAME, 14)
    assert box.overlap(marker) == 0


def test_where_there_is_no_room_beside_it_a_label_stands_over_its_line():
    lines = [Box(98, 0, 102, 180), Box(150, 0, 154, 190)]
    (box,) = place_labels([(100, 100)], [(90, 17)], lines, Box(60, 0, 600, 300), 14)
    assert all(box.overlap(line) == 0 for line in lines) and box.left < 100 < box.right


def test_areas():
    assert Box(0, 0, 10, 10).overlap(Box(5, 5, 20, 20)) == 25 and Box(0, 0, 10, 10).overlap(Box(20, 0, 30, 10)) == 0
    assert Box(-5, 0, 5, 10).outside(Box(0, 0, 100, 100)) == 50
