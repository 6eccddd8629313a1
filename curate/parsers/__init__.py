"""One module per kind of file; see CONTRIBUTING.md for what a parser is."""
