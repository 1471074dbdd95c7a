"""What a team hands in: the texts of its folder, exactly as they were written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SDL_FILE = "connector.graphql"
SETTINGS_FILE = "connector.yaml"


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One of `tests/*.yaml`."""

    name: str
    """As it is written in findings, for example `tests/all.yaml`."""
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """The texts of a connector's folder. Nothing is said yet about whether they make sense."""

    key: str
    """Key of the connector, small letters, digits and dashes; also the key of its source."""
    app: str
    """Slug of the entry of the catalogue it belongs to."""
    sdl: str
    settings: str
    tests: tuple[RecordedFile, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A mark that changes with any letter of it: 64 hexadecimal digits."""
        mark = hashlib.sha256()
        texts = [self.key, self.app, self.sdl, self.settings]
        for text in (*texts, *(part for file in self.tests for part in (file.name, file.text))):
            mark.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        return mark.hexdigest()
