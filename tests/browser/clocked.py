"""The county served by a clock of its own: it stands still, and jumps to where a line on its input says.

python -m tests.browser.clocked 2027-03-13T23:00:00+00:00
"""

from __future__ import annotations

import sys
import threading
from datetime import datetime

import time_machine

from tests.fixtures_served import Served


def order(at: datetime) -> tuple[str, ...]:
    """How a process that begins at this moment is started."""
    return ("-m", "tests.browser.clocked", at.isoformat())


def move(served: Served, at: datetime) -> None:
    """Let its clock jump there; the rounds that are made every second see it."""
    assert served.process and served.process.stdin
    served.process.stdin.write(f"{at.isoformat()}\n".encode())
    served.process.stdin.flush()


def _listen(clock: time_machine.Traveller) -> None:
    for line in sys.stdin:
        clock.move_to(datetime.fromisoformat(line.strip()))


def main(at: str) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False) as clock:
        threading.Thread(target=_listen, args=(clock,), daemon=True).start()
        from mdt import create_app
        from mdt.operations import schema
        from mdt.realtime.server import serve

        app = create_app()
        with app.app_context():
            schema.upgrade()
        serve(app)


if __name__ == "__main__":
    main(sys.argv[1])
