"""What counts as repeating a value, also spelled a little differently; and what does not."""

from __future__ import annotations

import pytest

from mdt.operations.guarding.echoes import echoes, phrases, places, words
from mdt.sharing.declare import Kind


def repeated(text, value, kind, harmless=()):
    """The pieces of the text that repeat the value."""
    spans = [span for one in phrases(value, kind) for span in echoes(text, words(text), one.without(harmless))]
    return [text[span.start : span.end] for span in spans]


ADDRESS = "14 Birch Street, Fenwick"
NARRATIVE = "She told us that Rick Stroud drives the grey Honda, and that Tasha was in the room."


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("She sleeps at Birch Street now.", ADDRESS, Kind.LINE),
        ("she is on birch st since monday", ADDRESS, Kind.LINE),
        ("Picked up at Brich Street.", ADDRESS, Kind.LINE),
        ("BIRCH STREET, as before.", ADDRESS, Kind.LINE),
        ("Birch's corner", ADDRESS, Kind.LINE),
        ("She has chlamydia again.", ["Chlamydia", "Asthma"], Kind.LIST),
        ("Treated for clamydia.", ["Chlamydia"], Kind.LIST),
        ("They spoke of a major depressive episode.", "Major depressive disorder", Kind.LINE),
        ("Stroud was seen again.", NARRATIVE, Kind.PARAGRAPH),
        ("Ask tasha.", NARRATIVE, Kind.PARAGRAPH),
        ("Call 555 0140 first", "(410) 555-0140", Kind.PHONE),
        ("It is 410.555.0140.", ["410-555-0140, her own"], Kind.PHONE),
        ("The number 48213 again", "File 48213", Kind.LINE),
        ("José came", ["Jose Ramirez"], Kind.LIST),
    ],
)
def test_a_value_is_recognized(text, value, kind):
    assert repeated(text, value, kind)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("She slept well and ate with us on Monday.", ADDRESS, Kind.LINE),
        ("We met in the street, at court.", ADDRESS, Kind.LINE),
        ("A strong girl in a grand mood.", NARRATIVE, Kind.PARAGRAPH),
        ("She told us that she was in the room.", NARRATIVE, Kind.PARAGRAPH),
        ("Call 555 0141 first", "(410) 555-0140", Kind.PHONE),
        ("Yes, and no.", "yes", Kind.YES_NO),
        ("It was suspected.", "suspected", Kind.CHOICE),
        ("A disorder of sleep", "Major depressive disorder", Kind.LINE),
        ("", ADDRESS, Kind.LINE),
    ],
)
def test_everyday_words_are_no_echo(text, value, kind):
    assert not repeated(text, value, kind)


def test_what_every_reader_knows_is_no_echo():
    assert repeated("To Fenwick by bus.", ADDRESS, Kind.LINE) == ["Fenwick"]
    assert not repeated("To Fenwick by bus.", ADDRESS, Kind.LINE, harmless={"fenwick"})


def test_the_pieces_named_are_the_authors_own_words():
    assert repeated("near brich street at night", ADDRESS, Kind.LINE)[0] == "brich"


@pytest.mark.parametrize("text", ["at 9 Alder in town", "on alder road", "an Alder St. flat", "the juniper shelter"])
def test_an_address_is_known_by_its_shape_whatever_it_says(text):
    assert places(text)


@pytest.mark.parametrize("text", ["in the street", "at 9 pm", "at home", "12 days"])
def test_not_everything_with_a_number_is_a_place(text):
    assert not places(text)
