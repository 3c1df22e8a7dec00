"""Small slips put into source on purpose: one changed thing a mutant, as a hasty hand might change it.

A mutant says where it stands (module, function), what stood there and what stands there now. Words that people read,
annotations, docstrings and decorators are left alone: they decide nothing.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

Change = Callable[[], ast.AST | list[ast.stmt] | None]
OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult, ast.LShift: ast.RShift, ast.Mod: ast.Mult,
}  # fmt: skip
SILENT = ("annotation", "returns", "decorator_list", "bases")
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "union": "intersection", "intersection": "union"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One slip. `function` is "" at the top of a module or a class; `key` stays while the function does."""

    module: str
    function: str
    line: int
    was: str
    now: str
    key: str
    made: Callable[[], ast.Module]
    """The whole module with the slip in it."""

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function or '(top)'}: {self.was}  ->  {self.now}"


def mutants(path: Path, module: str) -> Iterator[Mutant]:
    """Every mutant of one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    for site in _sites(tree):
        for now, change in _slips(site.node, site.statement):
            was = ast.unparse(site.node)
            text = "\n".join((module, site.function, site.text, was, now))
            seen[text] = seen.get(text, 0) + 1
            key = hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:20]
            made = partial(_changed, tree, site.node, change)
            yield Mutant(module, site.function, site.node.lineno, was, now, key, made)


@dataclass(frozen=True, slots=True)
class _Site:
    node: ast.expr | ast.stmt
    function: str
    text: str
    statement: bool


def _sites(tree: ast.Module) -> Iterator[_Site]:
    """Every place at which something can slip, the outer one first."""
    yield from _below(tree, "", "")


def _below(node: ast.AST, function: str, text: str) -> Iterator[_Site]:
    for child, within in _places(node, function):
        yield from _at(child, within, text)


def _places(node: ast.AST, function: str) -> Iterator[tuple[ast.AST, str]]:
    """What stands below a node, and in which function; what a parameter defaults to stands in none."""
    for name, value in ast.iter_fields(node):
        if name in SILENT or (name == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        within = "" if name == "args" and isinstance(node, ast.FunctionDef) else function
        yield from ((child, within) for child in _list(value) if isinstance(child, ast.AST) and not _is_silent(child))


def _at(node: ast.AST, function: str, text: str) -> Iterator[_Site]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
        text = ast.unparse(node) if isinstance(node, ast.FunctionDef) else ""
    if isinstance(node, ast.expr | ast.stmt):
        yield _Site(node, function, text, isinstance(node, ast.stmt))
    yield from _below(node, function, text)


def _is_silent(node: ast.AST) -> bool:
    """Docstrings, imports, what only a type checker reads, what is only exported."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        return True
    guarded = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return guarded or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _slips(node: ast.AST, statement: bool) -> Iterator[tuple[str, Change]]:
    found = _of_statement(node) if statement else _of_expression(node)
    for new in found:
        text = "pass" if isinstance(new, ast.Pass) else ast.unparse(new)
        yield text, lambda new=new: new  # type: ignore[misc]


def _of_statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.If() | ast.While():
            turned = copy.copy(node)
            turned.test = _turned(node.test)
            yield turned


def _of_expression(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, ops, comparators):
            for place, one in enumerate(ops):
                for other in OPPOSITE[type(one)]:
                    yield ast.Compare(left, [*ops[:place], other(), *ops[place + 1 :]], comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for place in range(len(values)):
                left = [*values[:place], *values[place + 1 :]]
                yield left[0] if len(left) == 1 else ast.BoolOp(op, left)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.UnaryOp(ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.BinOp(left, op, right) if type(op) in SUMS:
            yield ast.BinOp(left, SUMS[type(op)](), right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(_turned(test), body, orelse)
        case ast.Call(ast.Name(name), args, keywords) if name in NAMES:
            yield ast.Call(ast.Name(NAMES[name], ast.Load()), args, keywords)
        case ast.Call(ast.Attribute(value, name), args, keywords) if name in NAMES:
            yield ast.Call(ast.Attribute(value, NAMES[name], ast.Load()), args, keywords)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _of_filters(node)


def _of_filters(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Iterator[ast.AST]:
    for place, made in enumerate(node.generators):
        for number, test in enumerate(made.ifs):
            for new in ([], [_turned(test)]):
                other = copy.copy(node)
                ifs = [*made.ifs[:number], *new, *made.ifs[number + 1 :]]
                turned = ast.comprehension(made.target, made.iter, ifs, made.is_async)
                other.generators = [*node.generators[:place], turned, *node.generators[place + 1 :]]
                yield other


def _turned(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _changed(tree: ast.Module, node: ast.AST, change: Change) -> ast.Module:
    """The tree with one node replaced; everything else is shared."""
    new = change()
    return ast.fix_missing_locations(_Replacing(node, new).visit(tree))  # type: ignore[arg-type, no-any-return]


class _Replacing:
    """A copy of the way from the root to the node, and of nothing else."""

    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            assert isinstance(self.new, ast.AST)
            return ast.copy_location(self.new, node)
        for name, value in ast.iter_fields(node):
            found = [self.visit(one) if isinstance(one, ast.AST) else one for one in _list(value)]
            if any(a is not b for a, b in zip(found, _list(value), strict=True)):
                other = copy.copy(node)
                setattr(other, name, found if isinstance(value, list) else found[0])
                return other
        return node


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
