"""A case in the fields of the data standard: coarse, decided as an export, with notices, and written down."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Case, Entry, begin_writing, db
from mdt.operations import items
from mdt.operations.demo import agencies
from mdt.operations.htcds.mapping import CREDIT, NOT_MAPPED, ROWS
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person
from tests.http.test_releases import WREN

SignIn = Callable[[str], Person]
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
FILE = f"/linking/cases/{WREN}/htcds"


def test_each_takes_what_they_may_coarse_and_it_is_written_down(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        begin_writing()
        case, county = db.session.get_one(Case, WREN), agencies.id_of("county")
        said = {"status": "confirmed", "kind": "sex", "date_identified": "2026-09-14", "narrative": "A told canary."}
        items.file(case, source=county, category=Category.TRAFFICKING, values=said)
        items.file(case, source=county, category=Category.ID, values={"date_of_birth": "2011-04-02"})
        db.session.commit()
    casey, imani = signed_in("casey"), signed_in("imani")
    taken = casey.get(f"{FILE}.json").json
    assert taken and taken["standard"] == "HTCDS" and taken["version"] == "2.0" and taken["credit"] == CREDIT
    values = taken["values"]
    assert values["vic_TraffickingStatus"] == "ActualVictimOfTrafficking"
    assert values["vic_TypeOfExploitation"] == "SexualExploitation" and values["hte_Date"] == "2026-09"
    assert values["prs_Birthdate"] == "2011" and values["cas_Status"] == "Active"
    assert values["hte_Description"] == "recorded"
    whole = casey.get(f"{FILE}.json").text
    assert "canary" not in whole and "Wren" not in whole and WREN not in whole and "04-02" not in whole
    table = list(csv.reader(StringIO(casey.get(f"{FILE}.csv").text)))
    assert len(table) == 2 and dict(zip(*table, strict=True))["prs_Birthdate"] == "2011"
    school = imani.get(f"{FILE}.json").json
    assert school and not {"vic_TraffickingStatus", "hte_Description", "hte_Date"} & school["values"].keys()
    assert signed_in("ngozi").get(f"{FILE}.json").status_code == 404
    with app.app_context():
        rows = db.session.scalars(select(Entry).where(Entry.event == "case.exported", Entry.case_id == WREN)).all()
        assert len(rows) == 4


def test_nothing_that_names_or_finds_somebody_is_mapped(app: Flask) -> None:
    assert NOT_MAPPED and len({one.name for one in ROWS}) == len(ROWS)
    names = ("Name", "Phone", "Mailing", "Email", "IdentityNumber", "Owner", "Worker")
    assert not [one.name for one in ROWS if any(word in one.name for word in names)]
    kept = {(one.category, one.field) for one in ROWS}
    assert not kept & {(Category.ID, "name_in_use"), (Category.ID, "legal_name"), (Category.SAFE_ADDR, "address")}
    assert not {Category.SUD_P2, Category.ADVOCATE, Category.REPORTER, Category.PSYNOTES} & {
        one.category for one in ROWS
    }
