//! Reads the documents that an operator trusts: each `*.graphql` of a directory, and each `*.json`, which is a manifest as
//! build tools of clients write them: an object from digest to text (Relay), or `operations` with `id` and `body` (Apollo).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::Digest;

/// Bytes of all trusted documents together.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why the trusted documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file or the directory.
    #[error("failed to read {}", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// A manifest that is none.
    #[error("failed to read the manifest {}: it must map digests to texts, or have operations with id and body", .0.display())]
    Manifest(PathBuf),
    /// A document under a wrong digest.
    #[error("failed to trust {} in {}: its text has another SHA-256", .1, .0.display())]
    Mismatch(PathBuf, String),
    /// Too many.
    #[error("failed to hold the trusted documents: they are larger than {} MiB", BYTES_MAX / 1024 / 1024)]
    TooLarge,
}

/// All trusted texts.
pub(super) fn read(directory: &Path) -> Result<Vec<String>, TrustError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| TrustError::Read(path, error)
    };
    let entries = fs::read_dir(directory).map_err(unreadable(directory))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut texts = Vec::new();
    for path in paths.map_err(unreadable(directory))? {
        let read = || fs::read_to_string(&path).map_err(unreadable(&path));
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("graphql") => texts.push(read()?),
            Some("json") => texts.extend(manifest(&path, &read()?)?),
            _ => {}
        }
        if texts.iter().map(String::len).sum::<usize>() > BYTES_MAX {
            return Err(TrustError::TooLarge);
        }
    }
    Ok(texts)
}

/// The texts of a manifest, each of which must have the digest that it is listed under.
fn manifest(path: &Path, json: &str) -> Result<Vec<String>, TrustError> {
    let no_manifest = || TrustError::Manifest(path.to_owned());
    let Ok(Value::Object(manifest)) = serde_json::from_str(json) else { return Err(no_manifest()) };
    let listed: Vec<(String, String)> = match manifest.get("operations") {
        Some(Value::Array(operations)) => {
            let pair = |entry: &Value| Some((entry["id"].as_str()?.to_owned(), entry["body"].as_str()?.to_owned()));
            operations.iter().map(pair).collect::<Option<_>>().ok_or_else(no_manifest)?
        }
        _ => {
            let pair = |(id, text): (String, Value)| Some((id, text.as_str()?.to_owned()));
            manifest.into_iter().map(pair).collect::<Option<_>>().ok_or_else(no_manifest)?
        }
    };
    let checked = listed.into_iter().map(|(id, text)| {
        let digest = Digest::from_hex(id.strip_prefix("sha256:").unwrap_or(&id));
        if digest == Digest::of(&text) { Ok(text) } else { Err(TrustError::Mismatch(path.to_owned(), id)) }
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn hex(text: &str) -> String {
        hex::encode(Sha256::digest(text))
    }

    #[test]
    fn files_and_manifests_of_both_kinds_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| fs::write(directory.path().join(name), text).unwrap();
        write("a.graphql", "{ a }".into());
        write("relay.json", format!(r#"{{"sha256:{}":"{{ b }}"}}"#, hex("{ b }")));
        write("apollo.json", format!(r#"{{"version":1,"operations":[{{"id":"{}","body":"{{ c }}"}}]}}"#, hex("{ c }")));
        write("notes.txt", "not read".into());
        let mut texts = read(directory.path()).unwrap();
        texts.sort();
        assert_eq!(texts, ["{ a }", "{ b }", "{ c }"]);
    }

    #[test]
    fn a_text_under_a_wrong_digest_and_a_file_that_is_no_manifest_are_refused() {
        for (manifest, told) in [
            (format!(r#"{{"{}":"{{ b }}"}}"#, hex("{ a }")), "another SHA-256"),
            ("[]".into(), "failed to read the manifest"),
            (r#"{"operations":[{"id":"x"}]}"#.into(), "failed to read the manifest"),
        ] {
            let directory = tempfile::tempdir().unwrap();
            fs::write(directory.path().join("m.json"), manifest).unwrap();
            assert!(read(directory.path()).unwrap_err().to_string().contains(told));
        }
        assert!(matches!(read(Path::new("/nonexistent")), Err(TrustError::Read(..))));
    }
}
