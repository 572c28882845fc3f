//! Where the student before comes from: what the configuration says, and the record that was written beside its model.

use crate::config::Loaded;
use crate::distill::recorded_teacher;
use crate::facts::BeforeFacts;

/// What is known of the origin of the student before. A record that cannot be read is noted.
pub fn origin(loaded: &Loaded, not_checked: &mut Vec<String>) -> BeforeFacts {
    let Some(before) = &loaded.config.student.before else { return BeforeFacts::default() };
    let mut facts = BeforeFacts { declared: before.distilled_from.clone(), ..BeforeFacts::default() };
    let Some(model) = &before.model else { return facts };
    match recorded_teacher(&loaded.resolve(model)) {
        Ok(Some((path, teacher))) => {
            facts.record = Some(path.display().to_string());
            facts.recorded = teacher;
        }
        Ok(None) => {}
        Err(error) => not_checked.push(format!("which teacher the student before comes from: {}", error.what())),
    }
    facts
}
