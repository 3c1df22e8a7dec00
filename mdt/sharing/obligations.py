"""What travels with every rendering of an item: notices, banners, no export, the end of the view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mdt.sharing.bases import Answer
from mdt.sharing.conditions import has_parent_rights
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item
from mdt.sharing.look import Look
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Regime

NO_EXPORT = "no_export"
NOTICE_FERPA = "notice_ferpa"


def of(
    look: Look, item: Item, regimes: Regimes, fields: frozenset[str], answers: Iterable[Answer],
    quoted: Sequence[Decision],
) -> frozenset[str]:  # fmt: skip
    """Every duty of every basis that gives something, and those that stand on the item itself."""
    brought = {
        duty for answer in answers for permit in answer.permits if permit.fields & fields for duty in permit.duties
    }
    return standing(look, item, regimes, quoted) | brought


def standing(look: Look, item: Item, regimes: Regimes, quoted: Sequence[Decision]) -> frozenset[str]:
    """What the category adds, the notice on a school record, and the duties of all it quotes."""
    duties = set(look.profile.categories[item.category].adds)
    if Regime.FERPA in regimes.all and not _holds_the_school_right(look, item):
        duties.add(NOTICE_FERPA)
    return frozenset(duties.union(*(one.duties for one in quoted)))


def _holds_the_school_right(look: Look, item: Item) -> bool:
    """The source, the subject and the parent need no notice."""
    return look.is_source(item) or look.is_youth or has_parent_rights(look)
