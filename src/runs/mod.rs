//! Runs and score files: what a ranker said about queries and documents.
