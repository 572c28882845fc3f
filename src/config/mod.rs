//! `distilgate.toml`: types, defaults, levels, loading.
