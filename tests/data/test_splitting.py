"""Splitting: whole groups, every class everywhere, the wanted shares, and the same split for the same seed."""
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edukit.core.errors import BadArgument
from edukit.data.splitting import Item, assign, group_finder, group_in, later_split, read_ratios

RATIOS = (0.7, 0.1, 0.2)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.lists(st.integers(1, 9), min_size=1, max_size=12), min_size=1), st.integers(0, 3))
def test_groups_stay_whole_and_every_class_is_everywhere(sizes, seed):
    groups_of = [(label, group, size) for label, found in sizes.items() for group, size in enumerate(found)]
    items = [Item(f"{label}/{group}-{n}", label, f"{label}{group}") for label, group, size in groups_of for n in range(size)]
    placed = assign(items, ratios=RATIOS, random_seed=seed)
    assert placed == assign(items[::-1], ratios=RATIOS, random_seed=seed) and set(placed) == {item.name for item in items}
    splits, groups = defaultdict(set), defaultdict(set)
    for item in items:
        splits[item.label].add(placed[item.name])
        groups[item.group].add(placed[item.name])
    assert all(len(found) == 1 for found in groups.values())
    for label, found in sizes.items():
        assert splits[label] == ({"train", "validation", "test"} if len(found) >= 3 else {"train"})


@pytest.mark.parametrize("count", [10, 25, 100, 333])
def test_shares_are_those_that_were_asked_for(count):
    placed = Counter(assign([Item(f"{label}{n}", label, n if label == "x" else f"{label}{n}") for label in "ab" for n in range(count)], ratios=RATIOS).values())
    assert all(abs(placed[split] - share * 2 * count) <= 2 for split, share in zip(("train", "validation", "test"), RATIOS))


def test_a_share_of_nothing_gets_nothing():
    assert set(assign([Item(str(n), "a", n) for n in range(20)], ratios=(0.8, 0.2, 0)).values()) == {"train", "validation"}


def test_later_pictures_follow_their_name_and_the_shares():
    found = Counter(later_split(f"cat/{n}.png", ratios=RATIOS, random_seed=5) for n in range(2000))
    assert all(abs(found[split] / 2000 - share) < 0.04 for split, share in zip(("train", "validation", "test"), RATIOS))


@pytest.mark.parametrize("bad", ["", "0.5", "0.9,0.2,0.1", "a,b,c", "-0.1,0.1,1", "0,0.5,0.5", "nan,0.5,0.5", [0.5, 0.4, 0.3], 3, None, [1, 2, 3, 4]])
def test_bad_ratios(bad):
    with pytest.raises(BadArgument):
        read_ratios(bad)


def test_groups_by_name():
    finder = group_finder(r"/(\w+?)_")
    assert group_in("cat/anna_03.jpg", finder) == "anna" and group_in("cat/x.jpg", finder) is None and group_in("a1", group_finder("[0-9]")) == "1"
    with pytest.raises(BadArgument):
        group_finder("(")
