//! From the registers' spelling to the one that people use: places in capitals, names that are cut
//! off, websites without a scheme.

/// `1234 AB`.
pub(super) fn is_postcode(text: &str) -> bool {
    matches!(text.as_bytes(), [digits @ .., b' ', a, b]
        if digits.len() == 4
            && digits.iter().all(u8::is_ascii_digit)
            && a.is_ascii_uppercase()
            && b.is_ascii_uppercase())
}

/// Words that stay small inside a name, but not at its beginning: Alphen aan den Rijn.
const SMALL: [&str; 15] =
    ["aan", "ad", "bij", "de", "den", "der", "en", "gem", "gem.", "het", "in", "op", "ter", "van", "over"];

/// Abbreviations of provinces behind names that exist twice: Bergen NH.
const PROVINCES: [&str; 12] = ["CA", "DR", "FL", "FR", "GLD", "GN", "LB", "NB", "NH", "OV", "UT", "ZH"];

/// A place name in capitals as people write it: `CAPELLE AAN DEN IJSSEL` is `Capelle aan den IJssel`.
pub(super) fn place(name: &str) -> String {
    let words = name.split_whitespace().enumerate();
    words.map(|(index, word)| word_cased(word, index == 0)).collect::<Vec<_>>().join(" ")
}

fn word_cased(word: &str, first: bool) -> String {
    if !first && PROVINCES.contains(&word) {
        return word.to_owned();
    }
    let small = word.to_lowercase();
    if !first && SMALL.contains(&small.as_str()) {
        return small;
    }
    let parts = small.split('-').enumerate();
    parts.map(|(index, part)| part_cased(part, index == 0)).collect::<Vec<_>>().join("-")
}

fn part_cased(part: &str, first: bool) -> String {
    // 's-Gravenhage, Stad aan 't Haringvliet
    if part.starts_with('\'') || (!first && SMALL.contains(&part)) {
        return part.to_owned();
    }
    // The Dutch ij is one letter at the beginning of a name.
    if let Some(rest) = part.strip_prefix("ij") {
        return format!("IJ{rest}");
    }
    let mut letters = part.chars();
    letters.next().map_or_else(String::new, |initial| initial.to_uppercase().chain(letters).collect())
}

/// Denominations that are longer than the thirty characters at which the location register cuts.
const LONG_DENOMINATIONS: [&str; 3] =
    ["Samenwerking PC, RK, Alg. Bijz.", "Gereformeerd vrijgemaakt / Evangelisch", "Evangelische broedergemeenschap"];

/// The whole name of a denomination that may be cut off.
pub(super) fn denomination(text: &str) -> String {
    const CUT_AT: usize = 30;
    let whole = LONG_DENOMINATIONS.iter().find(|long| text.chars().count() == CUT_AT && long.starts_with(text));
    whole.map_or(text, |long| long).to_owned()
}

/// A website as a URL. None for what no browser would open, as `www.school,nl`.
pub(super) fn website(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let (scheme, rest) = text.split_once("://").unwrap_or(("https", &text));
    let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let is_url = matches!(scheme, "http" | "https")
        && is_host(host.trim_end_matches('.'))
        && !path.chars().any(char::is_whitespace);
    is_url.then(|| format!("{scheme}://{}{path}", host.trim_end_matches('.')))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter))
    };
    host.contains('.') && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denomination_that_is_cut_off_is_completed() {
        assert_eq!(denomination("Gereformeerd vrijgemaakt / Eva"), "Gereformeerd vrijgemaakt / Evangelisch");
        assert_eq!(denomination("Gereformeerd vrijgemaakt"), "Gereformeerd vrijgemaakt");
    }

    #[test]
    fn a_website_becomes_a_url_or_nothing() {
        for (register, url) in [
            ("www.de-egel.example", Some("https://www.de-egel.example")),
            ("WWW.DE-EGEL.EXAMPLE", Some("https://www.de-egel.example")),
            ("http://de-egel.example/start", Some("http://de-egel.example/start")),
            ("www.de-egel.example.", Some("https://www.de-egel.example")),
            ("www. de-egel.example", None),
            ("www.de-egel,example", None),
            ("de.egel./school", Some("https://de.egel/school")),
            ("ftp://de-egel.example", None),
            ("egel", None),
        ] {
            assert_eq!(website(register).as_deref(), url, "{register}");
        }
    }

    #[test]
    fn places_are_written_as_people_do() {
        for (register, written) in [
            ("WINSCHOTEN", "Winschoten"),
            ("BAD NIEUWESCHANS", "Bad Nieuweschans"),
            ("CAPELLE AAN DEN IJSSEL", "Capelle aan den IJssel"),
            ("IJMUIDEN", "IJmuiden"),
            ("'S-GRAVENHAGE", "'s-Gravenhage"),
            ("'T HARDE", "'t Harde"),
            ("STAD AAN 'T HARINGVLIET", "Stad aan 't Haringvliet"),
            ("DEN HAM OV", "Den Ham OV"),
            ("SPAARNDAM GEM. HAARLEM", "Spaarndam gem. Haarlem"),
            ("ETTEN-LEUR", "Etten-Leur"),
            ("ST.-ANNAPAROCHIE", "St.-Annaparochie"),
            ("2E EXLOERMOND", "2e Exloermond"),
        ] {
            assert_eq!(place(register), written);
        }
    }

    #[test]
    fn a_postcode_is_four_digits_a_space_and_two_capitals() {
        assert!(is_postcode("1234 AB"));
        for other in ["1234AB", "1234 ab", "123 AB", "12345 AB", ""] {
            assert!(!is_postcode(other), "{other}");
        }
    }
}
