"""Session gateway for contact-centre agent desktops (design section 1)."""

__version__ = "0.1.0"
