"""Pure decisions about matters: states and who may change them, clocks, categories, levels, numbers. No database, no now()."""
