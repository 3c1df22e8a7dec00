"""Tables as a file again: what `reading` reads back is what was written, and a lawyer can read it, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mdt.sharing.reading import _Loader


class _Dumper(yaml.SafeDumper):
    """Quotes a word where, bare, it would be read as something else; writes nothing twice by reference."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def ignore_aliases(self, data: Any) -> bool:
        return True


def text_of(said: Mapping[str, Any]) -> str:
    """These tables as YAML: keys in their order, a row or a list on one line where it fits."""
    if not said:
        return ""
    return yaml.dump(
        bare(said), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )


def bare(said: Any) -> Any:
    """The same without the places it was written at."""
    if isinstance(said, Mapping):
        return {str(key): bare(value) for key, value in said.items()}
    return [bare(one) for one in said] if isinstance(said, list | tuple) else said
