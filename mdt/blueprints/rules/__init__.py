"""The rules of sharing, for everybody who signs in: they are public law."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from mdt.operations.rules import drafts, versions
from mdt.operations.rules.force import in_force
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.jurisdiction import ENTRIES, leaves
from mdt.sharing.matrix import matrix
from mdt.sharing.profile import Profile, names
from mdt.sharing.sources import confirmation, sources
from mdt.sharing.vocabulary import ROLE_WORDS, Category, Role
from mdt.web.guards import guard, signed_in

bp = Blueprint("rules", __name__, url_prefix="/rules")
bp.app_template_global("role_words")(lambda role: ROLE_WORDS[Role(role)])

USUAL = "us-baseline"
CELL = f"/<any({', '.join(Category)}):category>/<any({', '.join(Role)}):role>"
"""The address of a cell: a kind of record, and a discipline."""


def asked_name() -> str:
    """Which rules are asked for: the usual ones, or those named."""
    return drafts.known(request.values.get("of") or USUAL)


@bp.get("")
@guard(signed_in)
def show() -> ResponseReturnValue:
    """Who may see what, as it is in force: the whole table, or one discipline or kind of record as a list."""
    name = asked_name()
    force = in_force(name)
    draft = drafts.find(name) if g.me.signs_rules else None
    return render_template("rules/show.html", force=force, draft=draft, **table(force.profile))


def table(profile: Profile) -> dict[str, object]:
    """What a page needs to show a matrix, and which part of it was asked for."""
    role, category = request.args.get("role"), request.args.get("category")
    rows = matrix(profile)
    return {
        "of": profile.name,
        "titled": {name: in_force(name).profile.title for name in names()},
        "rows": rows,
        "titles": [("", "All of them"), *((row.category, row.title) for row in rows)],
        "roles": ROLE_WORDS,
        "role": Role(role) if role in list(Role) else None,
        "category": Category(category) if category in list(Category) else None,
        "entries": [entry_view(one, profile) for one in ENTRIES],
    }


@bp.get(CELL)
@guard(signed_in)
def cell(category: str, role: str) -> ResponseReturnValue:
    """One cell: the rule in words, its source, and how sure it is."""
    force = in_force(asked_name())
    return render_template("rules/cell.html", force=force, **cell_view(force.profile, category, role))


def cell_view(profile: Profile, category: str, role: str) -> dict[str, object]:
    """A cell in words, with what it rests on."""
    said = profile.cell(Category(category), Role(role))
    row = next(one for one in matrix(profile) if one.category == category)
    return {
        "of": profile.name,
        "row": row,
        "square": next(one for one in row.squares if one.role == role),
        "sources": sources(said, profile),
        "hidden": row.hides,
        "regimes": [profile.regimes[one].title for one in profile.categories[Category(category)].regimes],
    }


def entry_view(name: str, profile: Profile) -> dict[str, object]:
    """An entry of the jurisdiction: its answers with their words, and what counsel said."""
    entry = ENTRIES[name]
    there = dict(leaves(profile.raw.get(name) or {}))
    known = [key.name for key in entry.keys]
    more = [key for key in there if key not in known and key != "confirmed" and _is_one(there[key])]
    answers = (
        [(entry.key(key), there.get(key)) for key in (*known, *more)]
        if entry.confirmable
        else [(key, there.get(key.name)) for key in entry.keys]
    )
    return {"entry": entry, "answers": answers, "confirmation": confirmation(name, profile)}


def _is_one(value: object) -> bool:
    return value is None or isinstance(value, str | int | bool)


@bp.get("/versions")
@guard(signed_in)
def all_versions() -> ResponseReturnValue:
    """Who signed what and when; and what lies between any two."""
    name = asked_name()
    every = versions.versions(name)
    old, new = (_number(request.args.get(key)) for key in ("old", "new"))
    between = versions.between(name, old, new) if old and new else None
    return render_template(
        "rules/versions.html", of=name, versions=every, old=old, new=new, between=between, titles=CATEGORIES,
        title=in_force(name).profile.title,
    )  # fmt: skip


@bp.get("/file")
@guard(signed_in)
def file() -> ResponseReturnValue:
    """A version as one file that stands alone."""
    name = asked_name()
    version = _number(request.args.get("version")) or in_force(name).version
    headers = {"Content-Disposition": f"attachment; filename={name}-version-{version}.yaml"}
    return Response(versions.file(name, version), mimetype="text/plain", headers=headers)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else None
