"""What is filed in a case of a scenario: items, releases, orders, restrictions, emergencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from mdt.sharing import facts, tables
from mdt.sharing.fields import names_of
from mdt.sharing.profile import Profile
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import only
from mdt.sharing.vocabulary import Category, Purpose, Regime

VIA = ("usa", "ferpa_consent", "court")
MODES = ("written", "esign", "verbal")
PROCESSES = ("none", "subpoena", "voluntary")


def item(name: str, one: Table, zone: ZoneInfo, orgs: Mapping[str, facts.Org]) -> facts.Item:
    """One record."""
    only(one, (
        "category", "source", "regimes", "labels", "subject", "fields", "recorded", "quotes",
        "author", "consented_by", "sealed", "via", "third_party", "case",
    ), "an item")  # fmt: skip
    category = tables.enum(one, "category", Category)
    return facts.Item(
        id=name,
        category=category,
        source=tables.choice(one, "source", orgs),
        fields=names_of(category) if one.get("fields") is None else _fields(category, one, "fields"),
        recorded=tables.day(one, "recorded", zone),
        regimes=tuple(tables.enums(one, "regimes", Regime)),
        labels=tuple(tables.texts(one, "labels")),
        subject=tables.text(one, "subject", facts.YOUTH),
        quotes=tuple(tables.texts(one, "quotes")),
        author=tables.maybe(one, "author"),
        consented_by=tables.maybe_one_of(one, "consented_by", ("youth", "parent")),
        sealed=tables.moment(one, "sealed", zone),
        via=tables.maybe_one_of(one, "via", VIA),
        third_party=_third_party(category, tables.inner(one, "third_party")),
    )


def _fields(category: Category, one: Table, key: str) -> tuple[str, ...]:
    known, what = names_of(category), f"field of {category}"
    return tuple(tables.one_of(name, known, what, one.at(key)) for name in tables.texts(one, key))


def _third_party(category: Category, said: Table) -> dict[str, tuple[str, ...]]:
    return {who: _fields(category, said, who) for who in said}


def release(name: str, one: Table, zone: ZoneInfo, profile: Profile) -> facts.Release:
    """One signed consent."""
    only(one, (
        "type", "discloser", "recipients", "categories", "labels", "items", "excludes", "purposes",
        "data_period", "mode", "signed", "effective", "expires", "event_happened", "revoked",
        "found_false", "separate", "missing", "conditioned", "subject", "case",
    ), "a release")  # fmt: skip
    signed = tables.inner(one, "signed")
    only(signed, ("on", "by"), "a signature")
    return facts.Release(
        id=name,
        type=tables.choice(one, "type", profile.releases),
        discloser=tables.text(one, "discloser"),
        recipients=tuple(tables.texts(one, "recipients")),
        categories=tuple(tables.enums(one, "categories", Category)),
        signed_on=tables.moment(signed, "on", zone),
        signed_by=tuple(tables.texts(signed, "by")),
        subject=tables.text(one, "subject", facts.YOUTH),
        labels=tuple(tables.texts(one, "labels")),
        items=tables.maybe_texts(one, "items"),
        excludes=tuple(tables.texts(one, "excludes")),
        purposes=_purposes(one),
        data_period=_period(one, zone),
        mode=tables.choice(one, "mode", MODES, "written"),
        effective=tables.moment(one, "effective", zone),
        expires=_expiry(one, zone),
        event_happened=tables.moment(one, "event_happened", zone),
        revoked=tuple(_revocation(said, one, zone) for said in tables.listed(one, "revoked")),
        found_false=_found_false(one, zone),
        separate=tables.yes_no(one, "separate", True),
        conditioned=tables.yes_no(one, "conditioned", False),
        missing=_missing(one, profile),
    )


def _purposes(one: Table) -> tuple[Purpose, ...] | None:
    """The purposes named; `any`, or none, is any."""
    said = [word for word in tables.listed(one, "purposes") if word != "any"]
    return tuple(tables.enums(one, "purposes", Purpose)) if said else None


def _found_false(one: Table, zone: ZoneInfo) -> facts.Moment | None:
    if one.get("found_false") is True:
        return date(1, 1, 2)
    return None if one.get("found_false") is False else tables.moment(one, "found_false", zone)


def _missing(one: Table, profile: Profile) -> tuple[str, ...]:
    known, place = profile.elements, one.at("missing")
    return tuple(tables.one_of(word, known, "element", place) for word in tables.texts(one, "missing"))


def _period(one: Table, zone: ZoneInfo) -> tuple[date, date] | None:
    days, place = tables.listed(one, "data_period"), one.at("data_period")
    if not days:
        return None
    if len(days) != 2:
        raise Unreadable(place, "data_period: is [from, to]")
    return tables.as_day(days[0], place, zone), tables.as_day(days[1], place, zone)


def _expiry(one: Table, zone: ZoneInfo) -> date | str | None:
    """A day, or the name of an event, or `none`; left out is left out."""
    said = tables.maybe(one, "expires")
    if said is None or not said[:1].isdigit():
        return said
    return tables.moment(one, "expires", zone)


def _revocation(said: Any, one: Table, zone: ZoneInfo) -> facts.Revocation:
    if not isinstance(said, Table):
        at = tables.as_moment(said, one.at("revoked"), zone)
        return facts.Revocation(at=at, mode="written")
    only(said, ("at", "mode", "for"), "a revocation")
    return facts.Revocation(
        at=tables.moment_needed(said, "at", zone),
        mode=tables.text(said, "mode", "written"),
        recipients=tuple(tables.texts(said, "for")),
    )


def order(name: str, one: Table, zone: ZoneInfo, profile: Profile) -> facts.Order:
    """One court order, or a subpoena alone."""
    only(one, (
        "type", "categories", "items", "recipients", "issued", "findings", "process", "ended", "case",
    ), "an order")  # fmt: skip
    return facts.Order(
        id=name,
        type=tables.choice(one, "type", profile.orders),
        categories=tuple(tables.enums(one, "categories", Category)),
        recipients=tuple(tables.texts(one, "recipients")),
        issued=tables.moment(one, "issued", zone),
        items=tables.maybe_texts(one, "items"),
        findings=tables.yes_no(one, "findings", False),
        process=tables.choice(one, "process", PROCESSES, "none"),
        ended=tables.moment(one, "ended", zone),
    )


def restriction(name: str, one: Table, zone: ZoneInfo) -> facts.Restriction:
    """One agreed restriction or objection."""
    only(one, ("by", "on", "against", "categories", "fields", "case"), "a restriction")
    return facts.Restriction(
        id=name,
        by=tables.text(one, "by"),
        on=tables.moment_needed(one, "on", zone),
        against=tuple(tables.texts(one, "against")),
        categories=tuple(tables.enums(one, "categories", Category)),
        fields=tuple(tables.texts(one, "fields")),
    )


def emergency(name: str, one: Table, zone: ZoneInfo) -> facts.Emergency:
    """One declared emergency."""
    only(one, ("by", "at", "kind", "categories", "facts", "case"), "an emergency")
    return facts.Emergency(
        id=name,
        by=tables.text(one, "by"),
        at=tables.time(one, "at", zone),
        kind=tables.choice(one, "kind", ("medical", "threat")),
        categories=tuple(tables.enums(one, "categories", Category)),
        facts=tables.text(one, "facts", "") if "facts" in one else None,
    )
