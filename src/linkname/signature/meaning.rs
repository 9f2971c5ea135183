//! Do values of the same bytes mean the same thing?
//!
//! Two words are `any`, or an interface with methods: the first word is a type in one case and a method table in the
//! other. One word is a map, a channel, a function or a pointer. Layouts cannot tell these apart, and a call that
//! takes one for the other crashes or reads garbage.
//!
//! Only a certain difference counts. An unknown type differs from nothing. Mirrors are accepted, because they are
//! written on purpose: `*hmap` for a map, `unsafe.Pointer`, `*byte`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::layout;
use crate::source::types::Resolver;
use crate::types::convention::{Agreement, Places};
use crate::types::identity::identical;
use crate::types::{Basic, Definitions, Interface, Signature, Type};

/// How deep types are compared; deeper ones count as equal.
const MOST_DEPTH: usize = 8;

/// How the meaning of the two sides differs, the more serious difference last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// No certain difference.
    Fits,
    /// Both are one word, but of different kinds, or of different element types.
    Other(&'static str),
    /// One side is an interface with methods, the other an interface without.
    Interface,
}

/// Compares the meaning of `local` and `target`, whose bytes are at the same places.
pub(super) fn between(local: &Type, target: &Type, resolver: &Resolver<'_>) -> Meaning {
    meaning(local, target, resolver, MOST_DEPTH)
}

fn meaning(local: &Type, target: &Type, resolver: &Resolver<'_>, depth: usize) -> Meaning {
    let Some(depth) = depth.checked_sub(1).filter(|_| !identical(local, target)) else {
        return Meaning::Fits;
    };
    let below = |local: &Type, target: &Type| meaning(local, target, resolver, depth);
    let differ = |local: &Type, target: &Type| differ(local, target, resolver, depth);
    let other = |differs: bool, what| if differs { Meaning::Other(what) } else { Meaning::Fits };
    match (local.underlying(resolver), target.underlying(resolver)) {
        (Type::Interface(local), Type::Interface(target)) => interfaces(&local, &target, resolver),
        (Type::Struct(local), Type::Struct(target)) if local.len() == target.len() => {
            let fields = local.iter().zip(target.iter());
            let found = fields.map(|(local, target)| below(&local.type_, &target.type_));
            found.max().unwrap_or(Meaning::Fits)
        }
        (Type::Array(some, local), Type::Array(as_many, target)) if some == as_many => {
            below(&local, &target)
        }
        (Type::Slice(local), Type::Slice(target)) => below(&local, &target),
        (Type::Map(key, value), Type::Map(other_key, other_value)) => other(
            differ(&key, &other_key) || differ(&value, &other_value),
            "maps of other keys or values",
        ),
        (Type::Chan(_, local), Type::Chan(_, target)) => {
            other(differ(&local, &target), "channels of other elements")
        }
        (Type::Func(local), Type::Func(target)) => {
            other(calls_differ(&local, &target, resolver, depth), "functions of other signatures")
        }
        (local, target) => words(&local, &target, resolver),
    }
}

fn interfaces(local: &Interface, target: &Interface, resolver: &Resolver<'_>) -> Meaning {
    let methods = |one: &Interface| {
        let mut names = BTreeSet::new();
        collect_methods(one, resolver, MOST_DEPTH, &mut names).then_some(names)
    };
    match (methods(local), methods(target)) {
        (Some(local), Some(target)) if local.is_empty() != target.is_empty() => Meaning::Interface,
        (Some(local), Some(target)) if local != target => {
            Meaning::Other("interfaces of other methods: a call takes the wrong one")
        }
        _ => Meaning::Fits,
    }
}

/// Adds the names of all methods; returns whether all of them are known.
fn collect_methods(
    interface: &Interface,
    resolver: &Resolver<'_>,
    depth: usize,
    names: &mut BTreeSet<Arc<str>>,
) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    names.extend(interface.methods.iter().map(|(name, _, _)| Arc::clone(name)));
    interface.embedded.iter().all(|embedded| match embedded.underlying(resolver) {
        Type::Interface(inner) => collect_methods(&inner, resolver, depth, names),
        _ => false,
    })
}

/// Whether the two types certainly have different bytes or a different meaning.
fn differ(local: &Type, target: &Type, resolver: &Resolver<'_>, depth: usize) -> bool {
    let sides = [std::slice::from_ref(local), std::slice::from_ref(target)];
    are_apart(sides, resolver) || meaning(local, target, resolver, depth) != Meaning::Fits
}

fn calls_differ(
    local: &Signature,
    target: &Signature,
    resolver: &Resolver<'_>,
    depth: usize,
) -> bool {
    let halves = [[&local.parameters, &target.parameters], [&local.results, &target.results]];
    halves.into_iter().any(|[local, target]| {
        let mut pairs = local.iter().zip(target);
        are_apart([local, target], resolver)
            || pairs.any(|(l, t)| meaning(l, t, resolver, depth) != Meaning::Fits)
    })
}

fn are_apart(sides: [&[Type]; 2], resolver: &Resolver<'_>) -> bool {
    let places = sides.map(|types| {
        let layouts: Result<Vec<_>, _> =
            types.iter().map(|type_| layout(type_, resolver)).collect();
        layouts.map(|layouts| Places::of(resolver.machine(), &layouts))
    });
    matches!(places, [Ok(local), Ok(target)] if local.agree(&target) != Agreement::Equal)
}

/// Maps, channels, functions and pointers are one word each.
fn words(local: &Type, target: &Type, resolver: &Resolver<'_>) -> Meaning {
    let is_word = |type_: &Type| {
        matches!(type_, Type::Map(..) | Type::Chan(..) | Type::Func(_) | Type::Pointer(_))
    };
    let both = is_word(local) && is_word(target);
    let same = std::mem::discriminant(local) == std::mem::discriminant(target);
    if !both || same || is_mirror(local, resolver) || is_mirror(target, resolver) {
        return Meaning::Fits;
    }
    Meaning::Other("one word each, but another thing")
}

/// Whether the pointer may be a mirror of a map, a channel or a function, or a mere address.
fn is_mirror(type_: &Type, resolver: &Resolver<'_>) -> bool {
    let Type::Pointer(to) = type_ else { return false };
    let inside = matches!(to.underlying(resolver), Type::Struct(_) | Type::Unknown(_));
    inside || is_address(to, resolver)
}

/// Whether a pointer to `to` tells only an address.
fn is_address(to: &Type, resolver: &Resolver<'_>) -> bool {
    let off_heap = matches!(to, Type::Named(name) if resolver.off_heap(name));
    let bare = matches!(
        to.underlying(resolver),
        Type::Basic(Basic::Uint8 | Basic::UnsafePointer) | Type::Unknown(_)
    );
    off_heap || bare || layout(to, resolver).is_ok_and(|layout| layout.size == 0)
}

/// The local pointee and both sizes, if a callee that writes its whole pointee writes past the end of the local one.
pub(super) fn short_pointee(
    local: &Type,
    target: &Type,
    resolver: &Resolver<'_>,
) -> Option<(Type, u64, u64)> {
    let (Type::Pointer(ours), Type::Pointer(theirs)) =
        (local.underlying(resolver), target.underlying(resolver))
    else {
        return None;
    };
    if is_address(&ours, resolver) || is_address(&theirs, resolver) {
        return None;
    }
    let size = |type_: &Type| layout(type_, resolver).ok().map(|layout| layout.size);
    let (short, long) = (size(&ours)?, size(&theirs)?);
    (short < long).then(|| (ours.as_ref().clone(), short, long))
}
