//! Do two signatures put the same bytes at the same places?
//!
//! Parameters and results are compared separately, because results count registers from the first one again.

use std::fmt::Write;

use super::meaning::{Meaning, between, short_pointee};
use super::{Class, Comparison, Short, layout, spelled};
use crate::dwarf::Parameter;
use crate::source::types::Resolver;
use crate::types::convention::{Agreement, Places};
use crate::types::identity::{holds_unknown, identical, identical_signatures};
use crate::types::layout::Layout;
use crate::types::{Signature, Type};

/// A value that is passed: its type, and its size where only DWARF knows the size.
struct Passed {
    type_: Type,
    size: Option<u64>,
}

/// The parameters of both signatures, or the results of both.
struct Half<'a> {
    what: &'static str,
    local: &'a [Passed],
    target: &'a [Passed],
}

/// Source against source.
pub(super) fn against_source(
    local: &Signature,
    name: &str,
    target: &Signature,
    resolver: &Resolver<'_>,
) -> Comparison {
    if identical_signatures(local, target) {
        return Comparison::new(Class::Identical, "");
    }
    let parameters = (passed(&local.parameters), passed(&target.parameters));
    let results = (passed(&local.results), passed(&target.results));
    halves(&parameters, &results, name, resolver)
}

/// Source against what DWARF lists.
///
/// If the list has a name twice or leaves some out, it is not the signature, and the answer is unknown: the compiler
/// drops values that it optimised away, and lists some results twice.
pub(super) fn against_dwarf(
    local: &Signature,
    name: &str,
    target: &[Parameter],
    resolver: &Resolver<'_>,
) -> Comparison {
    let of = |results: bool| -> Vec<Passed> {
        let some = target.iter().filter(|parameter| parameter.is_result == results);
        some.map(described).collect()
    };
    let (parameters, results) = (of(false), of(true));
    if let Some(why) = unreliable(local, target, &parameters, &results) {
        return Comparison::unknown(format_args!("DWARF of {name} {why}"));
    }
    let parameters = (passed(&local.parameters), parameters);
    let results = (passed(&local.results), results);
    halves(&parameters, &results, name, resolver)
}

fn passed(types: &[Type]) -> Vec<Passed> {
    types.iter().map(|type_| Passed { type_: type_.clone(), size: None }).collect()
}

fn described(parameter: &Parameter) -> Passed {
    let type_ = spelled::type_(parameter.type_name.as_deref().unwrap_or_default());
    Passed { type_, size: Some(parameter.size.unwrap_or(0)) }
}

fn unreliable(
    local: &Signature,
    target: &[Parameter],
    parameters: &[Passed],
    results: &[Passed],
) -> Option<&'static str> {
    if target.is_empty() && !(local.parameters.is_empty() && local.results.is_empty()) {
        return Some("lists no parameters");
    }
    for (index, parameter) in target.iter().enumerate() {
        let mut before = target.iter().take(index);
        if parameter.size.is_none() {
            return Some("lists a parameter without its size");
        }
        if parameter.name != b"_" && before.any(|earlier| earlier.name == parameter.name) {
            return Some("lists a parameter twice");
        }
    }
    if parameters.len() < local.parameters.len() || results.len() < local.results.len() {
        return Some("lists fewer than the local declaration, which may be optimised away");
    }
    None
}

type Sides = (Vec<Passed>, Vec<Passed>);

fn halves(parameters: &Sides, results: &Sides, name: &str, resolver: &Resolver<'_>) -> Comparison {
    let parameters = Half { what: "parameter", local: &parameters.0, target: &parameters.1 };
    let results = Half { what: "result", local: &results.0, target: &results.1 };
    let agreements = (parameters.agree(resolver), results.agree(resolver));
    match agreements {
        (Ok(Agreement::Places), _) => {
            Comparison::new(Class::Parameters, parameters.difference(name, resolver))
        }
        (_, Ok(Agreement::Places)) => {
            Comparison::new(Class::Results, results.difference(name, resolver))
        }
        (Ok(Agreement::Pointers), _) => {
            Comparison::new(Class::Pointer, parameters.pointers(name, resolver))
        }
        (_, Ok(Agreement::Pointers)) => {
            Comparison::new(Class::Pointer, results.pointers(name, resolver))
        }
        (Err(why), _) | (_, Err(why)) => Comparison::unknown(why),
        (Ok(Agreement::Equal), Ok(Agreement::Equal)) => {
            equal(&parameters, &results, name, resolver)
        }
    }
}

