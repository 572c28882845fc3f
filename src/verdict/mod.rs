//! Findings and contrasts to a verdict, and the sentence that explains it.
