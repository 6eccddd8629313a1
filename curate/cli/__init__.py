"""The command line: one small module per command."""

import typer

from curate.cli import build, config, doctor, export, prompts, status
from curate.cli._options import version

app = typer.Typer(
    name="curate",
    help="Turn a folder of documents into a fine-tuning dataset you can trust, and train on exactly what you saw.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(version)
app.command("build")(build.build)
app.command("export")(export.export)
app.command("status")(status.status)
app.add_typer(prompts.app)
app.command("config")(config.config)
app.command("doctor")(doctor.doctor)
