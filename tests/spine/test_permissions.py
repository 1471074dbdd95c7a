"""Roles are a partial order; who lacks one is told which."""

import pytest

from connectors.ports.common import ErrorCode
from resolvers.context import Caller, Role
from resolvers.permissions import INCLUDES, may, need
from resolvers.problems import Refusal
from tests.builders import context


def as_(*roles):
    return context(caller=Caller(frozenset(roles)))


def test_every_role_is_in_the_table_and_contains_itself_and_the_public():
    assert set(INCLUDES) == set(Role)
    assert all(role in contained for role, contained in INCLUDES.items())
    assert all(Role.PUBLIC in contained for contained in INCLUDES.values())


def test_containing_is_transitive():
    for role, contained in INCLUDES.items():
        for inner in contained:
            assert INCLUDES[inner] <= contained, (role, inner)


def test_nobody_contains_each_other():
    assert not [
        (a, b) for a in Role for b in Role if a is not b and a in INCLUDES[b] and b in INCLUDES[a]
    ]


def test_an_officer_may_what_a_citizen_may_but_not_what_a_head_may():
    assert may(as_(Role.OFFICER), Role.CITIZEN)
    assert not may(as_(Role.OFFICER), Role.OPD_HEAD)
    assert not may(as_(Role.CITIZEN), Role.OFFICER)


def test_one_of_several_roles_is_enough():
    assert may(as_(Role.APP_TEAM, Role.OFFICER), Role.CITIZEN)


def test_a_caller_without_any_role_may_nothing():
    assert not may(as_(), Role.PUBLIC)


def test_who_lacks_a_role_is_told_which_and_for_what():
    with pytest.raises(Refusal, match=r"`Complaint\.reporter` needs the role OFFICER") as refusal:
        need(context(), Role.OFFICER, "Complaint.reporter")
    assert refusal.value.code is ErrorCode.FORBIDDEN


def test_who_has_it_passes():
    need(as_(Role.OFFICER), Role.OFFICER, "anything")
