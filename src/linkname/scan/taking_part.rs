//! Whose directives are asked for, and which others take part in an answer about one of them?
//!
//! A remote is shared by everybody who has a directive on it, so another package's directive may decide what happens
//! to it. All others of Go's own packages are only counted, if nobody asks for them.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Scan, symbol};
use crate::source::package::Directive;

impl Scan<'_> {
    /// The packages whose directives are asked for or take part in an answer, and how many directives Go's own
    /// packages have, if they are only counted. Of a package of Go's own, only comments are read to know whether
    /// another package's directive has the same remote, or whether it gives that package's own name a body.
    pub(super) fn taking_part(&self) -> (Vec<usize>, usize) {
        let all = 0..self.question.build.packages.len();
        let (of_go, asked): (Vec<usize>, Vec<usize>) =
            all.partition(|index| !self.question.alone && self.is_std(*index));
        asked.par_iter().for_each(|index| _ = self.spoken(*index));
        let mut wanted: BTreeSet<Vec<u8>> = BTreeSet::new();
        for index in &asked {
            let Some(package) = self.packages.get(*index) else { continue };
            for one in self.spoken(*index).into_iter().flat_map(|spoken| &spoken.joined.directives)
            {
                wanted.extend([one.remote.clone(), symbol(package, &one.local)]);
            }
        }
        let remotes: Vec<(usize, Vec<Vec<u8>>)> =
            of_go.into_par_iter().map(|index| (index, self.packages.remotes(index))).collect();
        let others = remotes.iter().map(|(_, remotes)| remotes.len()).sum();
        let shares = |remotes: &[Vec<u8>]| remotes.iter().any(|remote| wanted.contains(remote));
        let sharing =
            remotes.iter().filter(|(_, remotes)| shares(remotes)).map(|(index, _)| *index);
        let mut taking_part: Vec<usize> = asked.into_iter().chain(sharing).collect();
        taking_part.sort_unstable();
        (taking_part, others)
    }

    /// Whether one of some directives is in a package that is not Go's own.
    pub(super) fn is_of_others(&self, directives: &[(usize, usize)]) -> bool {
        directives.iter().any(|(index, _)| !self.is_std(*index))
    }

    /// The directives of package `index` that are asked for or take part in an answer.
    pub(super) fn directives(&self, index: usize) -> Vec<Directive> {
        let all = self.spoken(index).into_iter().flat_map(|spoken| &spoken.joined.directives);
        let whole = self.question.alone || !self.is_std(index);
        let shared = |directive: &&Directive| {
            whole || self.by_remote.get(&directive.remote).is_some_and(|by| self.is_of_others(by))
        };
        all.filter(shared).cloned().collect()
    }
}
