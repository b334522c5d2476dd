"""A thin connection to Redis or Valkey: what is asked at the same time travels together (design section 8)."""
