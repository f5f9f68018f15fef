"""Fuzzing: what is fed (`targets`), and a coverage-guided driver (`run`). Not part of the wheel."""
