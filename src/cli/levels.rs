//! `-A`, `-W` and `-D`: levels of checks for one run, before those of `[checks]`.

use crate::checks;
use crate::config::{Config, Level};
use crate::error::{Error, Result};
use clap::Args;

/// Levels given on the command line.
#[derive(Debug, Default, Args)]
pub struct LevelArgs {
    /// Do not report what this check finds; stands before [checks]
    #[arg(short = 'A', long = "allow", value_name = "CHECK")]
    allow: Vec<String>,
    /// What this check finds is a warning; stands before [checks]
    #[arg(short = 'W', long = "warn", value_name = "CHECK")]
    warn: Vec<String>,
    /// What this check finds fails the gate; stands before [checks]
    #[arg(short = 'D', long = "deny", value_name = "CHECK")]
    deny: Vec<String>,
}

impl LevelArgs {
    /// Each option with its level and the checks that it names.
    fn given(&self) -> [(&'static str, Level, &[String]); 3] {
        [("-A", Level::Allow, &self.allow), ("-W", Level::Warn, &self.warn), ("-D", Level::Deny, &self.deny)]
    }

    /// Puts them into the configuration, so that reports name the levels that counted.
    ///
    /// # Errors
    /// A check that does not exist, or one with two levels: which counts must not depend on the order of options.
    pub fn apply(&self, config: &mut Config) -> Result<()> {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for (option, level, ids) in self.given() {
            for id in ids {
                let check = checks::check_of(option, id)?;
                if let Some((other, _)) = seen.iter().find(|(other, of)| *of == check.id && *other != option) {
                    return Err(
                        Error::input(format!("{other} and {option} both name `{id}`")).help("give a check one level")
                    );
                }
                seen.push((option, check.id));
                config.checks.insert(check.id.to_owned(), level);
            }
        }
        Ok(())
    }

    /// The options as the words of a command line.
    pub fn words(&self) -> Vec<String> {
        let given = self.given();
        given.iter().flat_map(|(option, _, ids)| ids.iter().flat_map(|id| [(*option).to_owned(), id.clone()])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(allow: &[&str], warn: &[&str], deny: &[&str]) -> LevelArgs {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        LevelArgs { allow: owned(allow), warn: owned(warn), deny: owned(deny) }
    }

    #[test]
    fn options_stand_before_the_configuration() {
        let mut config = Config { checks: [("regressed".to_owned(), Level::Warn)].into(), ..Config::default() };
        let given = args(&["canary"], &[], &["regressed", "regressed"]);
        given.apply(&mut config).unwrap();
        assert_eq!(config.checks, [("canary".to_owned(), Level::Allow), ("regressed".to_owned(), Level::Deny)].into());
        assert_eq!(given.words().join(" "), "-A canary -D regressed -D regressed");
    }

    #[test]
    fn a_check_has_one_level_and_is_there() {
        let refused = |given: LevelArgs| given.apply(&mut Config::default()).unwrap_err().to_string();
        assert!(refused(args(&["canary"], &[], &["canary"])).contains("-A and -D both name `canary`"));
        let text = refused(args(&[], &["regresed"], &[]));
        assert!(text.contains("-W names `regresed`") && text.contains("did you mean `regressed`?"), "{text}");
    }
}
