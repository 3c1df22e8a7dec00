"""Handoffs"""

import sqlalchemy as sa
from alembic import op

from mdt.models.base import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONE_OWNER = "(owner_id IS NULL) <> (queue_id IS NULL)"
TO = {"queue_id": "agencies", "referred_to": "agencies", "handed_by": "users"}


def upgrade() -> None:
    op.add_column("users", _id("supervisor_id"))
    op.create_index("ix_users_supervisor_id", "users", ["supervisor_id"])
    with op.batch_alter_table("tasks") as tasks:
        tasks.alter_column("owner_id", existing_type=sa.Uuid(as_uuid=False), nullable=True)
        for name, table in TO.items():
            tasks.add_column(_id(name))
            tasks.create_foreign_key(f"fk_tasks_{name}", table, [name], ["id"])
        tasks.add_column(sa.Column("answer_by", UtcTime(timezone=True), nullable=True))
        tasks.add_column(sa.Column("how", sa.String(12), nullable=False, server_default="made"))
        tasks.add_column(sa.Column("marked", sa.Integer(), nullable=False, server_default="0"))
        tasks.add_column(sa.Column("outward", sa.LargeBinary(), nullable=True))
        tasks.create_check_constraint("ck_tasks_one_owner", ONE_OWNER)
    with op.batch_alter_table("tasks") as tasks:
        tasks.alter_column("how", existing_type=sa.String(12), server_default=None)
        tasks.alter_column("marked", existing_type=sa.Integer(), server_default=None)
    op.create_index("ix_tasks_queue_id_step", "tasks", ["queue_id", "step"])
    op.create_index("ix_tasks_referred_to_step", "tasks", ["referred_to", "step"])
    op.create_table(
        "handoffs",
        _id("task_id", nullable=False),
        sa.Column("event", sa.String(12), nullable=False),
        *(_id(name) for name in ("by_id", "from_id", "to_id", "agency_id")),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        _id("id", nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_handoffs_task_id"),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=f"fk_handoffs_{name}")
            for name in ("by_id", "from_id", "to_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_handoffs_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
    )
    op.create_index("ix_handoffs_task_id_at", "handoffs", ["task_id", "at"])


def downgrade() -> None:
    op.drop_table("handoffs")
    op.execute("DELETE FROM tasks WHERE owner_id IS NULL")
    op.drop_index("ix_tasks_queue_id_step", "tasks")
    op.drop_index("ix_tasks_referred_to_step", "tasks")
    with op.batch_alter_table("tasks") as tasks:
        tasks.drop_constraint("ck_tasks_one_owner", type_="check")
        for name in TO:
            tasks.drop_constraint(f"fk_tasks_{name}", type_="foreignkey")
            tasks.drop_column(name)
        for name in ("answer_by", "how", "marked", "outward"):
            tasks.drop_column(name)
        tasks.alter_column("owner_id", existing_type=sa.Uuid(as_uuid=False), nullable=False)
    op.drop_index("ix_users_supervisor_id", "users")
    op.drop_column("users", "supervisor_id")


def _id(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)
