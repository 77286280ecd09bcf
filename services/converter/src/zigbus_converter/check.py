"""`zigbus converter --check FILE`: what a file with definitions gives, or where it is wrong. The only module here that prints."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from zigbus.contract.requests import SupportedModel
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import PYTHON, PythonFile
from zigbus_converter.zhc.catalogue import Catalogue, CatalogueMissing
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.user_scripts import load_script, refusal


def check(path: Path) -> int:
    """Print what each definition of a file matches and shows. Returns the exit code: 1 if the file is refused."""
    try:
        models = list(_models(path))
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{path} cannot be read: {error}\n")
        return 1
    except Refused as error:
        sys.stderr.write(f"{path} is refused, {error}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for model in models for line in _lines(model))
    return 0


def _models(path: Path) -> Iterable[SupportedModel]:
    code = path.read_text(encoding="utf-8")
    if path.suffix == PYTHON:
        return PythonFile(path.name, code).models()
    try:
        return load_script(Host(Catalogue()), path.name, code)
    except CatalogueMissing as error:
        raise refusal(error) from error


def _lines(model: SupportedModel) -> Iterable[str]:
    yield f"{model.vendor} {model.model}: {model.description}"
    yield f"  matches {', '.join(map(repr, model.model_ids))}"
    if model.exposes:
        yield f"  shows   {', '.join(model.exposes)}"
