"""The pages of an import in a real browser: they come by themselves to their end, with script and without."""

from __future__ import annotations

import pytest

from mdt.operations.demo.caseload import lines
from tests.browser.people import Somebody

BAD = "youth,CC-999999,Someone,,2010-02-30,,,,,,,2024-01-02,,,,,,,,,,,,,,,,,\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "good.csv").write_text("".join(lines(youth=700, seed=4)) + BAD)
    (tmp_path / "bad.csv").write_text("Client Number,Full Name\nA-1,Rowan\n")
    return tmp_path


@pytest.mark.timeout(180)
def test_every_page_of_an_import_passes_and_follows_the_work(chromium, serve, files):
    casey = Somebody(chromium, serve().url, "Casey", phone=True)
    casey.go("/caseload/columns")
    choose(casey, files / "bad.csv")
    casey.sees("The columns youth_id, legal_name, date_of_birth and case_opened are missing.")
    assert casey.page.locator("#mapping").is_visible()
    choose(casey, files / "good.csv")
    casey.sees("This is what the file would do", within=60)
    casey.checked()
    casey.press("not brought in")
    casey.sees("is not a day that exists")
    casey.press(r"^Bring in [0-9]")
    casey.sees("Your caseload is in", within=60)
    casey.checked()
    assert casey.page.evaluate("document.documentElement.scrollWidth") <= 390
    casey.context.close()
    assert [fault for fault in casey.faults if "422" not in fault] == []


@pytest.mark.timeout(180)
def test_without_script_the_page_comes_again_by_itself(chromium, serve, files):
    casey = Somebody(chromium, serve().url, "Casey")
    context = chromium.new_context(java_script_enabled=False, storage_state=casey.context.storage_state())
    page = context.new_page()
    page.goto(f"{casey.url}/caseload")
    page.locator("#caseload").set_input_files(files / "good.csv")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("This is what the file would do").wait_for(timeout=60_000)
    page.get_by_role("button", name="Bring in").click()
    page.get_by_text("Your caseload is in").wait_for(timeout=60_000)
    context.close()
    casey.context.close()


def choose(casey, file):
    casey.go("/caseload")
    casey.page.locator("#caseload").set_input_files(file)
    casey.press("Read the file")
