"""Whole answers, kept as bytes for whoever asks the same."""

from gateway.execution.answers.cache import AnswerCache, Asker
from gateway.execution.answers.kept import Kept

__all__ = ["AnswerCache", "Asker", "Kept"]
