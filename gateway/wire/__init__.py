"""What goes over the wire: envelopes, retcodes, GUID headers, and the errors that become answers."""
