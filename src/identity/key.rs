//! The local signing key: read from its file, made at first use where it is a plain secret.
//!
//! A key knows its one algorithm and is tried out before anybody gets it, so a wrong file is found at start and not
//! at the first token.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Once,
};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use jsonwebtoken::{DecodingKey, EncodingKey, crypto, jwk::Jwk};
use rand::{TryRngCore, rngs::OsRng};

use crate::config::Algorithm;

/// Bytes of a secret, at least and when made here: as many as the hash of HS512 gives out (RFC 7518, 3.2).
const SECRET_BYTES: usize = 64;

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read.
    #[error("failed to read the signing key {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file could not be made.
    #[error("failed to make the signing key {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Anybody on the machine could sign with it.
    #[error("failed to trust the signing key {}: everybody may read it (chmod 600)", .0.display())]
    Exposed(PathBuf),
    /// Not a base64 text of enough bytes.
    #[error("failed to read the secret in {}: expected base64 of {SECRET_BYTES} bytes or more", .0.display())]
    NotASecret(PathBuf),
    /// Not a private key for the algorithm. The cause is left out, for it may quote the key.
    #[error("failed to read the key in {}: expected a PKCS#8 PEM private key for {algorithm:?}", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// The algorithm that is configured.
        algorithm: Algorithm,
    },
    /// The system gave no random bytes.
    #[error("failed to get random bytes for a signing key")]
    Random(#[source] rand::rand_core::OsError),
}

/// A key that signs and verifies, for one algorithm.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub(super) algorithm: jsonwebtoken::Algorithm,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
}

impl SigningKey {
    /// Reads the key at `path`. For [`Algorithm::Hs512`] a missing one is made first, readable to its owner only.
    pub fn load_or_create(algorithm: Algorithm, path: &Path) -> Result<Self, KeyError> {
        if algorithm == Algorithm::Hs512 && !path.exists() {
            create_secret(path)?;
        }
        let read = |source| KeyError::Read { path: path.to_owned(), source };
        // Group access is tolerated: mounted secrets of orchestrators come as 0440.
        if fs::metadata(path).map_err(read)?.permissions().mode() & 0o007 != 0 {
            return Err(KeyError::Exposed(path.to_owned()));
        }
        let text = fs::read(path).map_err(read)?;
        match algorithm {
            Algorithm::Hs512 => {
                let secret = BASE64.decode(text.trim_ascii()).ok().filter(|secret| secret.len() >= SECRET_BYTES);
                Self::from_secret(&secret.ok_or_else(|| KeyError::NotASecret(path.to_owned()))?)
            }
            Algorithm::Es256 | Algorithm::EdDsa | Algorithm::Rs512 | Algorithm::Ps256 => {
                Self::from_pem(algorithm, &text)
            }
        }
        .ok_or_else(|| KeyError::NotAKey { path: path.to_owned(), algorithm })
    }

    /// A fresh secret that is kept nowhere: for demonstrations and tests, whose tokens need not outlive the process.
    pub fn ephemeral() -> Result<Self, KeyError> {
        let secret = random_bytes::<SECRET_BYTES>()?;
        Self::from_secret(&secret)
            .ok_or_else(|| KeyError::NotAKey { path: PathBuf::from("memory"), algorithm: Algorithm::Hs512 })
    }

    fn from_secret(secret: &[u8]) -> Option<Self> {
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { algorithm: jsonwebtoken::Algorithm::HS512, encoding, decoding }.proven()
    }

    pub(super) fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Option<Self> {
        install_crypto();
        let (algorithm, encoding) = match algorithm {
            Algorithm::Hs512 => return None,
            Algorithm::Es256 => (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_pem(pem)),
            Algorithm::EdDsa => (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_pem(pem)),
            Algorithm::Rs512 => (jsonwebtoken::Algorithm::RS512, EncodingKey::from_rsa_pem(pem)),
            Algorithm::Ps256 => (jsonwebtoken::Algorithm::PS256, EncodingKey::from_rsa_pem(pem)),
        };
        let encoding = encoding.ok()?;
        let public = Jwk::from_encoding_key(&encoding, algorithm).ok()?;
        Self { algorithm, encoding, decoding: DecodingKey::from_jwk(&public).ok()? }.proven()
    }

    /// The key itself, if what it signs it also verifies.
    fn proven(self) -> Option<Self> {
        install_crypto();
        let probe = b"probe";
        let signature = crypto::sign(probe, &self.encoding, self.algorithm).ok()?;
        let good = crypto::verify(&signature, probe, &self.decoding, self.algorithm).ok()?;
        good.then_some(self)
    }
}

/// Tells jsonwebtoken which cryptography to use. Left to itself it looks at crate features, and a second backend
/// anywhere among the dependencies would make the first token panic. There is no token without a key, so keys see to it.
pub(super) fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that one is installed already; `proven` finds out whether it works.
        let _ = crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    });
}

fn random_bytes<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(KeyError::Random)?;
    Ok(bytes)
}

/// Makes the secret under another name first: replicas that start together all end up with the one that was first,
/// and none reads half a file.
fn create_secret(path: &Path) -> Result<(), KeyError> {
    let text = BASE64.encode(random_bytes::<SECRET_BYTES>()?) + "\n";
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.new", hex::encode(random_bytes::<8>()?)));
    let draft = PathBuf::from(draft);
    let write = || -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    };
    let written = write();
    let removed = match fs::remove_file(&draft) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    };
    written.and(removed).map_err(|source| KeyError::Create { path: path.to_owned(), source })
}
