"""Whatever is sealed wherever: it opens there, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mdt.vault.keys import new_key, unwrap, wrap
from mdt.vault.seal import DataKey, Place, Unopenable, open_value, seal, seal_value, unseal

unhurried = settings(deadline=None)
"""Figures are for the bench; a busy machine is no failure here."""

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
places = st.builds(Place, words, words, words)
keys = st.builds(
    DataKey,
    st.binary(min_size=16, max_size=16),
    st.integers(1, 65_535),
    st.binary(min_size=32, max_size=32),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@unhurried
@given(keys, st.binary(max_size=3_000), places)
def test_what_is_sealed_opens_in_its_place(key, plain, place):
    assert unseal(key, seal(key, plain, place), place) == plain


@unhurried
@given(keys, values, places)
def test_json_comes_back(key, value, place):
    assert open_value(key, seal_value(key, value, place), place) == value


@unhurried
@given(places, places)
def test_no_two_places_are_written_alike(one, other):
    assert (one.encoded() == other.encoded()) == (one == other)


@unhurried
@given(st.text(max_size=6), st.integers(0, 6), st.integers(0, 6))
def test_moving_letters_from_part_to_part_makes_another_place(text, a, b):
    assume(not any("\ud800" <= letter <= "\udfff" for letter in text))
    first, second = sorted((min(a, len(text)), min(b, len(text))))
    moved = Place(text[:first], text[first:second], text[second:])
    whole = Place(text, "", "")
    assert (moved.encoded() == whole.encoded()) == (moved == whole)


@unhurried
@given(keys, st.binary(max_size=200), places, keys, places)
def test_it_opens_with_no_other_key_and_in_no_other_place(key, plain, place, other, elsewhere):
    assume((key, place) != (other, elsewhere))
    with pytest.raises(Unopenable):
        unseal(other, seal(key, plain, place), elsewhere)


@given(keys, st.binary(max_size=400), places)
@settings(max_examples=300, deadline=None)
def test_bytes_that_were_never_sealed_do_not_open(key, junk, place):
    for made_up in (junk, key.head + junk):
        with pytest.raises(Unopenable):
            unseal(key, made_up, place)


@unhurried
@given(keys, keys, words, words)
def test_a_key_unwraps_under_its_name_and_parent_only(parent, key, name, other):
    wrapped = wrap(parent, key, name)
    assert unwrap(parent, wrapped, name) == key
    for wrong_parent, wrong_name in ((new_key(), name), (parent, other + name + "x")):
        with pytest.raises(Unopenable):
            unwrap(wrong_parent, wrapped, wrong_name)
