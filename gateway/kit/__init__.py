"""Tools for any server of this interface: does it keep the rules, and how does it bear load (docs/kit.md).

They know the interface and the SDK, nothing of this server, so that they judge others by the same measure.
"""
