"""Groups of commands that do the harmless thing when they are called alone: list what there is."""

from typing import Any

from typer.core import TyperGroup


class ListUnlessTold(TyperGroup):
    """`crmsnap connections --json` means `crmsnap connections list --json`."""

    def parse_args(
        self, ctx: Any, args: list[str]
    ) -> list[str]:  # Typer's own context type is private
        if self.means_list(args, ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def means_list(self, args: list[str], help_options: list[str]) -> bool:
        """Whether no command of the group is named."""
        return not args or (args[0].startswith("-") and args[0] not in help_options)


class ListUnlessCommand(ListUnlessTold):
    """`crmsnap runs acme` means `crmsnap runs list acme`: any other word is for the list."""

    def means_list(self, args: list[str], help_options: list[str]) -> bool:
        """Whether the first word is no command of the group."""
        return not args or args[0] not in (*self.commands, *help_options)
