"""Small files to bring in, and what a person does with them in a browser."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import func, select

from mdt.models import Case, Item, Member, Youth, db
from mdt.models.items import open_group
from mdt.models.sealing import index_of
from mdt.operations import ledger
from mdt.operations.demo import agencies
from mdt.operations.importing import working

HEAD = (
    "record,youth_id,legal_name,name_in_use,date_of_birth,case_opened,record_id,start,end,placement_name,address,"
    "last_seen,worker_login\n"
)


def youth(ref, name="Rowan Ashby", born="2010-06-14", opened="2026-09-03", **more):
    return f"youth,{ref},{name},{more.get('use', '')},{born},{opened},,,,,,,{more.get('worker', '')}\n"


def placement(ref, key, start="2026-09-03", end="", name="Birch house", address="12 Birch Street"):
    return f"placement,{ref},,,,,{key},{start},{end},{name},{address},,\n"


def missing(ref, key, start, end="", seen="Bus stop"):
    return f"missing,{ref},,,,,{key},{start},{end},,,{seen},\n"


EPISODE = missing("A-1", "M-1", "2026-11-03 21:30", "2026-11-05 08:15")
SMALL = HEAD + youth("A-1", use="Ro") + placement("A-1", "P-1") + EPISODE


def send(person, content, mapping=None):
    """Post the upload form of the first page."""
    if isinstance(content, str):
        content = content.encode()
    person.get("/caseload")
    form = [part("csrf_token", person.token.encode())]
    if mapping is not None:
        form.append(part("mapping", mapping.encode(), "mapping.csv"))
    return post(person, [*form, part("caseload", content, "caseload.csv"), END])


def part(name, content, filename=None):
    """One part of a form, as bytes."""
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


EDGE = "edge-of-a-part"
END = f"--{EDGE}--\r\n".encode()


def post(person, blocks):
    """Send a form as bytes."""
    kind = f"multipart/form-data; boundary={EDGE}"
    return person.post("/caseload", data=b"".join(blocks), content_type=kind)


def read(app, person, content, mapping=None):
    """The address of the upload, once it has been read."""
    answer = send(person, content, mapping)
    assert answer.status_code == 303, words(answer)
    wait(app, answer.location)
    return answer.location


def bring_in(app, person, content, mapping=None):
    path = read(app, person, content, mapping)
    assert "Nothing is kept yet" in words(person.get(path))
    assert person.send(f"{path}/confirm").status_code == 303
    wait(app, path)
    return path


def wait(app, path):
    with app.app_context():
        working.wait(path.rsplit("/", 1)[1])


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace(" .", ".")


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def nouns():
    return {table.__tablename__: count(table) for table in (Youth, Case, Item, Member)}


def case_of(ref):
    """The one case of the young person with this id at the county."""
    index = index_of(f"reference:{agencies.id_of('county')}", ref)
    cases = select(Case).join(Youth, Youth.id == Case.youth_id)
    return db.session.scalars(cases.where(Youth.reference_index == index)).one()


def all_values(case, category):
    """The values of each item of this category, opened as they were sealed."""
    held = db.session.scalars(select(Item).where(Item.case_id == case.id)).all()
    return [_values(item, case.youth_id) for item in held if item.terms.category is category]


def _values(item, youth_id):
    opened = {}
    for group in item.groups:
        opened |= open_group(item.id, group.group, group.values_, (item.source_id, youth_id))
    assert set(opened) == set(item.terms.fields)
    return opened


def values(case, category):
    (only,) = all_values(case, category)
    return only


def own_anchors(instance):
    """The counties on both databases were founded in one folder: its anchors speak of the other ledger too."""
    (Path(instance) / "anchors.jsonl").unlink(missing_ok=True)


def ledger_holds():
    ledger.submit("trial.ended", None, None, {}).settle()
    report = ledger.verify()
    assert report.findings == ()
    return report.ok
