//! `distilgate.lock`: digests of collections, and what has drifted since they were taken.
