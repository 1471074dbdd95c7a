"""The promises of a SearchSource."""

from __future__ import annotations

from functools import partial

from connectors.ports.common import Page
from connectors.ports.search import SearchCriteria, SearchSource
from connectors.testing.base import in_list_order, walked


class SearchSourcePromises:
    """Subclass it with a fixture `source` (a SearchSource that holds something about `word`)."""

    word = "jalan"

    async def test_pages_fall_by_score_and_lose_nothing(self, source: SearchSource) -> None:
        criteria = SearchCriteria(self.word)
        whole = await source.find(criteria, Page(500, descending=True))
        scores = [hit.record.score for hit in whole.hits]
        assert scores == sorted(scores, reverse=True)
        seen = in_list_order(await walked(partial(source.find, criteria), first=2, descending=True))
        assert [hit.record.id for hit in seen] == [hit.record.id for hit in whole.hits]
        assert await source.count(criteria) == len(seen)

    async def test_a_question_without_words_finds_nothing(self, source: SearchSource) -> None:
        assert not (await source.find(SearchCriteria("?! --"), Page(5, descending=True))).hits
        assert await source.count(SearchCriteria("")) == 0

    async def test_every_word_must_be_there(self, source: SearchSource) -> None:
        criteria = SearchCriteria(f"{self.word} qqqqqqqqqq")
        assert not (await source.find(criteria, Page(5, descending=True))).hits

    async def test_signs_of_query_languages_are_only_signs(self, source: SearchSource) -> None:
        hostile = "\") OR title_words:* ' & | ! <-> NEAR( \x00 {curly} -- ;"
        criteria = SearchCriteria(hostile)
        assert await source.count(criteria) == 0

    async def test_suggestions_begin_as_typed_and_are_as_many_as_asked(
        self, source: SearchSource
    ) -> None:
        found = await source.suggest(self.word[:3], (), "id", 3)
        assert 0 < len(found) <= 3
        assert all(self.word[:3] in one.label.casefold() for one in found)
        begin = [one.label.casefold().startswith(self.word[:3]) for one in found]
        assert begin == sorted(begin, reverse=True)
