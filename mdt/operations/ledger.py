"""Writing the ledger: acts in their own transaction, disclosures in groups beside the reading.

An entry's body is sealed; what the tree hashes is the sealed body, so that whoever keeps a signed
head can verify the ledger without being able to read it. Entries get their place in the tree from
the next group that is committed, by whichever process.
"""

from __future__ import annotations

import atexit
import json
import logging
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection, Engine

from mdt.models import Entry, Head, db, new_id, now
from mdt.models.base import WRITES, insert_or_ignore
from mdt.models.sealing import keys
from mdt.vault import ledger as written
from mdt.vault.keys import Use
from mdt.vault.seal import Place, Unopenable, open_value, seal
from mdt.vault.tree import Frontier

log = logging.getLogger("mdt.ledger")
WAIT_SECONDS = 10.0
ANCHOR_EVERY_SECONDS = 60.0
SOON_SECONDS = 0.1
ENTRIES: Any = Entry.__table__
HEADS: Any = Head.__table__
FRONTIER = select(HEADS.c.frontier).where(HEADS.c.id == 1).with_for_update()
WAITING = (
    select(ENTRIES.c.seq.label("at_seq"), ENTRIES.c.body).where(ENTRIES.c.position.is_(None)).order_by(ENTRIES.c.seq)
)
PLACED = (
    update(ENTRIES)
    .where(ENTRIES.c.seq == bindparam("at_seq"))
    .values(position=bindparam("position"), mac=bindparam("mac"))
)
WRITTEN = insert(ENTRIES)
MOVED_ON = update(HEADS).where(HEADS.c.id == 1)


class Unrecorded(Exception):
    """The entry could not be written; what depended on it must not happen."""


class Ticket:
    """Entries on their way. `settle` returns once they are durable, or raises `Unrecorded`."""

    __slots__ = ("_done", "failed", "rows")

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows
        self.failed = False
        self._done = threading.Event()

    def answer(self, *, failed: bool = False) -> None:
        self.failed = failed
        self._done.set()

    def settle(self) -> None:
        if not self._done.wait(WAIT_SECONDS) or self.failed:
            raise Unrecorded("the ledger cannot be written")

    def hold_answer(self) -> None:
        """Let the answer to this request wait for it while the page is made; without a request, settle now."""
        if has_request_context():
            g.setdefault("held", []).append(self)
        else:
            self.settle()


class _Inside(Ticket):
    """Entries in the transaction at hand, which writes and so holds the lock: durable once that commits.

    An act that follows in the same transaction commits them, and keeps its locks until then. Were the
    transaction taken back, they are written again: what was shown stays written down.
    """

    __slots__ = ()

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        super().__init__(rows)
        db.session.execute(WRITTEN, list(rows))

    def settle(self) -> None:
        if self._done.is_set():
            return
        db.session.commit()
        if db.session.scalar(select(ENTRIES.c.id).where(ENTRIES.c.id == self.rows[0]["id"])) is None:
            db.session.rollback()
            db.session.connection(execution_options={WRITES: True})
            db.session.execute(WRITTEN, list(self.rows))
        db.session.commit()
        self.answer()


def settle_held() -> None:
    """Settle whatever holds the answer to this request. Raises `Unrecorded`: then the answer is not given."""
    for ticket in g.pop("held", ()):
        ticket.settle()


