//! Opens a bundle, a ZIP archive or a folder of CSV files, without trusting it.
//!
//! Bytes are counted while they are unpacked: what an archive claims about itself is not believed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::roster::problem::brief;

/// Most that a bundle may hold. A district of 400 schools stays under a tenth of it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries in the archive or folder.
    pub entries: usize,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Bytes of all files that are read, unpacked.
    pub total_bytes: u64,
    /// Unpacked bytes per packed byte. CSV packs 10 to 20 times; a bomb a thousand times.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 64, file_bytes: 128 << 20, total_bytes: 256 << 20, ratio: 200 }
    }
}

/// Small files pack well by accident; the ratio is judged from this size on, in bytes.
const RATIO_FROM: u64 = 1 << 20;

/// Why a bundle cannot be opened or read. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("{0} is not there; name a ZIP archive or a folder of CSV files")]
    Missing(String),
    #[error("the file is not a ZIP archive that can be read; pack the CSV files again, without encryption")]
    NotAnArchive(#[source] zip::result::ZipError),
    #[error("the archive holds \"{0}\" in a folder; put the CSV files at the top of the archive")]
    SubFolder(String),
    #[error("the name of the file \"{0}\" holds a character that cannot be shown; name the files as OneRoster does")]
    Unshowable(String),
    #[error("the archive holds {0} twice; keep one of them")]
    Twice(String),
    #[error("the bundle holds more than {0} files; keep the OneRoster files only")]
    TooManyFiles(usize),
    #[error("{file} is larger than {bytes} bytes; split the bundle by school")]
    TooLarge { file: String, bytes: u64 },
    #[error("the files of the bundle are larger than {0} bytes together; split the bundle by school")]
    TooLargeTogether(u64),
    #[error("{0} unpacks to far more than text does; pack the CSV files again")]
    Bomb(String),
    #[error("{file} cannot be read; check that it is whole and not encrypted")]
    Unreadable { file: String, source: Box<dyn std::error::Error + Send + Sync> },
}

/// What an archive is read from: a file, or the bytes of an upload.
pub trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

enum Container {
    Folder(PathBuf),
    Archive(Box<ZipArchive<Box<dyn Bytes>>>),
}

/// An open bundle and the names of its files.
pub struct Bundle {
    container: Container,
    /// The name of each file, and what the archive calls it.
    names: BTreeMap<String, String>,
    limits: Limits,
    read_bytes: u64,
}

impl Bundle {
    /// Opens a ZIP archive or a folder by its path.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, BundleError> {
        if path.is_dir() {
            return Self::folder(path, limits);
        }
        let file = File::open(path).map_err(|_| BundleError::Missing(path.display().to_string()))?;
        Self::archive(file, limits)
    }

    /// Opens a ZIP archive from whatever holds its bytes.
    pub fn archive(bytes: impl Bytes + 'static, limits: Limits) -> Result<Self, BundleError> {
        let bytes: Box<dyn Bytes> = Box::new(bytes);
        let archive = ZipArchive::new(bytes).map_err(BundleError::NotAnArchive)?;
        if archive.len() > limits.entries {
            return Err(BundleError::TooManyFiles(limits.entries));
        }
        let mut names = BTreeMap::new();
        for entry in archive.file_names() {
            let entry = entry.map_err(BundleError::NotAnArchive)?.into_owned();
            let Some(name) = top_name(&entry)? else { continue };
            if let Some(earlier) = names.insert(name.to_owned(), entry.clone()) {
                return Err(BundleError::Twice(brief(&earlier)));
            }
        }
        if archive.has_duplicate_names() {
            return Err(BundleError::Twice("a file".to_owned()));
        }
        Ok(Self { container: Container::Archive(Box::new(archive)), names, limits, read_bytes: 0 })
    }

    fn folder(path: &Path, limits: Limits) -> Result<Self, BundleError> {
        let unreadable = |source: std::io::Error| BundleError::Unreadable {
            file: path.display().to_string(),
            source: source.into(),
        };
        let mut names = BTreeMap::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !is_litter(&name) && entry.path().is_file() {
                shown(&name)?;
                names.insert(name.clone(), name);
            }
            if names.len() > limits.entries {
                return Err(BundleError::TooManyFiles(limits.entries));
            }
        }
        Ok(Self { container: Container::Folder(path.to_owned()), names, limits, read_bytes: 0 })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The whole of one file; `None` where the bundle has no file of this name.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, BundleError> {
        let Some(entry) = self.names.get(name) else { return Ok(None) };
        let most = self.limits.file_bytes.min(self.limits.total_bytes.saturating_sub(self.read_bytes));
        let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| BundleError::Unreadable {
            file: name.to_owned(),
            source,
        };
        let (bytes, packed) = match &mut self.container {
            Container::Folder(path) => {
                let file = File::open(path.join(entry)).map_err(|e| unreadable(e.into()))?;
                (at_most(file, most).map_err(|e| unreadable(e.into()))?, None)
            }
            Container::Archive(archive) => {
                let entry = archive.by_name(entry).map_err(|e| unreadable(e.into()))?;
                let packed = entry.compressed_size();
                (at_most(entry, most).map_err(|e| unreadable(e.into()))?, Some(packed))
            }
        };
        self.measured(name, bytes, packed, most).map(Some)
    }

    fn measured(&mut self, name: &str, bytes: Vec<u8>, packed: Option<u64>, most: u64) -> Result<Vec<u8>, BundleError> {
        let length = bytes.len() as u64;
        if packed.is_some_and(|packed| length > RATIO_FROM && length / packed.max(1) > self.limits.ratio) {
            return Err(BundleError::Bomb(name.to_owned()));
        }
        if length > most {
            return Err(if most < self.limits.file_bytes {
                BundleError::TooLargeTogether(self.limits.total_bytes)
            } else {
                BundleError::TooLarge { file: name.to_owned(), bytes: self.limits.file_bytes }
            });
        }
        self.read_bytes += length;
        Ok(bytes)
    }
}

