"""Tasks and handoffs: exactly one owner at every moment.

A task stays its owner's while it is offered. Every step holds the case, asks who is there, and moves the task by one
conditional UPDATE: of two who come at once, one moves it and the other is told; nobody reads first and writes after.
Whatever takes an owner away sends the task home in the same transaction, and the database refuses one without owner.
"""

from __future__ import annotations

from mdt.operations.handoffs.homes import (
    cases_of,
    close,
    lead_holder,
    send_back,
    send_back_all,
    settle,
    sound,
    sweep,
)
from mdt.operations.handoffs.moving import LONGEST_REASON, Move, hold
from mdt.operations.handoffs.outside import Referred, Told, partners, read_outside, refer
from mdt.operations.handoffs.overseeing import AgencyTask, call_in, hand_over, of_agency, only_hears
from mdt.operations.handoffs.steps import (
    accept,
    begin,
    check_offer,
    create,
    decline,
    find,
    finish,
    give_back,
    is_outside,
    leads,
    make_offer,
    may_know,
    offer,
    take,
    withdraw,
)

__all__ = [
    "LONGEST_REASON", "AgencyTask", "Move", "Referred", "Told", "accept", "begin", "call_in", "cases_of", "check_offer",
    "close", "create", "decline", "find", "finish", "give_back", "hand_over", "hold", "is_outside", "lead_holder",
    "leads", "make_offer", "may_know", "of_agency", "offer", "only_hears", "partners", "read_outside", "refer",
    "send_back", "send_back_all", "settle", "sound", "sweep", "take", "withdraw",
]  # fmt: skip
