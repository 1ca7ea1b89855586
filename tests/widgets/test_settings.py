"""Settings: only what they offer may be set, and saved values that no longer fit give way to the defaults."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edukit.core.errors import BadArgument, UnknownChoice
from edukit.widgets.settings import Option, Setting, values_of

EPOCHS = Setting(name="epochs", kind="range", label="Epochs", default=2, options=(Option(1, "1"), Option(2, "2")))
INT8 = Setting(name="int8", kind="check", label="INT8", default=True)
FOLDER = Setting(name="folder", kind="text", label="Folder", default="")


@pytest.mark.parametrize("value", [3, "1", 1.0, True, None, [1]])
def test_a_slider_takes_its_stops_alone(value):
    with pytest.raises(UnknownChoice):
        EPOCHS.check(value)
    assert EPOCHS.check(1) == 1


def test_a_whole_number_of_a_page_is_the_stop_that_it_means():
    strength = Setting(name="strength", kind="range", label="Strength", default=0.5, options=(Option(0.5, "0.5"), Option(2.0, "2")))
    assert repr(strength.check(2)) == "2.0" and values_of((strength,), {"strength": 2}) == {"strength": 2.0}


@pytest.mark.parametrize(("setting", "value"), [(INT8, 1), (INT8, "true"), (FOLDER, 3), (FOLDER, "x" * 4001), (FOLDER, "a\0b")])
def test_other_kinds_take_their_kind_alone(setting, value):
    with pytest.raises(BadArgument):
        setting.check(value)


@given(st.dictionaries(st.sampled_from(["epochs", "int8", "folder", "gone"]), st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5)))
def test_whatever_was_saved_the_values_fit(saved):
    values = values_of((EPOCHS, INT8, FOLDER), saved)
    assert values["epochs"] in (1, 2) and isinstance(values["int8"], bool) and isinstance(values["folder"], str)
    assert set(values) == {"epochs", "int8", "folder"}
