"""One Zigbee coordinator: owns the stick, publishes what it hears, carries out what it is asked."""

from zigbus_radio.deferred import postpone

postpone()  # here, since it must come before whatever imports zigpy first
