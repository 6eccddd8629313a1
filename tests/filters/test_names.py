"""Which words of an answer are names that its source does not hold."""

from curate.filters._names import unknown
from curate.filters._passage import source

KNOWN = source("On-call duty lasts a week. Ask the head of service for a swap.")


def test_the_first_word_of_a_turn_in_a_dialogue_is_no_name() -> None:
    assert unknown("**New engineer:** Suppose my week does not suit me.\n\n**Head of service:** Swap it.", KNOWN) == []
    assert unknown("New colleague at the desk: Suppose my week does not suit me.", KNOWN) == []


def test_a_name_that_the_source_lacks_is_found_behind_a_label_too() -> None:
    assert unknown("**Head of service:** Ask Northgate for a swap.", KNOWN) == ["Northgate"]
