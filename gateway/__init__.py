"""Session gateway for contact-centre agent desktops."""

__version__ = "0.1.0"
