"""FHIR Consents over HTTP: out as what the reader may know; in as something held, for a person to complete."""

from __future__ import annotations

import json
import re
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mdt.models import Arrival, Entry, HeldConsent, Release, db, new_id
from mdt.operations import ledger
from mdt.operations.demo import agencies
from mdt.operations.fhir import strict
from mdt.operations.fhir.words import Version
from tests.fixtures_app import Person, today
from tests.http.test_releases import CHECKUPS, IRON, WREN, SignIn, asked, kept, page, sees, signed
from tests.unit.fhir.consents import foreign_r4

MERCY, POLICE = agencies.id_of("mercy"), agencies.id_of("police")
ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def out(person: Person, version: str = "R4", release: str = CHECKUPS) -> TestResponse:
    return person.get(f"/cases/{WREN}/releases/{release}/fhir?version={version}")


def bring(person: Person, consent: Any, discloser: str = MERCY, **more: Any) -> TestResponse:
    """Choose a file and send it."""
    person.get("/help")
    file = consent if isinstance(consent, bytes) else json.dumps(consent).encode()
    form = {"csrf_token": person.token, "key": new_id(), "discloser": discloser}
    form |= {"consent": (BytesIO(file), "x.json")} if consent is not None else {}
    return person.post(f"/cases/{WREN}/consents", data=form | more)


def for_police() -> dict[str, Any]:
    """Another system's Consent that names an agency of ours by our own identifier, and a category of ours."""
    found = foreign_r4()
    actor = found["provision"]["actor"][0]
    actor["reference"] = {"identifier": {"system": "urn:mdt:agency", "value": POLICE}}
    found["provision"]["class"] = [{"system": "urn:mdt:category", "code": "HEALTH"}]
    found["provision"]["purpose"] = [{"system": "urn:mdt:purpose", "code": "INVESTIGATE"}]
    found["provision"]["period"] = {"end": str(today() + timedelta(days=40))}
    del found["provision"]["securityLabel"]
    return found


def entries(app: Flask, event: str) -> list[dict[str, Any]]:
    with app.app_context():
        ledger.settle_held()
        rows = db.session.scalars(select(Entry).where(Entry.event == event, Entry.case_id == WREN)).all()
        return [ledger.body(row.id, row.body_) for row in rows]


@pytest.mark.parametrize("version", ["R4", "R5"])
def test_a_release_goes_out_as_a_consent_that_names_no_young_person(
    app: Flask, signed_in: SignIn, version: str
) -> None:
    wren, imani = signed_in("wren"), signed_in("imani")
    answer = out(wren, version)
    number = Version(version).number
    assert answer.headers["Content-Type"] == f"application/fhir+json; fhirVersion={number}"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="consent.json"'
    said, found = strict.taken_in(answer.get_data())
    assert found == version and said["status"] == "active"
    assert "wren" not in answer.get_data(as_text=True).casefold() and WREN not in answer.get_data(as_text=True)
    assert "Mercy Clinic" in answer.get_data(as_text=True)
    assert [one["release"] for one in entries(app, "release.exported")] == [CHECKUPS]
    assert "took a release out as a file" in page(wren.get(f"/who-has-looked/{WREN}"))
    assert out(imani, version).status_code == 404 and out(wren, "R3").status_code == 404
    assert len(entries(app, "release.exported")) == 1
    asked_for = wren.get(f"/cases/{WREN}/releases/{CHECKUPS}/fhir", headers={"Accept": f"*/*; fhirVersion={number}"})
    assert f"fhirVersion={number}" in asked_for.headers["Content-Type"]
    assert "FHIR R5" in page(wren.get(f"/cases/{WREN}/releases/{CHECKUPS}"))


@ON_SQLITE
def test_a_start_at_midnight_where_the_case_is_begins_with_that_day_and_a_later_one_with_the_next(
    signed_in: SignIn,
) -> None:
    casey, on = signed_in("casey"), today() + timedelta(days=2)
    midnight = datetime.combine(on, time(), ZoneInfo("America/New_York"))
    for start, first in ((midnight, on), (midnight + timedelta(minutes=1), on + timedelta(days=1))):
        consent = for_police()
        consent["provision"]["period"]["start"] = start.isoformat()
        held = bring(casey, consent).location.rsplit("/", 1)[1]
        form = casey.get(f"/cases/{WREN}/releases/new?discloser={MERCY}&type=HIPAA&held={held}").text
        assert re.search(rf'name="effective"[^>]*value="{first}"', form), start


@ON_SQLITE
@pytest.mark.parametrize("version", ["R4", "R5"])
def test_a_file_tells_a_mere_recipient_no_more_than_their_page(signed_in: SignIn, version: str) -> None:
    """That an advocate helps is not for everybody the paper names; and no reader learns what is wrong with it."""
    wren, tomas = (out(signed_in(slug), version).get_data(as_text=True) for slug in ("wren", "tomas"))
    for word in ("Open Door", agencies.id_of("opendoor")):
        assert word in wren and word not in tomas
    assert "Children’s Law Office" in tomas and '"missing"' not in tomas


