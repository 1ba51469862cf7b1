//! The chain under every kind of tampering, record by record and in exported files.

use crate::export::{self, FileVerdict, Line, Manifest, Withheld};
use crate::{ChainVerifier, Checkpoint, Entry, Fault, FaultKind, SigningKeys, Verified, hash};
use proptest::prelude::*;
use serde_json::json;

/// A log of `count` records.
fn log(count: i64) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for seq in 1..=count {
        let previous = lines
            .last()
            .map(|line| line.hash.clone())
            .unwrap_or_default();
        let mut line = Line {
            seq,
            at: 1_000 + seq,
            actor: "operator".into(),
            action: "document.add".into(),
            subject: format!("document:{seq}"),
            detail: format!(r#"{{"n":{seq}}}"#),
            sealed: if seq % 3 == 0 { "s" } else { "" }.into(),
            withheld: None,
            personal: None,
            previous,
            hash: String::new(),
        };
        line.hash = hash(&line.previous, &line.entry());
        lines.push(line);
    }
    lines
}

/// Follows what a database would hold: the lines without `previous`.
fn follow(
    lines: &[Line],
    checkpoints: &[Checkpoint],
    newest: Option<i64>,
) -> Result<Verified, Fault> {
    let mut chain = ChainVerifier::start().with_checkpoints(checkpoints);
    for line in lines {
        chain.feed(&line.entry(), &line.hash)?;
    }
    chain.finish(newest)
}

fn renumber(lines: &mut [Line]) {
    for (line, seq) in lines.iter_mut().zip(1..) {
        line.seq = seq;
    }
}

/// Computes every hash from `index` on anew, as somebody does who knows how.
fn rehash(lines: &mut [Line], index: usize) {
    for index in index..lines.len() {
        let previous = match index {
            0 => String::new(),
            _ => lines[index - 1].hash.clone(),
        };
        let line = &mut lines[index];
        line.hash = hash(&previous, &line.entry());
        line.previous = previous;
    }
}

fn keys() -> SigningKeys {
    SigningKeys::parse(&SigningKeys::fresh_line().expect("a key"), "k").expect("a key")
}

fn checkpoint(lines: &[Line], seq: usize) -> Checkpoint {
    let line = &lines[seq - 1];
    Checkpoint::sign(&keys(), line.seq, &line.hash, 1).expect("signed")
}

fn fault(seq: i64, kind: FaultKind) -> Result<Verified, Fault> {
    Err(Fault { seq, kind })
}

#[test]
fn a_whole_log_verifies_from_any_record_on() {
    let lines = log(20);
    let whole = follow(&lines, &[checkpoint(&lines, 7)], Some(20)).expect("whole");
    assert_eq!((whole.records, whole.last, whole.checkpoints), (20, 20, 1));
    assert_eq!(whole.hash, lines[19].hash);
    let mut rest = ChainVerifier::after(5, &lines[4].hash);
    for line in &lines[5..] {
        rest.feed(&line.entry(), &line.hash).expect("fits");
    }
    assert_eq!(rest.finish(Some(20)).expect("whole").records, 15);
    assert_eq!(follow(&[], &[], Some(0)).expect("empty").records, 0);
}

#[test]
fn every_changed_field_is_found_at_its_record() {
    let changes: [fn(&mut Line); 8] = [
        |line| line.at += 1,
        |line| line.actor = "system".into(),
        |line| line.action = "document.delete".into(),
        |line| line.subject = "document:0".into(),
        |line| line.detail = "{}".into(),
        |line| line.sealed.push('x'),
        |line| line.hash.replace_range(0..1, "x"),
        |line| line.sealed = if line.sealed.is_empty() { "x" } else { "" }.into(),
    ];
    for place in [0, 8, 18] {
        for change in changes {
            let mut lines = log(19);
            change(&mut lines[place]);
            let seq = lines[place].seq;
            assert_eq!(
                follow(&lines, &[], Some(19)),
                fault(seq, FaultKind::Changed)
            );
        }
    }
}

#[test]
fn a_removed_record_is_named_wherever_it_stood() {
    for (place, seq) in [(0, 1), (8, 9), (18, 19)] {
        let mut lines = log(19);
        lines.remove(place);
        assert_eq!(
            follow(&lines, &[], Some(19)),
            fault(seq, FaultKind::Removed(1))
        );
    }
    let mut lines = log(19);
    lines.drain(4..7);
    assert_eq!(
        follow(&lines, &[], Some(19)),
        fault(5, FaultKind::Removed(3))
    );
    renumber(&mut lines);
    assert_eq!(
        follow(&lines, &[], Some(16)),
        fault(5, FaultKind::Removed(3))
    );
}

#[test]
fn a_removed_end_shows_by_the_counter_and_else_by_a_checkpoint() {
    let lines = log(19);
    let cut = &lines[..15];
    assert_eq!(follow(cut, &[], Some(19)), fault(16, FaultKind::Removed(4)));
    assert!(follow(cut, &[], Some(15)).is_ok());
    let outside = [checkpoint(&lines, 18)];
    assert_eq!(
        follow(cut, &outside, Some(15)),
        fault(16, FaultKind::Removed(3))
    );
}

