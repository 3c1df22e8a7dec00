"""Walking over the application: its routes, its templates, its source. Each walk is tried on something wrong first."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import Environment, nodes
from werkzeug.routing import Rule

from mdt import PACKAGE, home_of
from mdt.web.guards import guard_of

TEMPLATES = home_of("templates")
TYPES = {"uuid", "any"}
"""Types of a path's parameters: a random identifier, or one of a closed list."""


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def unguarded(app: Flask) -> set[str]:
    """Routes whose view states no guard."""
    return {rule.endpoint for rule in rules(app) if guard_of(app.view_functions[rule.endpoint]) is None}


def untyped(app: Flask) -> set[str]:
    """Parameters of paths that take any text."""
    return {
        f"{rule.rule} {name}" for rule in rules(app)
        for name, converter in rule._converters.items() if _type_of(app, converter) not in TYPES
    }  # fmt: skip


def _type_of(app: Flask, converter: object) -> str:
    return next(name for name, kind in app.url_map.converters.items() if type(converter) is kind and name != "default")


def unsafe_but_not_post(app: Flask) -> set[str]:
    """Routes that change something by another method than POST."""
    usual = {"GET", "HEAD", "OPTIONS", "POST"}
    return {
        f"{rule.endpoint} {sorted(rule.methods - usual)}"
        for rule in rules(app)
        if rule.methods and rule.methods - usual
    }


def linked(app: Flask, folder: Path = TEMPLATES, package: Path = PACKAGE) -> set[str]:
    """Endpoints that a template leads to, itself or by an address handed to it."""
    said = {*_linked_in_templates(folder), *_handed_to_templates(package)}
    return {endpoint for here, name in said for endpoint in _whole(app, here, name)}


def _linked_in_templates(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*.html"):
        for call in Environment(extensions=["jinja2.ext.do"]).parse(path.read_text()).find_all(nodes.Call):
            if (
                isinstance(call.node, nodes.Name)
                and call.node.name == "url_for"
                and isinstance(call.args[0], nodes.Const)
            ):
                yield path.parent.name, call.args[0].value


def _handed_to_templates(package: Path) -> Iterator[tuple[str, str]]:
    """`url_for` in Python, unless it is where a redirect leads."""
    for path, tree in sources(package):
        redirects = {id(node) for call in calls(tree, "redirect") for node in ast.walk(call)}
        for call in calls(tree, "url_for"):
            if id(call) not in redirects and isinstance(call.args[0], ast.Constant):
                yield Path(path).parent.name, call.args[0].value


def _whole(app: Flask, here: str, name: str) -> Iterator[str]:
    """An endpoint by its whole name; one that begins with a dot is of a blueprint of this package."""
    if not name.startswith("."):
        yield name
        return
    mine = {one for one, bp in app.blueprints.items() if here in bp.import_name.split(".")}
    found = [f"{one}{name}" for one in sorted(mine) if f"{one}{name}" in app.view_functions]
    yield from found or [f"{here}{name}"]


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Calls of a function or a method by one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if said in names:
                yield node


@cache
def sources(folder: Path = PACKAGE) -> tuple[tuple[str, ast.AST], ...]:
    """Every module of a package by its path, parsed."""
    return tuple(
        (path.relative_to(folder).as_posix(), ast.parse(path.read_text())) for path in sorted(folder.rglob("*.py"))
    )
