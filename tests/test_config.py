"""Where settings come from, and what is said when one is wrong."""

from pathlib import Path

import pytest

from curate import config
from curate.errors import UsageError
from curate.settings import STAGES, Settings, affecting, stage_of


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))


def test_each_source_of_settings_overrides_the_one_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, directory, user = tmp_path / "curated", tmp_path / "project", tmp_path / "xdg" / "curate"
    for folder in (workspace, directory, user):
        folder.mkdir(parents=True)
    (user / "curate.toml").write_text("seed = 1\n")
    assert config.load({}, workspace, directory).settings.seed == 1
    (directory / "pyproject.toml").write_text("[tool.curate]\nseed = 2\n")
    assert config.load({}, workspace, directory).settings.seed == 2
    (directory / "curate.toml").write_text("seed = 3\n")
    assert config.load({}, workspace, directory).settings.seed == 3
    (workspace / "curate.toml").write_text("seed = 4\n")
    assert config.load({}, workspace, directory).settings.seed == 4
    monkeypatch.setenv("CURATE_SEED", "5")
    assert config.load({}, workspace, directory).settings.seed == 5
    loaded = config.load({"seed": 6, "model": None}, workspace, directory)
    assert loaded.settings.seed == 6
    assert loaded.origin["seed"] == "--seed"
    assert loaded.origin["model"] == "default"


def test_the_server_address_of_the_openai_variable_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert config.load({}, None, tmp_path).settings.base_url == "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("chunk_token = 300", "unknown setting 'chunk_token'", "did you mean 'chunk_tokens'"),
        ("chunk_tokens = 'many'", "chunk_tokens = 'many'", "Tokens a chunk aims at"),
        ("pii = 'hide'", "pii = 'hide'", "Personal data"),
        ("seed = = 1", "not valid TOML", "mend the line"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_the_fix(tmp_path: Path, text: str, says: str, hint: str) -> None:
    (tmp_path / "curate.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        config.load({}, None, tmp_path)
    assert str(tmp_path / "curate.toml") in raised.value.message
    assert says in raised.value.message
    assert hint in raised.value.hint


def test_an_unknown_variable_of_ours_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CURATE_MODLE", "m")
    with pytest.raises(UsageError, match="CURATE_MODLE") as raised:
        config.load({}, None, tmp_path)
    assert "CURATE_MODEL" in raised.value.hint


def test_lists_and_tables_can_be_given_as_text() -> None:
    assert config.from_text("style", "sharegpt, alpaca") == ["sharegpt", "alpaca"]
    assert config.from_text("roles", "{ judge = { model = 'j' } }") == {"judge": {"model": "j"}}


def test_a_workspace_keeps_what_differs_but_no_cap_and_no_password(tmp_path: Path) -> None:
    config.save(Settings(chunk_tokens=300, limit=5, max_calls=2, password="secret", style=["alpaca"]), tmp_path)
    text = (tmp_path / "curate.toml").read_text()
    assert "secret" not in text
    kept = config.load({}, tmp_path, tmp_path).settings
    assert kept == Settings(chunk_tokens=300, style=["alpaca"])


def test_saving_the_same_settings_keeps_a_persons_comments(tmp_path: Path) -> None:
    (tmp_path / "curate.toml").write_text("# mine\nseed = 7\n")
    config.save(Settings(seed=7), tmp_path)
    assert (tmp_path / "curate.toml").read_text() == "# mine\nseed = 7\n"


def test_every_setting_says_what_it_does_and_which_stage_it_affects() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert stage_of(name) in (*STAGES, "run"), name


def test_a_setting_of_the_run_changes_no_fingerprint() -> None:
    assert affecting(Settings(workers=1, concurrency=2), "export") == affecting(Settings(workers=16, concurrency=9), "export")
    assert affecting(Settings(pii="keep"), "generate") == affecting(Settings(pii="mask"), "generate")
    assert affecting(Settings(pii="keep"), "check") != affecting(Settings(pii="mask"), "check")
