"""A counter of the moves of a case that were of records alone"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("filed", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("cases", "filed")
