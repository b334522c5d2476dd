"""A small contact centre inside the gateway (design section 10)."""
