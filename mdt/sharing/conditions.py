"""The conditions of the matrix: one function for every `when`.

Each says whether it is met for this look at this item; `youth_signed` is asked of a release and
lives with the releases. A condition that reads a key of the jurisdiction is met only when the key is
confirmed.
"""

from __future__ import annotations

from collections.abc import Callable

from mdt.sharing import orders
from mdt.sharing.facts import AGENCY, Item
from mdt.sharing.look import Look, organisation
from mdt.sharing.vocabulary import Category, Purpose, Role

Condition = Callable[[Look, Item], bool]
YOUTH_SIGNED = "youth_signed"


def custodian(look: Look, item: Item) -> bool:
    return look.user.custodian is True


def missing(look: Look, item: Item) -> bool:
    return look.episode is not None


def named_officer(look: Look, item: Item) -> bool:
    return look.episode is not None and look.episode.lead_officer == look.viewer


def alert_approved(look: Look, item: Item) -> bool:
    """The approval counts if it came from the lead agency: its name, or somebody of it."""
    approver = look.episode.alert_approved_by if look.episode else None
    lead = look.facts.case.lead
    if approver is None or lead is None:
        return False
    user = look.facts.users.get(approver)
    return (organisation(user, look.at, look.zone) if user else approver) == lead


def own_placement(look: Look, item: Item) -> bool:
    return look.user.placement == item.id


def agency_custody(look: Look, item: Item) -> bool:
    return look.facts.case.custody == AGENCY and not look.adult


def parent_rights(look: Look, item: Item) -> bool:
    return not look.adult and has_parent_rights(look)


def caregiver(look: Look, item: Item) -> bool:
    return not look.adult and (has_parent_rights(look) or _has_placement(look))


def has_parent_rights(look: Look) -> bool:
    """Whether the viewer is a parent or guardian whose rights stand."""
    person = look.person
    return person is not None and person.relation in ("parent", "guardian") and person.rights is True


def _has_placement(look: Look) -> bool:
    """A foster parent, or kin recorded for a placement; not a parent whose rights were ended."""
    relation = look.person.relation if look.person else None
    recorded = look.user.placement in look.facts.items
    return relation == "foster_parent" or (relation == "kin" and recorded)


def adult(look: Look, item: Item) -> bool:
    return look.adult


def medical(look: Look, item: Item) -> bool:
    return look.user.medical is True


def author(look: Look, item: Item) -> bool:
    return item.author == look.viewer


def own_lawyer(look: Look, item: Item) -> bool:
    """The youth's own counsel is the guardian ad litem or child's attorney."""
    return look.source(item).role is Role.GAL


def appointed(look: Look, item: Item) -> bool:
    return any(one.type == "APPT" and orders.in_scope(one, look, item) for one in look.facts.orders)


def education_need(look: Look, item: Item) -> bool:
    return item.via == "usa" and look.purpose is Purpose.EDUCATE


def education_segment(look: Look, item: Item) -> bool:
    return quotes_only(look, item, Category.EDUCATION)


def plan_segment(look: Look, item: Item) -> bool:
    return quotes_only(look, item, Category.PLAN)


def quotes_only(look: Look, item: Item, category: Category, above: frozenset[str] = frozenset()) -> bool:
    """Whether a segment quotes this category alone, directly or through segments that do."""
    if item.id in above:
        return False
    quoted = [look.facts.items[name] for name in item.quotes]
    return bool(quoted) and all(
        one.category is category
        or (one.category is item.category and quotes_only(look, one, category, above | {item.id}))
        for one in quoted
    )


def juvenile_custody(look: Look, item: Item) -> bool:
    return look.org is not None and look.org.id == look.facts.case.held_by


def mh_sharing(look: Look, item: Item) -> bool:
    return look.profile.value("mh_act.treatment_sharing_needs_consent") is False


def prosecutors_listed(look: Look, item: Item) -> bool:
    return look.profile.value("reporter_rule.prosecutors") is True


def agency_repro(look: Look, item: Item) -> bool:
    return look.profile.value("reproductive.agency_access") is True and agency_custody(look, item)


def ferpa_jj_statute(look: Look, item: Item) -> bool:
    return look.profile.value("juvenile_sharing.school_records") is True


def school_notice(look: Look, item: Item) -> bool:
    return look.profile.value("juvenile_sharing.school_notice") is True


CONDITIONS: dict[str, Condition] = {
    one.__name__: one
    for one in (
        custodian, missing, named_officer, alert_approved, own_placement, agency_custody,
        parent_rights, caregiver, adult, medical, author, own_lawyer, appointed, education_need,
        education_segment, plan_segment, juvenile_custody, mh_sharing, prosecutors_listed,
        agency_repro, ferpa_jj_statute, school_notice,
    )
}  # fmt: skip
KEYS: dict[str, str] = {
    "mh_sharing": "mh_act",
    "prosecutors_listed": "reporter_rule",
    "agency_repro": "reproductive",
    "ferpa_jj_statute": "juvenile_sharing",
    "school_notice": "juvenile_sharing",
}
"""Which key of the jurisdiction a condition reads; while it is unconfirmed, the condition fails."""


def key_of(when: str | None) -> str | None:
    """The key of the jurisdiction that this condition reads, if it reads one."""
    return None if when is None else KEYS.get(when)


KNOWN = frozenset(CONDITIONS) | {YOUTH_SIGNED}
