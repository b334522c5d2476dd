"""How operations are performed: one file a group, named like the file of its rows in `operations`."""
