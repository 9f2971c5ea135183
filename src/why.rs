//! Why is it in the program: which chain of references leads from the start of the program to a function or variable?
//!
//! All code is decoded once. References of code, words of data and the method tables of types make a graph, and the
//! shortest way through it from `main.main`, an initialiser, the runtime's entry or an export is the answer. The linker
//! keeps what can be reached in that way, and nothing else, so the chain is the reason. Nothing here needs symbols.
//!
//! ```no_run
//! use gonym::printable::printable;
//! use gonym::why::why;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for step in why(&binary, b"net/http.ListenAndServe").chain {
//!         println!("{} {}", step.how.map_or("", |how| how.word()), printable(&step.name));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod numbers;
mod objects;
mod references;
mod roots;
mod step;
mod targets;
mod walk;

use crate::binary::{Binary, Functions};
use crate::code::InstructionSet;
use crate::error::FaultCode;
use numbers::Numbers;
use objects::Objects;
use references::References;
pub use roots::Root;
pub use step::{Inlined, Kind, Manner, Step};
pub use targets::named;
use walk::{Graph, Walked};

/// The answer about one name.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Answer {
    /// The names that match, sorted. None if nothing of that name is in the binary.
    pub names: Vec<Vec<u8>>,
    /// The nearest names, if none matches.
    pub nearest: Vec<Vec<u8>>,
    /// What the chain begins with, if there is one.
    pub root: Option<Root>,
    /// From the root to the nearest of what was asked for; empty if there is no chain.
    pub chain: Vec<Step>,
    /// The name that was inlined into the last function of the chain, if nothing but inlined bodies is left of it.
    pub inlined: Option<Inlined>,
    /// Who refers to it, if no chain leads there.
    pub referrers: Vec<Step>,
    /// What could not be followed.
    pub gaps: Vec<Gap>,
}

/// What a search could not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Gap {
    /// This architecture is not decoded.
    Architecture,
    /// Code, data or relocations are cut off or damaged.
    Damaged,
    /// Something in the code or around it could not be read, although the file is whole.
    Uncertain,
    /// So many functions hold bytes that are no instruction.
    Undecoded(usize),
    /// Type data was not found, so methods that are called through interfaces are not followed.
    Types,
    /// Code of other languages is in the file, and is not followed.
    Foreign,
    /// There is more data than has numbers.
    Data,
}

/// The most referrers that are listed.
const MOST_REFERRERS: usize = 16;

/// The references of one program, read once for any number of questions.
pub struct Chains<'a> {
    functions: &'a Functions,
    graph: Graph<'a>,
    roots: Vec<(Root, numbers::Place)>,
}

/// The chain that leads to what `asked` stands for in `binary`: a name in either spelling, a pattern with `*` and `?`, an
/// address, or `pkg:` and an import path.
#[must_use]
pub fn why(binary: &Binary, asked: &[u8]) -> Answer {
    let (names, nearest) = named(binary, asked);
    if names.is_empty() {
        return Answer { nearest, ..Answer::default() };
    }
    match Chains::of(binary) {
        Ok(chains) => chains.to_any(names),
        Err(gap) => Answer { names, gaps: vec![gap], ..Answer::default() },
    }
}

impl<'a> Chains<'a> {
    /// Reads all code and data of `binary`.
    ///
    /// # Errors
    /// Why they cannot be read; what is damaged is then a [`Binary::search_fault`].
    pub fn of(binary: &'a Binary) -> Result<Self, Gap> {
        let Ok(functions) = binary.functions() else { return Err(Gap::Damaged) };
        if InstructionSet::of(&binary.image.arch).is_none() {
            return Err(Gap::Architecture);
        }
        let numbers = Numbers::of(binary, functions);
        let references = References::of(binary, functions, &numbers).map_err(|fault| {
            if fault.code == FaultCode::Unsupported {
                return Gap::Uncertain;
            }
            binary.keep_search_fault(fault);
            Gap::Damaged
        })?;
        let objects = Objects::of(binary, &numbers, &references);
        let roots = roots::of(binary, functions, &numbers);
        let graph = Graph::new(binary, numbers, references, objects);
        Ok(Self { functions, graph, roots })
    }

    /// The chain that leads to the nearest of `names`, as the binary spells them.
    #[must_use]
    pub fn to_any(&self, names: Vec<Vec<u8>>) -> Answer {
        let graph = &self.graph;
        let places = (&graph.numbers, &graph.objects);
        let targets = targets::of(graph.binary, self.functions, places, names);
        let inlined = targets.nodes.is_empty();
        let wanted = if inlined { &targets.holders } else { &targets.nodes };
        let mut gaps = self.gaps();
        let walked = graph.walk(&self.roots, wanted);
        if matches!(walked, Walked::Endless) {
            gaps.push(Gap::Uncertain);
        }
        let Walked::Chain(root, nodes) = walked else {
            let referrers = graph.referrers(wanted, MOST_REFERRERS).into_iter();
            let referrers = referrers.map(|(node, hop)| step::referrer(graph, node, hop)).collect();
            return Answer { referrers, gaps, names: targets.names, ..Answer::default() };
        };
        let chain = step::chain(graph, &nodes);
        let holder = nodes.last().filter(|_| inlined);
        let inlined = step::inlined(self.functions, &targets, holder);
        Answer { root: Some(root), chain, inlined, gaps, names: targets.names, ..Answer::default() }
    }

    fn gaps(&self) -> Vec<Gap> {
        let graph = &self.graph;
        let undecoded = graph.references.undecoded;
        let found = [
            (undecoded > 0).then_some(Gap::Undecoded(undecoded)),
            graph.objects.types.is_none().then_some(Gap::Types),
            (graph.binary.image.external_link == Some(true)).then_some(Gap::Foreign),
            graph.numbers.cut.then_some(Gap::Data),
        ];
        found.into_iter().flatten().collect()
    }
}
