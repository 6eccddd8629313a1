"""Plugins are found by their file names alone."""

import pytest

from curate import plugins
from curate.errors import UsageError


def test_formats_are_named_by_their_files_and_parts_of_them_are_no_plugins() -> None:
    assert {"sharegpt", "alpaca", "openai", "trl", "text"} <= set(plugins.names("formats"))
    assert not [n for n in plugins.names("formats") if n.startswith("_")]


@pytest.mark.parametrize("name", plugins.names("formats"))
def test_every_format_keeps_the_contract(name: str) -> None:
    module = plugins.load("formats", name)
    assert module.VERSION >= 1
    assert callable(module.record)
    assert isinstance(module.columns("", True), dict)


def test_a_wrong_name_is_answered_with_the_closest() -> None:
    with pytest.raises(UsageError) as caught:
        plugins.load("formats", "sharegtp")
    assert "sharegtp" in caught.value.message
    assert "sharegpt" in caught.value.hint


@pytest.mark.parametrize("name", ["_turns", "../records", "os", ""])
def test_no_name_reaches_beyond_the_plugins(name: str) -> None:
    with pytest.raises(UsageError):
        plugins.load("formats", name)
