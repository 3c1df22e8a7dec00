"""Screening: what is noticed, what is asked, what it comes to, and what a person decides."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from mdt.models import Screening, new_id, now
from mdt.operations import guarding, reading, updates
from mdt.operations.acts import Refused
from mdt.operations.fhir.strict import Damaged
from mdt.operations.needs import dates
from mdt.operations.screening import advice, carrying, identifying, instruments, noting, responses, showing
from mdt.operations.screening.carrying import Paper
from mdt.operations.screening.loading import words_of
from mdt.sharing.vocabulary import Category
from mdt.web.consents import MEDIA_TYPE
from mdt.web.drafts import Place
from mdt.web.guards import guard, in_the_room, lead_of_case, member_of_case, reads
from mdt.web.pages import on_paper, zone
from mdt.web.questions import Part, is_many, outer_of, part, then
from mdt.web.screening import (
    ABSENCE_WORDS,
    INPUTS,
    AsideForm,
    FileForm,
    IdentifyForm,
    NoticedForm,
    Reading,
    SentForm,
    ToldForm,
    drawn,
    typed_for,
)
from mdt.web.where import within

bp = Blueprint("screening", __name__)
HERE = "/cases/<uuid:case_id>/screenings"
ONE = f"{HERE}/<uuid:screening_id>"
FOUND = "/cases/<uuid:case_id>/identifications"
bp.record_once(lambda state: state.app.jinja_env.globals.update(advice=advice))
bp.add_app_template_filter(words_of, "answered")


@bp.get(HERE)
@guard(member_of_case)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """The screenings of one's own agency in this case, and what can be begun."""
    lines = showing.lines(g.case)
    within(reading.name_of(g.case))
    found = identifying.of_case(g.case)
    return render_template(
        "screening/list.html", lines=lines, usable=instruments.usable(g.me.agency_id), seat=g.case, found=found,
        is_late=identifying.is_late, manages=instruments.manages(g.me), opens=g.case.profile.screening.opens,
    )  # fmt: skip


@bp.post(HERE)
@guard(member_of_case)
def begin(case_id: UUID) -> ResponseReturnValue:
    """Begin one with an instrument; or say that something happened that opens one."""
    event = request.form.get("event", "")
    if event:
        carrying.happened(g.case, event)
        flash("It is open now, and due.")
        return redirect(url_for(".of_case", case_id=case_id), 303)
    made = carrying.open_by_hand(g.case, request.form.get("instrument", ""))
    return redirect(url_for(".fill", case_id=case_id, screening_id=made), 303)


