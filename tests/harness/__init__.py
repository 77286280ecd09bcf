"""Real parts around the running stack: a broker, a recorder, a data folder, and the program itself."""

from tests.harness.broker import Broker
from tests.harness.recorder import Heard, Recorder
from tests.harness.stack import Stack

__all__ = ["Broker", "Heard", "Recorder", "Stack"]
