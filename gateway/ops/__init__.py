"""How the gateway works in itself: log, metrics, periodic jobs, waits and deadlines."""
