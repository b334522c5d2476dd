"""The contact centre without I/O: calls, queues and rules. Time and ids come from outside; nothing here waits."""
