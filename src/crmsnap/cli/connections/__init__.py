"""`crmsnap connections`: which there are, and those that need no configuration file."""

import typer

from crmsnap.cli.connections import changing, removing, showing
from crmsnap.cli.group import ListUnlessTold

app = typer.Typer(
    cls=ListUnlessTold,
    help="Show connections; make and change those that stand in no configuration file.",
)
app.command("list")(showing.list_connections)
app.command("show")(showing.show)
app.command("add")(changing.add)
app.command("edit")(changing.edit)
app.command("disable")(changing.disable)
app.command("enable")(changing.enable)
app.command("remove")(removing.remove)
