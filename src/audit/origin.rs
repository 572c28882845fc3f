//! Whose students the student before and the references are: what the configuration says, and the records that were
//! written beside their models.

use crate::config::Loaded;
use crate::distill::recorded_teacher;
use crate::facts::OriginFacts;
use std::collections::BTreeMap;

/// What is known of the origin of the student before. A record that cannot be read is noted.
pub fn of_before(loaded: &Loaded, not_checked: &mut Vec<String>) -> OriginFacts {
    let Some(before) = &loaded.config.student.before else { return OriginFacts::default() };
    origin(loaded, "the student before", before.distilled_from.as_ref(), before.model.as_deref(), not_checked)
}

/// The same for every reference, by name.
pub fn of_references(loaded: &Loaded, not_checked: &mut Vec<String>) -> BTreeMap<String, OriginFacts> {
    let known = |reference: &crate::config::Reference| {
        let who = format!("the reference {}", reference.name);
        let model = reference.model.as_deref();
        (reference.name.clone(), origin(loaded, &who, reference.distilled_from.as_ref(), model, not_checked))
    };
    loaded.config.reference.iter().map(known).collect()
}

fn origin(
    loaded: &Loaded,
    who: &str,
    declared: Option<&String>,
    model: Option<&str>,
    not_checked: &mut Vec<String>,
) -> OriginFacts {
    let mut facts = OriginFacts { declared: declared.cloned(), ..OriginFacts::default() };
    let Some(model) = model else { return facts };
    match recorded_teacher(&loaded.resolve(model)) {
        Ok(Some((path, teacher))) => {
            facts.record = Some(path.display().to_string());
            facts.recorded = teacher;
        }
        Ok(None) => {}
        Err(error) => not_checked.push(format!("which teacher {who} comes from: {}", error.what())),
    }
    facts
}
