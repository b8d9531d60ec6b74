//! Any bytes are accepted or refused: nothing aborts, nothing runs long, and what is accepted is within the limits.
//!
//! libFuzzer itself reports aborts; run with `-timeout=1` to have slow inputs reported, and with `-max_len=65536`.
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