def test_a_consent_that_arrives_is_held_and_opens_nothing_until_a_person_completes_it(
    app: Flask, signed_in: SignIn
) -> None:
    casey, marcus = signed_in("casey"), signed_in("marcus")
    answer = bring(casey, for_police())
    assert answer.status_code == 303, page(answer)
    held = answer.location
    seen = page(casey.get(held))
    assert "It opens nothing yet." in seen
    assert "Somebody lets Mercy Clinic tell Alder Police about physical health" in seen
    assert "Consent.patient" in seen and "Who agreed to it, a person has to say." in seen
    assert "Arrived from elsewhere, waiting for you" in page(casey.get(f"/cases/{WREN}/releases"))
    assert not sees(marcus, IRON) and signed_in("imani").get(held).status_code == 404
    assert signed_in("wren").get(held).status_code == 404
    address = f"/cases/{WREN}/releases/new?discloser={MERCY}&type=HIPAA&held={held.rsplit('/', 1)[1]}"
    first = casey.get(address).get_data(as_text=True)
    for value in (POLICE, "HEALTH", "INVESTIGATE", str(today() + timedelta(days=40))):
        assert f'value="{value}"' in first
    assert f'value="{POLICE}" checked' in first and "Compare each part with the paper" in first
    form = signed(purposes=["INVESTIGATE"])
    fresh = casey.send(address, **asked()).get_data(as_text=True)
    assert 'name="signed_on" type="date" value=""' in fresh and 'value="authority" checked' not in fresh
    unseen = casey.send(address, **form)
    assert unseen.status_code == 422 and "Tick that you have seen the paper." in page(unseen)
    assert not sees(marcus, IRON)
    assert kept(app, casey.send(address, **form, seen="y")).recipients == (POLICE,)
    assert sees(marcus, IRON)
    assert casey.get(held).status_code == 404
    assert "waiting for you" not in page(casey.get(f"/cases/{WREN}/releases"))
    again = casey.send(address, **signed(), seen="y")
    assert again.status_code == 303 and "/releases/" not in again.location
    assert entries(app, "release.recorded")[-1]["consent"] == held.rsplit("/", 1)[1]


def test_a_consent_that_is_over_stops_our_release_after_one_confirmation(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    consent = json.loads(out(casey).get_data()) | {"status": "inactive"}
    stranger = consent | {"identifier": [{"system": "urn:mdt:release", "value": new_id()}]}
    unknown = bring(casey, stranger).location
    assert "There is nothing to stop." in page(casey.get(unknown))
    assert casey.send(f"{unknown}/stop").status_code == 404
    held = bring(casey, consent).location
    assert "Stop this release now" in page(casey.get(held))
    with app.app_context():
        assert db.session.get_one(Release, CHECKUPS).terms.revoked == ()
    assert casey.send(f"{held}/stop").location.endswith(CHECKUPS)
    with app.app_context():
        (stop,) = db.session.get_one(Release, CHECKUPS).terms.revoked
        assert stop.recipients == () and stop.mode == "written"
        row = db.session.get_one(HeldConsent, held.rsplit("/", 1)[1])
        assert (row.state, row.paper_, row.release_id) == (Arrival.STOPPED, None, CHECKUPS)
    assert casey.send(f"{held}/stop").status_code == 404
    assert "This release is here already" not in page(casey.get(unknown))


@ON_SQLITE
def test_what_is_put_away_is_forgotten_and_what_is_damaged_is_refused_with_its_place(
    app: Flask, signed_in: SignIn
) -> None:
    casey, marisol = signed_in("casey"), signed_in("marisol")
    held = bring(casey, foreign_r4()).location
    assert "Complete it" in page(casey.get(held)) and "Blijdorp" in page(casey.get(held))
    with app.app_context():
        assert b"Blijdorp" not in db.session.get_one(HeldConsent, held.rsplit("/", 1)[1]).paper_
    assert casey.send(f"{held}/put-away").status_code == 303
    with app.app_context():
        row = db.session.get_one(HeldConsent, held.rsplit("/", 1)[1])
        assert (row.state, row.paper_) == (Arrival.PUT_AWAY, None)
    assert casey.get(held).status_code == 404
    twice = json.dumps(foreign_r4())[:-1] + ', "status": "draft"}'
    for file, words in [
        (b"{", "This file is not JSON"), (b"[]", "not a FHIR Consent"), (twice.encode(), "Place: status"),
        (json.dumps(foreign_r4(dateTime="2026-13-01")).encode(), "Place: Consent.dateTime"),
        (b" " * (strict.LARGEST + 1), "too large"), (b'{"a":' * 99 + b"1" + b"}" * 99, "nested too deeply"),
    ]:  # fmt: skip
        refused = bring(casey, file)
        assert refused.status_code == 422 and words in page(refused), words
    assert "Choose the file first." in page(bring(casey, None))
    assert bring(casey, foreign_r4(), discloser=agencies.id_of("opendoor")).status_code == 422
    assert bring(marisol, foreign_r4()).status_code == 404
    with app.app_context():
        assert [one.state for one in db.session.scalars(select(HeldConsent))] == [Arrival.PUT_AWAY]
    assert casey.get(f"/cases/{WREN}/consents/new").status_code == 200


@ON_SQLITE
def test_an_agency_brings_in_its_own_and_sees_no_other(signed_in: SignIn) -> None:
    """A denial opens nothing; what waits for one agency is not there for another."""
    casey, jo = signed_in("casey"), signed_in("jo")
    said_no = foreign_r4()
    said_no["provision"] = {"type": "deny"}
    held = bring(jo, said_no, discloser=agencies.id_of("opendoor")).location
    assert "It says no. Nothing opens by it" in page(jo.get(held)) and "Complete it" not in page(jo.get(held))
    assert casey.get(held).status_code == 404 and "waiting for you" not in page(casey.get(f"/cases/{WREN}/releases"))
    for act in ("stop", "put-away"):
        assert casey.send(f"{held}/{act}").status_code == 404
    other = f"/cases/{WREN}/releases/new?discloser={MERCY}&type=HIPAA&held={held.rsplit('/', 1)[1]}"
    assert casey.get(other).status_code == 404
    assert casey.send(other, **signed(), seen="y").status_code == 404
