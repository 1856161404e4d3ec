//! What an access token of a machine client opens. A scope alone opens no draft: that takes a grant as well.

use std::{collections::BTreeSet, fmt};

use crate::domain::role::words;

words! {
    /// One thing that a client may be let do.
    Scope {
        /// Reading what is published for partners.
        AdviceRead = "advice:read",
        /// Reading drafts and reviews of documents on which the client or its organisation was given a role.
        DraftsRead = "drafts:read",
        /// Commenting on such drafts, with the role COMMENTER.
        CommentsWrite = "comments:write",
        /// Keeping the checklist of a local service. Nothing asks for it yet.
        ChecklistWrite = "checklist:write",
        /// Reading the record of acts, and hearing of new ones, on what may be read.
        EventsRead = "events:read",
    }
}

/// Scopes together, each once, in the order of the rulebook.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// The most bytes of scopes as tokens and forms write them. All of them together are shorter.
    pub const BYTES_MAX: usize = 500;

    /// Reads scopes as OAuth writes them: words with one space between (RFC 6749, 3.3).
    pub fn parse(written: &str) -> Option<Self> {
        if written.len() > Self::BYTES_MAX {
            return None;
        }
        written.split(' ').map(Scope::from_word).collect::<Option<BTreeSet<_>>>().map(Self)
    }

    /// Whether one is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of these are among those.
    pub fn are_within(&self, those: &Self) -> bool {
        self.0.is_subset(&those.0)
    }

    /// Those that are here and there.
    pub fn shared_with(&self, there: &Self) -> Self {
        Self(self.0.intersection(&there.0).copied().collect())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, scope) in self.0.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let all: Scopes = Scope::ALL.iter().copied().collect();
        assert_eq!(all.to_string(), "advice:read drafts:read comments:write checklist:write events:read");
        assert!(all.to_string().len() <= Scopes::BYTES_MAX);
        assert_eq!(Scopes::parse(&all.to_string()), Some(all));
        let twice = Scopes::parse("events:read advice:read events:read").unwrap();
        assert_eq!(twice.to_string(), "advice:read events:read");
        for wrong in
            ["", " ", "advice:read ", "advice:read  events:read", "Advice:read", "advice:read,events:read", "*"]
        {
            assert_eq!(Scopes::parse(wrong), None, "{wrong:?}");
        }
    }
}
