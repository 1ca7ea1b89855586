"""pandas, which only tables need."""
from __future__ import annotations

from typing import Any

from edukit.core.errors import PackageMissing


def pandas_package() -> Any:
    """The pandas module. Raises ``PackageMissing``."""
    try:
        import pandas
    except ImportError as error:
        raise PackageMissing(package="pandas", extra="lab") from error
    return pandas
