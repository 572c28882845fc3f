//! Text as the gate compares and indexes it: normalisation, tokens, n-grams, excerpts. Pure.
