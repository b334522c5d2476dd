"""Why a listener cannot be opened."""


class ListenError(Exception):
    """A listener or its certificate cannot be used. The text names the setting and says what to do; it can be printed.

    `setting` is the key in the properties file.
    """

    def __init__(self, setting: str, problem: str) -> None:
        self.setting = setting
        super().__init__(f"{setting}: {problem}")


class CertificateError(ListenError):
    """A certificate or its key cannot be used."""
