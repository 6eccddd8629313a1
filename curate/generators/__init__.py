"""One module per way to make samples; see CONTRIBUTING.md for what a generator is."""
