"""The one way in for agent calls: path to row, GUID, validation, backend, reply (design section 7)."""
