//! What is accepted, how it is printed, and what is said about the rest.

use super::*;

#[test]
fn the_list_follows_the_order_of_kinds() {
    for (kind, row) in Kind::ALL.into_iter().zip(&ROWS) {
        assert_eq!(kind, row.kind);
        assert_eq!(kind.name(), row.name);
    }
}

#[test]
fn a_name_is_printed_as_ir_measures_prints_it() {
    // Written, canonical.
    let cases = [
        ("nDCG@10", "nDCG@10"),
        ("NDCG@10", "nDCG@10"),
        ("nDCG", "nDCG"),
        ("nDCG(dcg='log2')@10", "nDCG@10"),
        ("nDCG(dcg=\"log2\",judged_only=True)@10", "nDCG(judged_only=True)@10"),
        ("MAP", "AP"),
        ("AP(rel=2)@100", "AP(rel=2)@100"),
        ("AP(rel=1)@100", "AP@100"),
        ("AP(cutoff=100)", "AP@100"),
        ("AP(cutoff=5)@100", "AP@100"),
        ("AP()", "AP"),
        ("MRR@10", "RR@10"),
        ("RR(judged_only=False)", "RR"),
        ("Recall@100", "R@100"),
        ("Precision(rel=2)@10", "P(rel=2)@10"),
        (" P ( rel = 2 , ) @ 10 ", "P(rel=2)@10"),
        ("P(judged_only=True, rel=2)@10", "P(rel=2,judged_only=True)@10"),
        ("Judged", "Judged"),
        ("Judged@10", "Judged@10"),
        ("Success@5", "Success@5"),
    ];
    for (written, canonical) in cases {
        let measure: Measure = written.parse().unwrap();
        assert_eq!(measure.to_string(), canonical, "{written}");
        assert_eq!(canonical.parse::<Measure>().unwrap(), measure, "{written}");
    }
}

#[test]
fn what_is_refused_says_why_and_what_to_write() {
    // Written, part of the message.
    let cases = [
        ("", "this is not how a measure is written"),
        ("@10", "this is not how a measure is written"),
        ("nDCG@10 RR", "the cutoff `10 RR` is not a whole number"),
        ("AP(rel=2)x", "this is not how a measure is written"),
        ("AP(rel=2", "the closing `)` is missing"),
        ("AP(2)", "`2` is not a parameter"),
        ("AP(rel=2,rel=3)", "`rel` is given twice"),
        ("AP(relevance=2)", "AP has no parameter `relevance`"),
        ("Judged(rel=2)@10", "Judged has no parameter `rel`"),
        ("nDCG(rel=2)@10", "nDCG has no parameter `rel`"),
        ("AP(rel=two)", "the grade `two` is not a whole number"),
        ("AP(rel=+2)", "the grade `+2` is not a whole number"),
        ("AP(rel=99999999999)", "the grade `99999999999` is not a whole number"),
        ("AP(rel=0)", "rel=0 would count documents as relevant that were judged not to be"),
        ("AP(rel=-1)", "rel=-1 would count"),
        ("AP@0", "the cutoff `0` is not a whole number from 1 on"),
        ("AP@-1", "the cutoff `-1`"),
        ("AP@+1", "the cutoff `+1`"),
        ("AP@", "the cutoff `` is not"),
        ("AP@10.0", "the cutoff `10.0`"),
        ("AP@99999999999999999999", "the cutoff `99999999999999999999`"),
        ("AP(judged_only=1)", "`judged_only` is True or False"),
        ("nDCG(dcg='exp-log2')@10", "exponential gains are not computed here"),
        ("nDCG(dcg='ln')@10", "`dcg` is 'log2'"),
        ("nDCG(gains={0:0,1:5})@10", "the parameter `gains` is not supported"),
        ("P", "as in `P@10`"),
        ("Recall", "as in `R@10`"),
        ("ERR@20", "ERR is a measure of ir_measures that is not computed here"),
        ("rprec", "measure of ir_measures that is not computed here"),
        ("a\nb", "measure `a\\nb`"),
    ];
    for (written, expected) in cases {
        let message = written.parse::<Measure>().unwrap_err().to_string();
        assert!(message.contains(expected), "{written}: {message}");
    }
}

#[test]
fn the_nearest_name_is_offered_with_its_parameters() {
    let cases = [
        ("ndcg@10", Some("nDCG@10")),
        ("ndcg_cut_10", Some("nDCG@10")),
        ("ndcg_cut.10", Some("nDCG@10")),
        ("map(rel=2)@100", Some("AP(rel=2)@100")),
        ("recip_rank", Some("RR")),
        ("P_10", Some("P@10")),
        ("p@5", Some("P@5")),
        ("recall_1000", Some("R@1000")),
        ("recall", Some("R@10")),
        ("Jugded@10", Some("Judged@10")),
        ("sucess@1", Some("Success@1")),
        ("prec@3", Some("P@3")),
        ("mrr", Some("RR")),
        ("F1", None),
        ("banana@3", None),
    ];
    for (written, expected) in cases {
        assert_eq!(nearest(written).map(|measure| measure.to_string()).as_deref(), expected, "{written}");
        let error = written.parse::<Measure>().unwrap_err();
        let offered = expected.map(|name| format!("did you mean `{name}`?"));
        assert_eq!(error.helps().iter().find(|help| help.starts_with("did you mean")), offered.as_ref(), "{written}");
    }
}

#[test]
fn long_names_are_cut_in_messages() {
    let message = "x".repeat(100_000).parse::<Measure>().unwrap_err().to_string();
    assert!(message.len() < 300, "{message}");
}

#[test]
fn rel_can_be_set_where_there_is_one() {
    let measure = |text: &str| text.parse::<Measure>().unwrap();
    assert_eq!(measure("AP@100").with_rel(2).unwrap(), measure("AP(rel=2)@100"));
    assert_eq!(measure("nDCG@10").with_rel(2).unwrap(), measure("nDCG@10"));
    assert!(measure("AP").with_rel(0).is_err());
}

#[test]
fn a_measure_is_text_in_files_and_schemas() {
    let measure: Measure = serde_json::from_str("\"MAP(rel=2)@100\"").unwrap();
    assert_eq!(serde_json::to_string(&measure).unwrap(), "\"AP(rel=2)@100\"");
    assert!(serde_json::from_str::<Measure>("\"ndcg@10\"").unwrap_err().to_string().contains("did you mean"));
    assert_eq!(schemars::schema_for!(Measure).get("type").unwrap(), "string");
}
