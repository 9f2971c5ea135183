//! A sentence that may begin with a reference, which a reader may want to see in full.

use serde::{Serialize, Serializer};

use super::Told;

/// A verdict in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    lead: Option<Lead>,
    rest: String,
}

/// What a sentence begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lead {
    told: Told,
    /// Whether it is the first entry of the claim's evidence.
    is_evidence: bool,
}

impl Sentence {
    /// A sentence that does not begin with a reference.
    pub(super) fn plain(rest: String) -> Self {
        Self { lead: None, rest }
    }

    /// A sentence that begins with the first reference of the evidence, if there is one.
    pub(super) fn led(first: Option<Told>, rest: String) -> Self {
        Self { lead: first.map(|told| Lead { told, is_evidence: true }), rest }
    }

    /// A sentence that begins with a reference that is not part of the evidence.
    pub(super) fn led_by_other(told: Told, rest: String) -> Self {
        Self { lead: Some(Lead { told, is_evidence: false }), rest }
    }

    /// Files without their folders.
    #[must_use]
    pub fn brief(&self) -> String {
        let lead = self.lead.as_ref().map_or("", |lead| lead.told.brief.as_str());
        format!("{lead}{}", self.rest)
    }

    /// Files as the binary records them.
    #[must_use]
    pub fn full(&self) -> String {
        let lead = self.lead.as_ref().map_or("", |lead| lead.told.full.as_str());
        format!("{lead}{}", self.rest)
    }

    /// Whether it tells the first entry of the evidence.
    #[must_use]
    pub fn says_first(&self) -> bool {
        self.lead.as_ref().is_some_and(|lead| lead.is_evidence)
    }
}

/// As documents carry it: brief.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.brief())
    }
}
