"""How fast Linli is: filled databases, the production server under load, and the same SQL by the database's own tool."""