@bp.route(f"{HERE}/noticed", methods=["GET", "POST"])
@guard(member_of_case)
def notice(case_id: UUID) -> ResponseReturnValue:
    """Write down what somebody noticed, informally: no score."""
    if not carrying.may_screen(g.case):
        abort(404)
    place = Place.of("noticed", case_id)
    form = NoticedForm()
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                noting.note(g.case, form.said, form.sent)
            flash("Written down as your agency’s own record.")
            return redirect(url_for(".of_case", case_id=case_id), 303)
        except guarding.Repeats as no:
            repeats = no.found
        except Refused as no:
            _onto(form, no)
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    form.on.data = form.on.data or now().astimezone(zone()).date()
    form.who.data = form.who.data or g.me.name
    page = render_template(
        "screening/noticed.html", form=form, signs=noting.signs(), repeats=repeats, place=place, seat=g.case,
        audience=updates.audience_of(g.case, carrying.draft(g.case)),
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors or repeats else 200


@bp.get(ONE)
@guard(member_of_case)
def fill(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """The questions, a page at a time; or the record, once it is filed."""
    row = carrying.find(g.case, str(screening_id))
    if row.done_at is not None:
        return _shown(row)
    held = carrying.paper(g.case, row)
    page = part(held.sheet, request.args.get("at"))
    left = _place(held, page).left
    if left is None:
        return _questions(held, page)
    keys = [*(slot.key for slot in page.asked), *typed_for(left)]
    return _questions(held, Reading(held.sheet, page, left, zone(), keys).page, left)


@bp.post(f"{ONE}/asked")
@guard(member_of_case)
@reads
def asked(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """What this page asks if these are the answers. The open page asks it as it is answered; nothing is kept."""
    row = carrying.find(g.case, str(screening_id))
    carrying.check_open(row)
    held = carrying.paper(g.case, row)
    read = _read(held)
    return render_template("screening/asked.html", **_asked(held, read.page, read.sent, read))


@bp.post(ONE)
@guard(member_of_case)
def keep(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """Keep the answers of one page, and go on: to what is asked next, to the end, or away."""
    row = carrying.find(g.case, str(screening_id))
    carrying.check_open(row)
    held = carrying.paper(g.case, row)
    read = _read(held)
    if read.problems:
        return _questions(held, read.page, read.sent, read), 422
    version = int(request.form["version"]) if request.form.get("version", "").isdecimal() else 0
    with _place(held, read.page).sent():
        row = carrying.keep(g.case, str(screening_id), read.answers, version=version)
    return redirect(_onward(row, read.shown), 303)


def _read(held: Paper) -> Reading:
    page = part(held.sheet, request.args.get("at"))
    return Reading(held.sheet, page, request.form, zone(), request.form.getlist("asked"))


def _onward(row: Screening, page: Part) -> str:
    held = carrying.paper(g.case, row)
    if held.result.told:
        return url_for(".finish", case_id=row.case_id, screening_id=row.id)
    if request.form.get("more") or request.form.get("less"):
        return url_for(".fill", case_id=row.case_id, screening_id=row.id, at=page.start)
    if request.form.get("leave"):
        flash("Kept. It waits for you, and for your agency.")
        return url_for(".of_case", case_id=row.case_id)
    start = then(held.sheet, page)
    if start is None:
        return url_for(".finish", case_id=row.case_id, screening_id=row.id)
    return url_for(".fill", case_id=row.case_id, screening_id=row.id, at=start)


@bp.route(f"{ONE}/end", methods=["GET", "POST"])
@guard(member_of_case)
def finish(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """What it comes to, and who will read it; filing it."""
    row = carrying.find(g.case, str(screening_id))
    if row.done_at is not None and request.method == "GET":
        return redirect(url_for(".fill", case_id=case_id, screening_id=screening_id))
    place = Place.of("screening_end", case_id, screening_id)
    form = SentForm()
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                carrying.finish(g.case, row.id, form.sent, reason=form.reason.data or "")
            flash("Filed as your agency’s own record.")
            return redirect(url_for(".fill", case_id=case_id, screening_id=screening_id), 303)
        except guarding.Repeats as no:
            repeats = no.found
        except Refused as no:
            _onto(form, no)
    row = carrying.find(g.case, str(screening_id))
    carrying.check_open(row)
    held = carrying.paper(g.case, row)
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    page = render_template(
        "screening/end.html", form=form, held=held, repeats=repeats, seat=g.case, overdue=_overdue(row), place=place,
        interview=_interview(),
        audience=updates.audience_of(g.case, carrying.draft(g.case)),
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors or repeats else 200


@bp.route(f"{ONE}/aside", methods=["GET", "POST"])
@guard(member_of_case)
def aside(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """It is not done, for a reason."""
    row, place = carrying.find(g.case, str(screening_id)), Place.of("screening_aside", case_id, screening_id)
    form = AsideForm()
    if form.validate_on_submit():
        with place.sent():
            carrying.set_aside(g.case, row.id, form.reason.data or "")
        flash("Written down.")
        return redirect(url_for(".of_case", case_id=case_id), 303)
    within(reading.name_of(g.case))
    return render_template("screening/aside.html", form=form, place=place, seat=g.case), 422 if form.errors else 200


@bp.post(f"{ONE}/deeper")
@guard(member_of_case)
def deeper(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """Open the second tier, because circumstances warrant it."""
    made = carrying.go_deeper(g.case, str(screening_id))
    return redirect(url_for(".fill", case_id=case_id, screening_id=made), 303)


@bp.route(f"{ONE}/arrived", methods=["GET", "POST"])
@guard(member_of_case)
def arrive(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """Take in answers that were given elsewhere, as a FHIR QuestionnaireResponse. They are looked at before they are
    filed."""
    row, form = carrying.find(g.case, str(screening_id)), FileForm()
    problem: Damaged | None = None
    if form.validate_on_submit():
        held = carrying.paper(g.case, row)
        try:
            came = responses.load(form.file, held.sheet.instrument)
            carrying.keep(g.case, row.id, came.answers, version=row.version, remarks=came.remarks)
            return redirect(url_for(".finish", case_id=case_id, screening_id=screening_id), 303)
        except Damaged as no:
            problem = no
    within(reading.name_of(g.case))
    page = render_template("screening/arrive.html", form=form, row=row, problem=problem, seat=g.case)
    return page, 422 if form.errors or problem else 200


@bp.get(f"{ONE}/fhir")
@guard(member_of_case)
def response(case_id: UUID, screening_id: UUID) -> ResponseReturnValue:
    """The answers as a FHIR QuestionnaireResponse."""
    answer = Response(showing.response(g.case, str(screening_id)), content_type=f"{MEDIA_TYPE}; fhirVersion=4.0")
    answer.headers["Content-Disposition"] = 'attachment; filename="response.json"'
    return answer


@bp.route(f"{FOUND}/new", methods=["GET", "POST"])
@guard(lead_of_case)
def identify(case_id: UUID) -> ResponseReturnValue:
    """Decide that the young person was trafficked: who, when, why."""
    place, form = Place.of("identified", case_id), IdentifyForm()
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                made = identifying.identify(g.case, form.said, form.sent)
            flash("Written down. The time to tell law enforcement runs now.")
            return redirect(url_for(".identified", case_id=case_id, identification_id=made), 303)
        except guarding.Repeats as no:
            repeats = no.found
        except Refused as no:
            _onto(form, no)
    stands = identifying.stands(g.case)
    if request.method == "GET" and form.text.data is None:
        form.text.data = stands.get("safety_needs", "")
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    audience = updates.audience_of(g.case, identifying.draft(g.case, form.key.data))
    page = render_template(
        "screening/identify.html", form=form, stands=stands, repeats=repeats, place=place, seat=g.case,
        audience=audience,
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors or repeats else 200


@bp.route(f"{FOUND}/<uuid:identification_id>", methods=["GET", "POST"])
@guard(lead_of_case)
def identified(case_id: UUID, identification_id: UUID) -> ResponseReturnValue:
    """What was decided, how long there is to tell law enforcement, and that they were told."""
    row = identifying.find(g.case, str(identification_id))
    officers, place = identifying.officers(g.case), Place.of("told", case_id, identification_id)
    form = ToldForm().over(officers)
    if form.validate_on_submit():
        try:
            with place.sent():
                identifying.report(g.case, row.id, form.said(zone(), row.at))
            flash("Written down.")
            return redirect(url_for(".identified", case_id=case_id, identification_id=identification_id), 303)
        except Refused as no:
            _onto(form, no)
    row = identifying.find(g.case, str(identification_id))
    within(reading.name_of(g.case))
    page = render_template(
        "screening/identified.html", row=row, form=form, seat=g.case, late=identifying.is_late(row), place=place,
        kinds=identifying.KINDS, by=g.case.case.people_names.get(row.by_id, "Somebody"),
        told=officers.get(row.told_id or "", "Somebody of law enforcement"),
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors else 200


@bp.get(f"{FOUND}/<uuid:identification_id>/report")
@guard(lead_of_case)
def packet(case_id: UUID, identification_id: UUID) -> ResponseReturnValue:
    """The report for law enforcement, to read from and to print."""
    row = identifying.find(g.case, str(identification_id))
    made = identifying.packet(g.case, row.id)
    within(reading.name_of(g.case))
    on_paper()
    return render_template("screening/packet.html", row=row, packet=made, seat=g.case, at=now())


@bp.route("/screening/instruments", methods=["GET", "POST"])
@guard(in_the_room)
def loaded() -> ResponseReturnValue:
    """The instruments of one's agency; whoever manages them loads another."""
    if g.me.agency_id is None:
        abort(404)
    form, problem = FileForm(), None
    if form.validate_on_submit():
        try:
            made = instruments.take_in(g.me, form.file)
            flash("Loaded. Whoever screens at your agency can use it now.")
            return redirect(url_for(".instrument", instrument_id=made.id), 303)
        except Damaged as no:
            problem = no
    page = render_template(
        "screening/instruments.html", form=form, problem=problem, mine=instruments.of_agency(g.me.agency_id),
        shipped=instruments.shipped(), manages=instruments.manages(g.me),
    )  # fmt: skip
    return page, 422 if form.errors or problem else 200


@bp.get("/screening/instruments/<uuid:instrument_id>")
@guard(in_the_room)
def instrument(instrument_id: UUID) -> ResponseReturnValue:
    """One instrument, as it is asked: every question, and when."""
    if g.me.agency_id is None:
        abort(404)
    known = [*instruments.shipped().values(), *instruments.of_agency(g.me.agency_id)]
    found = next((one for one in known if one.id == str(instrument_id)), None) or abort(404)
    return render_template("screening/instrument.html", version=found, manages=instruments.manages(g.me))


@bp.post("/screening/instruments/<uuid:instrument_id>/retire")
@guard(in_the_room)
def retire(instrument_id: UUID) -> ResponseReturnValue:
    """It is used no more. What was filled in with it stays."""
    instruments.retire(g.me, str(instrument_id))
    flash("Out of use. What was filled in with it stays as it is.")
    return redirect(url_for(".loaded"), 303)


def _questions(
    held: Paper, page: Part, left: MultiDict[str, str] | None = None, read: Reading | None = None
) -> str:  # fmt: skip
    within(reading.name_of(g.case))
    more = _asked(held, page, left, read)
    return render_template("screening/fill.html", place=_place(held, page), seat=g.case, **more)


def _asked(held: Paper, page: Part, left: MultiDict[str, str] | None, read: Reading | None) -> dict[str, object]:
    """What the questions of a page are drawn with."""
    sheet = read.sheet if read else held.sheet
    return {
        "held": held, "page": page, "draw": {slot.key: drawn(held.sheet, slot, left) for slot in page.asked},
        "is_many": is_many, "outer_of": outer_of, "inputs": INPUTS, "absences": ABSENCE_WORDS, "told": sheet.told,
        "problems": read.problems if read else {},
    }  # fmt: skip


def _place(held: Paper, page: Part) -> Place:
    return Place.of("screening", held.row.case_id, held.row.id, page.start)


def _shown(row: Screening) -> ResponseReturnValue:
    shown = showing.record(g.case, row)
    within(reading.name_of(g.case))
    version = instruments.pinned(row.instrument_id) if row.instrument_id else None
    words = next((one.words for one in showing.lines(g.case) if one.id == row.id), "Screening")
    return render_template(
        "screening/shown.html", row=row, shown=shown, seat=g.case, version=version, words=words,
        overdue=bool(row.due_at and row.done_at and row.done_at > row.due_at),
    )  # fmt: skip


def _interview() -> str | None:
    """Where this member arranges a forensic interview, if they arrange one here."""
    found = next((one for one in dates.kinds(g.case) if one.category is Category.FORENSIC), None)
    return url_for("dates.new", case_id=g.case.id, kind=found.name) if found else None


def _overdue(row: Screening) -> bool:
    return bool(row.due_at and now() > row.due_at)


def _onto(form: SentForm | NoticedForm | IdentifyForm | ToldForm, no: Refused) -> None:
    """A no that can be mended on the page stands on it; any other goes its way."""
    if no.code != 422:
        raise no
    form.form_errors = [*form.form_errors, str(no)]


__all__ = ["bp"]
