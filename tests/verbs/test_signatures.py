"""The verbs that a lesson types take what their floors take, with the same defaults: neither may change without the other."""
from inspect import signature

import pytest

from edukit import comparison, compression, conversion, verbs
from edukit.models import loading

NOT_SHARED = {"cards", "skip_bad"}  # given by those who know the models; chooses what the floor is given


@pytest.mark.parametrize(
    ("verb", "floor"),
    [
        (verbs.convert, conversion.convert),
        (verbs.quantize, compression.quantize),
        (verbs.compare, comparison.compare),
        (verbs.load_model, loading.load_model),
    ],
    ids=lambda function: function.__module__,
)
def test_a_verb_takes_what_its_floor_takes(verb, floor):
    typed, taken = signature(verb).parameters, signature(floor).parameters
    assert keywords(typed) == keywords(taken)
    assert places(typed) == places(taken)


def keywords(parameters):
    """Name and default of those that are given by name, in their order."""
    return [(name, one.default) for name, one in parameters.items() if one.kind is one.KEYWORD_ONLY and name not in NOT_SHARED]


def places(parameters):
    """The defaults of those that are given by place."""
    return [one.default for one in parameters.values() if one.kind is not one.KEYWORD_ONLY]
