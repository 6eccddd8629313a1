"""The settings of a build: every default lives here, each with what it does and the stage it first affects."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Stage = Literal["run", "parse", "chunk", "generate", "check", "export"]
PICTURE_DPI = 110
STAGES: tuple[Stage, ...] = ("parse", "chunk", "generate", "check", "export")


def at(stage: Stage, default: Any, **limits: Any) -> Any:
    """A setting's default and the first stage whose result it changes ("run": it changes no result)."""
    return Field(default, json_schema_extra={"stage": stage}, **limits)


class Settings(BaseModel):
    """Frozen settings of one build. Keys in curate.toml, flags (`--chunk-tokens`) and `CURATE_*` variables share these names."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, protected_namespaces=())

    # what goes in
    include: list[str] = at("parse", [])
    """Only files that match one of these globs (relative to the source folder); empty: all."""
    exclude: list[str] = at("parse", [])
    """Files that match one of these globs are skipped; `.curateignore` in the source folder adds to them."""
    parse_timeout: float = at("parse", 60.0, gt=0)
    """Seconds one file may take to parse before its process is killed."""
    parse_memory: int = at("parse", 1 << 30, ge=1 << 27)
    """Bytes of memory one file may take to parse."""
    max_file_bytes: int = at("parse", 512 << 20, gt=0)
    """A larger file fails with a reason instead of being read."""
    pdf_backend: Literal["pymupdf", "pdfium"] = at("parse", "pymupdf")
    """`pymupdf` (AGPL or commercial) or `pdfium` (BSD and Apache; less sure of headings and tables, slower)."""
    password: str = at("parse", "", repr=False)
    """Password tried on encrypted documents; better given as CURATE_PASSWORD than in a file."""

    # passages
    chunk_tokens: int = at("chunk", 500, ge=16)
    """Tokens a chunk aims at."""
    chunk_max_tokens: int = at("chunk", 1000, ge=32)
    """Tokens a chunk may have; only a sentence, table row or code block that is longer stands alone above it, with what announces it."""
    chunk_overlap: int = at("chunk", 0, ge=0)
    """Tokens of whole sentences a chunk repeats from the one before."""
    tokenizer: str = at("chunk", "")
    """Path of a `tokenizer.json` to count tokens with; empty: an estimate by script."""
    validation_share: float = at("chunk", 0.05, ge=0, le=0.5)
    """Share of documents (sections, where there are few documents) whose rows are for validation."""
    test_share: float = at("chunk", 0.05, ge=0, le=0.5)
    """Share of documents (sections, where there are few documents) whose rows are for test."""

    # generation
    task: list[str] = at("generate", [])
    """Generators to run; empty: `qa` with a model, `extractive` without."""
    limit: int | None = at("generate", None, ge=0)
    """Tasks to run at most, spread evenly over kinds, topics and documents."""
    seed: int = at("generate", 0)
    """Seed of every choice that is not settled by content."""
    pairs_per_chunk: float = at("generate", 1.0, gt=0, le=10)
    """Scales how many samples a passage is asked for; the number follows its content."""
    rounds: int = at("generate", 2, ge=0, le=20)
    """Rounds of further tasks after the first, to make up for what the checks rejected where a quota is missed."""
    fill: bool = at("generate", False)
    """Spend what `limit` or a cap leaves on passages that no accepted sample covers yet."""

    # variety
    questions: dict[str, float] = at(
        "generate", {"factual": 0.25, "how-to": 0.2, "why": 0.15, "numeric": 0.15, "comparison": 0.15, "definition": 0.1}
    )
    """Kinds of question and their shares."""
    difficulties: dict[str, float] = at("generate", {"easy": 0.4, "medium": 0.4, "hard": 0.2})
    """Difficulties and their shares."""
    styles: dict[str, float] = at("generate", {"plain": 0.7, "short": 0.1, "colloquial": 0.1, "noisy": 0.1})
    """Ways in which users write and their shares; `noisy` has slips of typing."""
    audiences: int = at("generate", 6, ge=0, le=50)
    """Audiences to derive from the documents, whose eyes questions are asked with; 0: none."""
    topics: int = at("generate", 24, ge=0, le=500)
    """Topics to part the documents into, so that none is flooded: a limit is spread over them, and passages of a topic with more than
    three times its part of the text are asked for fewer samples; 0: none."""
    examples: int = at("generate", 1, ge=0, le=4)
    """Examples in each prompt to the model, another choice for each task."""
    context: Literal["none", "passage", "mixed"] = at("generate", "none")
    """Whether a row's prompt holds the passage it was made from: never, always, or in a share of the rows."""
    context_share: float = at("generate", 0.5, ge=0, le=1)
    """Share of rows with the passage in the prompt, where `context` is mixed."""
    distractors: int = at("generate", 0, ge=0, le=8)
    """Other passages of the same split mixed into the prompt where the passage stands in it."""
    demonstrations: float = at("generate", 0.0, ge=0, le=1)
    """Share of rows whose prompt shows other questions with their answers first (few-shot)."""
    think: float = at("generate", 0.0, ge=0, le=1)
    """Share of the samples a model makes that show their reasoning before the answer; the rest has none."""
    mix: list[str] = at("generate", [])
    """General data to mix in, as `FILE:SHARE` of the whole dataset (any format that can be read back), or `smalltalk:SHARE`."""

    # kinds of task
    turns: int = at("generate", 3, ge=2, le=20)
    """Questions in a `conversation`, at most."""
    hops: int = at("generate", 2, ge=2, le=5)
    """Passages that a `multihop` question needs."""
    seeds: str = at("generate", "")
    """JSONL file of seed tasks for `instruct`; empty: those that come with curate."""
    target: int = at("generate", 200, ge=1)
    """Instructions that `instruct` makes, unless its yield falls first."""
    least_yield: float = at("generate", 0.2, ge=0, le=1)
    """Share of new instructions that must be kept for `instruct` to go on."""
    labels: list[str] = at("generate", [])
    """Labels for `classification`, each `name` or `name: what it covers`."""
    extraction_schema: str = at("generate", "")
    """JSON schema (a file) of what `extraction` takes out of a passage; `"judged": true` in it marks values in the writer's own words."""
    decision_schema: str = at("generate", "")
    """JSON schema (a file) of the action that `decision` takes; empty: the one that comes with curate."""
    policy: str = at("generate", "")
    """TOML file of what an assistant must refuse or hand over to a person, for `refusal`."""
    page_images: int = at("parse", 0, ge=0, le=600)
    """Dots per inch of the page images that `vision` shows to a model; 0: none, but 110 where `vision` is a task."""

    # the model
    model: str = at("generate", "")
    """Model name on an OpenAI-compatible server; empty: no model."""
    base_url: str = at("run", "")
    """Address of the server, as in http://127.0.0.1:8000/v1 (several with commas); also OPENAI_BASE_URL."""
    endpoints: list[dict[str, Any]] = at("run", [])
    """Several servers of one model: `[[endpoints]]` with base_url; and weight, api_key_file, concurrency, requests_per_minute,
    tokens_per_minute."""
    batch: bool = at("run", False)
    """Ask through the provider's batch endpoint: half the price, an answer within a day; a build that is stopped goes on with it later."""
    batch_requests: int = at("run", 2000, ge=1, le=50_000)
    """Requests in one batch, at most."""
    batch_poll: float = at("run", 30.0, gt=0)
    """Seconds between two looks at a batch."""
    vllm_python: str = at("run", "")
    """Python that has vLLM, for `--model vllm:NAME`; empty: the one that runs curate."""
    vllm_options: list[str] = at("run", [])
    """Options passed on to vLLM, as in `--max-model-len=8192`."""
    vllm_timeout: float = at("run", 900.0, gt=0)
    """Seconds vLLM may take to start."""
    api_key_file: str = at("run", "")
    """File (mode 0600) that holds the key; else CURATE_API_KEY or OPENAI_API_KEY is read. Keys are never written anywhere."""
    temperature: float = at("generate", 0.7, ge=0, le=2)
    """Sampling temperature."""
    top_p: float = at("generate", 1.0, gt=0, le=1)
    """Nucleus sampling."""
    max_reply_tokens: int = at("generate", 4096, ge=16)
    """Tokens a reply may have."""
    roles: dict[str, dict[str, Any]] = at("generate", {})
    """Other models for single roles (answer, judge): `[roles.judge]` with model, base_url, temperature, top_p, max_reply_tokens."""
    reply_attempts: int = at("run", 3, ge=1, le=10)
    """Times one ask is asked before an invalid reply counts as failed."""
    send_attempts: int = at("run", 6, ge=1, le=20)
    """Times one request is sent when the server or the network fails."""
    request_timeout: float = at("run", 300.0, gt=0)
    """Seconds to wait for one reply."""
    concurrency: int = at("run", 32, ge=1, le=4096)
    """Asks in flight; halves when the server says it is overloaded and climbs back."""
    retry_failed: bool = at("run", False)
    """Ask again what failed in an earlier run."""
    replan: bool = at("run", False)
    """Derive topics, audiences and examples anew, in place of those in `plan.json`."""
    prices: str = at("run", "")
    """TOML file with `[\"model\"] prompt = ..., completion = ...` in dollars per million tokens."""
    max_cost: float | None = at("run", None, ge=0)
    """Dollars this run may spend."""
    max_calls: int | None = at("run", None, ge=0)
    """Requests this run may send."""
    max_tokens: int | None = at("run", None, ge=0)
    """Tokens (prompt and reply) this run may use."""

    # checks
    filters: list[str] = at("check", ["length", "language", "injection", "grounded", "kinds", "quality", "pii", "novelty", "duplicates"])
    """Checks to run, in this order."""
    judges: list[str] = at("check", [])
    """Checks that ask a model, on what passed all others: agreement, rubric."""
    judge_threshold: float = at("check", 4.0, ge=1, le=5)
    """Score from 1 to 5 that `rubric` wants for each aspect: relevance, correctness, completeness, clarity."""
    languages: list[str] = at("check", [])
    """Languages a sample may have (en, zh, ...); empty: the language of its document."""
    min_answer_chars: int = at("check", 2, ge=0)
    """Shortest answer."""
    max_sample_tokens: int = at("check", 8192, ge=16)
    """Longest sample."""
    near_duplicate: float = at("check", 0.8, gt=0, le=1)
    """Jaccard similarity from which two samples count as near duplicates."""
    pii: Literal["keep", "mask", "drop"] = at("check", "mask")
    """Personal data found in a sample: kept, masked by type in the export, or a reason to reject it."""

    # the dataset
    style: list[str] = at("export", ["sharegpt"])
    """Formats to export: sharegpt, alpaca, openai, trl, text."""
    file_format: Literal["jsonl", "json", "parquet", "csv"] = at("export", "jsonl")
    """File type of the exported rows."""
    csv_formulas: Literal["guard", "keep"] = at("export", "guard")
    """CSV cells that a spreadsheet would run as a formula: made text by a leading apostrophe, or kept as they are."""
    chat_template: str = at("export", "chatml")
    """Chat template that the style `text` renders: a shipped name or the path of a .jinja file."""
    system: str = at("export", "")
    """System message put before every exported conversation that has none."""

    # the run
    workers: int = at("run", 0, ge=0)
    """Processes for parsing and other local work; 0: one per core."""
    max_failures: float = at("run", 0.1, ge=0, le=1)
    """Share of files or tasks that may fail before the exit code says so."""

    @model_validator(mode="before")
    @classmethod
    def _with_pictures(cls, values: Any) -> Any:
        if isinstance(values, dict) and "vision" in (values.get("task") or []) and not values.get("page_images"):
            return {**values, "page_images": PICTURE_DPI}
        return values


def affecting(settings: Settings, stage: Stage) -> dict[str, Any]:
    """The settings that change the result of this stage or of one before it: a stage's fingerprint of settings."""
    upto = STAGES[: STAGES.index(stage) + 1]
    return {k: v for k, v in settings.model_dump(mode="json").items() if stage_of(k) in upto}


def stage_of(key: str) -> str:
    """The first stage whose result a setting changes."""
    extra = Settings.model_fields[key].json_schema_extra
    return str(extra["stage"]) if isinstance(extra, dict) else "run"
