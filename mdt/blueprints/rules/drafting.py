"""The policy table: counsel drafts the next version of the rules, looks over what it would do, and signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.blueprints.rules import CELL, asked_name, cell_view, entry_view, table
from mdt.blueprints.rules.asked import Said
from mdt.operations.rules import drafts, signing
from mdt.operations.rules.drafts import Draft
from mdt.sharing import overlay
from mdt.sharing.explain import cell_words
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.jurisdiction import ENTRIES
from mdt.sharing.profile import Profile
from mdt.sharing.reading import Unreadable
from mdt.sharing.vocabulary import ROLE_WORDS, Category, Role
from mdt.web.guards import county_counsel, guard
from mdt.web.proof import proved_lately

bp = Blueprint("drafting", __name__, url_prefix="/rules/draft")
ENTRY = f"/entries/<any({', '.join(ENTRIES)}):entry>"


@bp.get("")
@guard(county_counsel)
def show() -> ResponseReturnValue:
    """The draft: what it changes so far, and everything that it could."""
    name = asked_name()
    draft = drafts.find(name)
    if draft is None:
        return redirect(url_for("rules.show", of=name))
    profile = draft.profile or draft.base.profile
    return render_template("rules/draft.html", draft=draft, changes=_changes(draft), **table(profile))


@bp.post("")
@guard(county_counsel)
def begin() -> ResponseReturnValue:
    """Begin the next version."""
    name = asked_name()
    drafts.begin(name, by=g.me)
    return _to_draft(name)


@bp.post("/drop")
@guard(county_counsel)
def drop() -> ResponseReturnValue:
    """Throw the draft away."""
    name = asked_name()
    drafts.drop(name, by=g.me)
    flash("The draft is gone. Nothing that is in force has changed.")
    return redirect(url_for("rules.show", of=name), 303)


@bp.post("/undo")
@guard(county_counsel)
def undo() -> ResponseReturnValue:
    """Take one change back."""
    name = asked_name()
    drafts.undo(name, tuple(request.form.get("change", "").split("."))[:6], by=g.me)
    return _to_draft(name)


@bp.route(f"/cells{CELL}", methods=["GET", "POST"])
@guard(county_counsel)
def cell(category: str, role: str) -> ResponseReturnValue:
    """Change a cell in its own grammar; see first, in words, what it comes to."""
    draft = drafts.need(asked_name())
    profile = draft.profile or draft.base.profile
    lines = [str(one) for one in profile.cell(Category(category), Role(role))]
    problems: list[tuple[str, str]] = []
    words: tuple[str, ...] = ()
    if request.method == "POST":
        lines = [line.strip() for line in request.form.get("says", "").splitlines() if line.strip()]
        try:
            if request.form.get("step") == "keep":
                drafts.change_cell(draft.name, Category(category), Role(role), lines, by=g.me)
                flash("It is in the draft. Nothing is in force before it is signed.")
                return _to_draft(draft.name)
            words = _in_words(draft, category, role, lines)
        except Unreadable as wrong:
            problems = [(_where(draft, category, role, lines, wrong), "#says")]
    view = cell_view(draft.base.profile, category, role)
    page = render_template(
        "rules/draft_cell.html", draft=draft, lines=lines, problems=problems, words=words,
        grammar=_grammar(profile, category), **view,
    )  # fmt: skip
    return page, 422 if problems else 200


@bp.route(ENTRY, methods=["GET", "POST"])
@guard(county_counsel)
def entry(entry: str) -> ResponseReturnValue:
    """Change the answers of an entry, and confirm it."""
    draft = drafts.need(asked_name())
    profile = draft.profile or draft.base.profile
    view = entry_view(entry, profile)
    problems: list[tuple[str, str]] = []
    typed: dict[str, str] | None = None
    if request.method == "POST":
        me = ", ".join(part for part in (g.me.name, g.me.title) if part)
        keys = [key for key, _ in view["answers"]]  # type: ignore[attr-defined]
        said = Said(ENTRIES[entry], keys, request.form, profile, me)
        problems, typed = said.problems, said.typed
        try:
            if not problems:
                drafts.change_entry(draft.name, entry, said.answers, by=g.me)
                flash("It is in the draft. Nothing is in force before it is signed.")
                return _to_draft(draft.name)
        except Unreadable as wrong:
            problems = [(f"{_sentence(wrong)} It was not kept.", _anchor(ENTRIES[entry].keys, entry, wrong))]
    page = render_template("rules/draft_entry.html", of=draft.name, draft=draft, problems=problems, typed=typed, **view)
    return page, 422 if problems else 200


@bp.route("/file", methods=["GET", "POST"])
@guard(county_counsel)
def file() -> ResponseReturnValue:
    """The draft as one file: to read it, and to change what no form asks for."""
    return _as_file("changes", drafts.replace)


@bp.route("/scenarios", methods=["GET", "POST"])
@guard(county_counsel)
def scenarios() -> ResponseReturnValue:
    """The county's own scenarios, kept with the draft and tried with it."""
    return _as_file("scenarios", drafts.keep_scenarios)


