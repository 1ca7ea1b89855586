"""Tables: safe as HTML; where pandas is absent they say so."""
import sys

import pytest

from edukit.core.errors import PackageMissing
from edukit.core.tables import facts_table, pandas_package


def test_without_pandas_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PackageMissing) as caught:
        pandas_package()
    assert caught.value.found == {"package": "pandas", "extra": "lab"}


def test_a_name_is_no_markup():
    assert facts_table([("file", "<script>.onnx"), ("a & b", "猫")]) == (
        "<table class='ek-table'><tr><th>file</th><td>&lt;script&gt;.onnx</td></tr><tr><th>a &amp; b</th><td>猫</td></tr></table>"
    )
