//! Which type does a type expression denote once its names are looked up?
//!
//! Aliases are followed, named types stay names, type parameters are replaced by arguments. Names of other packages
//! come through [`Declared`]. A name that is not found gives [`Type::Unknown`] with the reason.
//!
//! ```
//! use gonym::source::types::{Declared, ParsedPackage, Place, Resolver};
//! use gonym::source::types::expression::Expression;
//! use gonym::types::Type;
//! use gonym::types::machine::Machine;
//!
//! struct Nothing;
//!
//! impl Declared for Nothing {
//!     fn package(&self, _: &str) -> Option<&ParsedPackage> {
//!         None
//!     }
//! }
//!
//! let package = ParsedPackage::new("example.com/p", Vec::new());
//! let resolver = Resolver::new(&Nothing, Machine::of("amd64", 27).expect("a known platform"));
//! let name = Expression::Name("Missing".into());
//! let type_ = resolver.resolve(&name, &Place::of(&package, 0));
//! assert!(matches!(type_, Type::Unknown(_)));
//! ```

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use super::expression::{Expression, FuncType, WrittenField, WrittenInterface};
use super::package::{Declared, ParsedPackage};
use crate::types::layout::Layout;
use crate::types::machine::Machine;
use crate::types::{Basic, Field, Interface, Name, Signature, Type};

/// The most names and expressions followed for one question; the most expensive in GOROOT, `runtime.mheap`, takes
/// some ten thousand.
const MOST_STEPS: u32 = 200_000;

/// The deepest chain of declarations; in GOROOT below 40.
const MOST_DEPTH: u32 = 120;

/// The most sizes that wait for each other. Each layout goes as deep as [`Layout::of`] allows, on one stack.
const MOST_MEASURED: u32 = 4;

pub(super) const TOO_DEEP: Type = Type::Unknown("declarations that lead to each other too often");

/// Looks up names for one question.
pub struct Resolver<'a> {
    pub(super) declared: &'a dyn Declared,
    machine: Machine,
    steps: Cell<u32>,
    depth: Cell<u32>,
    measuring: Cell<u32>,
}

/// The place of an expression, which decides what its names mean.
#[derive(Clone)]
pub struct Place<'a> {
    /// The package.
    pub package: &'a ParsedPackage,
    /// Which of its files.
    pub file: usize,
    /// The arguments of its type parameters.
    pub bindings: Arc<[(Arc<str>, Type)]>,
    /// The value of `iota`, in a constant's declaration.
    pub iota: Option<u32>,
}

impl<'a> Place<'a> {
    /// A place in a file of `package`.
    #[must_use]
    pub fn of(package: &'a ParsedPackage, file: usize) -> Self {
        Self { package, file, bindings: Arc::default(), iota: None }
    }

    /// The scope of the whole package.
    #[must_use]
    pub fn package_scope(&self) -> Self {
        Self::of(self.package, self.file)
    }

    /// Another file of the package.
    #[must_use]
    pub fn of_file(&self, file: usize, iota: Option<u32>) -> Self {
        Self { iota, ..Self::of(self.package, file) }
    }

    /// The bytes of a literal.
    #[must_use]
    pub fn bytes(&self, part: &Range<usize>) -> &'a [u8] {
        let file = self.package.files().get(self.file);
        file.and_then(|file| file.bytes.get(part.clone())).unwrap_or_default()
    }
}

impl<'a> Resolver<'a> {
    /// One that looks packages up in `declared`.
    #[must_use]
    pub fn new(declared: &'a dyn Declared, machine: Machine) -> Self {
        Self {
            declared,
            machine,
            steps: Cell::new(0),
            depth: Cell::new(0),
            measuring: Cell::new(0),
        }
    }

    /// The platform whose sizes are used.
    #[must_use]
    pub fn machine(&self) -> Machine {
        self.machine
    }

