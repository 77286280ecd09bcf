"""ZCL on the wire: data types, frames, and the names of clusters, attributes and commands. No I/O, no devices."""