#[test]
fn an_inserted_record_is_named_wherever_it_stands() {
    for place in [0, 8, 18] {
        let mut lines = log(19);
        let foreign = Line {
            detail: "foreign".into(),
            ..lines[place].clone()
        };
        lines.insert(place, foreign);
        renumber(&mut lines);
        let seq = lines[place].seq;
        assert_eq!(
            follow(&lines, &[], Some(20)),
            fault(seq, FaultKind::Inserted(1))
        );
    }
    let mut lines = log(19);
    lines.push(lines[18].clone());
    renumber(&mut lines);
    rehash(&mut lines, 19);
    // It chains well, and the counter knows nothing of it.
    assert_eq!(
        follow(&lines, &[], Some(19)),
        fault(20, FaultKind::Inserted(1))
    );
}

#[test]
fn swapped_records_are_named_at_the_first() {
    for (one, two) in [(3, 4), (17, 18), (3, 9), (0, 1), (0, 18)] {
        let mut lines = log(19);
        lines.swap(one, two);
        renumber(&mut lines);
        let (seq, to) = (lines[one].seq, lines[two].seq);
        assert_eq!(
            follow(&lines, &[], Some(19)),
            fault(seq, FaultKind::Moved(to)),
            "{one} {two}"
        );
    }
}

#[test]
fn a_chain_computed_anew_shows_by_its_checkpoint() {
    let honest = log(19);
    let checkpoints = [checkpoint(&honest, 4), checkpoint(&honest, 12)];
    let mut lines = honest;
    lines[8].detail = "{}".into();
    rehash(&mut lines, 8);
    assert!(follow(&lines, &[], Some(19)).is_ok());
    assert_eq!(
        follow(&lines, &checkpoints, Some(19)),
        fault(5, FaultKind::Rewritten(12))
    );
}

#[test]
fn faults_are_told_in_sentences() {
    let told = |kind| Fault { seq: 5, kind }.to_string();
    assert_eq!(told(FaultKind::Removed(1)), "Record 5 was removed.");
    assert_eq!(
        told(FaultKind::Inserted(3)),
        "Records 5 to 7 were inserted."
    );
    assert!(told(FaultKind::Changed).starts_with("Record 5 was changed"));
    assert!(told(FaultKind::Moved(9)).ends_with("stands at 9."));
    for kind in [
        FaultKind::Rewritten(8),
        FaultKind::Unsigned,
        FaultKind::NoBeginning,
    ] {
        assert!(told(kind).contains('5'));
    }
}

fn file(lines: &[Line]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        export::write_line(&mut bytes, line).expect("written");
    }
    bytes
}

fn verdict(lines: &[Line], checkpoints: &[Checkpoint], complete: bool) -> FileVerdict {
    export::verify_lines(&file(lines)[..], checkpoints, complete).expect("readable")
}

#[test]
fn an_exported_file_verifies_without_the_database() {
    let lines = log(30);
    let told = verdict(
        &lines[5..],
        &[checkpoint(&lines, 9), checkpoint(&lines, 30)],
        true,
    );
    let expected = FileVerdict {
        records: 25,
        checkpoints: 2,
        ..FileVerdict::default()
    };
    assert_eq!(told, expected);
}

#[test]
fn a_narrowed_file_has_gaps_and_each_record_still_holds() {
    let mut lines: Vec<_> = log(30)
        .into_iter()
        .filter(|line| line.seq % 4 != 0)
        .collect();
    assert_eq!(verdict(&lines, &[], false).gaps, 7);
    assert_eq!(verdict(&lines, &[], false).fault, None);
    let removed = Fault {
        seq: 4,
        kind: FaultKind::Removed(1),
    };
    assert_eq!(verdict(&lines, &[], true).fault, Some(removed));
    lines[10].detail = "{}".into();
    assert_eq!(
        verdict(&lines, &[], false).fault.map(|f| f.seq),
        Some(lines[10].seq)
    );
}

#[test]
fn a_withheld_record_keeps_its_place_in_the_chain() {
    let mut lines = log(10);
    for index in [0, 4, 9] {
        lines[index].withheld = Some(Withheld::All);
        lines[index].detail.clear();
    }
    let told = verdict(&lines, &[], true);
    assert_eq!((told.withheld, told.fault), (3, None));
    lines[4].hash = "00".into();
    assert_eq!(verdict(&lines, &[], true).fault.map(|f| f.seq), Some(5));
}

#[test]
fn a_record_rewritten_with_its_hash_shows_by_the_one_after() {
    let mut lines = log(10);
    lines[4].detail = "{}".into();
    lines[4].hash = hash(&lines[4].previous, &lines[4].entry());
    let changed = Fault {
        seq: 5,
        kind: FaultKind::Changed,
    };
    assert_eq!(verdict(&lines, &[], true).fault, Some(changed));
}

