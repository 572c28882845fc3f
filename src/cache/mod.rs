//! Files under a key of their content: written whole or not at all, and safe to delete.
