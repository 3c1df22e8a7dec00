"""The server killed in the middle of an import: going on finishes it, once, with nothing half done."""

from __future__ import annotations

import csv
import io
import random
import re
import socket
import time

import httpx
import pytest
from sqlalchemy import func, select

from mdt import create_app
from mdt.models import Case, Item, ItemGroup, Member, Upload, Youth, db
from mdt.operations.demo import people
from mdt.operations.demo.caseload import lines
from mdt.operations.importing.uploads import QUIET_AFTER
from mdt.settings import Settings
from tests.fixtures_app import close
from tests.http.importing_ground import SMALL, ledger_holds, own_anchors

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
YOUNG = 2000
FILE = "".join(lines(youth=YOUNG, seed=21))
ROWS = sum(1 for _ in csv.reader(io.StringIO(FILE))) - 1
PATIENCE = 90.0


class Casey:
    """The lead at the served application, by plain HTTP."""

    def __init__(self, url: str) -> None:
        self.web = httpx.Client(base_url=url, timeout=30)
        self.token = ""
        self.read("/people")
        assert self.send(f"/people/{people.id_of('casey')}").status_code == 303

    def read(self, path: str) -> str:
        words = self.web.get(path).text
        if found := TOKEN.search(words):
            self.token = found.group(1)
        return words

    def send(self, path: str, **more) -> httpx.Response:
        return self.web.post(path, data={"csrf_token": self.token}, **more)

    def bring(self, file: str) -> str:
        """The address of a file that was brought and read."""
        self.read("/caseload")
        answer = self.send("/caseload", files={"caseload": ("caseload.csv", file.encode())})
        assert answer.status_code == 303, answer.text
        path = str(answer.headers["Location"])
        self.wait(path, lambda far: far["state"] == "ready")
        return path

    def wait(self, path: str, enough) -> dict:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            far = self.web.get(f"{path}/progress", headers={"X-Live": "1"}).json()
            if enough(far):
                return far
            time.sleep(0.05)
        raise AssertionError(f"it came no further than {far}")


@pytest.fixture
def casey_at():
    """casey_at(url) is Casey there; closed in the end."""
    there = []

    def come(url):
        there.append(Casey(url))
        return there[-1]

    yield come
    for one in there:
        one.web.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.long
def test_an_import_that_was_killed_goes_on_to_the_same_end(serve, casey_at, request, database):
    env = {}
    if database == "postgresql":
        model = request.getfixturevalue("county_on_postgres")
        env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")(like=model)
    served = serve(**env)
    own_anchors(served.instance)
    before = counted(served, env, count_all)
    casey = casey_at(served.url)
    path = casey.bring(FILE)
    casey.read(path)
    casey.send(f"{path}/confirm")
    for _ in range(2 if database == "sqlite" else 1):
        far = casey.wait(path, lambda far: far["value"] > 0 or far["state"] == "done")
        time.sleep(random.random() / 2)
        served.kill()
        assert far["state"] == "importing"
        counted(served, env, nothing_is_half_done)
        served.start()
        time.sleep(QUIET_AFTER.total_seconds())
        casey = casey_at(served.url)
        casey.wait(path, lambda far: far["stopped"])
        assert "Go on" in casey.read(path)
        casey.send(f"{path}/go-on")
    casey.wait(path, lambda far: far["state"] == "done")
    counted(served, env, nothing_is_half_done)
    after = counted(served, env, count_all)
    assert after["youth"] - before["youth"] == after["cases"] - before["cases"] == YOUNG
    assert after["items"] - before["items"] == ROWS
    path = casey.bring(FILE)
    assert "This file would change nothing" in casey.read(path)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("who", ["the server is killed", "the sender goes away"])
def test_a_file_that_never_arrived_whole_is_not_there(serve, casey_at, who):
    served = serve()
    casey = casey_at(served.url)
    casey.read("/caseload")
    line = half_sent(served, casey)
    assert eventually(served, lambda: states() == ["arriving"])
    if who == "the server is killed":
        served.kill()
        served.start()
        casey = casey_at(served.url)
        time.sleep(QUIET_AFTER.total_seconds())
    line.close()
    assert "Files that are here" not in casey.read("/caseload")
    path = casey.bring(SMALL)
    assert eventually(served, lambda: states() == ["ready"])
    assert "Nothing is kept yet" in casey.read(path)


def half_sent(served, casey):
    """A connection on which half of a form with a file was sent."""
    file, edge = FILE.encode(), "edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{casey.token}\r\n--{edge}\r\n'
    head += 'Content-Disposition: form-data; name="caseload"; filename="a.csv"\r\n\r\n'
    cookies = "; ".join(f"{name}={value}" for name, value in casey.web.cookies.items())
    asked = (
        f"POST /caseload HTTP/1.1\r\nHost: localhost:{served.port}\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary={edge}\r\nContent-Length: {len(file) * 20}\r\n\r\n{head}"
    )
    line = socket.create_connection(("localhost", served.port), timeout=30)
    line.sendall(asked.encode() + file * 3)
    return line


def states():
    return list(db.session.scalars(select(Upload.state)))


def eventually(served, what):
    end = time.monotonic() + PATIENCE
    while not (found := counted(served, {}, what)) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def counted(served, env, what):
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(served.instance)} | env))
    with app.app_context():
        found = what()
    close(app)
    return found


def count_all():
    nouns = (Youth, Case, Item)
    return {noun.__tablename__: db.session.scalar(select(func.count()).select_from(noun)) for noun in nouns}


def nothing_is_half_done():
    """Who is there has a case, and the case its lead; an item has the groups of all the fields it names."""
    assert db.session.scalar(select(func.count()).select_from(Youth).outerjoin(Case).where(Case.id.is_(None))) == 0
    assert db.session.scalar(select(func.count()).select_from(Case).outerjoin(Member).where(Member.id.is_(None))) == 0
    assert db.session.scalar(select(func.count()).select_from(Case).outerjoin(Item).where(Item.id.is_(None))) == 0
    bare = select(func.count()).select_from(Item).outerjoin(ItemGroup).where(ItemGroup.item_id.is_(None))
    assert db.session.scalar(bare) == 0
    assert ledger_holds()
