"""`crmsnap connect aws`: a customer's bucket, connected in the five steps of HubSpot's article."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete
from crmsnap.errors import UsageError

app = typer.Typer(help="Connect an account with a bucket of AWS.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `aws` a word of its own: other places can be connected without one."""


@app.command()
def aws(
    context: typer.Context,
    connection: Annotated[
        str | None,
        typer.Argument(metavar="[CONNECTION]", help="Its name.", autocompletion=complete),
    ] = None,
    *,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="ROLE", help="Its ARN, or its name with --account."),
    ] = None,
    account: Annotated[
        str | None,
        typer.Option("--account", metavar="ID", help="AWS account of a role given by its name."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="The S3 URL path, such as s3://bucket/folder."),
    ] = None,
    kms_key: Annotated[
        str | None,
        typer.Option("--kms-key", metavar="ARN", help="KMS key that the bucket encrypts with."),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option("--token-env", metavar="VARIABLE", help="Variable of HubSpot's token."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="FILE", help="File of HubSpot's token.")
    ] = None,
    token_secret: Annotated[
        str | None,
        typer.Option("--token-secret", metavar="NAME", help="The token in AWS Secrets Manager."),
    ] = None,
    user_arn: Annotated[
        str | None,
        typer.Option("--user-arn", metavar="ARN", help="Our user or role; else AWS is asked."),
    ] = None,
    narrow: Annotated[
        bool,
        typer.Option(
            "--narrow",
            help="A policy without versions, and without deleting unless days are pruned.",
        ),
    ] = False,
    as_published: Annotated[
        bool, typer.Option("--as-published", help="The policy of HubSpot's article, to the letter.")
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FOLDER", help="Write policies and templates as files."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that differ.")] = False,
    rotate: Annotated[
        bool, typer.Option("--rotate-external-id", help="Make the id that replaces the one in use.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Only show what is to be pasted; ask AWS nothing.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Lead through the article's five steps, and prove that they were done.

    The first call makes the connection's external id and shows what to paste in AWS; the next one checks
    every right and marks the connection as connected. On a terminal both are one call.

    Example: crmsnap connect aws acme --role hubspot --account 222222222222 --to s3://acme-lake/hubspot
    """
    from crmsnap.cli.connect import answers, paper, proof, steps

    context.obj.json = as_json
    if narrow and as_published:
        raise UsageError(
            "--narrow excludes --as-published",
            cause="the article's policy allows what the narrow one leaves out",
            remedy="give one or the other",
        )
    ask = answers.on_terminal if sys.stdin.isatty() and not as_json else None
    token = {"token_env": token_env, "token_file": token_file, "token_secret": token_secret}
    given = answers.Given(
        role=role,
        account=account,
        to=to,
        kms_key=kms_key,
        token={key: str(value) for key, value in token.items() if value is not None},
        user_arn=user_arn,
        narrow=narrow,
    )
    connecting = answers.connecting(
        connection, given, config, home, context.obj.redactor, rotate=rotate, ask=ask
    )
    waits = connecting.is_new or rotate
    if write is not None:
        paper.write(write, connecting.agreement, published=as_published, force=force)
    if not as_json and (waits or no_check):
        steps.print_steps(connecting, published=as_published, folder=write)
    elif not as_json:
        steps.print_values(connecting)
    proven = proof.prove(connecting, ask, waits=waits, silent=as_json, never=no_check)
    if as_json:
        print(paper.as_text(proven, published=as_published))
    else:
        proof.print_verdict(proven)
    if proven.failed:
        raise typer.Exit(proven.exit_code)
