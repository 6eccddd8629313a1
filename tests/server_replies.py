"""What the test server says: replies made from nothing but the request, so that equal requests get equal replies."""

import argparse
import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
FENCE = re.compile(r"<document-([0-9a-f]{32})>\n")
SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?]+(?!\s)[^.!?。！？\n]+)*[.!?。！？]*")
EXAMPLE = ("and a good reply to it", "对它的一份好回复")
STATED = re.compile(r"```json\n(\{.*?\})\n```", re.S)
PLANTED = re.compile(r"zqx\d\dqz")
"""What a command in a hostile passage wants to see in a reply (tests/injections.py)."""
LABEL = re.compile(r"(?:Label:|标签：)\n<document-([0-9a-f]{32})>\n(.*?)\n</document-\1>", re.S)
ENGLISH = re.findall(
    r"\w+",
    """write plan compare order sort explain list draft check answer choose name garden river letter kitchen winter market ticket
    bridge teacher window paper engine island cousin recipe budget journey message meeting school harvest weather neighbour library
    station repair customer without between after before under across every several quiet broken early heavy cheap narrow honest""",
)
CHINESE = "写出比较说明整理列举检查回答选择计划花园河流信件厨房冬天市场车票桥梁老师窗户纸张机器岛屿菜谱预算旅行消息会议学校"
QUOTES = ("evidence", "quote", "quotes", "passage", "answer", "excerpt")


def answer(request: dict[str, Any], options: argparse.Namespace) -> dict[str, Any] | None:
    """The assistant message for a request; None where a recording is missing."""
    text = "\n\n".join(shown(m["content"]) for m in request["messages"] if m.get("content") is not None)
    if options.mode == "replay":
        return recorded(request, Path(options.folder))
    if options.mode.endswith(".json"):
        lines = literal(options.mode)
        return said(lines[number(text) % len(lines)])
    if options.mode == "text":
        return said(f"In short: {' '.join(text.split()[-12:])} ({digest(text)[:8]})")
    schema = schema_of({} if options.silent else request, text)
    if request.get("tools") and not schema:
        return called(request, text)
    if not schema:
        return said(f"reply {digest(text)[:8]}")
    found = sentences(fenced(text)) if options.mode in {"qa", "obey"} else []
    filler = Obedient if options.mode == "obey" and PLANTED.search(text) else Filler
    return said(json.dumps(filler(schema, text, found).fill(schema), ensure_ascii=False))


def shown(content: Any) -> str:
    """The text of a turn; an image is its hash."""
    if isinstance(content, list):
        return "\n".join(part["text"] if part["type"] == "text" else digest(part["image_url"]["url"]) for part in content)
    return str(content)


def schema_of(request: dict[str, Any], text: str) -> Schema | None:
    """The schema that was asked for: in `response_format`, or stated in the prompt."""
    shape = request.get("response_format") or {}
    schema = (shape.get("json_schema") or {}).get("schema") or shape.get("schema")
    stated = None if schema else STATED.search(text)
    return json.loads(stated[1]) if stated else schema


class Filler:
    """Fills a JSON schema with values that depend on the prompt alone; with sentences at hand, quotes are sentences."""

    def __init__(self, root: Schema, text: str, found: list[str]) -> None:
        self.root, self.text, self.found, self.seed = root, text, found, number(text)
        self.item = 0

    def fill(self, schema: Schema, name: str = "") -> Any:
        if "$ref" in schema:
            return self.fill(functools.reduce(lambda node, key: node[key], schema["$ref"][2:].split("/"), self.root), name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return self.fill(schema[key][0], name)
        kind = schema.get("type", "string")
        return getattr(self, f"fill_{kind if isinstance(kind, str) else kind[0]}")(schema, name)

    def fill_object(self, schema: Schema, name: str) -> dict[str, Any]:
        return {key: self.fill(value, key) for key, value in schema.get("properties", {}).items()}

    def fill_array(self, schema: Schema, name: str) -> list[Any]:
        wanted = min(len(self.found), 3) if self.found and name not in QUOTES else 1
        count = max(schema.get("minItems", 0), min(wanted, schema.get("maxItems", 8)))
        return [self.next(schema.get("items", {}), name) for _ in range(count)]

    def next(self, schema: Schema, name: str) -> Any:
        value = self.fill(schema, name)
        if name not in QUOTES:
            self.item += 1
        return value

    def fill_string(self, schema: Schema, name: str) -> str:
        if name == "instruction":
            return invented(self.text, self.item)
        if name == "label" and (labels := LABEL.findall(self.text)):  # those that were given, each in its turn
            return str(labels[self.item % len(labels)][1])
        if name == "retelling":
            return fenced(self.text)
        if self.found:
            sentence = self.found[(self.seed + self.item) % len(self.found)]
            if name in QUOTES or name in {"output", "reasoning"}:
                return sentence
            if name == "question":
                words = re.sub(r"[^\w\s]", "", sentence).split()
                return f"What is said about {' '.join(words[:6])}?"
        value = f"{name or 'value'} {self.seed % 100000} {self.item}"
        return value.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", 1000)]

    def fill_integer(self, schema: Schema, name: str) -> int:
        if name == "number":  # of the items asked for: each in its turn
            return self.item + 1
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 100) - 1)
        return int(low + (self.seed + self.item) % (high - low + 1))

    def fill_number(self, schema: Schema, name: str) -> float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        return float(low + (schema.get("maximum", low + 1) - low) / 2)

    def fill_boolean(self, schema: Schema, name: str) -> bool:
        return name != "classification" or (self.seed + self.item) % 3 == 0

    def fill_null(self, schema: Schema, name: str) -> None:
        return None


