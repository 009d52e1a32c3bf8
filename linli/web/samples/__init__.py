"""The sample compounds: invented places, people, texts, photos and a year of matters, and how they are loaded."""
