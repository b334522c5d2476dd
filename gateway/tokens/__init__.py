"""Tokens for third parties: made for the enterprise's users, validated when the contact centre asks."""
