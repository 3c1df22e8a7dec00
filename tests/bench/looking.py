"""In the environment at hand: what it costs to look at the views of the whole crowd after a change."""

from __future__ import annotations

import json
import statistics
import time
from contextlib import nullcontext
from functools import partial

from mdt.models import Item, begin_writing, db
from mdt.operations import items, watching
from mdt.operations.watching import Topic
from mdt.sharing.vocabulary import Category
from mdt.web.sign_ins import find_me
from tests.bench import changing, crowd


def measured(*, together: bool) -> float:
    """Milliseconds of processor for all of them; the median of a few changes."""
    people = [me for number in range(crowd.PEOPLE) if (me := find_me(crowd.person(number)))]
    topic, took = Topic("case", crowd.CASE), []
    for number in range(7):
        begin_writing()
        record = next(one for one in db.session.query(Item).filter_by(case_id=crowd.CASE) if _is_who(one))
        items.revise(record, {"name_in_use": f"Kestrel {together} {number}"})
        db.session.commit()
        db.session.remove()
        begun = time.thread_time()
        every = watching.together({topic: people})
        with every if together else nullcontext(lambda topic: partial(watching.look, topic)) as looks:
            look = looks(topic)
            tags = {look(me, None)[0] for me in people}
        took.append(1000 * (time.thread_time() - begun))
        assert len(tags) == crowd.PEOPLE
    return statistics.median(took)


def _is_who(record: Item) -> bool:
    return record.terms.category is Category.ID


if __name__ == "__main__":
    with changing.app.app_context():
        print(json.dumps([measured(together=True), measured(together=False)]))