    /// Where packages are looked up.
    #[must_use]
    pub fn declared(&self) -> &'a dyn Declared {
        self.declared
    }

    /// The layout, if it can be known; array lengths may depend on sizes of types.
    pub(super) fn layout(&self, type_: &Type) -> Option<Layout> {
        let measuring = self.measuring.get();
        if measuring >= MOST_MEASURED {
            return None;
        }
        self.measuring.set(measuring + 1);
        let layout = Layout::of(type_, self.machine, self).ok();
        self.measuring.set(measuring);
        layout
    }

    /// One step more and one level deeper; `None` if a limit is reached.
    pub(super) fn deeper<T>(&self, follow: impl FnOnce() -> T) -> Option<T> {
        let (steps, depth) = (self.steps.get(), self.depth.get());
        if steps >= MOST_STEPS || depth >= MOST_DEPTH {
            return None;
        }
        self.steps.set(steps + 1);
        self.depth.set(depth + 1);
        let followed = follow();
        self.depth.set(depth);
        Some(followed)
    }

    /// The type that `expression` denotes at a place.
    #[must_use]
    pub fn resolve(&self, expression: &Expression, at: &Place<'_>) -> Type {
        self.deeper(|| self.resolve_here(expression, at)).unwrap_or(TOO_DEEP)
    }

    fn resolve_here(&self, expression: &Expression, at: &Place<'_>) -> Type {
        let shared = |expression: &Expression| Arc::new(self.resolve(expression, at));
        match expression {
            Expression::Name(name) => self.name(name, &[], at),
            Expression::Selector(of, name) => self.selector(of, name, &[], at),
            Expression::Index(of, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|a| self.resolve(a, at)).collect();
                match of.as_ref() {
                    Expression::Name(name) => self.name(name, &arguments, at),
                    Expression::Selector(of, name) => self.selector(of, name, &arguments, at),
                    _ => Type::Unknown("an instance of something without a name"),
                }
            }
            Expression::Pointer(to) => Type::Pointer(shared(to)),
            Expression::Slice(of) => Type::Slice(shared(of)),
            Expression::Array(length, of) => self.array(length.as_deref(), of, at),
            Expression::Map(key, value) => Type::Map(shared(key), shared(value)),
            Expression::Chan(direction, of) => Type::Chan(*direction, shared(of)),
            Expression::Func(func) => Type::Func(Arc::new(self.signature(func, at))),
            Expression::Struct(fields) => self.structure(fields, at),
            Expression::Interface(interface) => self.interface(interface, at),
            _ => Type::Unknown("no type"),
        }
    }

    /// Parameters and results.
    #[must_use]
    pub fn signature(&self, func: &FuncType, at: &Place<'_>) -> Signature {
        let types = |all: &[Expression]| all.iter().map(|each| self.resolve(each, at)).collect();
        Signature {
            parameters: types(&func.parameters),
            results: types(&func.results),
            variadic: func.variadic,
        }
    }

    fn array(&self, length: Option<&Expression>, of: &Expression, at: &Place<'_>) -> Type {
        let number = length.and_then(|length| self.constant(length, at));
        match number.and_then(|value| u64::try_from(value.number).ok()) {
            Some(length) => Type::Array(length, Arc::new(self.resolve(of, at))),
            None => Type::Unknown("an array of a length that could not be computed"),
        }
    }

    fn structure(&self, fields: &[WrittenField], at: &Place<'_>) -> Type {
        let field = |field: &WrittenField| {
            let embedded = || embedded_name(&field.type_).unwrap_or_else(|| Arc::from("?"));
            let name = field.name.clone().unwrap_or_else(embedded);
            Field {
                package: owner(&name, at),
                name,
                embedded: field.name.is_none(),
                type_: self.resolve(&field.type_, at),
                tag: field.tag.as_ref().map(|part| Arc::from(at.bytes(part))),
            }
        };
        Type::Struct(fields.iter().map(field).collect())
    }

    fn interface(&self, interface: &WrittenInterface, at: &Place<'_>) -> Type {
        let method = |(name, func): &(Arc<str>, FuncType)| {
            (name.clone(), owner(name, at), Arc::new(self.signature(func, at)))
        };
        let mut methods: Vec<_> = interface.methods.iter().map(method).collect();
        methods.sort_by(|left, right| (&left.0, &left.1).cmp(&(&right.0, &right.1)));
        let embedded = interface.embedded.iter().map(|each| self.resolve(each, at)).collect();
        Type::Interface(Arc::new(Interface { methods, embedded }))
    }

    fn name(&self, name: &Arc<str>, arguments: &[Type], at: &Place<'_>) -> Type {
        if let Some((_, type_)) = at.bindings.iter().find(|(bound, _)| bound == name) {
            return type_.clone();
        }
        if let Some(type_) = self.declared_type(name, arguments, &at.package_scope()) {
            return type_;
        }
        let mut dots = self.dot_imports(at);
        if let Some(type_) = dots.find_map(|place| self.declared_type(name, arguments, &place)) {
            return type_;
        }
        match name.as_ref() {
            "error" => named("", "error", Vec::new()),
            "any" => Type::any(),
            basic => Basic::named(basic).map_or(Type::Unknown("a name not found"), Type::Basic),
        }
    }

    /// The type `name` in the package of `at`; for an alias the type that it stands for.
    fn declared_type(&self, name: &str, arguments: &[Type], at: &Place<'_>) -> Option<Type> {
        let written = at.package.type_(name)?;
        if !written.alias {
            return Some(match written.parameters == arguments.len() {
                true => named(at.package.path(), name, arguments.to_vec()),
                false => Type::Unknown("a generic type without its arguments"),
            });
        }
        Some(self.definition(name, arguments, at))
    }

    /// The type after the name in its declaration.
    pub(super) fn definition(&self, name: &str, arguments: &[Type], at: &Place<'_>) -> Type {
        let Some((file, written)) = at.package.written_type(name) else {
            return Type::Unknown("a declaration that could not be read");
        };
        if written.parameters.len() != arguments.len() {
            return Type::Unknown("a generic type without its arguments");
        }
        let bound = written.parameters.iter().cloned().zip(arguments.iter().cloned());
        let place = Place { bindings: bound.collect(), ..Place::of(at.package, file) };
        self.resolve(&written.definition, &place)
    }

    fn selector(
        &self,
        of: &Expression,
        name: &Arc<str>,
        arguments: &[Type],
        at: &Place<'_>,
    ) -> Type {
        let Expression::Name(import) = of else {
            return Type::Unknown("a name in something without a name");
        };
        let Some(path) = self.import_path(import, at) else {
            return Type::Unknown("an import that was not found");
        };
        match (path.as_str(), name.as_ref()) {
            ("unsafe", "Pointer") => return Type::Basic(Basic::UnsafePointer),
            ("C", _) => return Type::Unknown("a type of C"),
            _ => {}
        }
        match self.declared.package(&path) {
            Some(package) => self
                .declared_type(name, arguments, &Place::of(package, 0))
                .unwrap_or(Type::Unknown("a name not found")),
            None => named(&path, name, arguments.to_vec()),
        }
    }

    /// The path of the package that `name` denotes in the file of `at`.
    fn import_path(&self, name: &str, at: &Place<'_>) -> Option<String> {
        let file = at.package.files().get(at.file)?;
        let mut imports = file.imports.iter();
        let import = imports.find(|import| match &import.name {
            Some(given) => given == name.as_bytes(),
            None => std::str::from_utf8(&import.path).is_ok_and(|path| {
                let path = self.declared.import(at.package.path(), path);
                match self.declared.package(&path) {
                    Some(package) => package.name() == name.as_bytes(),
                    None => usual_name(&path) == name,
                }
            }),
        })?;
        let path = std::str::from_utf8(&import.path).ok()?;
        Some(self.declared.import(at.package.path(), path))
    }

    /// Whether `name` is the package unsafe.
    pub(super) fn is_unsafe(&self, name: &str, at: &Place<'_>) -> bool {
        self.import_path(name, at).is_some_and(|path| path == "unsafe")
    }

    /// The scope of the package that `name` denotes.
    pub(super) fn imported(&self, name: &str, at: &Place<'_>) -> Option<Place<'a>> {
        let package = self.declared.package(&self.import_path(name, at)?)?;
        Some(Place::of(package, 0))
    }

    /// The packages whose names a file uses without a qualifier.
    pub(super) fn dot_imports<'b>(
        &'b self,
        at: &'b Place<'_>,
    ) -> impl Iterator<Item = Place<'a>> + 'b {
        let imports = at.package.files().get(at.file).map(|file| file.imports.as_slice());
        let dots = imports.unwrap_or_default().iter();
        let dots = dots.filter(|import| import.name.as_deref() == Some(b"."));
        dots.filter_map(|import| {
            let path = std::str::from_utf8(&import.path).ok()?;
            let path = self.declared.import(at.package.path(), path);
            self.declared.package(&path).map(|package| Place::of(package, 0))
        })
    }
}

fn named(package: &str, name: &str, arguments: Vec<Type>) -> Type {
    Type::Named(Arc::new(Name { package: Arc::from(package), name: Arc::from(name), arguments }))
}

/// The package that a field or method belongs to; none if the name is exported.
fn owner(name: &str, at: &Place<'_>) -> Arc<str> {
    let exported = name.chars().next().is_some_and(char::is_uppercase);
    Arc::from(if exported { "" } else { at.package.path() })
}

/// The name of an embedded field.
fn embedded_name(type_: &Expression) -> Option<Arc<str>> {
    match type_ {
        Expression::Name(name) | Expression::Selector(_, name) => Some(name.clone()),
        Expression::Pointer(of) | Expression::Index(of, _) => embedded_name(of),
        _ => None,
    }
}

/// The name that a package with this path usually has; only for packages that were not found.
fn usual_name(path: &str) -> &str {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let is_version = last.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    let last = if is_version { before.rsplit('/').next().unwrap_or(before) } else { last };
    // gopkg.in/yaml.v3
    last.split_once(".v").map_or(last, |(name, _)| name)
}
