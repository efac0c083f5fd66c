"""Reads YAML without implicit types: times and dates stay text, and duplicate keys are refused."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from kalenderkoppling.scenarios.node import Node, RefusedError

_GUESSES = (
    "tag:yaml.org,2002:timestamp",
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:bool",
)
_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]+")


class _Loader(yaml.SafeLoader):
    """The safe loader without timestamps, without `no` as false, and without base-60 integers such as `17:00`."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _GUESSES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(rf"(?:{_WHOLE_NUMBER.pattern})$"), list("-+0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(rf"(?:{_FRACTION.pattern})$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    own = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
    twice = sorted({key for key in own if own.count(key) > 1})
    if twice:
        raise RefusedError(f"line {node.start_mark.line + 1}: duplicate key {twice[0]!r}")
    loader.flatten_mapping(node)
    return {_name(key): loader.construct_object(value, deep=True) for key, value in node.value}


def _name(key: yaml.Node) -> str:
    """Return a key as written: a person may be called `no`."""
    if not isinstance(key, yaml.ScalarNode):
        raise RefusedError(f"line {key.start_mark.line + 1}: a key must be text")
    return str(key.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(file: Path) -> list[Node]:
    """Return the scenarios of a file: a list, a single one, or several documents of either.

    Raises:
        RefusedError: the file cannot be read or is not YAML.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        documents = list(yaml.load_all(text, Loader=_Loader))
    except OSError as error:
        raise RefusedError(f"the file cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(f"the file is not YAML: {' '.join(str(error).split())}") from error
    found: list[Node] = []
    for document in documents:
        each = document if isinstance(document, list) else [] if document is None else [document]
        found.extend(Node(where="", value=value) for value in each)
    return found
