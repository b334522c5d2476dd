"""What is behind the gate: an embedded contact centre or an existing one (design section 10)."""
