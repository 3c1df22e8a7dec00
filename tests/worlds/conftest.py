"""Grounds for the random worlds of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worlds import ground, running


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[ground.Ground]:
    with running.folder() as folder, ground.on_sqlite(folder) as made:
        yield made
