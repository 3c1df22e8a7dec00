"""Missing from care"""

import sqlalchemy as sa
from alembic import op

import mdt.models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OPEN = sa.text("wants_at IS NOT NULL")


def _time(name: str, *, needed: bool = False) -> sa.Column:
    return sa.Column(name, mdt.models.base.UtcTime(timezone=True), nullable=not needed)


def _id(name: str, *, needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=not needed)


def _of_agency(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table whose rows belong to one agency and one case (`OfAgency`)."""
    op.create_table(
        table,
        *columns,
        sa.Column("words", sa.LargeBinary(), nullable=False),
        _id("case_id"),
        _id("agency_id"),
        _time("made_at", needed=True),
        _id("made_by", needed=False),
        _id("id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f(f"fk_{table}_agency_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f(f"fk_{table}_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_case_id"), table, ["case_id"], unique=False)
    op.create_index(op.f(f"ix_{table}_agency_id"), table, ["agency_id"], unique=False)


def upgrade() -> None:
    _of_agency(
        "missing_episodes",
        sa.Column("kind", sa.String(length=30), nullable=False),
        _time("since", needed=True),
        _time("received_at", needed=True),
        _time("recovered_at"),
        _time("debriefed_at"),
        _id("worker_id"),
        _id("item_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_missing_episodes_worker_id")),
    )
    op.create_index(
        op.f("ix_missing_episodes_case_id_received_at"), "missing_episodes", ["case_id", "received_at"], unique=False
    )
    _of_agency(
        "missing_reports",
        _id("episode_id"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        _time("started_at", needed=True),
        _time("due_at", needed=True),
        _time("wants_at"),
        _time("done_at"),
        _id("done_by", needed=False),
        _time("confirmed_at"),
        sa.Column("ended", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["episode_id"], ["missing_episodes.id"], name=op.f("fk_missing_reports_episode_id")),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_missing_reports_done_by")),
    )
    op.create_index(
        "ix_missing_reports_open", "missing_reports", ["agency_id", "wants_at", "id"], unique=False,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index(op.f("ix_missing_reports_episode_id"), "missing_reports", ["episode_id"], unique=False)
    _of_agency(
        "missing_contacts",
        _id("episode_id"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        _time("at", needed=True),
        sa.ForeignKeyConstraint(["episode_id"], ["missing_episodes.id"], name=op.f("fk_missing_contacts_episode_id")),
    )
    op.create_index(op.f("ix_missing_contacts_episode_id_at"), "missing_contacts", ["episode_id", "at"], unique=False)
    op.create_table(
        "missing_heeds",
        _id("user_id"),
        _id("report_id"),
        _time("since", needed=True),
        _time("wants_at", needed=True),
        _id("id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_missing_heeds_user_id")),
        sa.ForeignKeyConstraint(["report_id"], ["missing_reports.id"], name=op.f("fk_missing_heeds_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_heeds")),
    )
    op.create_index(op.f("ix_missing_heeds_user_id_report_id"), "missing_heeds", ["user_id", "report_id"], unique=True)
    op.create_index(op.f("ix_missing_heeds_user_id_wants_at"), "missing_heeds", ["user_id", "wants_at"], unique=False)
    op.create_index(op.f("ix_missing_heeds_report_id"), "missing_heeds", ["report_id"], unique=False)


def downgrade() -> None:
    for table in ("missing_heeds", "missing_contacts", "missing_reports", "missing_episodes"):
        op.drop_table(table)
