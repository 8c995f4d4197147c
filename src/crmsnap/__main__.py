"""`python -m crmsnap` is the `crmsnap` command."""

from crmsnap.cli import main

if __name__ == "__main__":
    main()
