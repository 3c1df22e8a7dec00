"""Court orders. A subpoena is not an order; an order opens exactly what it names, to whom it names."""

from __future__ import annotations

from mdt.sharing.facts import Item, Order
from mdt.sharing.look import Look

COMPELLING = ("subpoena", "voluntary")


def stands(order: Order, look: Look) -> bool:
    """Whether the judge has issued it with all that its type asks for, and no court has ended it.

    Where an order only permits, a subpoena or the programme's own will is needed as well.
    """
    kind = look.profile.orders[order.type]
    issued = order.issued is not None and look.begun(order.issued)
    found = order.findings is True or not kind.findings
    moved = order.process in COMPELLING or not kind.process
    ended = order.ended is not None and look.begun(order.ended)
    return issued and found and moved and not ended


def in_scope(order: Order, look: Look, item: Item) -> bool:
    """Whether it stands and opens this item to this viewer."""
    named = order.items is None or item.id in order.items
    covered = item.category in order.categories and named
    return covered and look.is_among(order.recipients) and stands(order, look)
