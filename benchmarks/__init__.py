"""What the README's figures come from: `python -m benchmarks` runs all, each module alone with its own options."""
