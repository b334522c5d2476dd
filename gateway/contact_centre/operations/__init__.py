"""The operations of the contact centre: a group is a folder with its `rows` (and their models) and its `actions`."""