/// Reads one byte more than allowed at most, so that the caller sees that it was too much.
fn at_most(reader: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of an entry at the top of an archive, which some tools write as `./users.csv`. None for litter.
fn top_name(entry: &str) -> Result<Option<&str>, BundleError> {
    let name = entry.strip_prefix("./").unwrap_or(entry);
    shown(name)?;
    let leads_away = name.contains('\\') || name.split('/').any(|part| part == "..");
    if !leads_away && (name.is_empty() || is_litter(name)) {
        return Ok(None);
    }
    if leads_away || name.contains('/') {
        return Err(BundleError::SubFolder(brief(name)));
    }
    Ok(Some(name))
}

/// That a name can be shown, and kept: PostgreSQL takes no text with a NUL in it.
fn shown(name: &str) -> Result<(), BundleError> {
    if name.chars().any(char::is_control) { Err(BundleError::Unshowable(brief(name))) } else { Ok(()) }
}

/// What desktop systems leave behind in archives and folders.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini"
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        let mut cursor = writer.finish().unwrap();
        cursor.set_position(0);
        cursor
    }

    fn refused(bundle: Result<Bundle, BundleError>) -> String {
        bundle.err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn reads_files_and_leaves_litter_out() {
        let zip = archive(&[("orgs.csv", b"a"), ("__MACOSX/._orgs.csv", b"x"), (".DS_Store", b"x")]);
        let mut bundle = Bundle::archive(zip, Limits::default()).unwrap();
        assert_eq!(bundle.names().collect::<Vec<_>>(), ["orgs.csv"]);
        assert_eq!(bundle.read("orgs.csv").unwrap().unwrap(), b"a");
        assert!(bundle.read("users.csv").unwrap().is_none());
    }

    #[test]
    fn refuses_sub_folders() {
        let zip = archive(&[("export/orgs.csv", b"a")]);
        assert_eq!(
            refused(Bundle::archive(zip, Limits::default())),
            "the archive holds \"export/orgs.csv\" in a folder; put the CSV files at the top of the archive"
        );
    }

    #[test]
    fn reads_what_stands_at_the_top_by_another_name_and_refuses_what_leads_away() {
        let zip = archive(&[("./orgs.csv", b"a"), (".DS_Store", b"x")]);
        let mut bundle = Bundle::archive(zip, Limits::default()).unwrap();
        assert_eq!(bundle.read("orgs.csv").unwrap().unwrap(), b"a");
        for name in ["../users.csv", ".\\users.csv", "./../users.csv", ".export/../users.csv", "./export/users.csv"] {
            let refused = refused(Bundle::archive(archive(&[(name, b"a")]), Limits::default()));
            assert!(refused.contains("in a folder"), "{name}: {refused}");
        }
        let twice = archive(&[("./users.csv", b"a"), ("users.csv", b"b")]);
        assert!(refused(Bundle::archive(twice, Limits::default())).contains("twice"));
        assert_eq!(
            refused(Bundle::archive(archive(&[("o\0dd.csv", b"a")]), Limits::default())),
            "the name of the file \"o dd.csv\" holds a character that cannot be shown; name the files as OneRoster does"
        );
    }

    #[test]
    fn refuses_what_is_no_archive_and_what_is_not_there() {
        assert!(
            refused(Bundle::archive(Cursor::new(b"not a zip".to_vec()), Limits::default()))
                .starts_with("the file is not a ZIP")
        );
        assert!(refused(Bundle::open(Path::new("/no/such/bundle.zip"), Limits::default())).contains("is not there"));
    }

    #[test]
    fn bounds_number_size_and_sum() {
        let few = Limits { entries: 1, ..Limits::default() };
        assert!(
            refused(Bundle::archive(archive(&[("a.csv", b"a"), ("b.csv", b"b")]), few)).contains("more than 1 files")
        );

        let small = Limits { file_bytes: 3, ..Limits::default() };
        let mut bundle = Bundle::archive(archive(&[("a.csv", b"abcd")]), small).unwrap();
        assert_eq!(
            bundle.read("a.csv").unwrap_err().to_string(),
            "a.csv is larger than 3 bytes; split the bundle by school"
        );

        let together = Limits { total_bytes: 5, ..Limits::default() };
        let mut bundle = Bundle::archive(archive(&[("a.csv", b"abcd"), ("b.csv", b"ef")]), together).unwrap();
        bundle.read("a.csv").unwrap();
        assert!(bundle.read("b.csv").unwrap_err().to_string().contains("5 bytes together"));
    }

    #[test]
    fn refuses_a_bomb_by_what_it_unpacks_to() {
        let zeros = vec![b'0'; 3 << 20];
        let mut bundle = Bundle::archive(archive(&[("users.csv", &zeros)]), Limits::default()).unwrap();
        assert!(matches!(bundle.read("users.csv"), Err(BundleError::Bomb(_))));
    }
}
