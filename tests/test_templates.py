"""Chat templates: exactly the text of each family, nothing left out, nothing executed."""

import json
from pathlib import Path
from typing import Any

import pytest

from curate import templates
from curate.assets import folder
from curate.errors import CarryError, UsageError

NAMES = sorted(p.stem for p in folder("chat_templates").glob("*.jinja"))
WITH_TOOLS = ["llama3.1", "qwen2.5", "qwen3"]
TOOL = {"type": "function", "function": {"name": "weather", "description": "<b> & 中", "parameters": {}}}
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Oslo"}}}],
}


def says(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


TALK = [says("system", "Be brief."), says("user", "Port?"), says("assistant", "8080."), says("user", "TLS?"), says("assistant", "8443.")]
TOOL_TALK = [says("user", "Rain?"), CALL, {"role": "tool", "name": "weather", "content": "no"}, says("assistant", "No rain.")]

LLAMA31_HEAD = (
    "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
)
CHATML = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nPort?<|im_end|>\n<|im_start|>assistant\n8080.<|im_end|>\n"
HEADERS = "<|start_header_id|>user<|end_header_id|>\n\nPort?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n8080.<|eot_id|>"
EXPECTED = {
    "chatml": CHATML,
    "gemma3": "<start_of_turn>user\nBe brief.\n\nPort?<end_of_turn>\n<start_of_turn>model\n8080.<end_of_turn>\n",
    "llama3": "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" + HEADERS,
    "llama3.1": LLAMA31_HEAD + HEADERS,
    "phi3": "<|system|>\nBe brief.<|end|>\n<|user|>\nPort?<|end|>\n<|assistant|>\n8080.<|end|>\n<|endoftext|>",
    "qwen2.5": CHATML,
    "qwen3": CHATML.replace("8080.", "<think>\n\n</think>\n\n8080."),
}


def test_every_shipped_template_has_its_expected_text() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_renders_what_its_family_renders(name: str) -> None:
    assert templates.render(name, TALK[:3]) == EXPECTED[name]


@pytest.mark.parametrize("name", [n for n in NAMES if n != "qwen3"])
def test_the_first_turns_are_a_prefix_of_all_turns(name: str) -> None:
    assert templates.render(name, TALK).startswith(templates.render(name, TALK[:3]).removesuffix("<|endoftext|>"))


@pytest.mark.parametrize("name", NAMES)
def test_tools_are_shown_or_refused_but_never_left_out(name: str) -> None:
    if name in WITH_TOOLS:
        text = templates.render(name, TOOL_TALK, [TOOL])
        assert "<b> & 中" in text
        assert '"name": "weather", ' in text
        assert text.rstrip("\n").endswith(("No rain.<|im_end|>", "No rain.<|eot_id|>"))
    else:
        with pytest.raises(CarryError, match="shows no tools"):
            templates.render(name, TOOL_TALK, [TOOL])


def test_qwen3_puts_results_into_one_user_turn_and_keeps_reasoning_after_the_last_question() -> None:
    thinking = {**CALL, "content": "<think>\nI must look.\n</think>\n\n"}
    result = {"role": "tool", "name": "weather", "content": "no"}
    text = templates.render("qwen3", [says("user", "Rain?"), thinking, result, result, says("assistant", "No.")], [TOOL])
    call = '<think>\nI must look.\n</think>\n\n<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>\n'
    answer = "<tool_response>\nno\n</tool_response>"
    assert f"<|im_start|>assistant\n{call}<|im_start|>user\n{answer}\n{answer}<|im_end|>\n" in text
    later = templates.render("qwen3", [says("user", "a"), says("assistant", "<think>\nold\n</think>\n\nb"), *TALK[1:3]])
    assert "old" not in later


def test_llama31_refuses_what_it_cannot_write() -> None:
    two = {**CALL, "tool_calls": CALL["tool_calls"] * 2}  # type: ignore[operator]
    with pytest.raises(CarryError, match="one tool call in a turn"):
        templates.render("llama3.1", [says("user", "a"), two], [TOOL])
    with pytest.raises(CarryError, match="no text beside"):
        templates.render("llama3.1", [says("user", "a"), {**CALL, "content": "b"}], [TOOL])


def test_a_users_template_is_rendered_as_transformers_would(tmp_path: Path) -> None:
    path = tmp_path / "own.jinja"
    path.write_text(
        "{% for m in messages %}\n  {% if m.role == 'system' %}{% continue %}{% endif %}\n{{ m | tojson }}\n"
        "{% generation %}{{ 1 }}{% endgeneration %}\n"
        "{% endfor %}\n{{ strftime_now('%d %b %Y') }}{{ bos_token }}",
        encoding="utf-8",
    )
    assert templates.render(str(path), [TALK[0], says("user", "<é>")]) == '{"role": "user", "content": "<é>"}\n126 Jul 2024'


def test_a_template_that_names_a_token_needs_the_tokenizers_settings_beside_it(tmp_path: Path) -> None:
    (tmp_path / "poor").mkdir()
    (tmp_path / "poor" / "own.jinja").write_text("{{ messages[0].content }}{{ eos_token }}", encoding="utf-8")
    with pytest.raises(UsageError, match="needs eos_token"):
        templates.render(str(tmp_path / "poor" / "own.jinja"), TALK)
    (tmp_path / "own.jinja").write_text("{{ messages[0].content }}{{ eos_token }}", encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"eos_token": {"content": "</s>"}}), encoding="utf-8")
    assert templates.render(str(tmp_path / "own.jinja"), TALK) == "Be brief.</s>"


def test_a_workspaces_own_template_stands_above_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "chat_templates").mkdir()
    (tmp_path / "chat_templates" / "chatml.jinja").write_text("mine", encoding="utf-8")
    assert templates.render("chatml", TALK, workspace=tmp_path) == "mine"


HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ messages.append(1) }}",
    "{{ raise_exception.__globals__.os }}",
    "{{ cycler.__init__.__globals__.os.system('true') }}",
    "{% for i in range(10 ** 9) %}{% endfor %}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_template_reaches_nothing(tmp_path: Path, source: str) -> None:
    path = tmp_path / "bad.jinja"
    path.write_text(source, encoding="utf-8")
    with pytest.raises((UsageError, CarryError)):
        templates.render(str(path), TALK)


@pytest.mark.parametrize(
    ("source", "message"), [(b"{% for %}", r"bad\.jinja, line 1"), (b"\xff\xfe", "cannot read"), (None, "there is no chat template at")]
)
def test_an_unusable_template_is_named_with_its_line(tmp_path: Path, source: bytes | None, message: str) -> None:
    if source:
        (tmp_path / "bad.jinja").write_bytes(source)
    with pytest.raises(UsageError, match=message):
        templates.render(str(tmp_path / "bad.jinja"), TALK)
