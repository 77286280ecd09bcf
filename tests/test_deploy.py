"""What is delivered beside the code stays in step with it: images, compose file, dashboard, scrape targets."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
OURS = ("registry", "radio", "converter", "gateway", "simulator", "demo", "terminal")


def load(path: str) -> Any:
    return YAML(typ="safe").load(ROOT / path)


COMPOSE = load("docker-compose.yml")["services"]


def test_committed_dockerfiles_are_those_of_the_template() -> None:
    template = runpy.run_path(str(ROOT / "deploy" / "dockerfiles.py"))
    for name in template["services"]():
        written = (ROOT / "services" / name / "Dockerfile").read_text(encoding="utf-8")
        assert written == template["dockerfile"](name), "run: python deploy/dockerfiles.py"


def test_dockerfiles_need_no_frontend_from_a_registry_and_run_as_nobody_special() -> None:
    for file in ROOT.glob("services/*/Dockerfile"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"syntax=|<<|--link|--mount", text), file
        stages = 3 if file.parent.name == "converter" else 2  # the catalogue of devices is built in one of its own
        assert text.count("FROM ") == stages, file
        assert "USER 10001:10001" in text, file


def test_committed_dashboard_is_that_of_its_table() -> None:
    written = runpy.run_path(str(ROOT / "deploy" / "dashboard.py"))
    assert written["FILE"].read_text(encoding="utf-8") == written["dashboard"](), "run: python deploy/dashboard.py"


def test_every_metric_on_the_dashboard_exists() -> None:
    panels = runpy.run_path(str(ROOT / "deploy" / "dashboard.py"))["PANELS"]
    shown = {name for panel in panels for query, _ in panel.queries for name in re.findall(r"zigbus_\w+", query)}
    sources = [*(ROOT / "shared" / "src").rglob("*.py"), *(ROOT / "services").glob("*/src/**/*.py")]
    defined = {name for file in sources for name in re.findall(r'"(zigbus_\w+)"', file.read_text(encoding="utf-8"))}
    missing = {name for name in shown if re.sub(r"_(bucket|count)$", "", name) not in defined}
    assert not missing


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_is_read_only_and_without_privileges(name: str) -> None:
    service = COMPOSE[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_radio_gets_a_device() -> None:
    assert [name for name, service in COMPOSE.items() if "devices" in service] == ["radio"]


def test_nothing_is_published_beyond_this_machine_by_default() -> None:
    published = [port for service in COMPOSE.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith(("127.0.0.1:", "${ZIGBUS_MQTT_BIND:-127.0.0.1}:")) for port in published)


@pytest.mark.parametrize("name", OURS)
def test_every_service_of_ours_has_its_own_user_on_the_bus_whose_password_nats_knows(name: str) -> None:
    environment = COMPOSE[name]["environment"]
    if name == "simulator":
        assert "ZIGBUS_NATS_URL" not in environment
        return
    user = environment["ZIGBUS_NATS_USER"]
    key = f"ZIGBUS_NATS_PASSWORD_{user.upper()}"
    assert environment["ZIGBUS_NATS_PASSWORD"] == COMPOSE["nats"]["environment"][key]
    assert f"#{key}=" in (ROOT / ".env.example").read_text(encoding="utf-8")


def test_prometheus_asks_every_service_that_has_metrics() -> None:
    (job,) = (job for job in load("deploy/prometheus/prometheus.yml")["scrape_configs"] if job["job_name"] == "zigbus")
    assert job["static_configs"][0]["targets"] == [
        f"{name}:9700" for name in ("registry", "radio", "converter", "gateway")
    ]


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
def test_compose_file_is_valid_for_docker_compose() -> None:
    result = subprocess.run(
        ["docker-compose", "-f", "docker-compose.yml", "config", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_lock_files_have_hashes_and_name_no_place() -> None:
    for file in ROOT.glob("requirements*.lock"):
        text = file.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"://|index-url|find-links", text), file


def test_every_service_takes_part_in_the_type_and_import_checks() -> None:
    workspace = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for package in ROOT.glob("services/*/src/zigbus_*"):
        assert f'"services/{package.parents[1].name}/src"' in workspace
        assert workspace.count(f'"{package.name}"') >= 3, package.name


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "setup", "bench"):
        assert re.search(rf"^  make {target} ", listed, re.MULTILINE), listed
