"""What the `linli` command does, one file a command."""
