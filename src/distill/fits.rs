//! Whether the parts of a student fit each other: its tokenizer and its table of embeddings, its output and its kind.
//!
//! Asked before anything is trained, so that nobody waits for an index out of bounds. Nothing is run here.

use super::graph::ROWS;
use crate::autodiff::{Graph, KnownValues};
use crate::error::{Error, Place, Result};
use crate::ranker::{Feeding, Input, Prepared, Reading, Recipe};
use std::collections::BTreeSet;

/// Refuses a tokenizer that knows tokens for which the model has no embedding, before a text that has one comes.
///
/// # Errors
/// A token that the table of embeddings has no row for (exit 2).
pub fn vocabulary(graph: &Graph, prepared: &Prepared) -> Result<()> {
    let of_ids = |input: &&Input| input.feeding == Feeding::InputIds;
    let mut ids: BTreeSet<&str> =
        prepared.description.recipe.inputs.iter().filter(of_ids).map(|input| input.name.as_str()).collect();
    let largest = u64::from(prepared.tokens.largest_id());
    for node in &graph.nodes {
        let of_ids = |index| node.input(index).is_some_and(|input| ids.contains(input));
        if node.is("Gather") && of_ids(1) {
            let table = node.input(0).and_then(|name| graph.initializers.get_key_value(name));
            let Some((name, rows)) = table.and_then(|(name, table)| Some((name, *table.dims.first()?))) else {
                continue;
            };
            if i64::try_from(largest).is_ok_and(|largest| largest >= rows) {
                return Err(Error::input(format!(
                    "the tokenizer has ids up to {largest}, but the model's table of embeddings \"{name}\" has {rows} rows: \
                     it has nothing to read the tokens from {rows} on with"
                ))
                .at(Place::file(&prepared.tokenizer_path))
                .help("give the tokenizer that the model was trained with")
                .help("or, if tokens were added to it, resize the model's embeddings and export it again"));
            }
        } else if matches!(node.op.as_str(), "Cast" | "Identity" | "Reshape" | "Unsqueeze") && of_ids(0) {
            ids.extend(node.outputs.iter().map(String::as_str));
        }
    }
    Ok(())
}

/// Refuses a model that does not make a vector for each row, or of a pair anything but one logit or two.
///
/// # Errors
/// An output of another shape (exit 2).
pub fn rows(known: &KnownValues, recipe: &Recipe) -> Result<()> {
    let shape = known.get(ROWS).map(|known| known.shape.clone()).unwrap_or_default();
    let fits = match (shape.as_slice(), recipe.reading) {
        ([None, Some(width)], Reading::Logits) => matches!(width, 1 | 2),
        ([None, Some(width)], _) => *width > 0,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let (wanted, output) = match recipe.reading {
        Reading::Logits => ("one or two numbers for each pair", "a cross-encoder"),
        Reading::Tokens | Reading::Embedding => ("a vector of one size for each text", "a bi-encoder"),
    };
    let size = |size: &Option<usize>| size.map_or_else(|| "any".to_owned(), |size| size.to_string());
    let found: Vec<String> = shape.iter().map(size).collect();
    Err(Error::input(format!(
        "the output \"{}\" of this model gives [{}] where {output} gives {wanted}",
        recipe.output,
        found.join(", ")
    ))
    .help("give the model that was trained to rank, exported with a dynamic batch size and length"))
}
