"""Missing from care: noticed, reported, found, talked with; what the team gets of it; what is open at the agency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import Report, new_id
from mdt.operations import guarding, letters, photos, reading
from mdt.operations.acts import Refused, not_there
from mdt.operations.missing import alerts, band, board, contacts, episodes, packet, plans, reports, returning
from mdt.operations.missing.episodes import EpisodeView, ReportView
from mdt.sharing.episodes import DEBRIEF
from mdt.sharing.vocabulary import Role
from mdt.web.drafts import Place
from mdt.web.forms import Form, text_of
from mdt.web.guards import guard, lead_of_case, member_of_case, of_role
from mdt.web.missing import (
    BackForm,
    ConfirmForm,
    ContactForm,
    DescribeForm,
    NoticeForm,
    PhotoForm,
    PlanForm,
    ReportForm,
    TalkForm,
)
from mdt.web.pages import on_paper, zone
from mdt.web.photos import ONE_OF, picture
from mdt.web.proof import proved_lately
from mdt.web.times import date_words, hour
from mdt.web.where import within

bp = Blueprint("missing", __name__)
Repeats = tuple[guarding.Repeat, ...]
BESIDE = 64 * 1024
"""Bytes of a request beside the photo."""


@bp.url_value_preprocessor
def _let_a_photo_come(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A file of this size may come to this one door; before its form is read for the first time."""
    if endpoint == f"{bp.name}.pictures":
        request.max_content_length = photos.LARGEST + BESIDE


@bp.get("/missing")
@guard(of_role(Role.CW))
def on_the_board() -> ResponseReturnValue:
    """Every report that waits at one's agency, what is longest overdue first."""
    found = board.page(g.me, request.args.get("after"))
    return render_template("missing/board.html", board=found, later="after" in request.args)


@bp.get("/missing/band")
@guard(of_role(Role.CW))
def band_alone() -> ResponseReturnValue:
    """The line in the frame of a page that is open, as it is now."""
    waits = band.now_of(g.me)
    return render_template("missing/band.html", waits=waits, tag=band.tag(g.me, waits))


@bp.get("/cases/<uuid:case_id>/missing")
@guard(lead_of_case)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """Every time they were missing, and what helps them stay."""
    past, unwritten = episodes.history(g.case), episodes.unwritten(g.case)
    _within()
    return render_template("missing/list.html", past=past, unwritten=unwritten, zone=zone())


@bp.route("/cases/<uuid:case_id>/missing/notice", methods=["GET", "POST"])
@guard(lead_of_case)
def notice(case_id: UUID) -> ResponseReturnValue:
    """Somebody noticed: three answers, and the clocks run."""
    place = Place.of("missing_notice", case_id)
    form = NoticeForm.of(g.case.profile.episodes, zone())
    repeats: Repeats = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                episodes.notice(g.case, form.said, key=form.key.data, **_heeded())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Written down. The clocks run from when your agency was told.")
            return redirect(url_for(".show", case_id=case_id, episode_id=form.key.data), 303)
    return _form("missing/notice.html", form, place, repeats)


