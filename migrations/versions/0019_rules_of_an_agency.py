"""By which rules the cases go that an agency leads"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agencies", sa.Column("profile", sa.String(length=60), nullable=False, server_default="us-baseline"))


def downgrade() -> None:
    op.drop_column("agencies", "profile")
