"""Very many identifiers as one parameter, and counters held against what they are known to be, on both databases."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from mdt.models import Case, Item, User, begin_writing, db, new_id, now
from mdt.models.among import among
from mdt.models.pulse import move, stir
from mdt.operations import watching
from mdt.operations.at_once import Question

WHOLE = re.compile(r"\bSCAN (?!json_each|CONSTANT|case_moves)|Seq Scan on (?!case_moves)")
"""A table read from end to end; of cases that are to move a county has few."""


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def test_any_number_of_identifiers_is_one_parameter() -> None:
    everybody = sorted(db.session.scalars(select(User.id)))
    asked = select(User.id).where(among(User.id)).order_by(User.id)
    for ids in ([], everybody[:1], everybody, [*everybody, *(new_id() for _ in range(40_000))], everybody[:2] * 2):
        assert list(db.session.scalars(asked, {"ids": ids})) == sorted({*ids} & {*everybody})


def test_an_index_finds_them_in_every_question_that_is_asked(app: Flask) -> None:
    """A county of a hundred thousand cases is not read whole for one of them."""
    app.test_client().get("/help")  # every question stands in a module
    modules = [module for name, module in sys.modules.items() if name.startswith("mdt.")]
    questions = [one for module in modules for one in vars(module).values() if isinstance(one, Question)]
    assert len(questions) > 15, len(questions)
    statements = {str(one._asked): one._asked for one in questions}
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET enable_seqscan = off"))
    for asked in (*statements.values(), select(Item.id).where(among(Item.case_id))):
        plan = plan_of(asked, {"ids": [new_id()], "now": now()})
        whole = [one for one in plan if WHOLE.search(one)]
        assert not whole, (plan, str(asked))


def plan_of(asked: Any, given: dict[str, Any]) -> list[str]:
    """How the database would answer this."""
    dialect = db.engine.dialect
    made = asked.compile(dialect=dialect)
    asks = made._process_parameters_for_postcompile(made.construct_params(given))
    values = made.construct_params(given) | asks.additional_parameters
    as_sent = made._bind_processors | asks.processors
    values = {name: as_sent[name](value) if name in as_sent else value for name, value in values.items()}
    way = "EXPLAIN" if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    parameters = tuple(values[name] for name in asks.positiontup) if asks.positiontup is not None else values
    return [str(row[-1]) for row in db.session.connection().exec_driver_sql(f"{way} {asks.statement}", parameters)]


def test_the_database_says_which_counters_are_others() -> None:
    cases, people = (sorted(db.session.scalars(select(one.id))) for one in (Case, User))
    known = watching.counters([*cases, *people, new_id()])
    assert set(known) == {*cases, *people}
    assert watching.moved(known) == {} == watching.moved({})
    begin_writing()
    stir(db.session(), [people[0]])
    move(db.session(), [cases[0]], facts=False)
    db.session.commit()
    moved = watching.moved(known)
    team = {one for one in people if one in moved}
    assert people[0] in team and moved.keys() == team | {cases[0]} and moved[cases[0]] == known[cases[0]] + 1
    assert watching.moved(known | moved) == {}
    assert watching.moved({cases[0]: None, cases[1]: known[cases[1]]}) == {cases[0]: moved[cases[0]]}
    assert watching.moved({cases[0]: moved[cases[0]] + 1}) == {cases[0]: moved[cases[0]]}, "another, not only more"
