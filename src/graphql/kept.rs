//! Answers kept whole, as bytes; and parts of answers, the texts of editions, for those who ask for the rest otherwise.
//!
//! ONE INVARIANT: nothing private may ever enter. What enters was told by a [`Reader`] that sees nothing but what is
//! published to an audience, that noted nothing personal, and that read all of it at one epoch of the shelf; and it is
//! given only to actors of that very outlook, while that epoch stands. There is one way in for answers, `Kept::keep`, and
//! one for parts, `Parts::keep`; both ask the reader itself. Nobody in particular and people who see no more are kept
//! apart: the former are told who they are, too.
//!
//! So nothing is ever taken out but for room: whatever an outsider could notice moves the epoch, in the same transaction,
//! and who looks under the new epoch finds nothing old. What ceases to be true by itself, such as "due soon", is kept until
//! that moment only.

use std::{
    io::Write,
    sync::{Arc, OnceLock},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use quick_cache::{
    DefaultHashBuilder, Weighter,
    sync::{Cache, DefaultLifecycle, PlaceholderGuard},
};

use super::answer::Answer;
use crate::{
    domain::{id::EditionId, time::Timestamp},
    store::{Outlook, Reader},
};

/// Room for answers, in bytes.
const BYTES_MAX: u64 = 24 * 1024 * 1024;
/// Room for parts of answers, in bytes.
const PARTS_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Room for what people sent, in bytes.
const VERBATIM_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What is longer than this is read anew each time.
const VERBATIM_MAX: usize = 16 * 1024;
/// An answer longer than this is not kept: it would push out many others.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Who asks what.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Asked {
    pub(super) outlook: Outlook,
    /// Whether nobody has logged in: what is said to nobody in particular, such as who they are, is not for a person who sees
    /// no more.
    pub(super) is_anonymous: bool,
    /// What is asked for, as a digest.
    pub(super) operation: [u8; 32],
}

/// The answers kept.
#[derive(Clone)]
pub struct Kept {
    answers: Arc<Cache<Asked, Arc<KeptAnswer>, Weight>>,
    recalled: Arc<Cache<Verbatim, Recalled, Length>>,
    parts: Parts,
}

/// The parts of answers kept.
#[derive(Clone)]
pub(super) struct Parts(Arc<Cache<PartAsked, Arc<Part>, Length>>);

/// Who asks for which part.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct PartAsked {
    outlook: Outlook,
    is_anonymous: bool,
    /// Whose sections they are.
    edition: EditionId,
    /// What is selected of each, in one spelling that leaves nothing to variables.
    selection: String,
}

/// The sections of an edition as an answer tells them.
#[derive(Debug)]
pub(super) struct Part {
    /// As JSON.
    pub(super) json: String,
    /// How many things its lists hold.
    pub(super) things: usize,
    /// When it ceases to be true by itself, at the soonest; if ever.
    until: Option<Timestamp>,
}

/// What somebody sent, byte for byte: a body, or the query of a URL.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Verbatim {
    /// Whether it is the query of a URL.
    pub is_url: bool,
    /// The bytes.
    pub bytes: Bytes,
}

/// What was found out about a query that came before in the same bytes. It follows from the bytes alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recalled {
    pub(super) operation: [u8; 32],
    pub(super) complexity: u64,
}

/// An answer without errors that is the same for everybody of an audience.
#[derive(Debug)]
pub struct KeptAnswer {
    body: Bytes,
    squeezed: OnceLock<Bytes>,
    digest: String,
    until: Option<Timestamp>,
}

/// The turn to make an answer; others who ask the same wait for it.
pub(super) type Turn<'a> =
    PlaceholderGuard<'a, Asked, Arc<KeptAnswer>, Weight, DefaultHashBuilder, DefaultLifecycle<Asked, Arc<KeptAnswer>>>;

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            answers: Arc::new(Cache::with_weighter(2_000, BYTES_MAX, Weight)),
            recalled: Arc::new(Cache::with_weighter(2_000, VERBATIM_BYTES_MAX, Length)),
            parts: Parts(Arc::new(Cache::with_weighter(200, PARTS_BYTES_MAX, Length))),
        }
    }

    /// The parts kept.
    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The answer, if it is kept and true at `now`.
    pub(super) fn find(&self, asked: &Asked, now: Timestamp) -> Option<Arc<KeptAnswer>> {
        let kept = self.answers.get(asked)?;
        if is_true(kept.until, now) {
            return Some(kept);
        }
        self.answers.remove_if(asked, |found| Arc::ptr_eq(found, &kept));
        None
    }

    /// What these bytes ask for, if an answer to them was told before.
    pub(super) fn recall(&self, verbatim: &Verbatim) -> Option<Recalled> {
        self.recalled.get(verbatim)
    }

    /// Remembers what these bytes ask for.
    pub(super) fn remember(&self, verbatim: Verbatim, recalled: Recalled) {
        if verbatim.bytes.len() <= VERBATIM_MAX {
            // A part of a larger buffer would keep the whole of it.
            let bytes = Bytes::copy_from_slice(&verbatim.bytes);
            self.recalled.insert(Verbatim { bytes, ..verbatim }, recalled);
        }
    }

    /// The answer that somebody else makes meanwhile, or the turn to make it.
    pub(super) async fn find_or_turn(&self, asked: &Asked) -> Result<Arc<KeptAnswer>, Turn<'_>> {
        self.answers.get_value_or_guard_async(asked).await
    }

    /// Keeps an answer, if it may be: if `reader`, who told all that is in it, told nothing that is not for everybody of
    /// its outlook. The way in, and the only one.
    pub(super) fn keep(
        &self,
        asked: &Asked,
        turn: Option<Turn<'_>>,
        answer: &Answer,
        reader: &Reader,
    ) -> Option<Arc<KeptAnswer>> {
        let outlook = told_at(reader)?;
        if outlook.audience != asked.outlook.audience || !answer.is_whole() {
            return None;
        }
        let until = reader.true_until();
        if !is_true(until, reader.now_until(|_| None)) {
            return None;
        }
        let kept = Arc::new(KeptAnswer::new(answer.to_json().into(), until)).fits()?;
        match turn {
            Some(turn) if outlook == asked.outlook => drop(turn.insert(Arc::clone(&kept))),
            // The shelf may have moved before the first read: then it is an answer of the later epoch.
            _ => self.answers.insert(Asked { outlook, ..*asked }, Arc::clone(&kept)),
        }
        Some(kept)
    }

    /// Every body that is kept: for tests that look for what must not be there.
    pub fn bodies(&self) -> Vec<String> {
        let answers = self.answers.iter().map(|(_, kept)| String::from_utf8_lossy(&kept.body).into_owned());
        answers.chain(self.parts.0.iter().map(|(_, part)| part.json.clone())).collect()
    }
}

