"""One Zigbee coordinator: owns the stick, publishes what it hears, carries out what it is asked."""
