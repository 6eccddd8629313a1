"""How a trial of a prompt is shown: messages, reply, samples with their verdicts."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from curate.cli import _show

if TYPE_CHECKING:
    from curate.pipeline import Trial


def as_json(found: "Trial") -> dict[str, Any]:
    """The whole trial."""
    return {
        "chunks": [{"id": c.id, "path": c.path, "headings": c.heading_path} for c in found.chunks],
        "messages": [{"role": role, "content": content} for role, content in found.messages],
        "reply": found.reply,
        "error": found.error,
        "samples": [{**asdict(s), "verdicts": [asdict(v) for v in verdicts]} for s, verdicts in found.samples],
    }


def show(found: "Trial") -> None:
    """For people, on stdout."""
    from rich.console import Console
    from rich.text import Text

    out = Console(highlight=False, soft_wrap=True)

    def say(text: str, style: str = "") -> None:
        out.print(Text(_show.safe(text), style=style))

    for chunk in found.chunks:
        say(f"passage {chunk.id}: {' > '.join([chunk.path, *chunk.heading_path])}", "bold")
    for role, content in found.messages:
        say(f"\n# {role}", "bold cyan")
        say(content)
    if not found.reply and not found.error:
        say("\nnothing was asked: name a model with --model to see what it makes of this", "yellow")
    if found.error:
        say(f"\nno usable reply: {found.error}", "bold red")
    for number, (sample, verdicts) in enumerate(found.samples, 1):
        failed = [v for v in verdicts if not v.passed]
        say(f"\nsample {number}: {'passes' if not failed else 'rejected'}", "bold green" if not failed else "bold red")
        for message in sample.messages:
            if message.reasoning:
                say(f"thinking: {message.reasoning}", "dim")
            say(f"{message.role}: {message.content}")
        for span in sample.evidence:
            say(f"evidence ({span.start}-{span.end}{f', page {span.page}' if span.page else ''}): {span.quote}", "dim")
        for verdict in failed:
            say(f"{verdict.check}: {verdict.reason}", "red")
