//! Invented names, as mixed as a Dutch school yard is.

use unicode_normalization::UnicodeNormalization;

use super::dice::Dice;

/// A community by the names in it.
#[derive(Debug)]
pub(super) struct Community {
    /// BCP 47, of who would rather not read Dutch.
    pub(super) language: &'static str,
    given: &'static [&'static str],
    family: &'static [&'static str],
}

/// Out of a hundred families.
pub(super) const COMMUNITIES: &[(usize, Community)] = &[
    (
        66,
        Community {
            language: "nl",
            given: &[
                "Anouk", "Bas", "Bram", "Daan", "Eline", "Emma", "Esmée", "Fenna", "Femke", "Finn", "Floor", "Gijs",
                "Hanna", "Hugo", "Ilse", "Jasper", "Jelle", "Jeroen", "Joost", "Julia", "Koen", "Lars", "Lieke",
                "Lotte", "Maarten", "Maud", "Mees", "Merel", "Milan", "Nienke", "Noor", "Olivier", "Pepijn", "Pim",
                "Roos", "Ruben", "Sanne", "Saar", "Sem", "Sietse", "Sjoerd", "Stijn", "Suze", "Teun", "Thijs", "Tess",
                "Tijn", "Veerle", "Wessel", "Wouter", "Yara", "Zoë",
            ],
            family: &[
                "Aalders",
                "de Beer",
                "van den Berg",
                "Bloemendal",
                "Boersma",
                "de Boer",
                "Bosch",
                "Brouwer",
                "van Dijk",
                "Dekker",
                "van der Eijk",
                "Elzinga",
                "Faber",
                "de Graaf",
                "Groen",
                "de Haan",
                "Hoekstra",
                "Huizinga",
                "Jonkman",
                "Kamphuis",
                "van der Kolk",
                "Kuipers",
                "van Leeuwen",
                "Linders",
                "Mulder",
                "Nijboer",
                "Oosterhuis",
                "van der Ploeg",
                "Postma",
                "Prins",
                "Ridder",
                "Rozeboom",
                "Schipper",
                "Smit",
                "Tuinman",
                "Veenstra",
                "Verhoeven",
                "Visser",
                "Vos",
                "de Vries",
                "van der Wal",
                "Wiersma",
                "Wolters",
                "Zandstra",
                "Zwart",
            ],
        },
    ),
    (
        9,
        Community {
            language: "ar",
            given: &[
                "Amina", "Ayoub", "Bilal", "Dounia", "Fatima", "Hafsa", "Ilias", "Imane", "Karim", "Malak", "Mohamed",
                "Nadia", "Nour", "Omar", "Rachid", "Safaa", "Samir", "Yasmina", "Younes", "Zakaria",
            ],
            family: &[
                "Aït Lahcen",
                "El Amrani",
                "Azzouzi",
                "Ben Haddou",
                "Bouali",
                "El Idrissi",
                "Haddad",
                "El Khattabi",
                "Lahlou",
                "Mansouri",
                "Oulad Ali",
                "Tahiri",
            ],
        },
    ),
    (
        8,
        Community {
            language: "tr",
            given: &[
                "Ahmet", "Aylin", "Burak", "Ceren", "Defne", "Deniz", "Elif", "Emre", "Hatice", "Kerem", "Melis",
                "Murat", "Selin", "Yusuf", "Zeynep",
            ],
            family: &["Aydın", "Çelik", "Demir", "Güneş", "Kaplan", "Koç", "Öztürk", "Şahin", "Yıldız"],
        },
    ),
    (
        8,
        Community {
            language: "nl",
            given: &[
                "Anil", "Chantal", "Dewi", "Giovanni", "Jahmal", "Kavita", "Kimora", "Priya", "Quincy", "Rajiv",
                "Rowan", "Shanice", "Sharon", "Xavier", "Zahra",
            ],
            family: &[
                "Autar",
                "Biharie",
                "Blokland",
                "Esajas",
                "Gopal",
                "Lo-A-Njoe",
                "Martina",
                "Pinas",
                "Ramdin",
                "Tjon",
                "Wijdenbosch",
            ],
        },
    ),
    (
        5,
        Community {
            language: "pl",
            given: &["Agnieszka", "Ania", "Filip", "Jakub", "Kasia", "Łukasz", "Maja", "Marek", "Ola", "Zofia"],
            family: &["Kowalczyk", "Lewandowska", "Mazur", "Nowicki", "Wójcik", "Zając"],
        },
    ),
    (
        4,
        Community {
            language: "uk",
            given: &["Andrij", "Daryna", "Iryna", "Kateryna", "Maksym", "Oksana", "Olena", "Taras"],
            family: &["Bondar", "Hryhorenko", "Kovalenko", "Lysenko", "Melnyk", "Tkachuk"],
        },
    ),
];

