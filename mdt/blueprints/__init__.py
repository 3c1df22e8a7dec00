"""The doors: one package a partner role, and those that everyone shares. None imports another."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mdt.sharing.vocabulary import Role

if TYPE_CHECKING:
    from flask import Flask

    from mdt.settings import Settings

DESKS: dict[str, tuple[Role, ...]] = {
    "child_welfare": (Role.CW,),
    "law_enforcement": (Role.LE,),
    "prosecution": (Role.DA, Role.VS),
    "courts": (Role.CT, Role.GAL),
    "juvenile_justice": (Role.JJ,),
    "health": (Role.HC, Role.BH),
    "education": (Role.ED,),
    "advocates": (Role.VC,),
    "community": (Role.NP,),
    "survivors": (Role.SC,),
    "caregivers": (Role.CG,),
    "youth": (Role.YT,),
    "policy": (Role.PM,),
}
"""Which discipline works at which desk."""

SHARED = (
    "auth",
    "auth.welcome",
    "cases",
    "meetings",
    "meetings.before",
    "meetings.floor",
    "meetings.after",
    "drafts",
    "tasks",
    "releases",
    "consents",
    "ledger",
    "admin",
    "admin.agencies",
    "admin.staff",
    "rules",
    "rules.drafting",
    "api",
    "child_welfare.convening",
    "child_welfare.importing",
    "emergencies",
    "screening",
    "corrections",
    "legal",
    "legal.counsel",
    "linking",
    "linking.training",
    "linking.recovery",
    "needs",
    "needs.words",
    "needs.dates",
    "needs.joins",
    "missing",
    "services",
    "services.keeping",
    "services.referrals",
)


def install(app: Flask, settings: Settings) -> None:
    """Register every door, and note which desk each discipline opens on."""
    for name in (*DESKS, *SHARED):
        app.register_blueprint(import_module(f"mdt.blueprints.{name}").bp)
    app.extensions["mdt.desks"] = {role: f"{name}.desk" for name, roles in DESKS.items() for role in roles}
    if settings.demo:
        app.register_blueprint(import_module("mdt.blueprints.auth.demo").bp)