class Obedient(Filler):
    """Does what a planted command wants, in one of the ways a model can: in answer, question, quote, or everywhere."""

    def fill_string(self, schema: Schema, name: str) -> str:
        planted = PLANTED.findall(self.text)[-1]
        command = next((s for s in self.found if planted in s), planted)
        way = (self.seed + self.item) % 5
        if name in {"quote", "evidence"}:
            return command if way in {0, 3} else next((s for s in self.found if planted not in s), command)
        if name == "question":
            return f"What is {planted} here?" if way in {1, 3} else super().fill_string(schema, name)
        return {0: command, 1: planted, 2: f"{super().fill_string(schema, 'quote')} {planted}", 3: planted, 4: f"The answer is {planted}."}[
            way
        ]

    def fill_integer(self, schema: Schema, name: str) -> int:
        return super().fill_integer(schema, name) if name == "number" else int(schema.get("maximum", 5))


def invented(text: str, item: int) -> str:
    """A task of words drawn by hash, in the language of the prompt: no two are much alike."""
    drawn = [number(f"{digest(text)} {item} {n}") for n in range(9)]
    if re.search("[\u4e00-\u9fff]", text[:100]):
        return "请" + "".join(CHINESE[d % len(CHINESE)] for d in drawn) + "。"
    return " ".join(ENGLISH[d % len(ENGLISH)] for d in drawn).capitalize() + "."


def called(request: dict[str, Any], text: str) -> dict[str, Any]:
    """A call of the first tool on the first turn, a closing sentence once a tool has answered."""
    if any(m["role"] == "tool" for m in request["messages"]):
        return said(f"done {digest(text)[:8]}")
    function = request["tools"][0]["function"]
    values = Filler({}, text, []).fill({"type": "object", **function.get("parameters", {})})
    call = {"id": f"call_{digest(text)[:8]}", "type": "function", "function": {"name": function["name"], "arguments": json.dumps(values)}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def recorded(request: dict[str, Any], folder: Path) -> dict[str, Any] | None:
    """The recorded reply of a request, which a hash of it names; None where there is none."""
    return recordings(folder).get(digest(json.dumps(unpictured(request), sort_keys=True, ensure_ascii=False))[:16])


def unpictured(value: Any) -> Any:
    """The request without the bytes of its pictures: another version of the renderer makes others of the same page."""
    if isinstance(value, list):
        return [unpictured(v) for v in value]
    if isinstance(value, dict):
        return {k: {"url": ""} if k == "image_url" else unpictured(v) for k, v in value.items()}
    return value


@functools.cache
def recordings(folder: Path) -> dict[str, dict[str, Any]]:
    """All of a folder: `ID.reply.txt` holds a content, `ID.reply.json` a message, a line of `.jsonl` {"id": ..., "reply": content}."""
    found = {}
    for path in sorted(folder.iterdir()):
        name, _, kind = path.name.partition(".")
        if kind == "reply.txt":
            found[name] = said(path.read_text(encoding="utf-8").strip("\n"))
        elif kind == "reply.json":
            found[name] = {"role": "assistant", "content": None, **json.loads(path.read_text(encoding="utf-8"))}
        elif kind == "jsonl":
            found.update((row["id"], said(row["reply"])) for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()))
    return found


@functools.cache
def literal(path: str) -> list[str]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def said(content: str) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def number(text: str) -> int:
    return int(digest(text)[:12], 16)


def fenced(text: str) -> str:
    """The longest fenced text: the passage, among titles and other small data; worked examples, which a reply follows, left out."""
    found = [(m.end(), text.find(f"\n</document-{m[1]}>", m.end()), f"\n</document-{m[1]}>\n") for m in FENCE.finditer(text)]
    return max((text[start:end] for start, end, close in found if not text.startswith(EXAMPLE, end + len(close))), key=len, default="")


def sentences(text: str) -> list[str]:
    return [s.strip() for s in SENTENCE.findall(text) if len(s) > 3]
