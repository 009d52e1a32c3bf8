"""Django helpers that no resident would recognise: tenancy, audit, codes, files, widgets."""
