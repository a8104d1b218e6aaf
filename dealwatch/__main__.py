"""`python -m dealwatch` is the `dealwatch` command."""

from dealwatch.cli import main

main()
