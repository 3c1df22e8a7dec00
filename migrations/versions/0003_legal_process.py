"""Legal process"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

from mdt.models.base import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("assessments", "corrections", "papers", "holds", "notices")
REVIEW = ("ended_at", "due_at", "reviewed_at", "reviewed_by", "justified")


def upgrade() -> None:
    for name, kind in (("ended_at", UtcTime), ("due_at", UtcTime), ("reviewed_at", UtcTime)):
        op.add_column("emergencies", sa.Column(name, kind(), nullable=True))
    op.add_column("emergencies", sa.Column("reviewed_by", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("emergencies", sa.Column("justified", sa.Boolean(), nullable=True))
    _of_agency(
        "assessments",
        sa.Column("kind", sa.String(10), nullable=False),
        _id("subject_id"),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=True),
        sa.Column("finding", sa.LargeBinary(), nullable=True),
        *_done("assessments", "decided"),
    )
    op.create_index("ix_assessments_agency_id_decided_at", "assessments", ["agency_id", "decided_at"])
    _of_agency(
        "corrections",
        _id("item_id"),
        sa.Column("state", sa.String(10), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("before", "after", "why")),
        *_done("corrections", "decided"),
    )
    op.create_index("ix_corrections_item_id", "corrections", ["item_id"])
    _of_agency(
        "papers",
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        *_done("papers", "answered"),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    _of_agency(
        "holds",
        sa.Column("why", sa.LargeBinary(), nullable=False),
        _id("paper_id", nullable=True),
        *_done("holds", "ended"),
        _to("holds", "paper_id", "papers"),
    )
    _of_agency(
        "notices",
        _id("subject_id"),
        *_done("notices", "read"),
        _to("notices", "subject_id", "emergencies"),
    )
    op.create_index("ix_notices_agency_id_read_at", "notices", ["agency_id", "read_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in reversed(REVIEW):
        op.drop_column("emergencies", name)


def _of_agency(table: str, *columns: SchemaItem) -> None:
    """A table of rows of one case that belong to one agency."""
    op.create_table(
        table,
        _id("id"),
        _id("case_id"),
        _id("agency_id"),
        sa.Column("made_at", UtcTime(), nullable=False),
        _id("made_by", nullable=True),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _to(table, "case_id", "cases"),
        _to(table, "agency_id", "agencies"),
        _to(table, "made_by", "users"),
    )
    for column in ("case_id", "agency_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _done(table: str, what: str) -> tuple[SchemaItem, ...]:
    """When something was done, and by whom."""
    at = sa.Column(f"{what}_at", UtcTime(), nullable=True)
    return at, _id(f"{what}_by", nullable=True), _to(table, f"{what}_by", "users")


def _id(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")