@bp.get("/cases/<uuid:case_id>/missing/<uuid:episode_id>")
@guard(lead_of_case)
def show(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """One episode: what has to be done now, what was done, who knows."""
    return _page(str(episode_id))


@bp.route("/cases/<uuid:case_id>/missing/<uuid:episode_id>/describe", methods=["GET", "POST"])
@guard(lead_of_case)
def describe(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """Say more: the record that the reports and the card are made of."""
    place = Place.of("missing_words", case_id, episode_id)
    form = DescribeForm.of(episodes.read(g.case, str(episode_id)))
    repeats: Repeats = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                episodes.describe(g.case, str(episode_id), form.said, **_heeded())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Written down.")
            return _back_to(episode_id)
    return _form("missing/describe.html", form, place, repeats, episode_id=episode_id)


@bp.route("/cases/<uuid:case_id>/missing/reports/<uuid:report_id>", methods=["GET", "POST"])
@guard(lead_of_case)
def report(case_id: UUID, report_id: UUID) -> ResponseReturnValue:
    """Make a report: what to say, then when it was said, to whom, under which number; late, and why."""
    row = reports.find(g.case, str(report_id))
    if row.kind == DEBRIEF:
        return redirect(url_for(".debrief", case_id=case_id, episode_id=row.episode_id), 303)
    view, mine = _reported(row)
    place = Place.of("missing_report", case_id, report_id)
    form = ReportForm.of(mine, zone())
    if form.validate_on_submit():
        with place.sent():
            reports.make(g.case, str(report_id), form.said)
        flash("Written down." + (f" Ask for {mine.kind.confirm} next." if mine.kind.confirm else ""))
        return redirect(url_for(".show", case_id=case_id, episode_id=view.id), 303)
    return _form("missing/report.html", form, place, view=view, report=mine, confirm=ConfirmForm())


@bp.post("/cases/<uuid:case_id>/missing/reports/<uuid:report_id>/confirm")
@guard(lead_of_case)
def confirm(case_id: UUID, report_id: UUID) -> ResponseReturnValue:
    """Its receiver did what the law asks of them."""
    form = ConfirmForm()
    episode_id = reports.find(g.case, str(report_id)).episode_id
    reports.confirm(g.case, str(report_id), entry=text_of(form.entry) if form.validate() else "")
    flash("Written down.")
    return redirect(url_for(".show", case_id=case_id, episode_id=episode_id), 303)


@bp.get("/cases/<uuid:case_id>/missing/packet")
@guard(member_of_case)
def report_packet(case_id: UUID) -> ResponseReturnValue:
    """What a report carries, to read out or to print. Opening it is written down as a disclosure."""
    found = packet.build(g.case, request.args.get("to"))
    _within()
    on_paper()
    return render_template("missing/packet.html", packet=found)


@bp.get("/cases/<uuid:case_id>/missing/packet.txt")
@guard(member_of_case)
def report_file(case_id: UUID) -> ResponseReturnValue:
    """The same as a file, to hand over."""
    found = packet.build(g.case, request.args.get("to"))
    taken = f"{date_words(found.taken_at.astimezone(zone()).date())}, {hour(found.taken_at, zone())} ({zone().key})"
    answer = Response(found.text(taken), mimetype="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.txt"'
    return answer


@bp.get(f"/cases/<uuid:case_id>/missing/packet/photos/{ONE_OF}")
@guard(member_of_case)
def packet_photo(case_id: UUID, item_id: UUID, field: str) -> ResponseReturnValue:
    """A photo that the report carries, decided as the report is."""
    return picture(photos.picture_of(packet.photo(g.case, request.args.get("to"), str(item_id), field)))


@bp.get("/cases/<uuid:case_id>/missing/card")
@guard(member_of_case)
def card(case_id: UUID) -> ResponseReturnValue:
    """The team's alert card, while it is up."""
    shown = alerts.card(g.case)
    _within()
    return render_template("missing/card.html", card=shown, topic=alerts.topic(str(case_id)), tag=alerts.tag(g.case))


@bp.get(f"/cases/<uuid:case_id>/missing/card/photos/{ONE_OF}")
@guard(member_of_case)
def card_photo(case_id: UUID, item_id: UUID, field: str) -> ResponseReturnValue:
    """The photo on the card, while it is up."""
    return picture(photos.picture_of(alerts.photo(g.case, str(item_id), field)))


@bp.route("/cases/<uuid:case_id>/missing/photos", methods=["GET", "POST"])
@guard(lead_of_case)
def pictures(case_id: UUID) -> ResponseReturnValue:
    """The photos of them that the lead keeps, and a new one."""
    form, problem = PhotoForm(), None
    if form.validate_on_submit() and (file := form.photo.data):
        try:
            photos.keep(g.case, file.stream.read(), key=form.key.data)
        except Refused as no:
            problem = str(no)
        else:
            flash("The photo is kept.")
            return redirect(url_for(".pictures", case_id=case_id), 303)
    return _form(
        "missing/photos.html", form, None, kept=photos.of_lead(g.case), audience=photos.readers(g.case),
        largest=photos.LARGEST // 1024 // 1024, unreadable=problem,
    )  # fmt: skip


@bp.post("/cases/<uuid:case_id>/missing/photos/<uuid:item_id>/take-away")
@guard(lead_of_case)
def take_picture_away(case_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """It was of somebody else, or is no more right."""
    photos.take_away(g.case, str(item_id))
    flash("The photo is gone.")
    return redirect(url_for(".pictures", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/alert")
@guard(lead_of_case)
def alert(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """Let the team have the card, or take it back."""
    up = request.form.get("up") == "yes"
    (alerts.approve if up else alerts.withdraw)(g.case, str(episode_id))
    flash("The team has the card now. It closes itself when they are back." if up else "The card is taken back.")
    return _back_to(episode_id)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/officer")
@guard(lead_of_case)
def officer(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """Who of law enforcement leads the search."""
    episodes.name_officer(g.case, str(episode_id), request.form.get("officer") or None)
    flash("Written down.")
    return _back_to(episode_id)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/take-over")
@guard(lead_of_case)
def take_over(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """The reports are mine from now."""
    episodes.take_over(g.case, str(episode_id))
    flash("The reports are yours now. They stand on each of your pages until they are made.")
    return _back_to(episode_id)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/also")
@guard(lead_of_case)
def also(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """One more office has to be told, as is known now."""
    episodes.also(g.case, str(episode_id), request.form.get("kind", ""))
    flash("Written down. Its clock runs from now.")
    return _back_to(episode_id)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/contacts")
@guard(lead_of_case)
def contact(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """Write down whom one talked to."""
    place = Place.of("missing_contact", case_id, episode_id)
    form = ContactForm.of(g.case.profile.episodes, zone())
    if not form.validate():
        return _page(str(episode_id), form), 422
    with place.sent():
        contacts.log(
            g.case, str(episode_id), kind=form.kind.data, at=form.moment, words=text_of(form.words), key=form.key.data
        )
    flash("Written down.")
    return _back_to(episode_id)


@bp.route("/cases/<uuid:case_id>/missing/<uuid:episode_id>/back", methods=["GET", "POST"])
@guard(lead_of_case)
def back(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """They are back."""
    view = episodes.read(g.case, str(episode_id))
    place = Place.of("missing_back", case_id, episode_id)
    form = BackForm.of(g.case.profile.episodes, zone(), view)
    repeats: Repeats = ()
    problem = None
    if form.validate_on_submit():
        try:
            with place.sent():
                returning.came_back(g.case, str(episode_id), form.said(request.form), **_heeded())
        except guarding.Repeats as no:
            repeats = no.found
        except Refused as no:
            problem = str(no)
        else:
            flash("Written down. What ran because they were missing has ended.")
            return _back_to(episode_id)
    return _form("missing/back.html", form, place, repeats, view=view, refused=problem)


@bp.post("/cases/<uuid:case_id>/missing/<uuid:episode_id>/not-back")
@guard(lead_of_case)
def not_back(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """They are not back, whatever a file said."""
    returning.not_so(g.case, str(episode_id))
    flash("Written down. The search goes on.")
    return _back_to(episode_id)


@bp.route("/cases/<uuid:case_id>/missing/<uuid:episode_id>/debrief", methods=["GET", "POST"])
@guard(lead_of_case)
def debrief(case_id: UUID, episode_id: UUID) -> ResponseReturnValue:
    """What they told of the time away, in their words."""
    view = episodes.read(g.case, str(episode_id))
    place, form = Place.of("missing_debrief", case_id, episode_id), TalkForm.of(view)
    repeats: Repeats = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                returning.talked(g.case, str(episode_id), form.said, **_heeded())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Written down, in their words. Next: what would help them stay?")
            return redirect(url_for(".plan", case_id=case_id), 303)
    return _form("missing/debrief.html", form, place, repeats, view=view)


@bp.route("/cases/<uuid:case_id>/missing/plan", methods=["GET", "POST"])
@guard(lead_of_case)
def plan(case_id: UUID) -> ResponseReturnValue:
    """What helps them stay, made with them."""
    place, rules = Place.of("missing_plan", case_id), g.case.profile.episodes
    form = PlanForm.of(rules)
    repeats: Repeats = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                plans.make(g.case, form.said, key=form.key.data, **_heeded())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Filed with the plan.")
            return redirect(url_for(".of_case", case_id=case_id), 303)
    return _form("missing/plan.html", form, place, repeats, past=episodes.history(g.case), rules=rules)


def _heeded() -> dict[str, Any]:
    return {"heeded": request.form.getlist("heeded"), "proved": proved_lately()}


def _back_to(episode_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", case_id=g.case.id, episode_id=episode_id), 303)


def _reported(row: Report) -> tuple[EpisodeView, ReportView]:
    """A report with its episode, or as if there were none."""
    view = episodes.read(g.case, row.episode_id)
    return view, next((one for one in view.reports if one.id == row.id), None) or _none()


def _none() -> ReportView:
    raise not_there()


def _page(episode_id: str, form: ContactForm | None = None) -> str:
    view = episodes.read(g.case, episode_id)
    place = Place.of("missing_contact", g.case.id, episode_id)
    form = form or ContactForm.of(g.case.profile.episodes, zone())
    form.key.data = form.key.data or new_id()
    _within()
    return render_template(
        "missing/show.html", view=view, form=form, place=place, letters=letters.are_sent(), confirm=ConfirmForm(),
        readers=alerts.readers(g.case, view.record.id) if view.record and view.open else (),
    )  # fmt: skip


def _form(template: str, form: Form, place: Place | None, repeats: Repeats = (), **more: Any) -> ResponseReturnValue:
    """The page of a form: as it opens, or as it was refused, with nothing typed lost."""
    key = getattr(form, "key", None)
    if key is not None:
        key.data = key.data or new_id()
    _within()
    page = render_template(template, form=form, place=place, repeats=repeats, **more)
    return page, 422 if request.method == "POST" else 200


def _within() -> None:
    within(reading.name_of(g.case))
