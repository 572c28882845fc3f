//! From a config to facts: reads, scores, measures.
