//! The result, rendered: console, JSON, JUnit, Markdown.
