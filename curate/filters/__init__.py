"""One module per check; see CONTRIBUTING.md for what a filter is."""
