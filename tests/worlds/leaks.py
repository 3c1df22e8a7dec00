"""Deliberate leaks: each breaks the product in one place, the way such things are broken, and must be caught.

The switch is in the tests: a leak replaces a function of the running application and puts it back. `kinds` and
`acts` are what the worlds differ in, `first` the pages that are asked for, `faces` where it has to show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, g, request
from pytest import MonkeyPatch
from sqlalchemy import func, select, update

from mdt.models import (
    ArrangedDate,
    Case,
    CaseMove,
    Episode,
    Identification,
    Item,
    ItemGroup,
    Lesson,
    Link,
    Member,
    NeedSaid,
    Outreach,
    OwnWord,
    Referral,
    Screening,
    Task,
    Training,
    db,
    now,
)  # fmt: skip
from mdt.models.items import open_groups
from mdt.operations import (
    accounting,
    caseload,
    convening,
    desks,
    items,
    reading,
    releases,
    requests,
    room,
    tasks,
    team,
    views,
)  # fmt: skip
from mdt.realtime import bells, channel
from mdt.sharing import compiled, decide, reply
from mdt.sharing import fields as catalog
from mdt.web import errors
from tests.worlds.ground import known, staff

Into = Callable[[MonkeyPatch, Flask], None]
CASE = "/cases/{case}"
LOG = errors.log


@dataclass(frozen=True)
class Leak:
    """One way to tell. `viewer`: whose session shows it best, by the name of the office or person; None: any."""

    into: Into
    kinds: tuple[str, ...]
    first: tuple[str, ...]
    faces: tuple[str, ...] = ("body",)
    acts: tuple[str, ...] = ()
    viewer: str | None = None
    whole: bool = False

    @property
    def viewer_id(self) -> str | None:
        if self.viewer is None:
            return None
        return staff(self.viewer)[0] if self.viewer in OFFICES_OF_LEAKS else known(self.viewer)


OFFICES_OF_LEAKS = ("county", "police", "school", "clinic", "hearth", "attorney")
LEAKS: dict[str, Leak] = {}


def leak(name: str, *kinds: str, first: tuple[str, ...] = (CASE,), **more: Any) -> Callable[[Into], Into]:
    """Keep this as a leak."""

    def keep(into: Into) -> Into:
        LEAKS[name] = Leak(into, kinds, first, **more)
        return into

    return keep


def after(patch: MonkeyPatch, app: Flask, add: Callable[[Any], Any]) -> None:
    """Do this to every answer."""
    patch.setitem(app.after_request_funcs, None, [add, *app.after_request_funcs[None]])


def raw(item: Any) -> dict[str, Any]:
    """Everything that a record holds, whoever may see it."""
    rows = db.session.execute(select(ItemGroup.group, ItemGroup.values_).where(ItemGroup.item_id == item.id)).all()
    scope = (item.source, g.case.case.youth_id)
    opened = open_groups(item.id, {row.group: row.values_ for row in rows}, scope)
    return {name: value for held in opened.values() for name, value in held.items()}


def count() -> int:
    """How many records the case at hand has."""
    return len(g.case.case.facts.items) if "case" in g else 0


# numbers


@leak("a header with the number of records", "item", faces=("headers",))
def _header(patch: MonkeyPatch, app: Flask) -> None:
    def add(response: Any) -> Any:
        response.headers["X-Records"] = str(count())
        return response

    after(patch, app, add)


@leak("an ETag from the facts as they are", "item", faces=("headers",))
def _etag(patch: MonkeyPatch, app: Flask) -> None:
    def add(response: Any) -> Any:
        if "case" in g:
            response.set_etag(f"{g.case.id}-{g.case.case.epoch}")
        return response

    after(patch, app, add)


@leak("Last-Modified of the whole case", "item", faces=("headers",))
def _last_modified(patch: MonkeyPatch, app: Flask) -> None:
    def add(response: Any) -> Any:
        if "case" in g:
            response.last_modified = db.session.scalar(
                select(func.max(Item.changed_at)).where(Item.case_id == g.case.id)
            )
        return response

    after(patch, app, add)


@leak("a line of the log with a number", "item", faces=("log",))
def _log(patch: MonkeyPatch, app: Flask) -> None:
    own = views.disclose_look
    patch.setattr(views, "disclose_look", lambda *a, **k: LOG.warning("read of %d", count()) or own(*a, **k))


@leak("the tag of a page with the number of what is refused", "item")
def _tag(patch: MonkeyPatch, app: Flask) -> None:
    own = views.Looked.skeleton
    patch.setattr(views.Looked, "skeleton", lambda self: [*own(self), len(self.refused)])


@leak("how many tasks each holds, all of them counted", "item", "task", first=("/lead/cases/{case}/team",),
      viewer="county")  # fmt: skip
def _roster(patch: MonkeyPatch, app: Flask) -> None:
    def held(seat: Any) -> Any:
        rows = db.session.execute(select(Task.owner_id).where(Task.case_id == seat.id))
        return convening.Counter(str(row.owner_id) for row in rows)

    patch.setattr(convening, "_held", held)


@leak("a desk that counts what cannot be read", "item", "task", first=("/", "/police"), viewer="police")
def _needs(patch: MonkeyPatch, app: Flask) -> None:
    every = property(lambda self: db.session.scalar(select(func.count()).select_from(Task)) or 0)
    patch.setattr(desks.Desk, "needs", every)


@leak("a file name with the number of cases", "apart", first=("/caseload/example.csv",), faces=("headers",),
      viewer="county")  # fmt: skip
def _file_name(patch: MonkeyPatch, app: Flask) -> None:
    def add(response: Any) -> Any:
        if "Content-Disposition" in response.headers:
            cases = db.session.scalar(select(func.count()).select_from(Case))
            response.headers["Content-Disposition"] = f"attachment; filename=caseload-{cases}.csv"
        return response

    after(patch, app, add)


@leak("a quiet line for each record that is held", "held", viewer="attorney")
def _held_lines(patch: MonkeyPatch, app: Flask) -> None:
    own = views.held
    patch.setattr(views, "held", lambda seat, decided: tuple(line for one in decided for line in own(seat, [one])))


@leak("a page of the accounting of so many lines, whosever they are", "item", "entries", viewer="youth",
      first=("/who-has-looked/{case}",))  # fmt: skip
def _page_length(patch: MonkeyPatch, app: Flask) -> None:
    own = accounting._rows
    patch.setattr(
        accounting,
        "_rows",
        lambda case_id, before: (row for row, _ in zip(own(case_id, before), range(100), strict=False)),
    )


def _counted(table: type, *kinds: str, acts: tuple[str, ...] = ()) -> None:
    """A header with the number of rows of this table: nobody may know so much."""

    def into(patch: MonkeyPatch, app: Flask) -> None:
        def add(response: Any) -> Any:
            response.headers["X-Rows"] = str(db.session.scalar(select(func.count()).select_from(table)))
            return response

        after(patch, app, add)

    named = f"a header with the number of {table.__name__}"
    leak(named, *kinds, first=(CASE,) * 8, faces=("headers",), acts=acts)(into)


for _table, _act in {
    NeedSaid: "needs", OwnWord: "speaks", ArrangedDate: "arranges", Outreach: "reaches", Referral: "refers",
    Screening: "screens", Identification: "identifies", Episode: "searches", Lesson: "learns",
}.items():  # fmt: skip
    _counted(_table, acts=(_act,))
for _table, _kind in {Link: "linked", CaseMove: "going", Training: "trained"}.items():
    _counted(_table, _kind)


# order and time


@leak(
    "a list in the order of anybody's change",
    first=("/cases/", "/help", "/help", "/help", "/help", "/help", "/cases/"),
    acts=("posts",),
)
def _order(patch: MonkeyPatch, app: Flask) -> None:
    def everybody(case: Any, item: Any, *, by: str) -> None:
        db.session.execute(update(Member).where(Member.case_id == case.id).values(changed_at=now()))

    patch.setattr(team, "noticed", everybody)


@leak("a record that counts as changed when its hidden part was", *["value"] * 6)
def _changed(patch: MonkeyPatch, app: Flask) -> None:
    own = items.groups_of
    patch.setattr(items, "groups_of", lambda fact, _names: own(fact, fact.fields))


@leak("a team in the order of how many tasks each holds", "item", "task", "task", "task")
def _sorted(patch: MonkeyPatch, app: Flask) -> None:
    own = reading.team.colleagues

    def sort(seat: Any, sources: Any) -> Any:
        rows = [row.owner_id for row in db.session.execute(select(Task.owner_id).where(Task.case_id == seat.id))]
        return tuple(sorted(own(seat, sources), key=lambda one: -rows.count(one.id)))

    patch.setattr(reading.team, "colleagues", sort)


@leak("a bell for everybody on the case", first=(CASE, *["/help"] * 6), acts=("posts",), faces=("frames",))
def _bells(patch: MonkeyPatch, app: Flask) -> None:
    async def ring(self: Any, watches: Any) -> None:
        for watch in watches:
            await bells.ring(self.server, watch.sid, str(watch.topic))

    ring.__qualname__ = channel.Channel.ring.__qualname__
    patch.setattr(channel.Channel, "ring", ring)


@leak(
    "somebody's silence told with the next bell",
    first=("{meeting}", *["/help"] * 12),
    acts=("posts",),
    faces=("frames",),
)
def _silence(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(room._Scene, "falls_silent", lambda self: None)
    patch.setattr("mdt.operations.meetings.HEARD_OF_WITHIN", desks.timedelta(seconds=20))


# names and words


@leak("a title with the name as it is on file", "value:ID", viewer="hearth")
def _title(patch: MonkeyPatch, app: Flask) -> None:
    def add(response: Any) -> Any:
        if "case" in g and response.mimetype == "text/html":
            name = next(
                (raw(one).get("legal_name") for one in g.case.case.facts.items.values() if one.category == "ID"), ""
            )
            response.set_data(response.get_data().replace(b"<title>", f"<title>{name} ".encode()))
        return response

    after(patch, app, add)


@leak("a search through what is on file", "value:ID", first=("/cases/?q={word}",), viewer="hearth")
def _search(patch: MonkeyPatch, app: Flask) -> None:
    def find(me: Any, words: str) -> Any:
        from mdt.operations import facts

        rows = caseload._rows(me, None, 100)
        loaded = facts.load_many([row.case_id for row in rows])
        made = []
        for line in caseload.lines(me, rows):
            g.case = type("Here", (), {"case": loaded[line.id]})
            held = " ".join(str(raw(one)) for one in loaded[line.id].facts.items.values() if one.category == "ID")
            made += [line] if words.casefold() in held.casefold() else []
        g.pop("case", None)
        return caseload.ListPage(tuple(made), None, len(rows))

    patch.setattr(caseload, "find", find)


@leak("an error that names what is hidden", "item", first=("/cases/{case}/address/{item_id}",))
def _error(patch: MonkeyPatch, app: Flask) -> None:
    own = errors._page

    def page(status: int, reference: str | None = None) -> Any:
        item = db.session.get(Item, str((request.view_args or {}).get("item_id", "")))
        answer, code = own(status, reference)
        return (
            answer.replace("nothing here for you", f"no {item.terms.category} here for you") if item else answer
        ), code

    patch.setattr(errors, "_page", page)


@leak(
    "403 for what is hidden, 404 for what is not there", "item", "task", first=("/tasks/{task_id}",), faces=("status",)
)
def _forbidden(patch: MonkeyPatch, app: Flask) -> None:
    own = errors._page

    def page(status: int, reference: str | None = None) -> Any:
        there = db.session.get(Task, str((request.view_args or {}).get("task_id", ""))) is not None
        return own(status, reference)[0], 403 if there and status == 404 else status

    patch.setattr(errors, "_page", page)


@leak(
    "a strip of readers, and a team, with whoever is there",
    "member",
    first=("/cases/{case}/update", CASE),
    viewer="school",
)
def _audience(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(team, "_may_know", lambda *_any: True)


@leak("the name of whoever was asked and has not come", "asked", viewer="police")
def _asked(patch: MonkeyPatch, app: Flask) -> None:
    own = reading.team.colleagues

    def more(seat: Any, sources: Any) -> Any:
        here = own(seat, sources)
        return (*here, *(team.colleague(seat, one) for one in seat.case.facts.users if one not in {x.id for x in here}))

    patch.setattr(reading.team, "colleagues", more)


@leak("a point of the agenda with its title", "item", "point", first=("{meeting}",))
def _agenda(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(room._Scene, "knows", lambda self, point: True)


# what is shown


@leak("a list of tasks with those that cannot be read", "item", "task", "task", first=("{meeting}",))
def _tasks(patch: MonkeyPatch, app: Flask) -> None:
    def every(seat: Any) -> Any:
        rows = db.session.scalars(select(Task).where(Task.case_id == seat.id).order_by(Task.created_at))
        return tasks._views(rows, {seat.id: seat})

    patch.setattr(tasks, "of_case", every)


@leak("a task for whoever has its address", "item", "task", first=("/tasks/{task_id}",), faces=("status",))
def _task(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(tasks, "find", lambda me, task_id, seats: tasks._views([db.session.get(Task, task_id)], seats)[0])


@leak("an accounting of everything that was shown", "item", "entry", first=("/who-has-looked/{case}",), viewer="youth")
def _accounting(patch: MonkeyPatch, app: Flask) -> None:
    def learned(self: Any, shown: Any) -> Any:
        for _item, category, _source, fields, rules, *_more in shown:
            labels = tuple(catalog.field(category, name).label for name in fields)
            yield accounting.Learned(catalog.CATEGORIES[category].title, labels, tuple(rules))

    patch.setattr(accounting._Reader, "_learned", learned)


@leak("a list of releases with everybody's", "release", first=("/cases/{case}/releases",), viewer="school")
def _releases(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(releases, "may_know", lambda *_any: True)


@leak("a segment whose quote is closed", "item", "said", "said", first=("{meeting}",))
def _quotes(patch: MonkeyPatch, app: Flask) -> None:
    patch.setattr(reply, "opens", lambda look, fields, duties, quoted: bool(fields))
    patch.setattr(compiled, "settle_all", lambda look, names: {name: decide.settle(look, name) for name in names})
    patch.setattr(views, "settle_all", compiled.settle_all)


@leak("a part that shows the whole", *["value"] * 6)
def _part(patch: MonkeyPatch, app: Flask) -> None:
    own = views.settle_all

    def whole(look: Any, names: Any) -> Any:
        return {name: replace(one, fields=look.facts.items[name].fields) if one.opens else one
                for name, one in own(look, names).items()}  # fmt: skip

    patch.setattr(views, "settle_all", whole)


@leak("a look that is kept for whoever comes next", first=(*["/help"] * 5, CASE), acts=("looks",))
def _cache(patch: MonkeyPatch, app: Flask) -> None:
    def look(seat: Any, *, categories: Any = None) -> Any:
        if categories not in seat.case.looks:
            seat.case.looks[categories] = views.look_as(seat.case.facts, seat.me.id, seat.purpose, seat, categories)
        return seat.case.looks[categories]

    patch.setattr(views, "look", look)


@leak("a page that asks for what is concealed", "item", first=("/cases/{case}/ask?{line}",), faces=("status",))
def _ask(patch: MonkeyPatch, app: Flask) -> None:
    def withheld(seat: Any, category: str, source_id: str) -> Any:
        seen = {item.id: one for item, one in views.look(seat).items}
        for item in seat.case.facts.items.values():
            if (item.category, item.source) == (category, source_id):
                return item, seen.get(item.id) or decide.unreadable(item.id, seat.profile)
        raise requests.not_there()

    patch.setattr(requests, "withheld", withheld)


@leak("a case for whoever has its address", "apart", first=("/cases/{case_id}",), faces=("status",))
def _gate(patch: MonkeyPatch, app: Flask) -> None:
    from mdt.operations import access

    patch.setattr(access, "admitted", lambda *_any: True)
    patch.setattr(access, "_purpose", lambda case, me, asked: next(iter(access.USUAL_PURPOSES[me.role])))


__all__ = ["LEAKS", "Leak"]
