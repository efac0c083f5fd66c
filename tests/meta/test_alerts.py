"""Alerts and dashboard: only over metrics that the program exposes, each alert with its page, rules that ring."""

import json
import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from kalenderkoppling.surfaces.operations.meter import PrometheusMeter
from kktest.checkout import ROOT
from kktest.daemons import daemon

FOLDER = ROOT / "deploy/prometheus"
RUNBOOKS = ROOT / "docs/runbooks"
DASHBOARD = ROOT / "deploy/grafana/kalenderkoppling.json"
METRIC = re.compile(r"\b(?:kk_[a-z_]+|up)\b")


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def exposed() -> set[str]:
    """Return the names that Prometheus scrapes; `up` is its own."""
    families = PrometheusMeter().registry.collect()
    return {f"{each.name}_total" for each in families} | {"up"}


def asked_by_the_dashboard() -> list[str]:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_alerts_and_dashboard_ask_only_for_metrics_that_there_are() -> None:
    asked = [each["expr"] for each in rules()] + asked_by_the_dashboard()
    named = {name for expression in asked for name in METRIC.findall(expression)}
    assert len(named) > 10
    assert named - exposed() == set()


def test_the_dashboard_shows_every_metric() -> None:
    shown = {name for expression in asked_by_the_dashboard() for name in METRIC.findall(expression)}
    assert exposed() - shown - {"up"} == set()


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    pages = {each["alert"]: ROOT / each["annotations"]["runbook"] for each in rules()}
    for alert, page in pages.items():
        assert page.read_text(encoding="utf-8").startswith(f"# {alert}\n"), alert
        assert f"[{alert}]({page.name})" in (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    assert {*pages.values(), RUNBOOKS / "README.md"} == set(RUNBOOKS.glob("*.md"))


def test_every_alert_is_tested_to_ring_and_to_be_silent() -> None:
    tests = yaml.safe_load((FOLDER / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    cases = [case for each in tests for case in each["alert_rule_test"]]
    rings = {each["alertname"] for each in cases if each["exp_alerts"]}
    silent = {each["alertname"] for each in cases if not each["exp_alerts"]}
    assert rings == silent == {each["alert"] for each in rules()}


@pytest.mark.slow
@pytest.mark.parametrize("command", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_promtool_finds_the_alerts_well_written_and_ringing(command: tuple[str, ...]) -> None:
    promtool = daemon("promtool")
    done = subprocess.run(  # noqa: S603 - Debian's own program
        [promtool.program, *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=FOLDER,
        env={**os.environ, **promtool.environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
