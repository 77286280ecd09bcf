"""Turns an ES module into CommonJS, which is all that the embedded engine loads. Only `import` and `export` statements change.

It knows statements, not the language: they begin a line, as every formatter puts them. A file without them is left as it is.
"""

from __future__ import annotations

import re

_SPECIFIER = r"""(?:"([^"]+)"|'([^']+)')"""
_IMPORT = re.compile(rf"^import\s+(?:([\w$*{{}}\s,]+?)\s+from\s+)?{_SPECIFIER}\s*;?", re.MULTILINE)
_EXPORT_FROM = re.compile(rf"^export\s+\{{([^}}]*)\}}\s+from\s+{_SPECIFIER}\s*;?", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export\s+\{([^}]*)\}\s*;?", re.MULTILINE)
_EXPORT_DEFAULT = re.compile(r"^export\s+default\s+", re.MULTILINE)
_EXPORT_DECLARED = re.compile(r"^export\s+((?:async\s+)?(?:const|let|var|class|function\*?)\s+([\w$]+))", re.MULTILINE)


def to_commonjs(text: str) -> str:
    """Return the module as CommonJS, line by line where it was."""
    text = text.replace("\r\n", "\n")
    exported: list[str] = []

    def declared(match: re.Match[str]) -> str:
        exported.append(f"exports.{match[2]} = {match[2]};")
        return match[1]

    def listed(match: re.Match[str]) -> str:
        exported.extend(f"exports.{name} = {own};" for own, name in _names(match[1]))
        return "\n" * match[0].count("\n")

    text = _EXPORT_FROM.sub(_reexported, text)
    text = _IMPORT.sub(_imported, text)
    text = _EXPORT_LIST.sub(listed, text)
    text = _EXPORT_DECLARED.sub(declared, text)
    text = _EXPORT_DEFAULT.sub("module.exports.default = ", text)
    return "\n".join((text, *exported)) if exported else text


def _imported(match: re.Match[str]) -> str:
    clause, module = match[1], match[2] or match[3]
    call = f'require("{module}")'
    if clause is None:
        return f"{call};"
    lines = clause.count("\n")
    parts = []
    named = re.search(r"\{([^}]*)\}", clause)
    if named:
        parts.append(f"const {{{', '.join(f'{a}: {b}' if a != b else a for a, b in _names(named[1]))}}} = {call};")
        clause = clause.replace(named[0], "")
    for name in (part.strip() for part in clause.split(",")):
        if name.startswith("*"):
            parts.append(f"const {name.split()[-1]} = {call};")
        elif name:
            parts.append(f"const {name} = ((m) => m && m.default !== undefined ? m.default : m)({call});")
    return " ".join(parts) + "\n" * lines


def _reexported(match: re.Match[str]) -> str:
    call = f'require("{match[2] or match[3]}")'
    return " ".join(f"exports.{name} = {call}.{own};" for own, name in _names(match[1])) + "\n" * match[0].count("\n")


def _names(clause: str) -> list[tuple[str, str]]:
    """The pairs of `a, b as c`."""
    pairs = []
    for part in (part.strip() for part in clause.split(",")):
        if part:
            words = re.split(r"\s+as\s+", part)
            pairs.append((words[0], words[-1]))
    return pairs
