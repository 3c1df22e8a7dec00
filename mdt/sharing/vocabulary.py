"""The words of sharing: closed sets that code, profiles, forms and the ledger all speak.

Internally these are codes; what people read are the words beside them.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The partner discipline a person acts in. Sixteen, section 3.1 of the law notes."""

    CW = "CW"
    LE = "LE"
    DA = "DA"
    CT = "CT"
    GAL = "GAL"
    JJ = "JJ"
    HC = "HC"
    BH = "BH"
    ED = "ED"
    VC = "VC"
    VS = "VS"
    NP = "NP"
    SC = "SC"
    CG = "CG"
    YT = "YT"
    PM = "PM"


class Category(StrEnum):
    """What kind of information an item is."""

    ID = "ID"
    CONTACT = "CONTACT"
    SAFE_ADDR = "SAFE_ADDR"
    PHOTO = "PHOTO"
    FAMILY = "FAMILY"
    ALLEGATION = "ALLEGATION"
    REPORTER = "REPORTER"
    TRAFFICKING = "TRAFFICKING"
    FORENSIC = "FORENSIC"
    CRIMINAL = "CRIMINAL"
    COURT = "COURT"
    HEALTH = "HEALTH"
    REPRO = "REPRO"
    BEHAVIORAL = "BEHAVIORAL"
    PSYNOTES = "PSYNOTES"
    SUD_P2 = "SUD_P2"
    EDUCATION = "EDUCATION"
    EMPLOYMENT = "EMPLOYMENT"
    ADVOCATE = "ADVOCATE"
    IMMIGRATION = "IMMIGRATION"
    JUVENILE = "JUVENILE"
    SOGI = "SOGI"
    PLAN = "PLAN"
    MISSING = "MISSING"
    MEETING = "MEETING"
    LEGAL_PRIV = "LEGAL_PRIV"


class Purpose(StrEnum):
    """Why somebody looks; chosen once per working context and recorded."""

    TREAT = "TREAT"
    CAREMGT = "CAREMGT"
    INVESTIGATE = "INVESTIGATE"
    PROSECUTE = "PROSECUTE"
    COURT = "COURT"
    SUPERVISE = "SUPERVISE"
    EDUCATE = "EDUCATE"
    VICTIMSVC = "VICTIMSVC"
    PLAN = "PLAN"
    LOCATE = "LOCATE"
    AGGREGATE = "AGGREGATE"


class Regime(StrEnum):
    """A body of law that holds on an item."""

    HIPAA = "HIPAA"
    PART2 = "PART2"
    FERPA = "FERPA"
    VSP = "VSP"
    RHY = "RHY"
    CPS = "CPS"
    CJI = "CJI"
    JUV = "JUV"
    SEALED = "SEALED"
    PRIV = "PRIV"


class Action(StrEnum):
    """What a viewer does with an item; each is decided on its own."""

    VIEW = "view"
    EXPORT = "export"
    SEARCH = "search"
    ALERT = "alert"
    MANDATE_MISSING = "mandate:missing"
    MANDATE_TRAFFICKING = "mandate:trafficking"
    MEETING = "meeting"


class Outcome(StrEnum):
    """What comes of a decision, from least to most: conceal < withhold < part < show."""

    CONCEAL = "conceal"
    WITHHOLD = "withhold"
    PART = "part"
    SHOW = "show"

    @property
    def rank(self) -> int:
        return tuple(Outcome).index(self)


ROLE_WORDS: dict[Role, str] = {
    Role.CW: "child welfare",
    Role.LE: "law enforcement",
    Role.DA: "prosecutor",
    Role.CT: "court",
    Role.GAL: "guardian ad litem",
    Role.JJ: "juvenile probation",
    Role.HC: "health care",
    Role.BH: "behavioral health",
    Role.ED: "school",
    Role.VC: "community advocate",
    Role.VS: "victim advocate in the justice system",
    Role.NP: "service provider",
    Role.SC: "survivor consultant",
    Role.CG: "caregiver",
    Role.YT: "young person",
    Role.PM: "policy",
}

PURPOSE_WORDS: dict[Purpose, str] = {
    Purpose.TREAT: "treat",
    Purpose.CAREMGT: "coordinate care",
    Purpose.INVESTIGATE: "investigate",
    Purpose.PROSECUTE: "prosecute",
    Purpose.COURT: "prepare for court",
    Purpose.SUPERVISE: "supervise",
    Purpose.EDUCATE: "support school",
    Purpose.VICTIMSVC: "serve the young person as a victim of crime",
    Purpose.PLAN: "plan care",
    Purpose.LOCATE: "find a missing young person",
    Purpose.AGGREGATE: "count, without names",
}

USUAL_PURPOSES: dict[Role, tuple[Purpose, ...]] = {
    Role.CW: (Purpose.PLAN, Purpose.LOCATE, Purpose.INVESTIGATE, Purpose.COURT),
    Role.LE: (Purpose.INVESTIGATE, Purpose.LOCATE),
    Role.DA: (Purpose.PROSECUTE, Purpose.PLAN),
    Role.CT: (Purpose.COURT,),
    Role.GAL: (Purpose.COURT, Purpose.PLAN),
    Role.JJ: (Purpose.SUPERVISE, Purpose.PLAN),
    Role.HC: (Purpose.TREAT, Purpose.CAREMGT, Purpose.PLAN),
    Role.BH: (Purpose.TREAT, Purpose.CAREMGT, Purpose.PLAN),
    Role.ED: (Purpose.EDUCATE,),
    Role.VC: (Purpose.VICTIMSVC, Purpose.PLAN),
    Role.VS: (Purpose.VICTIMSVC,),
    Role.NP: (Purpose.PLAN, Purpose.VICTIMSVC),
    Role.SC: (Purpose.PLAN,),
    Role.CG: (Purpose.PLAN,),
    Role.YT: (Purpose.PLAN, Purpose.EDUCATE),
    Role.PM: (Purpose.AGGREGATE,),
}
"""Purposes a discipline usually looks for; the first is where a working context starts."""
