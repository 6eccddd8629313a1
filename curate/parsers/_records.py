"""Writes JSON values for a reader: questions with their answers, tables of flat records, sections of keys and values."""

import re
from collections.abc import Mapping
from typing import Any

from curate import markup
from curate.markup import Builder

_QUESTION = ("question", "query", "q", "instruction", "prompt", "title_question", "问题", "提问")
_ANSWER = ("answer", "answers", "a", "output", "response", "completion", "reply", "best_answer", "答案", "回答")
_NAME = ("title", "name", "heading", "label", "term", "subject", "标题", "名称", "id", "key")
_TEXT = ("text", "content", "body", "article", "document", "passage", "full_text", "raw_content", "正文", "内容")
_CHATS = ("messages", "chosen_messages", "conversations", "conversation", "dialog", "dialogue", "turns")
_ASKS, _REPLIES = ("user", "human", "question", "prompter"), ("assistant", "gpt", "bot", "model", "answer", "chatgpt")
_TOOLS = ("function_call", "function", "observation", "tool", "tool_call", "tool_response", "system")
_ROWS_A_TABLE = 500
_WIDEST, _LONG = 20, 120  # columns of a table; characters from which a value is running text
_DEEPEST = 40
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def render(value: Any, builder: Builder) -> str:
    """Adds a value's blocks; the title it gives itself, or an empty string."""
    if isinstance(value, dict) and not _passages(value):
        title = next((_plain(value[k]) for k in _NAME[:4] if isinstance(value.get(k), str)), "")
        _section(value, builder, 1 if title else 0, title)
        return title
    _value(value, builder, 0)
    return ""


def _value(value: Any, builder: Builder, level: int) -> None:
    if level > _DEEPEST:
        builder.add("text", _plain(value))
    elif isinstance(value, list):
        _many(value, builder, level)
    elif isinstance(value, dict):
        if passages := _passages(value):
            _add_passages(passages, builder)
        else:
            _section(value, builder, level, "")
    else:
        _add_text(_plain(value), builder)


def _many(values: list[Any], builder: Builder, level: int) -> None:
    values = [v for v in values if v not in (None, "", [], {})]
    if columns := _columns(values):
        rows = [[_plain(v.get(c)) for c in columns] for v in values]
        for start in range(0, len(rows), _ROWS_A_TABLE):
            builder.add("table", markup.table([columns, *rows[start : start + _ROWS_A_TABLE]]))
    elif all(not isinstance(v, (dict, list)) for v in values):
        texts = [_plain(v) for v in values]
        if any(len(text) > _LONG or "\n" in text for text in texts):
            for text in texts:
                _add_text(text, builder)
        else:
            builder.add("list", "\n".join(f"- {text}" for text in texts))
    elif all(isinstance(v, dict) and not _passages(v) and _is_line(v) for v in values):
        builder.add("list", "\n".join(f"- {_plain(v)}" for v in values))
    else:
        for number, value in enumerate(values, 1):
            _record(value, builder, level, number)


def _record(value: Any, builder: Builder, level: int, number: int) -> None:
    """One of many records: a heading where it has a name, or where nothing else would part it from the next."""
    passages = _passages(value) if isinstance(value, dict) else []
    if not isinstance(value, dict) or passages:
        _add_passages(passages, builder) if passages else _value(value, builder, level + 1)
        return
    name = next((_plain(value[k]) for k in _NAME if _is_scalar(value.get(k)) and value.get(k) not in (None, "")), "")
    text = next((value[k] for k in _TEXT if isinstance(value.get(k), str)), "")
    if text and not name and all(_is_scalar(v) for v in value.values()):
        _add_text(text, builder)  # rows of a text corpus: the other keys are about the row, not for a reader
        return
    _section(value, builder, level + 1, name if 0 < len(name) <= _LONG else f"{number}")


