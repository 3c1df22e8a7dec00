"""The ledger shows what was done to it: no edit by way of the database goes unseen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update

from mdt.models import Entry, Head, db, new_id
from mdt.operations import ledger
from mdt.operations.demo import known, people
from mdt.vault import ledger as written
from tests.fixtures_app import Person

TABLE: Any = Entry.__table__
CASE = known("case.wren")


@pytest.fixture
def full(app: Flask, signed_in: Callable[[str], Person]) -> Flask:
    """An evening's ledger, whole. Heads of the other database's county, founded in the same folder, are left out."""
    (Path(app.instance_path) / "anchors.jsonl").unlink(missing_ok=True)
    for slug in ("casey", "imani", "marcus", "wren"):
        person = signed_in(slug)
        person.get(f"/cases/{CASE}")
        person.get("/cases/")
    with app.app_context():
        assert ledger.verify().ok and ledger.verify([head()]).anchored > 8
    return app


def head() -> written.Head:
    """The signed head of now."""
    row = db.session.get_one(Head, 1)
    db.session.refresh(row)
    signing = ledger.Signing.of_installation()
    return written.Head(
        log=signing.log_id, size=row.size, root=row.root, at=row.at.isoformat(), signature=row.signature
    )


def places() -> list[Any]:
    return list(db.session.execute(select(TABLE).where(TABLE.c.position.is_not(None)).order_by(TABLE.c.position)))


def alter(row: Any, **values: Any) -> None:
    db.session.execute(update(TABLE).where(TABLE.c.seq == row.seq).values(values))


def swap(one: Any, other: Any) -> None:
    """Two entries change places."""
    alter(one, position=None)
    alter(other, position=one.position)
    alter(one, position=other.position)


def forget(row: Any) -> None:
    db.session.execute(delete(TABLE).where(TABLE.c.seq == row.seq))


def repeat(row: Any) -> None:
    """An entry that was never written, made from one that was."""
    last = db.session.scalar(select(func.max(TABLE.c.position)))
    values = {name: value for name, value in row._mapping.items() if name != "seq"}
    db.session.execute(insert(TABLE), [values | {"id": new_id(), "position": last + 1}])


def flipped(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1])


EDITS: dict[str, Callable[[Any, Any], None]] = {
    "its words": lambda one, _: alter(one, body=flipped(one.body)),
    "the words of another": lambda one, other: alter(one, body=other.body),
    "its seal": lambda one, other: alter(one, mac=other.mac),
    "no seal": lambda one, _: alter(one, mac=None),
    "its place": swap,
    "taken out": lambda one, _: forget(one),
    "put in": lambda one, _: repeat(one),
    "whose it was": lambda one, _: alter(one, actor_id=people.id_of("ana")),
    "nobody's": lambda one, _: alter(one, actor_id=None),
    "of another case": lambda one, _: alter(one, case_id=known("case.juno")),
    "of no case": lambda one, _: alter(one, case_id=None),
    "what it was": lambda one, _: alter(one, event="account.came_in"),
    "when it was": lambda one, other: alter(one, at=other.at),
    "put back to wait": lambda one, _: alter(one, position=None, mac=None),
}


def test_every_edit_by_way_of_the_database_is_seen(full: Flask) -> None:
    unseen = []
    with full.app_context():
        kept = head()
        rows = places()
        one = next(row for row in rows[3:] if row.event == "case.read")
        other = rows[1]
        for name, edit in EDITS.items():
            edit(one, other)
            db.session.commit()
            if ledger.verify([kept]).ok:
                unseen.append(name)
            _restore(rows)
            assert ledger.verify([kept]).ok, name
    assert unseen == []


def _restore(rows: list[Any]) -> None:
    db.session.execute(delete(TABLE))
    db.session.execute(insert(TABLE), [dict(row._mapping) for row in rows])
    db.session.commit()


def test_a_tail_that_is_cut_off_is_seen_by_whoever_kept_a_head(full: Flask) -> None:
    with full.app_context():
        kept = head()
        for row in places()[-2:]:
            forget(row)
        db.session.commit()
        assert not ledger.verify([kept]).ok


def test_a_head_that_is_forged_is_seen(full: Flask) -> None:
    """In the file of heads beside the database, or brought by somebody."""
    with full.app_context():
        true = head()
        forged = written.Head(log=true.log, size=true.size, root=bytes(32), at=true.at, signature=true.signature)
        assert not ledger.verify([forged]).ok
        anchors = Path(full.instance_path) / "anchors.jsonl"
        line = json.loads(anchors.read_text().splitlines()[0])
        anchors.write_text(json.dumps(line | {"root": "00" * 32}) + "\n")
        assert not ledger.verify().ok


def test_an_act_has_its_place_soon_though_nobody_looks(full: Flask, signed_in: Callable[[str], Person]) -> None:
    """What waits for its place could be taken out unseen."""
    robin = signed_in("robin")
    robin.get("/admin")
    assert robin.send(f"/admin/people/{people.id_of('noor')}/suspend").status_code == 303
    end = time.monotonic() + 3
    while time.monotonic() < end:
        with full.app_context():
            waiting = db.session.scalar(
                select(func.count()).where(TABLE.c.event == "account.suspended", TABLE.c.position.is_(None))
            )
            if not waiting:
                break
        time.sleep(0.1)
    assert waiting == 0


def test_the_young_persons_accounting_speaks_from_what_was_sealed(
    full: Flask, signed_in: Callable[[str], Person]
) -> None:
    """Somebody with the database puts another's name to a look: the accounting is not fooled in silence."""
    wren = signed_in("wren")
    before = wren.get(f"/who-has-looked/{CASE}").text
    assert "Marcus Bell" in before
    with full.app_context():
        db.session.execute(
            update(TABLE).where(TABLE.c.actor_id == people.id_of("marcus")).values(actor_id=people.id_of("jo"))
        )
        db.session.commit()
    after = wren.get(f"/who-has-looked/{CASE}").text
    assert "Marcus Bell" in after or "changed" in after


def test_the_ledger_holds_no_words(full: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    casey.get(f"/cases/{CASE}/update")
    assert (
        casey.send(f"/cases/{CASE}/update", category="PLAN", note="Canary of a note", key=new_id()).status_code == 303
    )
    casey.send(f"/tasks/{known('wren.task.station')}/decline", reason="Canary of a reason")
    with full.app_context():
        said = [ledger.body(row.id, row.body) for row in db.session.execute(select(TABLE))]
    text = json.dumps(said, ensure_ascii=False)
    assert len(said) > 10
    for word in ("Canary", "Wren", "Casey", "Lindqvist", "bell@", "Marcus"):
        assert word not in text