/// The bytes are at the same places. The types are identical if only DWARF's spelling differs; otherwise the answer
/// is what the bytes mean, or a note on what differs.
fn equal(
    parameters: &Half<'_>,
    results: &Half<'_>,
    name: &str,
    resolver: &Resolver<'_>,
) -> Comparison {
    let meant = [parameters.meant(name, resolver), results.meant(name, resolver)];
    if let Some((meaning, detail)) = meant.into_iter().flatten().max_by_key(|(m, _)| *m) {
        return Comparison::of_meaning(meaning, detail);
    }
    if let Some(short) = parameters.short_pointee(name, resolver) {
        return short;
    }
    let notes = [parameters.note(name, resolver), results.note(name, resolver)];
    match notes.into_iter().flatten().next() {
        Some(note) => Comparison::new(Class::SameAbi, note),
        None if parameters.is_described()
            && parameters.is_identical()
            && results.is_identical() =>
        {
            Comparison::new(Class::Identical, "")
        }
        None => Comparison::new(Class::SameAbi, "one side takes any number of values (...)"),
    }
}

impl Half<'_> {
    fn agree(&self, resolver: &Resolver<'_>) -> Result<Agreement, String> {
        let (local, target) = (layouts(self.local, resolver), layouts(self.target, resolver));
        match (&local, &target) {
            (Ok(local), Ok(target)) => {
                let machine = resolver.machine();
                Ok(Places::of(machine, local).agree(&Places::of(machine, target)))
            }
            // One side passes nothing, the other side passes values: sizes do not matter.
            (Ok(some), Err(_)) | (Err(_), Ok(some)) if self.is_one_sided(some) => {
                Ok(Agreement::Places)
            }
            (Err(_), _) | (_, Err(_)) if self.sizes_differ(resolver) => Ok(Agreement::Places),
            (Err(why), _) | (_, Err(why)) => Err(format!("{}s: {why}", self.what)),
        }
    }

    /// Whether one side passes nothing and the other certainly passes something, although some of its types are
    /// unknown.
    fn is_one_sided(&self, known: &[Layout]) -> bool {
        let nothing = known.iter().all(|layout| layout.size == 0);
        let certain = |passed: &Passed| {
            let pointer = matches!(passed.type_, Type::Pointer(_) | Type::Slice(_));
            pointer || passed.size.is_some_and(|size| size > 0)
        };
        nothing && (self.local.iter().any(certain) || self.target.iter().any(certain))
    }

    /// Whether both sides pass the same number of values, with different sizes. That decides where DWARF tells
    /// nothing else.
    fn sizes_differ(&self, resolver: &Resolver<'_>) -> bool {
        let size = |passed: &Passed| {
            let known = layout(&passed.type_, resolver).ok().map(|layout| layout.size);
            passed.size.or(known)
        };
        let mut pairs = self.local.iter().zip(self.target);
        self.local.len() == self.target.len()
            && pairs.any(|(local, target)| match (size(local), size(target)) {
                (Some(local), Some(target)) => local != target,
                _ => false,
            })
    }

    /// Whether the target comes from DWARF, which does not say where `...` was written.
    fn is_described(&self) -> bool {
        self.target.iter().all(|passed| passed.size.is_some())
    }

    fn is_identical(&self) -> bool {
        let mut pairs = self.local.iter().zip(self.target);
        self.local.len() == self.target.len()
            && pairs.all(|(local, target)| identical(&local.type_, &target.type_))
    }

    /// Which bytes differ.
    fn difference(&self, name: &str, resolver: &Resolver<'_>) -> String {
        if self.local.len() == self.target.len() {
            let mut pairs = self.local.iter().zip(self.target).enumerate();
            let differs = |(_, (local, target)): &(usize, (&Passed, &Passed))| {
                let one = |passed: &Passed| {
                    layout(&passed.type_, resolver)
                        .map(|layout| Places::of(resolver.machine(), &[layout]))
                };
                match (one(local), one(target)) {
                    (Ok(local), Ok(target)) => local.agree(&target) == Agreement::Places,
                    _ => false,
                }
            };
            if let Some((index, (local, target))) = pairs.find(differs) {
                let sizes = sizes(local, target, resolver);
                return self.pair(index, local, target, name) + &sizes;
            }
        }
        let word = |side: &[Passed]| match side.len() {
            0 if self.what == "result" => "returns nothing".to_owned(),
            0 => "takes nothing".to_owned(),
            _ => format!("has {}", listed(side)),
        };
        format!("{}s: local {}, {name} {}", self.what, word(self.local), word(self.target))
    }

    fn pair(&self, index: usize, local: &Passed, target: &Passed, name: &str) -> String {
        let number = if self.local.len() > 1 { format!(" {}", index + 1) } else { String::new() };
        format!("{}{number}: local has {}, {name} has {}", self.what, local.type_, target.type_)
    }

    /// Where a pointer stands against a number.
    fn pointers(&self, name: &str, resolver: &Resolver<'_>) -> String {
        let places = |passed: &Passed| {
            layout(&passed.type_, resolver).map(|layout| Places::of(resolver.machine(), &[layout]))
        };
        let mut pairs = self.local.iter().zip(self.target).enumerate();
        let found = pairs.find(|(_, (local, target))| match (places(local), places(target)) {
            (Ok(local), Ok(target)) => local.agree(&target) == Agreement::Pointers,
            _ => false,
        });
        let shown = match found {
            Some((index, (local, target))) => self.pair(index, local, target, name),
            None => {
                let (local, target) = (listed(self.local), listed(self.target));
                format!("{}s: local has {local}, {name} has {target}", self.what)
            }
        };
        shown + ": the collector sees a pointer on one side only"
    }

    /// The most serious difference in what equal bytes mean.
    fn meant(&self, name: &str, resolver: &Resolver<'_>) -> Option<(Meaning, String)> {
        let pairs = self.local.iter().zip(self.target).enumerate();
        let meant = pairs.filter(|_| self.local.len() == self.target.len()).map(
            |(index, (local, target))| {
                let meaning = between(&local.type_, &target.type_, resolver);
                (meaning, self.pair(index, local, target, name))
            },
        );
        let found = meant.max_by_key(|(meaning, _)| *meaning);
        found.filter(|(meaning, _)| *meaning != Meaning::Fits)
    }

    /// A parameter that points to less than the target's parameter does.
    fn short_pointee(&self, name: &str, resolver: &Resolver<'_>) -> Option<Comparison> {
        let pairs = self.local.iter().zip(self.target).enumerate();
        let mut pairs = pairs.filter(|_| self.local.len() == self.target.len());
        pairs.find_map(|(index, (local, target))| {
            let found = short_pointee(&local.type_, &target.type_, resolver)?;
            let (type_, short, long) = found;
            let shown = self.pair(index, local, target, name);
            let detail =
                format!("{shown}: {short} bytes against {long}, of which {name} may write all");
            let short = Some(Short { parameter: index, type_ });
            Some(Comparison { short, ..Comparison::new(Class::Pointee, detail) })
        })
    }

    /// Which types have the same bytes and are not identical.
    fn note(&self, name: &str, resolver: &Resolver<'_>) -> Option<String> {
        if self.local.len() != self.target.len() {
            let (local, target) = (listed(self.local), listed(self.target));
            return Some(format!("{}s: local has {local}, {name} has {target}", self.what));
        }
        let mut pairs = self.local.iter().zip(self.target).enumerate();
        let (index, (local, target)) =
            pairs.find(|(_, (local, target))| !identical(&local.type_, &target.type_))?;
        let note = self.pair(index, local, target, name);
        Some(note + meaning(&local.type_, &target.type_, resolver))
    }
}