def _section(value: Mapping[str, Any], builder: Builder, level: int, name: str) -> None:
    """A heading, short values as a list of keys and values, long ones as text, nested ones as sections below."""
    if name:
        builder.add("heading", markup.heading(name, max(level, 1)))
    short = {k: v for k, v in value.items() if _is_short(v) and _plain(v) not in ("", name)}
    builder.add("list", "\n".join(f"- {k}: {_plain(v)}" for k, v in short.items()))
    for key, inner in value.items():
        if key in short or inner in (None, "", [], {}) or (_is_scalar(inner) and _plain(inner) == name):
            continue
        if isinstance(inner, dict) and (passages := _passages(inner)):
            _add_passages(passages, builder)
            continue
        builder.add("heading", markup.heading(str(key), level + 1))
        if isinstance(inner, dict):
            _section(inner, builder, level + 1, "") if level < _DEEPEST else builder.add("text", _plain(inner))
        else:
            _value(inner, builder, level + 1)


def _columns(values: list[Any]) -> list[str]:
    """The columns where the values are flat records with much the same keys and short values; else none."""
    if len(values) < 2 or not all(isinstance(v, dict) and v for v in values) or _passages(values[0]):
        return []
    keys = list(dict.fromkeys(k for v in values for k in v))
    cells = [cell for v in values for cell in v.values()]
    flat = all(_is_scalar(c) and len(str(c)) <= 4 * _LONG for c in cells)
    if not flat or len(keys) > _WIDEST or len(cells) < len(keys) * len(values) * 0.6:
        return []
    return keys if sum(len(str(c)) > _LONG for c in cells) * len(keys) <= len(cells) * 0.5 else []


def _passages(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer) of a record shaped like one or like a conversation; ("", text) for what stands outside a pair."""
    chat = next((value[key] for key in _CHATS if isinstance(value.get(key), list)), None)
    if chat:
        return _turns([*chat, value["chosen"]] if "chosen" in value else chat)
    keys = {str(k).lower().strip(): k for k in value}
    question = _said(next((value[keys[k]] for k in _QUESTION if k in keys), ""))
    answer = _said(next((value[keys[k]] for k in (*_ANSWER, "chosen") if k in keys), ""))
    if not question or not answer:
        return []
    context, more = _said(value.get("context")), _said(value.get("input"))
    return [*([("", context)] if context else []), (f"{question}\n{more}" if more else question, answer)]


def _turns(turns: list[Any]) -> list[tuple[str, str]]:
    """A question and the reply to it; calls of tools, their results and system messages say nothing of the subject."""
    pairs: list[tuple[str, str]] = []
    asked = ""
    for turn in turns:
        if not isinstance(turn, dict):
            return []
        role = str(turn.get("role") or turn.get("from") or turn.get("speaker") or "").lower()
        said = _said(turn)
        if role in _ASKS:
            asked = f"{asked}\n{said}".strip()
        elif role in _REPLIES and asked and said:
            pairs.append((asked, said))
            asked = ""
        elif role and said and role not in _TOOLS and role not in _REPLIES:
            pairs.append(("", f"{role}: {said}"))
    return pairs


def _said(value: Any) -> str:
    """The text of a turn or of an answer: a string, the first of several, or what stands under its usual keys."""
    if isinstance(value, dict):
        return _said(next((value[k] for k in ("content", "value", "text") if value.get(k)), ""))
    if isinstance(value, list):
        return _said(value[0]) if value else ""
    return value.strip() if isinstance(value, str) else ""


def _add_passages(passages: list[tuple[str, str]], builder: Builder) -> None:
    for question, answer in passages:
        if not question:
            _add_text(answer, builder)
        elif _CHINESE.search(question):
            builder.add("text", f"问：{question}\n答：{answer}")
        else:
            builder.add("text", f"Q: {question}\nA: {answer}")


def _add_text(text: str, builder: Builder) -> None:
    from curate.parsers import _markdown

    if re.search(r"(?m)^(?:#{1,6} |```|\|.*\|$|[-*] )", text):  # values are often Markdown themselves
        for kind, piece in _markdown.pieces(text):
            builder.add(kind, piece)
        return
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        builder.add("text", part)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _is_short(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_scalar(v) for v in value) and len(_plain(value)) <= _LONG and value != []
    return _is_scalar(value) and value is not None and len(str(value)) <= _LONG and "\n" not in str(value)


def _is_line(value: Mapping[str, Any]) -> bool:
    return all(_is_short(v) or v is None for v in value.values()) and len(_plain(value)) <= 2 * _LONG


def _plain(value: Any) -> str:
    """A value in words: `yes` and `no`, lists with commas, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value)
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_plain(v)}" for k, v in value.items())
    return str(value).strip()
