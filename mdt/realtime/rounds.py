"""The thread that makes the rounds in a serving process: every second, for as long as it serves."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from mdt.models import db, now
from mdt.operations import rounds

log = logging.getLogger("mdt.realtime")
EVERY_SECONDS = 1.0
MUCH = 100


class Rounds:
    """Makes rounds until it is stopped; what goes wrong in one is tried in the next."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go, name="rounds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends with the round under way."""
        self._over.set()
        self._thread.join(EVERY_SECONDS * 5)

    def _go(self) -> None:
        """A round that did much is followed by the next at once: after an outage there is more than one can do."""
        done = 0
        while not self._over.wait(0 if done >= MUCH else EVERY_SECONDS):
            with self._app.app_context():
                done = 0
                try:
                    done = rounds.make(now())
                except Exception as wrong:
                    log.error("a round failed: %s", type(wrong).__name__)
                finally:
                    db.session.remove()


__all__ = ["Rounds"]
