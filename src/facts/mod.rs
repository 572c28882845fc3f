//! Everything gathered about one audit: plain, serialisable, no opinion.