pub(super) const SCHOOLS: &[&str] = &[
    "De Zwaluw",
    "De Wilgenroos",
    "Het Kompas",
    "De Vuurtoren",
    "De Klaproos",
    "De Bakens",
    "Het Molenwiel",
    "De Waterjuffer",
    "De Kievit",
    "De Bongerd",
    "De Sluis",
    "De Zonnewijzer",
    "Het Veenhuis",
    "De Ankerplaats",
    "De Kastanje",
    "De Dijkgraaf",
    "De Wulp",
    "Het Drieluik",
    "De Horizon",
    "De Korenbloem",
    "De Pionier",
    "De Grutto",
    "De Touwladder",
    "De Appelgaard",
];

pub(super) const PLACES: &[&str] = &[
    "Lindewoude",
    "Oosterveen",
    "Terhorn",
    "Zandermeer",
    "Oldekerk aan Zee",
    "Molenbroek",
    "Biezelaar",
    "Hogekamp",
    "Westerduin",
    "Nieuw-Wilgen",
    "Zwaandijk",
    "Roggemonde",
];

pub(super) const STREETS: &[&str] =
    &["Kerkpad", "Schoolstraat", "Lindelaan", "Molenweg", "Dorpsplein", "Parklaan", "Achterdijk", "Kastanjehof"];

pub(super) const BOARDS: &[&str] = &[
    "Stichting Samen Leren",
    "Stichting De Brug",
    "Stichting Veelkleurig",
    "Stichting De Wissel",
    "Stichting Wijde Blik",
    "Stichting Morgenrood",
];

pub(super) const CLUSTERS: &[&str] = &["Noord", "Zuid", "Oost", "West", "Midden", "Kust", "Veen", "Heide"];

/// What somebody is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) given: String,
    pub(super) family: String,
}

impl Name {
    pub(super) fn of(given: &str, family: &str) -> Self {
        Self { given: given.to_owned(), family: family.to_owned() }
    }

    pub(super) fn display(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

impl Community {
    pub(super) fn name(&self, dice: &mut Dice) -> Name {
        Name::of(dice.pick(self.given), dice.pick(self.family))
    }

    /// Somebody else of the family.
    pub(super) fn relative(&self, family: &str, dice: &mut Dice) -> Name {
        Name::of(dice.pick(self.given), family)
    }
}

/// The name of the `index`th of many: the list once, then again with a number behind it.
pub(super) fn numbered(list: &[&str], index: usize) -> String {
    let name = list[index % list.len()];
    match index / list.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    }
}

/// What stands before the @: `Esmée van den Berg` is `esmee.vandenberg`.
pub(super) fn mailbox(name: &Name) -> String {
    format!("{}.{}", plain(&name.given), plain(&name.family))
}

fn plain(text: &str) -> String {
    // These letters are not a base and an accent to Unicode.
    let text = text.to_lowercase().replace('ł', "l").replace('ı', "i");
    text.nfd().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_plain_ascii() {
        assert_eq!(mailbox(&Name::of("Esmée", "van den Berg")), "esmee.vandenberg");
        assert_eq!(mailbox(&Name::of("Łukasz", "Yıldız")), "lukasz.yildiz");
        let letters = COMMUNITIES.iter().flat_map(|(_, names)| names.given.iter().chain(names.family));
        for name in letters {
            assert!(!plain(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn shares_add_up_to_a_hundred() {
        assert_eq!(COMMUNITIES.iter().map(|(share, _)| share).sum::<usize>(), 100);
    }

    #[test]
    fn a_list_goes_on_with_numbers() {
        assert_eq!(numbered(&["Noord", "Zuid"], 1), "Zuid");
        assert_eq!(numbered(&["Noord", "Zuid"], 2), "Noord 2");
    }
}
