//! Where an import comes from.

use std::path::Path;

use super::oneroster::bundle::{Bundle, BundleError, Limits};
use super::oneroster::links::GUARDIANSHIPS_FILE;

/// What is imported.
pub enum Source {
    OneRoster(Box<Bundle>),
    /// The bytes of `guardianships.csv`.
    Guardianships(Vec<u8>),
}

impl Source {
    /// A bundle: a ZIP archive or a folder.
    pub fn oneroster(path: &Path) -> Result<Self, BundleError> {
        Ok(Self::OneRoster(Box::new(Bundle::open(path, Limits::default())?)))
    }

    /// An uploaded ZIP archive.
    pub fn upload(bytes: Vec<u8>) -> Result<Self, BundleError> {
        let bundle = Bundle::archive(std::io::Cursor::new(bytes), Limits::default())?;
        Ok(Self::OneRoster(Box::new(bundle)))
    }

    /// A file of guardianships.
    pub fn guardianships(path: &Path) -> Result<Self, BundleError> {
        let length = std::fs::metadata(path).map_err(|_| BundleError::Missing(path.display().to_string()))?.len();
        let most = Limits::default().file_bytes;
        if length > most {
            return Err(BundleError::TooLarge { file: GUARDIANSHIPS_FILE.to_owned(), bytes: most });
        }
        let unreadable = |source: std::io::Error| BundleError::Unreadable {
            file: GUARDIANSHIPS_FILE.to_owned(),
            source: source.into(),
        };
        std::fs::read(path).map(Self::Guardianships).map_err(unreadable)
    }

    /// The name under which imports of this kind are kept.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OneRoster(_) => "oneroster",
            Self::Guardianships(_) => "guardianships",
        }
    }
}
