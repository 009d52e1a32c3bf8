"""Every read worth a name, a module for each part; none writes."""
