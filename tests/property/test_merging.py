"""What two people made of one text comes together: nothing lost, nothing doubled, whatever the line does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mdt.operations.merging import common, inserted, merge, merge_fields

few = st.text("ab c\n.", max_size=14)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)
texts = st.one_of(few, words)


def is_in_order(part: str, whole: str) -> bool:
    """Whether `part` is left of `whole` when some of it is taken out."""
    rest = iter(whole)
    return all(one in rest for one in part)


@given(texts, texts)
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base: str, text: str) -> None:
    assert merge(base, text, base) == text == merge(base, base, text) == merge(base, text, text)


@given(texts, texts, texts)
def test_what_either_wrote_stands_and_nothing_else_comes_in(base: str, one: str, other: str) -> None:
    merged = merge(base, one, other)
    for side in (one, other):
        for piece in inserted(base, side).split("\n"):
            assert is_in_order(piece, merged)
    assert not Counter(merged) - (Counter(one) + Counter(other))


@given(texts, texts, texts)
def test_both_orders_hold_the_same_characters(base: str, one: str, other: str) -> None:
    assert Counter(merge(base, one, other)) == Counter(merge(base, other, one))


@given(st.permutations("αβγδεζηθ"), st.data())
def test_where_every_letter_is_its_own_each_change_is_kept_to_the_letter(letters: list[str], data: Any) -> None:
    base = "".join(letters)
    gone = [data.draw(st.sets(st.sampled_from(letters))) for _ in range(2)]
    sides = []
    for side, new in zip(gone, ("abc", "xyz"), strict=True):
        text = [one for one in letters if one not in side]
        for one in new:
            text.insert(data.draw(st.integers(0, len(text))), one)
        sides.append("".join(text))
    merged = merge(base, *sides)
    stays = [one for one in letters if one not in gone[0] | gone[1]]
    assert Counter(merged) == Counter([*stays, *"abcxyz"])
    assert [one for one in merged if one in stays] == stays


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_what_two_texts_have_in_common_is_as_long_as_can_be(one: str, other: str) -> None:
    row = [0] * (len(other) + 1)
    for a in one:
        last = row[:]
        for n, b in enumerate(other):
            row[n + 1] = last[n] + 1 if a == b else max(last[n + 1], row[n])
    pairs = common(one, other)
    assert len(pairs) == row[-1] and all(one[i] == other[j] for i, j in pairs)
    assert pairs == sorted(set(pairs)) and len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)


def test_words_are_kept_together_where_two_mend_the_same_line() -> None:
    base = "The nurse said yes."
    assert merge(base, "The nurse said yes, twice.", "The kind nurse said yes.") == "The kind nurse said yes, twice."
    assert merge("hel", "hello", "help") == "hellop"


def test_a_space_does_not_say_which_letter_stayed() -> None:
    """Of two ways to read a change that keep as much, the one that keeps letters: what the other took out stays out."""
    assert merge("ed abf", "ig f", "jkedbl f") == "igjkl f"
    assert merge("a b", " c", "b ") == "c "


def test_a_form_is_merged_by_field_and_what_is_ticked_by_who_changed_it() -> None:
    base: dict[str, Any] = {"note": "A word.", "labels": ["HIV"], "category": "PLAN"}
    one = base | {"note": "A word. More.", "labels": []}
    other = base | {"note": "Just a word.", "category": "HEALTH"}
    assert merge_fields(base, one, other) == {"note": "Just a word. More.", "labels": [], "category": "HEALTH"}
    assert merge_fields({}, {}, {"note": "new"}) == {"note": "new"}


@dataclass(frozen=True)
class Batch:
    """What goes over the line; `unheard`: numbers and texts of batches before it that were not answered."""

    pen: int
    number: int
    base: str
    text: str
    unheard: tuple[tuple[int, str], ...] = ()


@dataclass
class Page:
    """An open page as static/js/keeping.js is: its text, what that was made of, and what it has not heard about."""

    pen: int
    text: str
    base: str
    number: int = 0
    version: int = 0
    waiting: Batch | None = None


@dataclass
class Desk:
    """The server: one text, and the last number that counted of each page."""

    text: str = ""
    version: int = 0
    counted: dict[int, int] = field(default_factory=dict)

    def take(self, batch: Batch) -> tuple[str, int]:
        last = self.counted.get(batch.pen, 0)
        if batch.number > last:
            base = [text for number, text in batch.unheard if number <= last] or [batch.base]
            self.counted[batch.pen] = batch.number
            self.text, self.version = merge(base[-1], self.text, batch.text), self.version + 1
        return self.text, self.version


PAGES = st.integers(0, 1)


class Writing(RuleBasedStateMachine):
    """Two pages and a line that loses, repeats and delays. Every letter that is typed is typed once in the world."""

    @initialize(begun=st.integers(0, 6))
    def begin(self, begun: int) -> None:
        self.letter = 0x4E00
        start = "".join(self._letter() for _ in range(begun))
        self.desk = Desk(start)
        self.pages = [Page(0, start, start), Page(1, start, start)]
        self.stray: list[Batch] = []
        self.pens = 1
        self.out: set[str] = set()
        self.all = set(start.replace(" ", ""))

    def _letter(self) -> str:
        self.letter += 1
        return chr(self.letter) if self.letter % 4 else chr(self.letter) + " "

    @rule(who=PAGES, at=st.floats(0, 1), many=st.integers(1, 3))
    def type(self, who: int, at: float, many: int) -> None:
        page = self.pages[who]
        place = round(at * len(page.text))
        new = "".join(self._letter() for _ in range(many))
        page.text = page.text[:place] + new + page.text[place:]
        self.all |= set(new.replace(" ", ""))

    @rule(who=PAGES, at=st.floats(0, 1), many=st.integers(1, 2))
    def take_out(self, who: int, at: float, many: int) -> None:
        page = self.pages[who]
        place = round(at * len(page.text))
        self.out |= set(page.text[place : place + many])
        page.text = page.text[:place] + page.text[place + many :]

    @rule(who=PAGES)
    def send(self, who: int) -> None:
        """A batch goes out and is answered."""
        batch = self._sent(who)
        self._hear(self.pages[who], batch, *self.desk.take(batch))

    @rule(who=PAGES)
    def send_and_lose_the_answer(self, who: int) -> None:
        self.desk.take(self._sent(who))

    @rule(who=PAGES)
    def send_and_lose_it(self, who: int) -> None:
        self._sent(who)

    @rule(who=PAGES)
    def send_and_delay_it(self, who: int) -> None:
        self.stray.append(self._sent(who))

    @rule()
    def what_was_delayed_arrives(self) -> None:
        for batch in self.stray[::-1]:
            self.desk.take(batch)
        self.stray = []

    @rule(who=PAGES)
    def the_page_goes_and_comes_again(self, who: int) -> None:
        """What it has left goes with it, and names what was not answered; another pen goes on from what is kept."""
        page = self.pages[who]
        unheard = ((page.waiting.number, page.waiting.text),) if page.waiting else ()
        self.desk.take(Batch(page.pen, page.number + 1, page.base, page.text, unheard))
        self.pens += 1
        self.pages[who] = Page(self.pens, self.desk.text, self.desk.text, version=self.desk.version)

    @rule(who=PAGES)
    def a_bell(self, who: int) -> None:
        page = self.pages[who]
        if page.waiting is None and self.desk.version > page.version:
            page.text = merge(page.base, self.desk.text, page.text)
            page.base, page.version = self.desk.text, self.desk.version

    def _sent(self, who: int) -> Batch:
        page = self.pages[who]
        if page.waiting is None:
            page.number += 1
            page.waiting = Batch(page.pen, page.number, page.base, page.text)
        return page.waiting

    def _hear(self, page: Page, batch: Batch, text: str, version: int) -> None:
        page.text = merge(batch.text, text, page.text)
        page.base, page.waiting, page.version = text, None, version

    @invariant()
    def nothing_is_doubled(self) -> None:
        if not hasattr(self, "desk"):
            return
        for text in (self.desk.text, *(page.text for page in self.pages)):
            letters = text.replace(" ", "")
            assert len(letters) == len(set(letters)), text

    def teardown(self) -> None:
        """The line is back for both: they come to stand alike, and nothing is missing that nobody took out."""
        if not hasattr(self, "desk"):
            return
        self.what_was_delayed_arrives()
        for who in (0, 1, 0, 1):
            self.send(who)
        assert self.desk.text == self.pages[0].text == self.pages[1].text or self._again()
        assert set(self.desk.text.replace(" ", "")) == self.all - self.out

    def _again(self) -> bool:
        for who in (0, 1):
            self.send(who)
        return self.desk.text == self.pages[0].text == self.pages[1].text


Writing.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestWritingOverABadLine = Writing.TestCase
