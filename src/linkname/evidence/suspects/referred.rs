//! Which packages refer to functions that they may not name?
//!
//! One pass over the code finds every reference to a function. The file of the innermost function at the instruction
//! tells nearly all of them from linknames; only what is left is looked at frame by frame.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::binary::{Binary, Functions, Searched};
use crate::code::{How, InstructionSet, RawReference};
use crate::golang::pclntab::Files;
use crate::linkname::importable::may_import;
use crate::names;
use crate::rules;

use super::super::debug::CodeUnits;
use super::super::origins::{Origin, Origins, Witnesses};
use super::super::targets::Targets;
use super::super::{Doubt, SearchGap};
use super::callees::{Callee, Callees, Class};
use super::{Counts, Pull, gap_of};

/// A reference that only a linkname may explain.
struct Open {
    raw: RawReference,
    how: How,
    callee: u32,
}

/// Finds every package that refers to a function of another one that it may not name, and counts what is undecidable.
/// With `only` a name, the other functions are not looked for, and a search that is `known` may have the answer.
pub(super) fn referred(
    binary: &Binary,
    functions: &Functions,
    (only, known): (Option<&[u8]>, Option<&Searched>),
    counts: &mut Counts,
) -> Result<(Vec<Pull>, Searched), SearchGap> {
    if InstructionSet::of(&binary.image.arch).is_none() {
        return Err(SearchGap::Architecture);
    }
    // Without inline trees an inlined callback looks like a pull.
    let Some(trees) = &functions.trees else { return Err(SearchGap::Uncertain) };
    let mut callees = Callees::of(binary, functions, only);
    let targets = Targets::of_functions(binary, callees.entries(), known);
    let targets = targets.map_err(|fault| gap_of(binary, fault))?;
    let wanted = targets.wanted(std::iter::empty());
    let searched = binary.search_again_and_keep(wanted, known);
    let searched = searched.map_err(|fault| gap_of(binary, fault))?;
    counts.tabled = tabled(&targets, &callees);
    let open = sifted(functions, &mut callees, &targets, &searched.found.references, counts);
    let raws: Vec<RawReference> = open.iter().map(|open| open.raw).collect();
    let witnesses = Witnesses { functions, trees, units: CodeUnits::of(binary) };
    let origins = Origins::of(&witnesses, &raws);
    let main = binary.build().filter(|build| build.main.is_some()).map(|build| &*build.path);
    let looked = Looked { functions, callees: &callees, origins: &origins, open: &open, main };
    Ok((looked.pulls(), searched.with_words(targets.scans)))
}

/// How many hidden functions have their values in data.
fn tabled(targets: &Targets, callees: &Callees<'_>) -> usize {
    let hidden = targets.tabled().filter_map(|entry| callees.at(entry));
    let hidden = hidden.filter(|(_, callee)| callee.class == Class::Hidden);
    hidden.map(|(number, _)| number).collect::<BTreeSet<u32>>().len()
}

/// The references whose file is not that of the function's own package. Those to functions that anybody may call are
/// counted.
fn sifted(
    functions: &Functions,
    callees: &mut Callees<'_>,
    targets: &Targets,
    references: &[RawReference],
    counts: &mut Counts,
) -> Vec<Open> {
    let mut open = Vec::new();
    let mut current: Option<Files<'_>> = None;
    let mut owners: HashMap<(Option<u32>, i32), Option<u32>> = HashMap::new();
    let mut pairs: HashSet<(u32, u32)> = HashSet::new();
    for raw in references {
        let Some((to, how)) = targets.meant(raw) else { continue };
        let Some((number, &Callee { package, class, .. })) = callees.at(to) else { continue };
        let asked = matches!(class, Class::Hidden | Class::Barred);
        let branch = matches!(how, How::Call | How::Jump);
        if !branch && (!asked || !matches!(how, How::Funcval | How::Address)) {
            continue;
        }
        let here = |code: &Files<'_>| (code.function.entry..code.function.end).contains(&raw.at);
        if !current.as_ref().is_some_and(here) {
            current = functions.table.find(raw.at).map(|function| function.files());
        }
        let Some(code) = current.as_ref() else { continue };
        let number_of_file = code.number_at(raw.at);
        let owner = number_of_file.and_then(|file| {
            *owners.entry((code.function.unit(), file)).or_insert_with(|| {
                let owner = functions.owners().owner_of_file(code.name(file)?)?;
                Some(callees.number(owner))
            })
        });
        if owner == Some(package) || code.function.is_assembly() {
            continue;
        }
        match owner {
            _ if asked => open.push(Open { raw: *raw, how, callee: number }),
            Some(owner) if pairs.insert((owner, number)) => match class {
                Class::Inserted => counts.inserted += 1,
                _ => counts.exported += 1,
            },
            _ => {}
        }
    }
    open
}

