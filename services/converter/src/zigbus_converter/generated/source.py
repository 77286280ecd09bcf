"""A generated definition as a file to begin with: in our form, and in zigbee2mqtt's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition
from zigbus_converter.generated.generate import DESCRIPTION, endpoint_names, meta_of, pieces_of, unnamed_keys
from zigbus_converter.generated.pieces import Call, Known, Piece

HEAD = '"""{vendor} {model}: made from its clusters. Correct it, then save it in the folder external_converters."""\n'
LIBRARIES = {"m": "modernExtend", "philips": "philips"}


def python_source(device: DeviceDescription, known: Known) -> str:
    """Return the definition as a Python file of the household."""
    pieces = pieces_of(device, known)
    calls = [made for piece in pieces for made in piece.calls]
    names = endpoint_names(device)
    fields: dict[str, Any] = {
        "models": (device.model,),
        "model": device.model,
        "vendor": device.manufacturer or "unknown",
        "description": DESCRIPTION,
    }
    lines = [f"        {name}={value!r}," for name, value in fields.items()]
    lines += ["        parts=(", *(f"            {made.text()}," for made in calls), "        ),"]
    if names:
        lines += [f"        endpoints={names!r},", "        multi_endpoint=True,"]
        if unnamed := unnamed_keys(pieces):
            lines.append(f"        multi_endpoint_skip={unnamed!r},")
    if meta := meta_of(pieces):
        lines.append(f"        meta={meta!r},")
    head = HEAD.format(vendor=_plain(fields["vendor"]), model=_plain(fields["model"]))
    body = "\n".join(lines)
    return f"{head}\n{_imports(calls)}\n\nDEFINITIONS = (\n    Definition(\n{body}\n    ),\n)\n"


def _plain(text: str | None) -> str:
    """Return text that can stand in a docstring."""
    return "".join(letter for letter in text or "" if letter.isprintable() and letter not in '\\"').strip()


def _imports(calls: Sequence[Call]) -> str:
    wanted: dict[str, set[str]] = {Definition.__module__: {Definition.__name__}}
    for function in (function for made in calls for function in made.functions()):
        wanted.setdefault(function.__module__, set()).add(function.__name__)
    return "\n".join(f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(wanted.items()))


def javascript_source(device: DeviceDescription, known: Known) -> str:
    """Return the definition as zigbee2mqtt writes it, with the modern extends of zigbee-herdsman-converters."""
    pieces = pieces_of(device, known)
    names = endpoint_names(device)
    if names:
        arguments = {"endpoints": names, "multiEndpointSkip": list(unnamed_keys(pieces)) or None}
        given = {name: value for name, value in arguments.items() if value}
        pieces = [Piece((), "deviceEndpoints", given), *pieces]
    libraries = list(dict.fromkeys(piece.library for piece in pieces))
    imports = [f"import * as {name} from 'zigbee-herdsman-converters/lib/{LIBRARIES[name]}';" for name in libraries]
    lines = [
        "\n".join(imports),
        "",
        "export default {",
        f"    zigbeeModel: [{_quoted(device.model)}],",
        f"    model: {_quoted(device.model)},",
        f"    vendor: {_quoted(device.manufacturer)},",
        f"    description: {_quoted(DESCRIPTION)},",
        f"    extend: [{', '.join(map(_javascript, pieces))}],",
    ]
    return "\n".join((*lines, "};", ""))


def _quoted(text: str | None) -> str:
    """Return text as a string of JavaScript, in the quotes that zigbee2mqtt uses."""
    inside = json.dumps(text or "", ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inside}'"


def _javascript(piece: Piece) -> str:
    arguments = json.dumps(piece.arguments, separators=(",", ":"), ensure_ascii=False) if piece.arguments else ""
    prefix = f"{piece.library}.m." if piece.library == "philips" else f"{piece.library}."
    return f"{prefix}{piece.name}({arguments})"
