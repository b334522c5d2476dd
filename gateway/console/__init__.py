"""The console `/console` of the admin listener: what operators see and steer, in the browser (docs/console.md)."""