def row(event: str, case_id: str | None, actor_id: str | None, about: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new entry; `about` is identifiers, codes and field names, never content."""
    entry_id, at = new_id(), now()
    body = {"event": event, "at": at.isoformat(), "case": case_id, "actor": actor_id, **about}
    envelope = seal(keys().of(None), _encode(body).encode(), _place(entry_id))
    return {"id": entry_id, "at": at, "event": event, "case_id": case_id, "actor_id": actor_id, "body": envelope}


def write(event: str, case_id: str | None, actor_id: str | None, about: Mapping[str, Any]) -> None:
    """Write an entry in the transaction at hand; it stands or falls with the act."""
    db.session.execute(WRITTEN, [row(event, case_id, actor_id, about)])


def submit(event: str, case_id: str | None, actor_id: str | None, about: Mapping[str, Any]) -> Ticket:
    """Hand in an entry to be committed with others; the caller settles the ticket before showing anything."""
    return submit_all([row(event, case_id, actor_id, about)])


def submit_all(rows: Sequence[dict[str, Any]]) -> Ticket:
    """Hand in several entries, settled together.

    In a transaction that writes, the lock is held here: the entries go with that transaction, which is
    committed when the ticket is settled, or by the act before.
    """
    if rows and db.session.connection().get_execution_options().get(WRITES):
        return _Inside(rows)
    ticket = Ticket(rows)
    if rows:
        scribe().take(ticket)
    else:
        ticket.answer()
    return ticket


def body(entry_id: str, envelope: bytes) -> dict[str, Any]:
    """What an entry says."""
    said = open_value(keys().of(None), envelope, _place(entry_id))
    assert isinstance(said, dict)
    return said


def scribe() -> Scribe:
    """The thread that commits entries in groups, one a process and application."""
    found: Scribe | None = current_app.extensions.get("mdt.scribe")
    return found or _appointed()


def _appointed() -> Scribe:
    """The scribe, appointed by whoever asks first; the others wait."""
    with _appointing:
        found: Scribe | None = current_app.extensions.get("mdt.scribe")
        if found is None:
            found = current_app.extensions["mdt.scribe"] = Scribe(db.engine, Signing.of_installation())
        return found


_appointing = threading.Lock()


def seal_in_soon() -> None:
    """Give what was just written its place in the tree shortly, without anybody waiting for it."""
    scribe().take(Ticket(()))


class Signing:
    """What the tree is signed with: known to this installation, checked with the public key."""

    def __init__(self, log_id: str, mac_key: bytes, signing_key: bytes, anchors: Path) -> None:
        self.log_id, self.mac_key, self.signing_key, self.anchors = log_id, mac_key, signing_key, anchors

    @classmethod
    def of_installation(cls) -> Signing:
        base, settings = keys().of(None), current_app.extensions["mdt.settings"]
        mac_key, signing_key = (keys().subkey(Use.LEDGER, context) for context in ("mac", "signing"))
        db.session.commit()
        _begin_tree()
        return cls(base.id.hex(), mac_key, signing_key, settings.instance / "anchors.jsonl")

    @property
    def public(self) -> bytes:
        return written.public_key(self.signing_key)


def _begin_tree() -> None:
    """The head of an empty tree, where there is none; in a transaction that writes from its start."""
    empty = Frontier()
    first = insert_or_ignore(Head, id=1, size=0, frontier=empty.to_bytes(), root=empty.root(), at=now(), signature=b"")
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(first)


class Scribe:
    """Takes tickets, commits whatever waits in one transaction, and seals it into the tree."""

    def __init__(self, engine: Engine, signing: Signing) -> None:
        self._engine, self._signing = engine, signing
        self._waiting: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._anchored: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="scribe", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def take(self, ticket: Ticket) -> None:
        self._waiting.put(ticket)

    def close(self) -> None:
        """Commit what waits, and end the thread."""
        self._waiting.put(None)
        self._thread.join(WAIT_SECONDS)

    def _run(self) -> None:
        going = True
        while going:
            tickets = [self._waiting.get()]
            while not self._waiting.empty():
                tickets.append(self._waiting.get_nowait())
            going = None not in tickets
            if going and not any(ticket.rows for ticket in tickets if ticket):
                time.sleep(SOON_SECONDS)
            self._commit([ticket for ticket in tickets if ticket is not None])

    def _commit(self, tickets: list[Ticket]) -> None:
        failed = False
        try:
            with self._engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                head = seal_in(connection, self._signing, [row for ticket in tickets for row in ticket.rows])
            self._anchor(head)
        except Exception as wrong:
            failed = True
            log.error("the ledger cannot be written: %s", type(wrong).__name__)
        for ticket in tickets:
            ticket.answer(failed=failed)

    def _anchor(self, head: written.Head) -> None:
        """Copy a signed head out of the database now and then, where a copy of it can be collected."""
        at = now()
        if self._anchored is None or (at - self._anchored).total_seconds() >= ANCHOR_EVERY_SECONDS:
            self._anchored = at
            anchor(self._signing.anchors, head)


def seal_in(connection: Connection, signing: Signing, fresh: Sequence[dict[str, Any]] = ()) -> written.Head:
    """Give every entry that has none its place in the tree, add the fresh ones, and sign the head."""
    frontier = Frontier.from_bytes(connection.execute(FRONTIER).scalar_one())
    waiting = connection.execute(WAITING).mappings().all()
    bodies: list[bytes] = [*(line["body"] for line in waiting), *(line["body"] for line in fresh)]
    placed = [_placed(signing, frontier.size + n, body) for n, body in enumerate(bodies)]
    _place_waiting(connection, waiting, placed)
    if fresh:
        connection.execute(WRITTEN, [one | place for one, place in zip(fresh, placed[len(waiting) :], strict=True)])
    frontier = frontier.extend(map(written.leaf, bodies))
    return _sign(connection, signing, frontier)


def _placed(signing: Signing, position: int, envelope: bytes) -> dict[str, Any]:
    return {"position": position, "mac": written.mac(signing.mac_key, position, envelope)}


def _place_waiting(connection: Connection, waiting: Sequence[Any], placed: list[dict[str, Any]]) -> None:
    if waiting:
        connection.execute(
            PLACED, [{"at_seq": line["at_seq"], **place} for line, place in zip(waiting, placed, strict=False)]
        )


def _sign(connection: Connection, signing: Signing, frontier: Frontier) -> written.Head:
    at = now()
    head = written.sign(
        signing.signing_key, log=signing.log_id, size=frontier.size, root=frontier.root(), at=at.isoformat()
    )
    moved = {
        "size": frontier.size,
        "frontier": frontier.to_bytes(),
        "root": head.root,
        "at": at,
        "signature": head.signature,
    }
    connection.execute(MOVED_ON, moved)
    return head


def anchor(path: Path, head: written.Head) -> None:
    """Append a signed head to the file of anchors."""
    line = {
        "log": head.log,
        "size": head.size,
        "root": head.root.hex(),
        "at": head.at,
        "signature": head.signature.hex(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")


def anchors(path: Path) -> list[written.Head]:
    """The heads in a file of anchors."""
    lines = (json.loads(line) for line in path.read_text().splitlines()) if path.exists() else ()
    return [
        written.Head(
            log=a["log"],
            size=a["size"],
            root=bytes.fromhex(a["root"]),
            at=a["at"],
            signature=bytes.fromhex(a["signature"]),
        )
        for a in lines
    ]


def verify(extra: Sequence[written.Head] = ()) -> written.Report:
    """Hold the whole ledger against its anchors and its MACs, and what stands beside each entry against its body."""
    signing = Signing.of_installation()
    mislabelled: list[int] = []
    heads = [*anchors(signing.anchors), *extra]
    report = written.verify_log(_lines(mislabelled), heads, signing.public, log=signing.log_id, mac_key=signing.mac_key)
    found = tuple(written.Finding(written.Tampering.EDITED, position) for position in mislabelled)
    return replace(report, findings=(*report.findings, *found))


def _lines(mislabelled: list[int]) -> Iterator[written.Line]:
    """Every entry in the tree's order; notes the places of those whose columns say something else than their body."""
    columns = (Entry.position, Entry.id, Entry.at, Entry.event, Entry.case_id, Entry.actor_id, Entry.body_, Entry.mac)
    placed = (
        select(*columns).where(Entry.position.is_not(None)).order_by(Entry.position).execution_options(yield_per=1000)
    )
    for line in db.session.execute(placed):
        if not says_what_it_is(line):
            mislabelled.append(line.position)
        yield written.Line(line.position, line.body_, line.mac)


def says_what_it_is(line: Any) -> bool:
    """Whether the columns beside an entry say what its sealed body says."""
    try:
        said = body(line.id, line.body_)
    except Unopenable:
        return True  # the MAC tells of that
    told = (said.get("event"), said.get("at"), said.get("case"), said.get("actor"))
    return told == (line.event, line.at.isoformat(), line.case_id, line.actor_id)


def _place(entry_id: str) -> Place:
    return Place(Entry.__tablename__, entry_id, "body_")


def _scalar(value: Any) -> Any:
    """What JSON has no word for: a set as a list, anything else as it is said."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=_scalar
).encode
