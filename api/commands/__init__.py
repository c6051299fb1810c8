"""The commands, one file a group: each module here offers `commands`, a Typer application."""
