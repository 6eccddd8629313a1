"""Makes a tiny Qwen3-shaped model that engines can serve: `python make_model.py FOLDER`, in an environment with torch and transformers.

It is trained for some seconds, and only on the form of a turn: where there are tools it calls one, else it writes pairs as JSON. What it
says means nothing, but its calls can be read, its strings end, and its turns too.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = 4096
STEPS, BATCH = 200, 16
WORDS = ["pump", "valve", "form", "stock", "night", "store", "shift", "label", "glass", "paper"]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "current_time", "description": "The time now in a city.", "parameters": CITY}}


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE of the shipped prompts, with Qwen3's special tokens and chat template."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=2000, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    bpe.train([str(path) for path in sorted((ROOT / "prompts").glob("*.md"))], trainer)
    plain = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"]
    bpe.add_tokens([AddedToken(token, normalized=False) for token in plain])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", model_max_length=CONTEXT)
    tokenizer.chat_template = (ROOT / "chat_templates/qwen3.jinja").read_text(encoding="utf-8")
    return tokenizer


def make_model(size: int) -> Qwen3ForCausalLM:
    """Two layers; a head of 32 is the smallest that vLLM takes."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=size,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        max_position_embeddings=CONTEXT,
        eos_token_id=2,
        pad_token_id=0,
        dtype=torch.float32,
    )
    return Qwen3ForCausalLM(config)


def conversations(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Conversations of which half have tools and end in a call."""

    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "prompts").glob("*.en.md"))).split(" ")

    def some(least: int, most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(least, most)))

    def prompt() -> str:
        at, length = chance.randrange(len(text) - 40), chance.randint(2, 40)
        return " ".join(text[at : at + length]) if chance.random() < 0.5 else some(2, 30)

    found = []
    for number in range(count):
        roles = ["system", "user"] if chance.random() < 0.5 else ["user"]
        asked: dict[str, Any] = {"messages": [{"role": role, "content": prompt()} for role in roles]}
        if number % 2:
            asked["tools"] = [TOOL]
            call = {"name": "current_time", "arguments": {"city": some(1, 1)}}
            said = {"role": "assistant", "content": f"<tool_call>\n{json.dumps(call)}\n</tool_call>"}
        else:
            pairs = [{key: some(2, 4) for key in ("question", "answer", "quote")} for _ in range(chance.randint(1, 3))]
            said = {"role": "assistant", "content": json.dumps({"pairs": pairs}, separators=(",", ":"))}
        asked["messages"].append(said)
        found.append(asked)
    return found


def train(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast) -> float:
    """Some steps on the assistant's turns; returns the last loss."""
    chance, optimizer = random.Random(0), torch.optim.AdamW(model.parameters(), lr=5e-3)
    begin = tokenizer.encode("<|im_start|>assistant\n", add_special_tokens=False)
    loss = torch.tensor(0.0)
    for _ in range(STEPS):
        texts = [tokenizer.apply_chat_template(c["messages"], tools=c.get("tools"), tokenize=False) for c in conversations(chance, BATCH)]
        batch = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        for row, ids in enumerate(batch["input_ids"].tolist()):
            start = max(at for at in range(len(ids)) if ids[at : at + len(begin)] == begin) + len(begin)
            labels[row, :start] = -100
        loss = model(**{k: batch[k] for k in ("input_ids", "attention_mask")}, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return float(loss.detach())


def main(folder: Path) -> None:
    tokenizer = make_tokenizer()
    model = make_model(len(tokenizer))
    loss = train(model, tokenizer)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    print(json.dumps({"parameters": model.num_parameters(), "loss": round(loss, 3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
