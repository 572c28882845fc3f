//! `demo`: the honest teacher passes, the leaky one fails, and the reports lie where it says.

use super::support::{run, scratch};

#[test]
fn the_demo_sees_what_it_should() {
    let folder = scratch();
    let ran = run(folder.path(), &["demo", "--threads", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(ran.stdout.contains("CLEAN") && ran.stdout.contains("DIVERGENT"), "{}", ran.stdout);
    for report in ["distilgate-report-honest", "distilgate-report-leaky"] {
        for file in ["report.json", "junit.xml", "summary.md"] {
            assert!(folder.path().join("distilgate-demo").join(report).join(file).is_file(), "{report}/{file}");
        }
    }
    // What it says to type next works as it stands.
    let next = run(folder.path(), &["check", "--config", "distilgate-demo/leaky.toml"]);
    assert_eq!(next.code, 1, "{}", next.all());
}
