"""Foreign errors of the web, translated once."""

from __future__ import annotations

import ssl
import zlib

import h2.exceptions
import httptools

from connectors import errors

TRANSLATIONS: tuple[tuple[type[Exception], type[errors.ConnectorError], str], ...] = (
    (httptools.HttpParserError, errors.Broken, "speaks no proper HTTP"),
    (httptools.HttpParserUpgrade, errors.Broken, "turned to another protocol"),
    (h2.exceptions.H2Error, errors.Broken, "speaks no proper HTTP/2"),
    (zlib.error, errors.Unreadable, "packed in a way that cannot be unpacked"),
    (TimeoutError, errors.TimedOut, "no answer in time"),
    (ssl.SSLCertVerificationError, errors.Unreachable, "its certificate is not trusted"),
    (ssl.SSLError, errors.Unreachable, "no secure connection could be agreed on"),
    (OSError, errors.Unreachable, "no connection could be made"),
)
"""Foreign exception, ours and what is said, most specific first; a test asserts its completeness."""

FOREIGN = tuple(foreign for foreign, _, _ in TRANSLATIONS)


def translated(error: Exception) -> errors.ConnectorError:
    """Our error for one of the network or of a parser."""
    for foreign, ours, message in TRANSLATIONS:
        if isinstance(error, foreign):
            return ours(f"{message} ({type(error).__name__})")
    return errors.Broken(f"failed ({type(error).__name__})")
