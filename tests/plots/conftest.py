import warnings

import pytest


@pytest.fixture(autouse=True)
def no_warnings():
    """A missing glyph or a layout that does not fit would warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(params=["en", "zh"])
def lang(request):
    from edukit.core.i18n import set_language

    set_language(request.param)
    return request.param
