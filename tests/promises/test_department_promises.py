"""Every source of departments keeps the same promises: from memory and from both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kinds.sql import Database
from connectors.memory.departments import MemoryDepartments
from connectors.ports.common import Address, Page, Position, must_text
from connectors.ports.departments import Department
from connectors.store.base import address_value, origin_values
from connectors.store.departments import StoreDepartments, departments
from connectors.testing.departments import DepartmentSourcePromises
from tests.builders import origin
from tests.kept import keep

# Codes whose order differs between "as people sort" and "by code point".
CODES = [
    "bappeda",
    "BPBD",
    "dinas-a",
    "dinas-b",
    "dinasa",
    "kec.",
    "kec-2",
    "kec-10",
    "éa",
    "ź",
    "1",
]


def department(code, **more):
    return Department(
        origin("opd", code), code, must_text(f"Dinas {code}", f"Office {code}"), **more
    )


DEPARTMENTS = [
    department(
        "dishub",
        abbreviation="DISHUB",
        parent="bappeda",
        phone="+62215523456",
        email="dishub@example.test",
        address=Address(
            must_text("Jl. Contoh 1"), "Jl. Contoh", "36.71.01.1001", "36.71.01", "15111"
        ),
        open311_jurisdiction_id="x",
        note="y",
    ),
    *map(department, CODES),
]


@pytest.fixture(scope="module")
def tables():
    return [departments]


@pytest.fixture
async def store(engine):
    stranger = {**values(department("other")), "source": "another"}
    await keep(engine, {departments: [*map(values, DEPARTMENTS), stranger]})
    return StoreDepartments("opd", Database(engine))


def values(one):
    return {
        **origin_values(one.origin),
        "name": one.name,
        "abbreviation": one.abbreviation,
        "parent": one.parent,
        "phone": one.phone,
        "email": one.email,
        "address": address_value(one.address),
        "open311_jurisdiction_id": one.open311_jurisdiction_id,
        "note": one.note,
    }


class TestMemory(DepartmentSourcePromises):
    @pytest.fixture
    def source(self):
        return MemoryDepartments("opd", DEPARTMENTS)


class TestStore(DepartmentSourcePromises):
    @pytest.fixture
    def source(self, store):
        return store


async def test_the_store_gives_a_department_as_it_was_loaded(store):
    assert await store.departments_by_id(["dishub"]) == [DEPARTMENTS[0]]


async def test_any_page_of_the_store_is_the_page_of_memory(store):
    reference = MemoryDepartments("opd", DEPARTMENTS)
    positions = st.builds(
        Position, st.none(), st.sampled_from(["a", "opd", "z"]), st.sampled_from([*CODES, "", "m"])
    )
    pages = st.builds(
        Page,
        st.integers(0, 5),
        st.none() | positions,
        st.booleans(),
        st.booleans(),
    )
    tried = []

    @given(pages)
    def collect(page):
        tried.append(page)

    collect()
    for page in tried:
        assert await store.find_departments(page) == await reference.find_departments(page), page
