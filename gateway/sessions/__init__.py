"""Sessions and GUIDs: pure rules over one record per agent, and the stores that apply them (docs/protocol.md)."""
