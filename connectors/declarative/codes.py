"""Codes of what is said about settings, recorded answers, live calls and drift; stable names."""

from __future__ import annotations

from enum import Enum


class SaidCode(Enum):
    """What can be said about a folder beside its SDL. Teams and tools may rely on the names."""

    # The YAML files as such.
    YAML_SYNTAX = "YAML_SYNTAX"
    YAML_EMPTY = "YAML_EMPTY"
    YAML_TOO_LARGE = "YAML_TOO_LARGE"
    YAML_ALIAS = "YAML_ALIAS"
    YAML_TAG = "YAML_TAG"
    YAML_KEY = "YAML_KEY"
    YAML_KEY_TWICE = "YAML_KEY_TWICE"
    YAML_NUMBER = "YAML_NUMBER"
    # What stands in them.
    KEY_UNKNOWN = "KEY_UNKNOWN"
    KEY_MISSING = "KEY_MISSING"
    VALUE_KIND = "VALUE_KIND"
    VALUE_WRONG = "VALUE_WRONG"
    VALUE_TOO_MUCH = "VALUE_TOO_MUCH"
    VALUE_OF_OPERATOR = "VALUE_OF_OPERATOR"
    # Recorded answers.
    TEST_CONNECTOR_UNKNOWN = "TEST_CONNECTOR_UNKNOWN"
    TEST_REQUEST = "TEST_REQUEST"
    TEST_RESULT = "TEST_RESULT"
    TEST_PROBLEMS = "TEST_PROBLEMS"
    TEST_PROBLEM_UNNAMED = "TEST_PROBLEM_UNNAMED"
    TEST_ERROR = "TEST_ERROR"
    TEST_FAILED = "TEST_FAILED"
    TEST_MISSING = "TEST_MISSING"
    TEST_TIME = "TEST_TIME"
    TEST_PERSONAL_DATA = "TEST_PERSONAL_DATA"
    # Values against declared types.
    VALUE_UNFIT = "VALUE_UNFIT"
    VALUE_NULL = "VALUE_NULL"
    # Live calls.
    LIVE_FAILED = "LIVE_FAILED"
    LIVE_UNREACHABLE = "LIVE_UNREACHABLE"
    LIVE_PROBLEM = "LIVE_PROBLEM"
    LIVE_EMPTY = "LIVE_EMPTY"
    LIVE_SLOW = "LIVE_SLOW"
    LIVE_SKIPPED = "LIVE_SKIPPED"
    # What changed since the recording.
    DRIFT_MISSING = "DRIFT_MISSING"
    DRIFT_NEW = "DRIFT_NEW"
    DRIFT_KIND = "DRIFT_KIND"
    DRIFT_STATUS = "DRIFT_STATUS"
    DRIFT_SLOW = "DRIFT_SLOW"
    DRIFT_PROBLEM = "DRIFT_PROBLEM"