/// A difference in meaning that the bytes do not show.
fn meaning(local: &Type, target: &Type, resolver: &Resolver<'_>) -> &'static str {
    if holds_unknown(local) || holds_unknown(target) {
        return " (partly unknown)";
    }
    match (local.underlying(resolver), target.underlying(resolver)) {
        (Type::Pointer(_), Type::Pointer(_)) => " (pointee of a mirror struct not verified)",
        _ => "",
    }
}

fn layouts(side: &[Passed], resolver: &Resolver<'_>) -> Result<Vec<Layout>, String> {
    let one = |passed: &Passed| match layout(&passed.type_, resolver) {
        Ok(layout) if passed.size.is_some_and(|size| size != layout.size) => {
            Err(format!("{} has another size in DWARF than in source", passed.type_))
        }
        Ok(layout) => Ok(layout),
        Err(why) => Err(format!("{}: {why}", passed.type_)),
    };
    side.iter().map(one).collect()
}

fn sizes(local: &Passed, target: &Passed, resolver: &Resolver<'_>) -> String {
    let size = |passed: &Passed| layout(&passed.type_, resolver).map(|layout| layout.size);
    match (size(local), size(target)) {
        (Ok(local), Ok(target)) if local != target => format!(" ({local} bytes against {target})"),
        _ => String::new(),
    }
}

fn listed(side: &[Passed]) -> String {
    let mut text = String::from("(");
    for (index, passed) in side.iter().enumerate() {
        let between = if index > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{between}{}", passed.type_);
    }
    text + ")"
}
