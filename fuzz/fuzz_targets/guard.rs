//! Any bytes are accepted or refused: nothing aborts, nothing runs long, and what is accepted is within the limits.
//!
//! libFuzzer itself reports aborts; `just fuzz` has it report slow inputs too, with `-timeout=1` and `-max_len=65536`.
//! `just fuzz -runs=1000000` ends after a million documents.
#![no_main]

use glans::http::guard::{CallerKind, Document};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    for kind in [CallerKind::Anonymous, CallerKind::Person, CallerKind::ApiClient] {
        let limits = kind.limits();
        if let Ok(document) = Document::read(source, &limits, &["sessionCreate"]) {
            assert!(document.tally.tokens <= limits.tokens);
            assert!(document.tally.bracket_depth <= limits.bracket_depth);
            document.within(&limits).expect("a document that was accepted is within its limits");
        }
    }
});
