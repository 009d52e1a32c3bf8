"""Office spreadsheets as people really keep them: found headers, clean cells, rows with reasons."""