def _as_file(what: str, verb: Any) -> ResponseReturnValue:
    draft = drafts.need(asked_name())
    text, problems = getattr(draft, what), []
    if request.method == "POST":
        text = request.form.get("text", "").replace("\r\n", "\n")
        try:
            verb(draft.name, text, by=g.me)
            flash("It is in the draft. Nothing is in force before it is signed.")
            return _to_draft(draft.name)
        except Unreadable as wrong:
            problems = [(f"Line {wrong.place.line}: {wrong.message}. Nothing of it was kept.", "#text")]
    page = render_template("rules/draft_file.html", of=draft.name, draft=draft, what=what, text=text, problems=problems)
    return page, 422 if problems else 200


@bp.get("/review")
@guard(county_counsel)
def review() -> ResponseReturnValue:
    """What the draft would do: in sentences, to the present cases, to the scenarios. From here it is signed."""
    draft = drafts.need(asked_name())
    if draft.profile is None:
        return redirect(url_for(".show", of=draft.name))
    effect, trial = signing.looked_over(draft, by=g.me)
    return render_template(
        "rules/review.html", of=draft.name, draft=draft, effect=effect.words(), trial=trial, proved=proved_lately()
    )


@bp.post("/sign")
@guard(county_counsel)
def sign() -> ResponseReturnValue:
    """Sign what was looked over, after proving again who one is."""
    name = asked_name()
    if not proved_lately():
        return redirect(url_for("auth.again", then=url_for(".review", of=name)), 303)
    version = signing.sign(name, request.form.get("mark", ""), by=g.me)
    flash(f"Version {version} is in force from now on.")
    return redirect(url_for("rules.show", of=name), 303)


def _to_draft(name: str) -> ResponseReturnValue:
    return redirect(url_for(".show", of=name), 303)


def _changes(draft: Draft) -> list[tuple[str, str, str]]:
    """Each change as (what it is of, what it says, its path), to read it and to take it back."""
    return [(_title(path), _said(value), ".".join(path)) for path, value in overlay.ends(draft.tables)]


def _title(path: tuple[str, ...]) -> str:
    """What a change is of, in words where it is a cell or an answer of an entry."""
    match path:
        case ("categories", category, "cells", role) if category in CATEGORIES:
            return f"{CATEGORIES[Category(category)].title}, for {ROLE_WORDS[Role(role)]}"
        case (name, *rest) if rest and name in ENTRIES:
            return f"{ENTRIES[name].title}: {ENTRIES[name].key('.'.join(rest)).label.lower()}"
    return ".".join(path)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(str(one) for one in value.values())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "not set" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _in_words(draft: Draft, category: str, role: str, lines: list[str]) -> tuple[str, ...]:
    profile = _tried(draft, category, role, lines)
    return tuple(cell_words(one, profile) for one in profile.cell(Category(category), Role(role)))


def _tried(draft: Draft, category: str, role: str, lines: list[str]) -> Profile:
    return drafts.with_cell(draft, Category(category), Role(role), lines)


def _where(draft: Draft, category: str, role: str, lines: list[str], wrong: Unreadable) -> str:
    """Which of the lines cannot stand, and why."""
    for number, line in enumerate(lines, 1):
        try:
            _tried(draft, category, role, [line])
        except Unreadable as alone:
            return f"Line {number}: {_sentence(alone)} It was not kept."
    return f"{_sentence(wrong)} It was not kept."


def _sentence(wrong: Unreadable) -> str:
    return f"{wrong.message[:1].upper()}{wrong.message[1:]}.".replace("..", ".")


def _anchor(keys: Any, entry: str, wrong: Unreadable) -> str:
    """The field that a refusal speaks of."""
    return next((f"#k.{one.name}" for one in keys if wrong.message.startswith(f"{entry}.{one.name} ")), "#answers")


def _grammar(profile: Profile, category: str) -> dict[str, list[tuple[str, str]]]:
    """What a cell may name, with the words for it."""
    subsets = profile.categories[Category(category)].subsets
    return {
        "Legal bases: law …": [(one.name, one.title) for one in profile.bases.values()],
        "Releases: release …": [(one.name, one.title) for one in profile.releases.values()],
        "Court orders: order …": [(one.name, one.title) for one in profile.orders.values()],
        "Conditions: … when …": list(profile.conditions.items()),
        "Parts: … part …": [(name, ", ".join(sorted(fields))) for name, fields in subsets.items()],
    }


__all__ = ["bp"]