/// What is left, with the functions at each instruction.
struct Looked<'a> {
    functions: &'a Functions,
    callees: &'a Callees<'a>,
    origins: &'a Origins,
    open: &'a [Open],
    main: Option<&'a str>,
}

#[derive(Default)]
struct Found {
    direct: bool,
    candidates: BTreeSet<String>,
}

impl Looked<'_> {
    fn pulls(&self) -> Vec<Pull> {
        let owners = self.used_by_owners();
        let mut found: BTreeMap<(String, &[u8]), Found> = BTreeMap::new();
        for (index, open) in self.open.iter().enumerate() {
            let Some(origin) = self.origins.get(index) else { continue };
            let Some(callee) = self.callees.all.get(open.callee as usize) else { continue };
            if owners.contains(&(origin.function, open.callee)) && !is_branch(open.how) {
                continue;
            }
            let Some((package, candidates)) = self.holders(open, origin, callee) else { continue };
            let entry = found.entry((package, callee.name)).or_default();
            entry.direct |= is_branch(open.how);
            entry.candidates.extend(candidates);
        }
        let pull = |((package, name), found): ((String, &[u8]), Found)| Pull {
            package,
            name: name.to_vec(),
            direct: found.direct,
            candidates: found.candidates.into_iter().collect(),
        };
        found.into_iter().map(pull).collect()
    }

    /// Functions that hold code of the callee's own package which refers to it.
    fn used_by_owners(&self) -> HashSet<(u64, u32)> {
        let of_owner = self.open.iter().enumerate().filter_map(|(index, open)| {
            let origin = self.origins.get(index)?;
            let callee = self.callees.all.get(open.callee as usize)?;
            self.is_owners(origin, callee).then_some((origin.function, open.callee))
        });
        of_owner.collect()
    }

    /// Whether a frame belongs to the callee's package.
    fn is_owners(&self, origin: &Origin, callee: &Callee<'_>) -> bool {
        let owner = self.origins.number(&self.callees.path(callee.package));
        let mut frames = self.origins.frames(origin);
        owner.is_some_and(|owner| frames.any(|(code, _)| code.may_be_of(owner)))
    }

    /// The package that refers to the callee, and all that could hold the directive; none if there is no need of one.
    fn holders(
        &self,
        open: &Open,
        origin: &Origin,
        callee: &Callee<'_>,
    ) -> Option<(String, Vec<String>)> {
        let itself = self.callees.at(origin.function).is_some_and(|(n, _)| n == open.callee);
        if itself || self.is_owners(origin, callee) {
            return None;
        }
        let target = self.callees.path(callee.package);
        let mut frames = self.origins.frames(origin).map(|(code, _)| code).peekable();
        let innermost = frames.peek()?;
        if matches!(innermost.doubt, Some(Doubt::Assembly | Doubt::Generated)) {
            return None;
        }
        let of = frames.filter_map(|code| self.origins.package(code.package?));
        let mut candidates: Vec<String> = Vec::new();
        for package in of.map(|package| &**package) {
            let known = candidates.iter().any(|known| known == package);
            if !known && self.may_hold(package, &target, callee) {
                candidates.push(package.to_owned());
            }
        }
        let first = candidates.first()?.clone();
        let provided = callee.providers.iter().any(|of| self.callees.path(*of) == first);
        (!provided).then_some((first, candidates))
    }

    /// Whether a directive of `package` may explain a reference to the callee, and nothing else does.
    fn may_hold(&self, package: &str, target: &str, callee: &Callee<'_>) -> bool {
        if callee.class == Class::Barred {
            // The tests' own main calls what it tests.
            let tests = self.functions.owners().is_test() && package == "main";
            return !tests && !may_import(package, target, self.main);
        }
        rules::may_name(package, callee.name) && !names::is_derived(callee.name)
    }
}

fn is_branch(how: How) -> bool {
    matches!(how, How::Call | How::Jump)
}
