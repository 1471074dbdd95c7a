"""The page about a connector's YAML files says what the readers of these files do."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.declarative.codes import SaidCode
from connectors.declarative.meanings import MEANINGS, folder_page

PAGE = Path(__file__).parents[2] / "docs" / "connector-folder.md"


def test_the_page_is_made_of_the_examples_and_the_codes():
    assert PAGE.read_text(encoding="utf-8") == folder_page()
    assert folder_page().count("```yaml") == 2


@pytest.mark.parametrize("code", SaidCode)
def test_every_code_has_a_meaning_in_both_languages(code: SaidCode):
    assert set(MEANINGS[code].by_lang) == {"id", "en"}
    assert code.value == code.name
