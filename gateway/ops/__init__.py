"""What operators see: metrics, audit trail, logs, health, the admin listener."""
