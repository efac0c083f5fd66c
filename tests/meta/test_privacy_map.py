"""The data map for data protection officers names every table and every column of the database, and no other."""

import re

from kalenderkoppling.store.tables import metadata
from kktest.checkout import ROOT

MAP = ROOT / "docs/privacy/data-map.md"
ROW = re.compile(r"^\| `([a-z_]+)` \| ?([^|]*)\|", re.MULTILINE)
NAME = re.compile(r"`([a-z_0-9]+)`")


def mapped() -> dict[str, list[str]]:
    text = MAP.read_text(encoding="utf-8").split("## Files beside the database")[0]
    return {table: NAME.findall(columns) for table, columns in ROW.findall(text)}


def test_every_table_stands_in_the_data_map_once() -> None:
    text = MAP.read_text(encoding="utf-8").split("## Files beside the database")[0]
    assert sorted(table for table, _ in ROW.findall(text)) == sorted(metadata.tables)


def test_every_column_stands_in_the_row_of_its_table() -> None:
    for name, columns in mapped().items():
        assert columns == [each.name for each in metadata.tables[name].columns][1:], name


def test_tables_that_name_a_person_are_among_those_about_people() -> None:
    about_people, others = MAP.read_text(encoding="utf-8").split("## Tables that say nothing about a person")
    for name, table in metadata.tables.items():
        if "person_id" in table.columns:
            assert f"| `{name}` |" in about_people, name
            assert f"\n| `{name}` |" not in others, name
