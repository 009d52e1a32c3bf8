"""Notices: messages to people, kept as rows first and sent later."""
