"""Every stored column is sealed, or plain for a reason; and words never lie in a plain one."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, MetaData, String, Table, Text

from mdt.models import db

PLAIN_TEXT = {
    "arranged_dates.kind": "the name of a kind in a rule file",
    "arranged_dates.state": "a code",
    "date_words.kind": "a code",
    "assessments.kind": "a code",
    "assessments.outcome": "a code",
    "corrections.state": "a code",
    "papers.state": "a code",
    "agencies.name": "public names of organisations",
    "agencies.profile": "name of a public rule file",
    "agencies.role": "a code",
    "agencies.timezone": "a name of the time zone file",
    "agencies.vsp": "a code",
    "cases.profile": "the name of a rule file",
    "case_links.state": "a code",
    "case_moves.state": "a code",
    "outreach.how": "a code",
    "outreach.outcome": "a code",
    "trainings.kind": "a code",
    "handoffs.event": "a code",
    "held_consents.state": "a code",
    "deadlines.kind": "a code",
    "gap_reports.period": "a quarter",
    "gap_reports.told": "counts that can be told to those who read them; small ones are not in it",
    "gap_reports.whose": "random identifier",
    "directory_editions.preview": "names of public services; marks that nobody can make without the key",
    "drafts.place": "a code",
    "item_groups.group": "a name in the catalog",
    "keys.name": "identifiers",
    "ledger_entries.event": "a code",
    "letters.kind": "a code",
    "instruments.name": "the name of an instrument in a rule file",
    "invites.reply": "a code",
    "meetings.kind": "the name of a kind in a rule file",
    "meetings.phase": "a code",
    "members.purpose": "a code",
    "members.standing": "a code",
    "joins_asked.answer": "a code",
    "own_words.kind": "a code",
    "referrals.need": "a code",
    "referrals.reason": "a code",
    "referrals.state": "a code",
    "requests.answer": "a code",
    "returns.role": "a code",
    "rules.profile": "the name of a rule file",
    "missing_contacts.kind": "the name of a kind in a rule file",
    "missing_episodes.kind": "the name of a kind in a rule file",
    "missing_reports.ended": "a code",
    "missing_reports.kind": "the name of a report in a rule file",
    "points.matter": "a code",
    "screenings.asks": "the name of an instrument in a rule file",
    "screenings.event": "a name in a rule file",
    "screenings.state": "a code",
    "segments.kind": "a code",
    "segments.state": "a code",
    "tasks.how": "a code",
    "tasks.step": "a code",
    "uploads.state": "a code",
    "users.history": "identifiers and dates",
    "users.password_hash": "argon2id",
    "users.role": "a code",
}
"""Kept by hand: every plain column that could hold words, and what it holds instead."""
PLAIN_BYTES = {
    "directory_editions.packed", "entrances.token_hash", "ledger_entries.mac", "ledger_head.frontier",
    "ledger_head.root", "ledger_head.signature", "sign_ins.token_hash", "users.login_index", "youth.reference_index",
}  # fmt: skip
"""Kept by hand: hashes, MACs and signatures, and the public directory."""


def columns(metadata: MetaData) -> list[Column]:  # type: ignore[type-arg]
    return [column for table in metadata.tables.values() for column in table.columns if table.name != "alembic_version"]


def undecided(metadata: MetaData) -> set[str]:
    """Columns that are neither sealed nor plain with a reason, or both."""
    return {str(column) for column in columns(metadata) if not _is_decided(column)}


def _is_decided(column: Column) -> bool:  # type: ignore[type-arg]
    sealed, why = column.info.get("sealed") is True, column.info.get("plain")
    return sealed != (isinstance(why, str) and len(why) >= 3)


def plain(metadata: MetaData, *kinds: type) -> set[str]:
    return {str(column) for column in columns(metadata) if "plain" in column.info and isinstance(column.type, kinds)}


def wrong() -> MetaData:
    metadata = MetaData()
    Table(
        "wrong",
        metadata,
        Column("bare", Text),
        Column("empty", Text, info={"plain": ""}),
        Column("both", LargeBinary, info={"plain": "a reason", "sealed": True}),
        Column("unsealed", Text, info={"sealed": False}),
        Column("fine", Integer, info={"plain": "counter"}),
        Column("note", String(9), info={"plain": "words"}),
        Column("extra", JSON, info={"plain": "words"}),
        Column("closed", LargeBinary, info={"sealed": True}),
    )
    return metadata


def test_every_column_is_sealed_or_plain_for_a_reason() -> None:
    assert undecided(wrong()) == {"wrong.bare", "wrong.empty", "wrong.both", "wrong.unsealed"}
    assert undecided(db.metadata) == set()


def test_a_sealed_column_holds_bytes_alone() -> None:
    sealed = [column for column in columns(db.metadata) if column.info.get("sealed")]
    assert len(sealed) >= 20
    assert {str(column) for column in sealed if not isinstance(column.type, LargeBinary)} == set()


def test_no_plain_column_holds_words() -> None:
    assert plain(wrong(), String, Text, JSON) == {"wrong.empty", "wrong.note", "wrong.extra"}
    assert plain(db.metadata, String, Text, JSON) == PLAIN_TEXT.keys()


def test_no_plain_bytes_hold_anything_but_hashes() -> None:
    assert plain(db.metadata, LargeBinary) == PLAIN_BYTES


def test_no_index_and_no_constraint_is_on_what_is_sealed() -> None:
    """An index over envelopes would find nothing; one over values would tell them."""
    indexed = {
        str(column) for table in db.metadata.tables.values() for index in table.indexes for column in index.columns
    }
    assert {str(column) for column in columns(db.metadata) if column.info.get("sealed")} & indexed == set()
