"""The supervisor: one command that runs a home on one machine. Knows processes, ports and folders; no message."""
