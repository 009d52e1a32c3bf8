"""Web: the shell. Settings, root addresses, middleware, base pages, the `linli` command, the demo compounds."""