#[test]
fn lines_in_another_order_or_twice_are_found() {
    let mut lines = log(10);
    lines.swap(3, 4);
    assert_eq!(verdict(&lines, &[], true).fault.map(|f| f.seq), Some(4));
    let mut lines = log(10);
    lines.insert(5, lines[4].clone());
    assert_eq!(verdict(&lines, &[], true).fault.map(|f| f.seq), Some(5));
}

#[test]
fn a_manifest_holds_for_its_bytes_and_key_alone() {
    let (ours, theirs) = (keys(), keys());
    let mut manifest = Manifest::new(&ours, 5, "operator".into(), json!({}));
    for line in &log(3) {
        manifest.count(line);
    }
    assert_eq!(
        (manifest.first, manifest.last, manifest.records),
        (Some(1), Some(3), 3)
    );
    assert!(manifest.complete);
    let (bytes, signature) = manifest.sign(&ours).expect("signed");
    let open = |keys: Option<&SigningKeys>, bytes: &[u8]| {
        Manifest::open(bytes, &signature, keys.map(SigningKeys::public_keys))
    };
    assert_eq!(open(Some(&ours), &bytes).expect("ours"), manifest);
    assert!(open(None, &bytes).is_ok());
    assert!(open(Some(&theirs), &bytes).is_err());
    let changed = String::from_utf8(bytes)
        .expect("text")
        .replace("\"records\": 3", "\"records\": 2");
    assert!(open(Some(&ours), changed.as_bytes()).is_err());
    assert!(open(None, b"{}").is_err());
}

#[test]
fn no_cell_is_a_formula() {
    for text in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
        "\u{feff}=1",
    ] {
        assert_eq!(export::cell(text), format!("'{text}"));
    }
    for text in ["", "plain", "a=b", "{\"a\":-1}", "'quoted"] {
        assert_eq!(export::cell(text), text);
    }
}

#[test]
fn what_goes_by_is_counted_and_hashed() {
    let mut out = export::Hashed::new(Vec::new());
    export::write_line(&mut out, &json!({})).expect("written");
    let (bytes, entry) = out.finish("a");
    assert_eq!((bytes.as_slice(), entry.bytes), (&b"{}\n"[..], 3));
    assert_eq!(
        entry.sha256,
        "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
    );
}

#[derive(Debug, Clone)]
enum Tampering {
    Change(usize),
    Remove(usize),
    RemoveAndRenumber(usize),
    Insert(usize),
    Swap(usize, usize),
}

fn tampering(count: usize) -> impl Strategy<Value = Tampering> {
    let place = 0..count;
    prop_oneof![
        place.clone().prop_map(Tampering::Change),
        place.clone().prop_map(Tampering::Remove),
        // Of the last one only the counter can tell, which is renumbered too.
        (0..count - 1).prop_map(Tampering::RemoveAndRenumber),
        place.clone().prop_map(Tampering::Insert),
        (place.clone(), place)
            .prop_filter("two places", |(one, two)| one != two)
            .prop_map(|(one, two)| Tampering::Swap(one.min(two), one.max(two))),
    ]
}

/// Does it; returns the first record that is bad then.
fn tamper(lines: &mut Vec<Line>, how: &Tampering, text: &str) -> i64 {
    let place = match *how {
        Tampering::Change(place) => {
            lines[place].detail.push_str(text);
            place
        }
        Tampering::Remove(place) => {
            lines.remove(place);
            place
        }
        Tampering::RemoveAndRenumber(place) => {
            lines.remove(place);
            renumber(lines);
            place
        }
        Tampering::Insert(place) => {
            let mut foreign = lines[place].clone();
            foreign.detail.push_str(text);
            lines.insert(place, foreign);
            renumber(lines);
            place
        }
        Tampering::Swap(one, two) => {
            lines.swap(one, two);
            renumber(lines);
            one
        }
    };
    i64::try_from(place).expect("small") + 1
}

proptest! {
    #[test]
    fn any_tampering_is_found_at_the_first_bad_record(
        (count, how) in (2_usize..160).prop_flat_map(|count| (Just(count), tampering(count))),
        text in "[a-z=,\"]{1,12}",
    ) {
        let count = i64::try_from(count).expect("small");
        let mut lines = log(count);
        prop_assert!(follow(&lines, &[], Some(count)).is_ok());
        let seq = tamper(&mut lines, &how, &text);
        let newest = match how {
            Tampering::RemoveAndRenumber(_) => count - 1,
            Tampering::Insert(_) => count + 1,
            _ => count,
        };
        let found = follow(&lines, &[], Some(newest));
        prop_assert_eq!(found.map_err(|fault| fault.seq).err(), Some(seq));
    }

    #[test]
    fn no_two_records_share_a_hash(
        one in prop::array::uniform5("[ab]{0,3}"),
        two in prop::array::uniform5("[ab]{0,3}"),
    ) {
        let entry = |texts: &[String; 5]| {
            let [actor, action, subject, detail, sealed] = texts;
            hash("", &Entry { seq: 1, at: 1, actor, action, subject, detail, sealed })
        };
        prop_assert_eq!(entry(&one) == entry(&two), one == two);
    }
}
