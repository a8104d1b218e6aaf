"""Judgements by fitted weights: what speaks for a deal and its fields (cues), and what each cue weighs."""
