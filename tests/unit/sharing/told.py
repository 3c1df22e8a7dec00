"""Cases told in the words of a scenario, for tests that ask what a scenario cannot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts
from mdt.sharing.profile import Profile, load
from mdt.sharing.reading import read
from mdt.sharing.vocabulary import Purpose
from mdt.sharing.worlds import world

BASELINE = load("us-baseline")

TEAM = """
case:
  custody: parent
  youth: {born: 2009-06-01}
  people: {mother: {relation: parent}}
orgs:
  county-cw: {role: CW}
  anytown-pd: {role: LE}
  da-office: {role: DA}
  mercy: {role: HC}
  lakeside: {role: BH}
  newpath: {role: BH, part2: true}
  victim-unit: {role: VS}
  safe-harbor: {role: VC, vsp: vawa}
  lincoln-school: {role: ED}
users:
  casey: {org: county-cw}
  ruiz: {org: anytown-pd}
  dana: {org: da-office}
  holly: {org: mercy, medical: true}
  kim: {org: victim-unit}
  vera: {org: safe-harbor}
  ellis: {org: lincoln-school}
  mom: {role: CG, person: mother}
items:
  identity: {category: ID, source: county-cw}
  plan: {category: PLAN, source: county-cw}
  chart: {category: HEALTH, source: mercy}
  summary: {category: BEHAVIORAL, source: lakeside}
  record: {category: SUD_P2, source: newpath, consented_by: youth}
  log: {category: ADVOCATE, source: safe-harbor}
"""
SIGNED = """
releases:
  r1: {type: HIPAA, discloser: mercy, recipients: [victim-unit], categories: [HEALTH],
       signed: {on: 2025-02-01, by: [mother]}, expires: 2025-06-30}
"""


def case_of(*told: str, profile: Profile = BASELINE) -> Facts:
    """The facts of the one case told here."""
    said = read("\n".join(told), "told")
    return next(iter(world(said, profile).cases.values()))


def at(text: str, facts: Facts) -> datetime:
    """A time where the case is."""
    return datetime.fromisoformat(text).replace(tzinfo=facts.case.zone)


def asked(facts: Facts, who: str, item: str, purpose: Purpose, when: str, **more: Any) -> Decision:
    """The decision, under the baseline."""
    return decide(facts, who, item, purpose, at(when, facts), **{"profile": BASELINE} | more)
