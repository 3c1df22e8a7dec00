"""The application as it is put together, with no database behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from mdt import create_app
from mdt.settings import Settings


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application."""
    folder = tmp_path_factory.mktemp("whole")
    yield create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
