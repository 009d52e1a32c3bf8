"""Places: subdistrict, community, grid, compound, building, entrance, home; the local profile adopted there."""
