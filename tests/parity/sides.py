"""Our sides of the comparison: each source of definitions, as the service asks them, in its order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

from tests.parity.corpus import Session, Step
from tests.parity.hosted import HostedSubject
from tests.parity.requests import Answers
from tests.parity.subject import Done, Subject
from zigbus.contract.base import Json
from zigbus_converter.captured.provider import Plain
from zigbus_converter.generated import generate
from zigbus_converter.provider import Generated, Native
from zigbus_converter.zhc.catalogue import Catalogue
from zigbus_converter.zhc.host import Host


class Side(Protocol):
    """One device on our side."""

    def go(self, step: Step) -> Done:
        """Do what a step says."""

    def exposes(self) -> Json:
        """What clients see, without the link quality that every device has."""

    def options(self) -> Json:
        """The options that the definition offers."""


class Sort:
    """One source of definitions. `own_words`: its texts (descriptions, labels) are ours and are not compared."""

    def __init__(self, make: Callable[[Session], Side | None], *, own_words: bool) -> None:
        self.make, self.own_words = make, own_words


def _native(session: Session) -> Side | None:
    definition = Native().identify(session.device.description())
    return None if definition is None else Subject(session, definition)


def _captured(session: Session) -> Side | None:
    definition = _plain().identify(session.device.description())
    return None if definition is None else Subject(session, definition)


def _hosted(session: Session) -> Side | None:
    subject = HostedSubject(session, _host())
    return subject if subject.known else None


def _generated(session: Session) -> Side | None:
    """Generate a definition, knowing what the device answered to the original's questions."""
    answers = Answers(session.steps[0].calls)
    definition = Generated(lambda device: generate(device, answers.value)).identify(session.device.description())
    return None if definition is None else Subject(session, definition)


@cache
def _plain() -> Plain:
    return Plain(Catalogue())


@cache
def _host() -> Host:
    """One engine for the whole run: devices are closed when they are done."""
    return Host(Catalogue())


LISTED: Mapping[str, Sort] = {
    "native": Sort(_native, own_words=True),
    "captured": Sort(_captured, own_words=True),
    "zhc": Sort(_hosted, own_words=False),
}
UNLISTED: Mapping[str, Sort] = {"generated": Sort(_generated, own_words=True)}
