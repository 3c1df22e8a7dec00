"""The county at hand, inside the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from mdt.models import db


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed; what is not committed is rolled back."""
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
