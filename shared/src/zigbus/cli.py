"""The program `zigbus`: finds a command among those that the installed packages offer, and runs it.

A package offers commands as entry points of the group `zigbus.commands`: `name = "module:function"`, where the
function takes the remaining arguments and returns the exit code. Only the chosen command's module is imported.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from zigbus.lean import without

GROUP = "zigbus.commands"
USAGE = 2  # exit code of a wrong call, as argparse has it


def main() -> int:
    """Run the command that the arguments name and return its exit code."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(overview())
        return 0 if arguments else USAGE
    name, rest = arguments[0], arguments[1:]
    if name in ("-V", "--version"):
        return _print_version()
    found = entry_points(group=GROUP, name=name)
    if not found:
        sys.stderr.write(f"zigbus: there is no command '{name}'; `zigbus --help` lists them\n")
        return USAGE
    sys.argv[0] = f"zigbus {name}"  # what argparse shows as the program's name
    try:
        return int(_load(next(iter(found)))(rest) or 0)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, `head` for example, has seen enough
        sys.stderr.close()
        return 0


def overview() -> str:
    """Return the help text: every command with the first line of its docstring."""
    commands = sorted(entry_points(group=GROUP), key=lambda command: command.name)
    width = max((len(command.name) for command in commands), default=0)
    lines = [f"  {command.name:<{width}}  {first_line(command)}".rstrip() for command in commands]
    return "\n".join(("usage: zigbus COMMAND [ARGUMENT ...]", "", *lines, "", "zigbus COMMAND --help says more.", ""))


def first_line(command: EntryPoint) -> str:
    """Return the first docstring line of a command without importing its module; empty if it has none."""
    spec = importlib.util.find_spec(command.module)
    if spec is None or spec.origin is None:
        return ""
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == command.attr]
    text = ast.get_docstring(functions[0]) if functions else None
    return (text or ast.get_docstring(tree) or "").partition("\n")[0]


def _load(command: EntryPoint) -> Callable[[list[str]], int]:
    with without("rich"):  # only for coloured tracebacks; 0.2 s where the tools for tests are installed
        import structlog as _structlog  # noqa: F401, PLC0415  # the help needs none of it
    function: Callable[[list[str]], int] = command.load()
    return function


def _print_version() -> int:
    from zigbus import __version__  # noqa: PLC0415  # only here

    sys.stdout.write(f"zigbus {__version__}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
