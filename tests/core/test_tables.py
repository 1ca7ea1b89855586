"""Tables need pandas, and say so where it is absent."""
import sys

import pytest

from edukit.core.errors import PackageMissing
from edukit.core.tables import pandas_package


def test_without_pandas_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PackageMissing) as caught:
        pandas_package()
    assert caught.value.found == {"package": "pandas", "extra": "lab"}
