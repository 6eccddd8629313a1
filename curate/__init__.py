"""curate turns a folder of documents into a fine-tuning dataset that a person can trust."""

__version__ = "0.1.0"
