//! Finds queries, judgements and documents of collections in other files, exactly and nearly.
