//! The page over reports of every kind.
