"""Pages, a module for each part."""
