//! One step of a chain, as it is told: what is reached, how, from which line.

use super::objects::Object;
use super::targets::Targets;
use super::walk::{Bend, Graph, Hop, Node};
use crate::binary::Functions;
use crate::code::How;

/// What stands at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A function.
    Function,
    /// A type descriptor, with its method table.
    Type,
    /// The method table of a type for an interface.
    Itab,
    /// A variable or other data that a symbol names.
    Variable,
    /// Data without a name; where it ends is inferred.
    Data,
}

impl Kind {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Type => "type",
            Self::Itab => "itab",
            Self::Variable => "variable",
            Self::Data => "data",
        }
    }
}

/// How a step is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// By a direct call.
    Call,
    /// By a direct jump.
    Jump,
    /// The address of its function value is taken.
    Funcval,
    /// Code forms, reads or writes its address.
    Address,
    /// A word of data, or a type's method table, leads there.
    Table,
}

impl Manner {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Jump => "jump",
            Self::Funcval => "funcval",
            Self::Address => "address",
            Self::Table => "table",
        }
    }
}

/// One step of a chain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// What is reached.
    pub kind: Kind,
    /// Its name; empty if it has none. Of a type as `reflect` gives it.
    pub name: Vec<u8>,
    /// Its address.
    pub address: u64,
    /// How the step before leads here; none at the root.
    pub how: Option<Manner>,
    /// The instruction, word or record of the step before that leads here; none at the root.
    pub at: Option<u64>,
    /// The source file of that instruction; at the root, of the function.
    pub file: Option<Vec<u8>>,
    /// The line there.
    pub line: Option<u32>,
    /// The function that the instruction was written in, if it was inlined into the step before.
    pub from: Option<Vec<u8>>,
    /// Whether the word at `at` is only taken to belong to the data of the step before: nothing tells where that ends.
    pub inferred: bool,
}

/// A name that nothing but inlined bodies is left of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inlined {
    /// The name.
    pub name: Vec<u8>,
    /// Where its body begins in the function that holds it.
    pub at: u64,
    /// The source file of the body.
    pub file: Option<Vec<u8>>,
    /// The line there.
    pub line: Option<u32>,
}

/// The steps of the chain through `nodes`.
pub(super) fn chain(graph: &Graph<'_>, nodes: &[Node]) -> Vec<Step> {
    let root = nodes.first().map(|node| rooted(graph, *node));
    let pairs = nodes.iter().zip(nodes.iter().skip(1));
    let others = pairs.filter_map(|(from, to)| Some(reached(graph, *from, graph.hop(*from, *to)?)));
    root.into_iter().chain(others).collect()
}

/// The step of what refers to something by `hop`: as if it were reached by it.
pub(super) fn referrer(graph: &Graph<'_>, node: Node, hop: Hop) -> Step {
    let (kind, name) = told(graph, node);
    let address = graph.numbers.address(node);
    Step { kind, name, address, ..reached(graph, node, hop) }
}

fn rooted(graph: &Graph<'_>, node: Node) -> Step {
    let (kind, name) = told(graph, node);
    let function = graph.binary.functions().ok().and_then(|f| f.table.function(node as usize));
    let position = function.and_then(|function| function.decoded().position_at(function.entry));
    Step {
        kind,
        name,
        address: graph.numbers.address(node),
        how: None,
        at: None,
        file: position.map(|position| position.file.to_vec()),
        line: position.map(|position| position.line),
        from: None,
        inferred: false,
    }
}

fn reached(graph: &Graph<'_>, from: Node, hop: Hop) -> Step {
    let (kind, name) = told(graph, hop.to);
    let how = match hop.bend {
        Bend::Code(How::Call) => Manner::Call,
        Bend::Code(How::Jump) => Manner::Jump,
        Bend::Code(_) => Manner::Address,
        Bend::Value => Manner::Funcval,
        Bend::Word | Bend::Method => Manner::Table,
    };
    let frames = match graph.numbers.is_function(from) {
        true => graph.binary.at(hop.at).frames(),
        false => Vec::new(),
    };
    let innermost = frames.first();
    let position = innermost.and_then(|frame| frame.position);
    Step {
        kind,
        name,
        address: graph.numbers.address(hop.to),
        how: Some(how),
        at: Some(hop.at),
        file: position.map(|position| position.file.to_vec()),
        line: position.map(|position| position.line),
        from: innermost.filter(|frame| !frame.outermost).map(|frame| frame.function.to_vec()),
        inferred: told(graph, from).0 == Kind::Data && hop.at != graph.numbers.address(from),
    }
}

/// What a node is, and its name.
fn told(graph: &Graph<'_>, node: Node) -> (Kind, Vec<u8>) {
    if graph.numbers.is_function(node) {
        let functions = graph.binary.functions().ok();
        let function = functions.and_then(|functions| functions.table.function(node as usize));
        return (Kind::Function, function.map(|f| f.name().to_vec()).unwrap_or_default());
    }
    if let Object::Type(descriptor, _) = graph.objects.object(&graph.numbers, node) {
        return (Kind::Type, descriptor.name);
    }
    let address = graph.numbers.address(node);
    if let Some((concrete, interface)) = graph.itab(node) {
        let name = [b"go:itab.", &*concrete.name, b",", &*interface.name].concat();
        return (Kind::Itab, name);
    }
    let symbol = graph.objects.is_named(node).then(|| graph.binary.at(address).symbol()).flatten();
    match symbol {
        Some(symbol) => (Kind::Variable, symbol.name.to_vec()),
        None => (Kind::Data, Vec::new()),
    }
}

/// Which of the names was inlined into `holder`, and where.
pub(super) fn inlined(
    functions: &Functions,
    targets: &Targets,
    holder: Option<&Node>,
) -> Option<Inlined> {
    let holder = functions.table.function(*holder? as usize)?;
    targets.names.iter().find_map(|name| {
        let (at, frame) = functions.first_inlined(&holder, name)?;
        Some(Inlined {
            name: name.clone(),
            at,
            file: frame.position.map(|position| position.file.to_vec()),
            line: frame.position.map(|position| position.line),
        })
    })
}
