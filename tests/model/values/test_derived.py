"""What is computed from an instance is computed once, shared, and freed with its last user."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.small import small_instance

from optimiser.model.values.derived import derived


class Table:
    """Something large."""


@pytest.fixture
def counted():
    calls = []

    @derived
    def tabulate(instance):
        calls.append(instance.name)
        return Table()

    return tabulate, calls


def test_it_is_computed_once_for_each_instance(counted):
    tabulate, calls = counted
    first, second = small_instance(), small_instance()
    kept = tabulate(first), tabulate(second)
    assert tabulate(first) is kept[0]
    assert tabulate(second) is kept[1] is not kept[0], "an equal instance is another one"
    assert len(calls) == 2


def test_two_functions_of_one_instance_have_a_result_each(counted):
    instance, other = small_instance(), derived(lambda _: Table())
    kept = counted[0](instance), other(instance)
    assert kept[0] is not kept[1]
    assert (counted[0](instance), other(instance)) == kept


@pytest.mark.parametrize(
    "again",
    [
        lambda i: i.altered(cap=9),
        lambda i: i.model_copy(),
        lambda i: i.model_copy(deep=True),
        lambda i: i.replace(cap=9),
        copy.copy,
        copy.deepcopy,
        lambda i: pickle.loads(pickle.dumps(i)),
    ],
)
def test_a_copy_has_nothing_of_it(counted, again):
    tabulate, _ = counted
    instance = small_instance()
    kept = tabulate(instance)
    assert tabulate(again(instance)) is not kept


def test_the_value_of_an_instance_stays_as_it_was(counted):
    instance, other = small_instance(), small_instance()
    before = pickle.dumps(instance), instance.model_dump_json(), repr(instance), hash(instance), instance.fingerprint()
    kept = counted[0](instance)
    after = pickle.dumps(instance), instance.model_dump_json(), repr(instance), hash(instance), instance.fingerprint()
    assert kept
    assert before == after
    assert instance == other


def test_it_is_freed_with_its_last_user_and_holds_no_instance(counted):
    instance, freed = small_instance(), []
    kept = counted[0](instance)
    weakref.finalize(kept, freed.append, "table")
    weakref.finalize(instance, freed.append, "instance")
    gc.disable()
    try:
        del kept
        assert freed == ["table"]
        counted[0](instance)
        del instance
        assert freed == ["table", "instance"], "without a collector of circles"
    finally:
        gc.enable()


def test_threads_share_one_result(counted):
    instance = small_instance()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: counted[0](instance), range(200)))
    assert len({id(result) for result in results}) == 1
