"""What the source and the templates never do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import walking

UNSAID = ("Manager", "Helper", "Util", "Utils", "Handler", "Data", "Info")
DANGEROUS = {"eval", "exec", "render_template_string", "Markup", "literal_column", "from_string"}
MODULES = {"pickle", "marshal", "shelve", "random", "subprocess"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("datetime", "today"), ("time", "time")}
EVENTS = r"click|change|input|submit|load|error|focus|blur|toggle|(?:key|mouse|pointer)\w+"
INLINE = (
    re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    re.compile(r"<style\b", re.I),
    re.compile(r"\sstyle=", re.I),
    re.compile(rf"\son(?:{EVENTS})=", re.I),
    re.compile(r"javascript:", re.I),
    re.compile(r"\|\s*safe\b"),
    re.compile(r"autoescape\s+false"),
)


def dangers(tree: ast.AST) -> set[str]:
    """Calls that run or trust text, and modules that a secret or a value must not come from."""
    found = {name for name in DANGEROUS if any(walking.calls(tree, name))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.add(str(node.module))
    return found


def clocks(tree: ast.AST) -> Iterator[str]:
    """Where a clock is read."""
    for call in walking.calls(tree, *(name for _, name in CLOCKS)):
        of = getattr(call.func, "value", None)
        if isinstance(of, ast.Name) and (of.id, call.func.attr) in CLOCKS:  # type: ignore[attr-defined]
            yield f"{of.id}.{call.func.attr}"  # type: ignore[attr-defined]


def inline(text: str) -> list[str]:
    """What a strict policy would stop, or what would let a value be more than a value."""
    return [found[0] for pattern in INLINE for found in pattern.finditer(text)]


def test_no_text_is_run_or_trusted() -> None:
    assert dangers(ast.parse("import pickle\nfrom random import choice\nx = Markup(y); eval('1')")) == {
        "pickle", "random", "Markup", "eval",
    }  # fmt: skip
    found = {path: dangers(tree) for path, tree in walking.sources()}
    allowed = {"operations/demo/caseload.py": {"random"}}  # invented caseloads, the same for the same seed
    assert {
        path: said - allowed.get(path, set()) for path, said in found.items() if said - allowed.get(path, set())
    } == {}


def test_one_place_reads_the_clock() -> None:
    assert list(clocks(ast.parse("datetime.now(UTC); date.today(); time.monotonic(); seen.now()"))) == [
        "datetime.now",
        "date.today",
    ]
    assert {path for path, tree in walking.sources() if list(clocks(tree))} == {"models/base.py"}


def test_templates_hold_no_script_no_style_and_trust_no_value() -> None:
    wrong = "<script>x</script><p style='a' onclick=\"b\">{{ v|safe }}</p><a href='javascript:x'>"
    assert len(inline(wrong)) == 5
    assert inline('<script type="module" src="/x.js"></script>') == []
    found = {
        str(path.relative_to(walking.TEMPLATES)): inline(path.read_text()) for path in walking.TEMPLATES.rglob("*.html")
    }
    assert {name: said for name, said in found.items() if said} == {}


def test_names_are_said_aloud() -> None:
    def unsaid(path: str, tree: ast.AST) -> set[str]:
        classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        modules = {Path(path).stem.title().replace("_", "")}
        return {name for name in classes | modules if name.endswith(UNSAID) and not name.endswith("Metadata")}

    assert unsaid("web/case_utils.py", ast.parse("class CaseManager: pass")) == {"CaseUtils", "CaseManager"}
    assert {path: unsaid(path, tree) for path, tree in walking.sources() if unsaid(path, tree)} == {}
