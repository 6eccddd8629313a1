"""One module per style of dataset; see CONTRIBUTING.md for what a format is."""
