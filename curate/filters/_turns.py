"""A sample's turns as the checks read them: what is asked, what is answered, and whether the prompt holds its passage."""

from curate.records import Sample


def questions(sample: Sample) -> list[str]:
    """What the user says, turn by turn."""
    return [m.content for m in sample.messages if m.role == "user"]


def answers(sample: Sample) -> list[str]:
    """What the assistant says to the user; turns that only call tools are left out."""
    return [m.content for m in sample.messages if m.role == "assistant" and m.content.strip()]


def shows_passage(sample: Sample) -> bool:
    """Whether the prompt holds the passage, so that a question may speak of it (generators note it in `meta["context"]`)."""
    return sample.meta.get("context") not in (None, False, "", "none")


def unanswerable(sample: Sample) -> bool:
    """Whether the sample teaches to say that the passage holds no answer (generators note it in `meta["unanswerable"]`)."""
    return bool(sample.meta.get("unanswerable"))
