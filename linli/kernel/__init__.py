"""Kernel: pure Python without a framework; values in, value or refusal out, no clock and no database."""
