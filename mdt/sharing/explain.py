"""A decision in words."""

from __future__ import annotations

from mdt.sharing.decision import Decision


def told(decision: Decision) -> str:
    """A decision in short, for the report of a scenario."""
    parts = [decision.outcome.value]
    if decision.fields:
        parts.append(f"of {', '.join(decision.fields)}")
    if decision.code:
        parts.append(decision.code)
    return f"{' '.join(parts)} (settled at step {decision.step})"
