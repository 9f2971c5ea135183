//! Which spellings of which names does each claim look for?

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::Found;
use crate::linkname::claim::Claim;
use crate::names;

/// How a name belongs to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Local,
    Remote,
    /// The remote with its path escaped the other way.
    OtherSpelling,
}

/// The names and packages to look for, each with its claims.
pub(super) struct Index<'a> {
    /// By length, up to the last: whether a name is so long. Nearly all names of a program are told by that.
    lengths: [bool; 256],
    names: HashMap<Cow<'a, [u8]>, Vec<(usize, Side)>>,
    pub(super) packages: HashMap<Vec<u8>, Vec<usize>>,
    /// Packages of remotes.
    pub(super) targets: HashMap<Vec<u8>, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(claims: &'a [Claim], found: &[Found]) -> Self {
        let mut index = Self {
            lengths: [false; 256],
            names: HashMap::new(),
            packages: HashMap::new(),
            targets: HashMap::new(),
        };
        for (number, (claim, found)) in claims.iter().zip(found).enumerate() {
            let remote = names::without_abi(&claim.remote);
            index.want(Cow::Borrowed(remote), number, Side::Remote);
            for spelling in spellings(remote) {
                if *spelling != *remote {
                    index.want(Cow::Owned(spelling), number, Side::OtherSpelling);
                }
            }
            for spelling in spellings(&found.local_name) {
                index.want(Cow::Owned(spelling), number, Side::Local);
            }
            for package in package_spellings(found.package.as_bytes()) {
                index.packages.entry(package).or_default().push(number);
            }
            for target in found.target.iter().flat_map(|t| package_spellings(t.as_bytes())) {
                index.targets.entry(target).or_default().push(number);
            }
        }
        index
    }

    /// The claims that look for `name`.
    pub(super) fn wanting(&self, name: &[u8]) -> Option<&Vec<(usize, Side)>> {
        let long = self.lengths.get(name.len().min(self.lengths.len() - 1))?;
        if *long { self.names.get(name) } else { None }
    }

    fn want(&mut self, name: Cow<'a, [u8]>, claim: usize, side: Side) {
        let last = self.lengths.len() - 1;
        self.lengths.get_mut(name.len().min(last)).into_iter().for_each(|long| *long = true);
        self.names.entry(name).or_default().push((claim, side));
    }
}

/// The local name as symbols spell it: escaped, and `main` for the program's own path.
pub(super) fn local_name(claim: &Claim, package: &str) -> Vec<u8> {
    let mut name = names::escaped(package.as_bytes());
    name.push(b'.');
    name.extend_from_slice(names::within_package(names::without_abi(&claim.local)));
    name
}

/// `name` with its path unescaped and escaped.
fn spellings(name: &[u8]) -> BTreeSet<Vec<u8>> {
    let Some(package) = names::package(name) else { return BTreeSet::from([name.to_vec()]) };
    let rest = name.get(package.len()..).unwrap_or_default();
    // `example.com/a.b.f`: the dots after the last slash do not tell where the package ends, so the longer readings
    // are tried too.
    let mut all = BTreeSet::from([name.to_vec(), [&*names::unescape(package), rest].concat()]);
    let unescaped = [&*names::unescape(package), rest].concat();
    let last_element = memchr::memrchr(b'/', package).map_or(0, |slash| slash + 1);
    for (dot, _) in
        unescaped.iter().enumerate().filter(|(at, b)| **b == b'.' && *at >= last_element)
    {
        let (path, rest) = unescaped.split_at(dot);
        if path
            .get(last_element..)
            .is_none_or(|element| element.is_empty() || element.contains(&b'('))
        {
            continue;
        }
        all.insert([&names::escaped(path), rest].concat());
    }
    all
}

fn package_spellings(package: &[u8]) -> BTreeSet<Vec<u8>> {
    BTreeSet::from([package.to_vec(), names::escaped(package)])
}
