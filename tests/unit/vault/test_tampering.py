"""Whoever rewrites the ledger's table is found out: where, and what they did.

The attacker may write every row and has the source, but has neither the MAC key, nor the signing
key, nor what another agency keeps. Each class of tampering is tried at random places against each
kind of evidence; and without keys, heads or copies too, to show what they are for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from mdt.vault.ledger import (
    Finding,
    Head,
    Line,
    Tampering,
    decode,
    encode,
    mac,
    new_signing_key,
    public_key,
    sign,
    verify_log,
)
from mdt.vault.tree import root_of

SIZE, EVERY, ROUNDS = 64, 8, 25
KEY = b"k" * 32
SIGNING = new_signing_key()
PUBLIC = public_key(SIGNING)


def entry(number: int) -> bytes:
    return encode({"event": "item.shown", "at": f"2026-11-25T09:{number:02}", "by": number % 5})


def written(bodies: list[bytes], key: bytes = KEY) -> list[Line]:
    return [Line(number, body, mac(key, number, body)) for number, body in enumerate(bodies)]


def signed(lines: list[Line], size: int, log: str = "main") -> Head:
    root = root_of([line.leaf for line in lines[:size]])
    return sign(SIGNING, log=log, size=size, root=root, at="2026-11-25T10:00:00Z")


LINES = written([entry(number) for number in range(SIZE)])
HEADS = [signed(LINES, size) for size in range(0, SIZE + 1, EVERY)]
COPY = [line.leaf for line in LINES]


class Case(NamedTuple):
    lines: list[Line]
    kind: Tampering
    index: int


def renumbered(lines: list[Line]) -> list[Line]:
    return [line._replace(number=number) for number, line in enumerate(lines)]


def forged(number: int) -> Line:
    body = encode({"event": "item.shown", "at": "2026-11-25T09:30", "by": 99})
    return Line(number, body, mac(b"guess" * 6, number, body))


def with_line(at: int, line: Line) -> list[Line]:
    return [*LINES[:at], line, *LINES[at + 1 :]]


def edited(dice: random.Random) -> Case:
    at = dice.randrange(SIZE)
    body = encode({**decode(LINES[at].body), "by": 99})
    return Case(with_line(at, LINES[at]._replace(body=body)), Tampering.EDITED, at)


def backdated(dice: random.Random) -> Case:
    at = dice.randrange(SIZE)
    body = encode({**decode(LINES[at].body), "at": "2026-11-24T09:00"})
    line = Line(at, body, mac(b"guess" * 6, at, body))
    return Case(with_line(at, line), Tampering.EDITED, at)


def emptied(dice: random.Random) -> Case:
    at = dice.randrange(SIZE)
    return Case(with_line(at, LINES[at]._replace(body=None, mac=None)), Tampering.EDITED, at)


def overwritten_with_another(dice: random.Random) -> Case:
    at, source = dice.sample(range(SIZE - 1), 2)
    return Case(with_line(at, LINES[source]._replace(number=at)), Tampering.EDITED, at)


def deleted(dice: random.Random) -> Case:
    at = dice.randrange(SIZE - 1)
    return Case([*LINES[:at], *LINES[at + 1 :]], Tampering.DELETED, at)


def several_deleted_and_renumbered(dice: random.Random) -> Case:
    at, count = dice.randrange(SIZE - 6), dice.randint(1, 5)
    return Case(renumbered([*LINES[:at], *LINES[at + count :]]), Tampering.DELETED, at)


def inserted(dice: random.Random) -> Case:
    at = dice.randrange(SIZE)
    return Case(renumbered([*LINES[:at], forged(at), *LINES[at:]]), Tampering.INSERTED, at)


def played_again(dice: random.Random) -> Case:
    at, source = dice.sample(range(SIZE - 1), 2)
    lines = renumbered([*LINES[:at], LINES[source], *LINES[at:]])
    return Case(lines, Tampering.INSERTED, at)


def swapped(dice: random.Random) -> Case:
    first, second = sorted(dice.sample(range(SIZE), 2))
    lines = list(LINES)
    lines[first], lines[second] = lines[second], lines[first]
    return Case(renumbered(lines), Tampering.REORDERED, first)


def moved_forward(dice: random.Random) -> Case:
    to, source = sorted(dice.sample(range(SIZE), 2))
    lines = [*LINES[:to], LINES[source], *LINES[to:source], *LINES[source + 1 :]]
    return Case(renumbered(lines), Tampering.REORDERED, to)


def truncated(dice: random.Random) -> Case:
    size = dice.randrange(SIZE)
    return Case(LINES[:size], Tampering.TRUNCATED, size)


def mac_spoiled(dice: random.Random) -> Case:
    at = dice.randrange(SIZE)
    return Case(with_line(at, LINES[at]._replace(mac=bytes(32))), Tampering.BAD_MAC, at)


CLASSES: list[Callable[[random.Random], Case]] = [
    edited,
    backdated,
    emptied,
    overwritten_with_another,
    deleted,
    several_deleted_and_renumbered,
    inserted,
    played_again,
    swapped,
    moved_forward,
    truncated,
]
"""What can be done to entries; a spoiled MAC leaves them alone and takes the MAC key to judge."""


def cases(tamper: Callable[[random.Random], Case]) -> list[Case]:
    dice = random.Random(tamper.__name__)
    return [tamper(dice) for _ in range(ROUNDS)]


def test_a_spoiled_mac_is_nothing_to_those_without_the_key():
    for case in cases(mac_spoiled):
        assert verify_log(case.lines, HEADS, PUBLIC, log="main", copy=COPY).ok


def test_an_honest_ledger_is_found_honest_with_any_evidence():
    for given in ({}, {"mac_key": KEY}, {"copy": COPY}, {"mac_key": KEY, "copy": COPY[:9]}):
        report = verify_log(iter(LINES), HEADS, PUBLIC, log="main", **given)
        assert report.ok and report.first is None
        assert (report.entries, report.anchored) == (SIZE, SIZE)


@pytest.mark.parametrize("tamper", [*CLASSES, mac_spoiled], ids=lambda tamper: tamper.__name__)
@pytest.mark.parametrize(
    "given", [{"mac_key": KEY}, {"mac_key": KEY, "copy": COPY}], ids=["mac key", "key and copy"]
)
def test_the_agency_with_the_mac_key_sees_what_was_done_and_where(tamper, given):
    for case in cases(tamper):
        report = verify_log(case.lines, HEADS, PUBLIC, log="main", **given)
        assert report.first == Finding(case.kind, case.index)


@pytest.mark.parametrize("tamper", CLASSES, ids=lambda tamper: tamper.__name__)
def test_another_agency_s_copy_alone_shows_what_was_done_and_where(tamper):
    for case in cases(tamper):
        report = verify_log(case.lines, [], PUBLIC, log="main", copy=COPY)
        assert report.first == Finding(case.kind, case.index)


@pytest.mark.parametrize("tamper", CLASSES, ids=lambda tamper: tamper.__name__)
def test_signed_heads_alone_show_that_and_between_which_heads(tamper):
    for case in cases(tamper):
        found = verify_log(case.lines, HEADS, PUBLIC, log="main").first
        assert found is not None
        assert found.index <= case.index < (found.until or found.index + 1)
        assert case.index - found.index < EVERY


def test_without_keys_heads_or_copies_a_careful_forger_is_never_seen():
    unseen = (edited, backdated, several_deleted_and_renumbered, inserted, swapped, truncated)
    for tamper in unseen:
        for case in cases(tamper):
            report = verify_log(case.lines, [], PUBLIC, log="main")
            assert report.ok and report.anchored == 0


def test_a_history_rewritten_by_someone_with_the_mac_key_breaks_the_heads():
    dice = random.Random("insider")
    for _ in range(ROUNDS):
        at = dice.randrange(SIZE)
        bodies = [line.body for line in LINES[:at]] + [entry(n + 1) for n in range(at, SIZE)]
        report = verify_log(written(bodies), HEADS, PUBLIC, log="main", mac_key=KEY)
        since = at // EVERY * EVERY
        assert report.findings == (Finding(Tampering.REWRITTEN, since, until=since + EVERY),)
        assert report.anchored == since


def test_two_histories_signed_by_the_server_itself_do_not_both_stand():
    other = written([entry(number + 1) for number in range(SIZE)])
    heads = [*HEADS, signed(other, 24)]
    for lines in (LINES, other):
        report = verify_log(lines, heads, PUBLIC, log="main", mac_key=KEY)
        assert report.first is not None and report.first.kind is Tampering.REWRITTEN
        assert report.anchored < 24


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": bytes(64)},
        {"root": bytes(32)},
        {"size": 17},
        {"at": "2026-11-26T10:00:00Z"},
        {"log": "other"},
    ],
)
def test_a_head_that_was_not_signed_so_is_named(changed):
    bad = replace(HEADS[2], **changed)
    heads = [*HEADS[:2], bad, *HEADS[3:]]
    report = verify_log(LINES, heads, PUBLIC, log="main", mac_key=KEY)
    assert report.findings == (Finding(Tampering.BAD_SIGNATURE, bad.size),)


def test_a_whole_other_ledger_put_in_place_of_this_one_is_refused():
    other = written([entry(number + 1) for number in range(SIZE)])
    heads = [signed(other, size, log="other") for size in (32, 64)]
    report = verify_log(other, heads, PUBLIC, log="main", mac_key=KEY)
    assert [found.kind for found in report.findings] == [Tampering.BAD_SIGNATURE] * 2
    assert report.anchored == 0


def test_heads_signed_with_another_key_vouch_for_nothing():
    report = verify_log(LINES, HEADS, public_key(new_signing_key()), log="main", mac_key=KEY)
    assert {found.kind for found in report.findings} == {Tampering.BAD_SIGNATURE}
    assert report.anchored == 0


def test_an_entry_added_after_the_last_head_needs_the_mac_key():
    lines = [*LINES, forged(SIZE)]
    assert verify_log(lines, HEADS, PUBLIC, log="main").anchored == SIZE
    report = verify_log(lines, HEADS, PUBLIC, log="main", mac_key=KEY)
    assert report.first == Finding(Tampering.EDITED, SIZE)


@pytest.mark.parametrize("given", [{"mac_key": KEY}, {"copy": COPY}, {}], ids=str)
def test_a_number_alone_that_was_changed_is_noticed(given):
    lines = with_line(9, LINES[9]._replace(number=99))
    report = verify_log(lines, HEADS, PUBLIC, log="main", **given)
    assert report.first == Finding(Tampering.EDITED, 9)


def test_a_gap_in_the_numbers_is_a_deletion_even_with_nothing_else_to_go_by():
    report = verify_log([*LINES[:9], *LINES[11:]], [], PUBLIC, log="main")
    assert report.findings == (Finding(Tampering.DELETED, 9),)


def test_a_deletion_is_not_told_a_second_time_as_a_shortage():
    report = verify_log([*LINES[:9], *LINES[11:]], HEADS, PUBLIC, log="main", mac_key=KEY)
    assert report.findings == (Finding(Tampering.DELETED, 9),)


def test_an_agency_s_copy_that_differs_is_told_though_mac_and_heads_agree():
    copy = [*COPY[:9], bytes(32), *COPY[10:]]
    report = verify_log(LINES, HEADS, PUBLIC, log="main", mac_key=KEY, copy=copy)
    assert report.findings == (Finding(Tampering.EDITED, 9),)


def test_two_things_done_are_found_at_the_first():
    lines = [*LINES[:10], *LINES[11:40], forged(40)]
    report = verify_log(lines, HEADS, PUBLIC, log="main", mac_key=KEY)
    assert report.first == Finding(Tampering.DELETED, 10)


def test_an_empty_ledger_is_honest_unless_a_head_or_a_copy_says_otherwise():
    assert verify_log([], HEADS[:1], PUBLIC, log="main", mac_key=KEY).ok
    for heads, copy in ((HEADS, ()), ([], COPY)):
        report = verify_log([], heads, PUBLIC, log="main", copy=copy)
        assert report.findings == (Finding(Tampering.TRUNCATED, 0),)


@pytest.mark.parametrize(
    "line",
    [Line(3, "text", "text"), Line(None, None, None), Line("3", 3, 3), Line(3, LINES[3].body, "é")],
)
def test_whatever_stands_in_a_row_is_reported_and_never_raised(line):
    for given in ({"mac_key": KEY}, {"copy": COPY}, {}):
        report = verify_log(with_line(3, line), HEADS, PUBLIC, log="main", **given)
        if isinstance(line.body, bytes) and "mac_key" not in given:
            continue
        assert report.first is not None and report.first.index == 3
