"""What all commands of one invocation share; `main` makes it, Typer carries it as `ctx.obj`."""

from dataclasses import dataclass, field

from crmsnap.redaction.redactor import Redactor


@dataclass(slots=True)
class Session:
    """How this invocation wants to be answered."""

    debug: bool = False
    """Show tracebacks."""
    json: bool = False
    """Errors are wanted on stdout as JSON too."""
    redactor: Redactor = field(default_factory=Redactor)
    """Takes secrets out of what is shown; whoever learns a secret tells it."""