impl Parts {
    /// The part, if it is kept and true at the moment of `reader`, who then tells it.
    pub(super) fn find(&self, asked: &PartAsked, reader: &Reader) -> Option<Arc<Part>> {
        let part = self.0.get(asked).filter(|part| is_true(part.until, reader.now_until(|_| None)))?;
        reader.now_until(|_| part.until);
        Some(part)
    }

    /// Keeps a part, if it may be: if `reader`, who told all that is in it, told nothing until now that is not for everybody
    /// of its outlook.
    pub(super) fn keep(&self, asked: PartAsked, json: &str, things: usize, reader: &Reader) {
        let until = reader.true_until();
        let is_true = is_true(until, reader.now_until(|_| None));
        if told_at(reader) == Some(asked.outlook) && is_true && json.len() <= ANSWER_BYTES_MAX {
            self.0.insert(asked, Arc::new(Part { json: json.to_owned(), things, until }));
        }
    }
}

impl PartAsked {
    /// The sections of an edition, for whom `reader` reads; none if nothing that it tells may be kept, or if what is selected
    /// has no spelling.
    pub(super) fn by(
        reader: &Reader,
        is_anonymous: bool,
        edition: EditionId,
        spell: impl FnOnce() -> Option<String>,
    ) -> Option<Self> {
        Some(Self { outlook: told_at(reader)?, is_anonymous, edition, selection: spell()? })
    }
}

/// For whom all that a reader told so far may be kept; none if something of it is for one person only.
fn told_at(reader: &Reader) -> Option<Outlook> {
    reader.outlook().filter(|_| reader.is_shared())
}

impl KeptAnswer {
    fn new(body: Bytes, until: Option<Timestamp>) -> Self {
        let digest = BASE64.encode(xxhash_rust::xxh3::xxh3_128(&body).to_be_bytes());
        Self { body, squeezed: OnceLock::new(), digest, until }
    }

    fn fits(self: Arc<Self>) -> Option<Arc<Self>> {
        (self.body.len() <= ANSWER_BYTES_MAX).then_some(self)
    }

    /// The answer as JSON.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The same, compressed as gzip; once, for all who ask.
    pub fn squeezed(&self) -> &Bytes {
        self.squeezed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            // A vector takes everything that is written to it.
            let squeezed = encoder.write_all(&self.body).and_then(|()| encoder.finish());
            squeezed.unwrap_or_default().into()
        })
    }

    /// Names these bytes among all others.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// When it ceases to be true by itself, if ever.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }
}

/// Whether what is true until then is true now.
fn is_true(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_none_or(|until| now < until)
}

/// Weighs an answer with room for its compressed form, which comes later, and for the entry.
#[derive(Clone)]
pub(super) struct Weight;

impl Weighter<Asked, Arc<KeptAnswer>> for Weight {
    fn weight(&self, _: &Asked, kept: &Arc<KeptAnswer>) -> u64 {
        u64::try_from(kept.body.len() + kept.body.len() / 4 + 400).unwrap_or(u64::MAX)
    }
}

/// Weighs what was sent, with room for the entry.
#[derive(Clone)]
struct Length;

impl Weighter<Verbatim, Recalled> for Length {
    fn weight(&self, verbatim: &Verbatim, _: &Recalled) -> u64 {
        u64::try_from(verbatim.bytes.len() + 150).unwrap_or(u64::MAX)
    }
}

impl Weighter<PartAsked, Arc<Part>> for Length {
    fn weight(&self, asked: &PartAsked, part: &Arc<Part>) -> u64 {
        u64::try_from(asked.selection.len() + part.json.len() + 250).unwrap_or(u64::MAX)
    }
}
