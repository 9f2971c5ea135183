//! What a seed decides about a program: how it is built, and which features it has.

use super::draft::{Draft, Entry, Layout, Place};
use super::random::Random;
use super::truth::Strip;
use super::uses::Use;
use super::{chains, functions, handles, mains, pushes, variables};

/// What a feature is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pull(Use),
    PullTwin(Use),
    Dead,
    Method,
    Assembly,
    Handle,
    Push,
    PushUnused,
    PushNowhere,
    OneArgument,
    Runtime,
    NearMiss,
    Shared,
    SharedTwin,
    Initialised,
    Dynamic,
    OwnerInitialised,
    Smaller,
    Larger,
    Mutex,
    Atomic,
    Phantom,
    OntoFunction,
    VariableHandle,
    VariableHandleTwin,
    HandleUnused,
    Chain,
    ChainTwin,
    Together,
    TogetherTwin,
    MainTwin,
}

/// One independent part of a program.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// From 1; part of every name that it writes.
    pub number: usize,
    pub kind: Kind,
    pub user: Place,
    pub owner: Place,
    /// Its use stands behind a `//line`.
    pub line: bool,
    /// Chooses among the forms of a kind.
    pub variant: usize,
    /// Chooses the type of a variable.
    pub of_type: usize,
}

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Plain,
    Pie,
    NoOpt,
    NoInline,
    Trimpath,
    External,
    Test,
    CShared,
    CArchive,
    Plugin,
}

pub type Platform = (&'static str, &'static str);

pub const HOME: Platform = ("linux", "amd64");

/// Versions, platforms and how often other than plain linux/amd64 is taken.
///
/// The standard library is compiled once for each version, platform and way of compiling, which takes longer
/// than twenty programs: so a version has some of the platforms, and each platform has some of the versions.
pub struct Range<'a> {
    pub minors: &'a [u16],
    pub platforms: &'a [Platform],
    /// A version has one in so many of the platforms, beside linux/amd64.
    pub thinned: usize,
    /// Whether linux/amd64 takes every mode of every version, and linux/arm64 those of its versions.
    pub all_modes: bool,
    /// One in so many programs is for another platform or linked otherwise.
    pub elsewhere: usize,
    pub cgo: bool,
}

impl Range<'_> {
    /// Which of the versions it is.
    fn place(&self, minor: u16) -> usize {
        self.minors.iter().position(|one| *one == minor).unwrap_or_default()
    }

    /// The platforms of a version: no two that follow each other have the same.
    fn platforms(&self, minor: u16) -> Vec<Platform> {
        let all = self.platforms.iter().enumerate();
        let has = |index: usize| (index + self.place(minor)).is_multiple_of(self.thinned);
        all.filter(|(index, _)| has(*index)).map(|(_, platform)| *platform).collect()
    }

    /// How programs of a version are linked for a platform.
    fn modes(&self, minor: u16, platform: Platform) -> Vec<Mode> {
        // These compile the packages of the program alone in another way.
        let mut modes = vec![Mode::NoOpt, Mode::NoInline];
        let has_all = platform == HOME || (self.all_modes && platform == ("linux", "arm64"));
        if has_all {
            let others = [Mode::Test, Mode::Pie, Mode::Trimpath];
            let own = |index: usize| self.all_modes || index == self.place(minor) % others.len();
            let others = others.iter().enumerate().filter(|(index, _)| own(*index));
            modes.extend(others.map(|(_, mode)| *mode));
        }
        modes
    }
}

/// Which range a seed is of: each has its own numbers, so that neither changes when the other grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    Programs,
    Libraries,
}

/// A program, before its text is written.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub of: Seeds,
    pub seed: u64,
    pub minor: u16,
    pub platform: Platform,
    pub mode: Mode,
    /// Beside the build with everything.
    pub strip: Strip,
    pub vendored: bool,
    pub features: Vec<Feature>,
}

impl Feature {
    /// `pull sort`, for tables and messages.
    pub fn what(&self) -> String {
        let word = match self.kind {
            Kind::Pull(_) if self.owner == Place::Main => "pull of main".to_owned(),
            Kind::Shared if self.owner == Place::Main => "variable of main".to_owned(),
            Kind::Pull(how) => format!("pull {}", how.word()),
            Kind::PullTwin(how) => format!("twin {}", how.word()),
            Kind::Shared | Kind::SharedTwin if self.of_type.is_multiple_of(6) => {
                let kind = if self.kind == Kind::Shared { "variable" } else { "variable-twin" };
                format!("{kind} {}", variables::read_word(self))
            }
            other => format!("{other:?}").to_lowercase(),
        };
        if self.line { format!("{word} //line") } else { word }
    }

    /// Writes itself.
    fn write(&self, draft: &mut Draft) {
        match self.kind {
            Kind::Pull(how) => functions::pull(draft, self, how),
            Kind::PullTwin(how) => functions::twin(draft, self, how),
            Kind::Dead => functions::dead(draft, self),
            Kind::Method | Kind::Assembly => functions::method_or_assembly(draft, self),
            Kind::Handle => handles::function(draft, self),
            Kind::VariableHandle => handles::variable(draft, self),
            Kind::VariableHandleTwin => handles::variable_twin(draft, self),
            Kind::HandleUnused => handles::unused(draft, self),
            Kind::Chain | Kind::ChainTwin => chains::chain(draft, self),
            Kind::Together | Kind::TogetherTwin => chains::together(draft, self),
            Kind::MainTwin => mains::twin(draft, self),
            Kind::Push | Kind::PushUnused | Kind::PushNowhere => pushes::push(draft, self),
            Kind::OneArgument => pushes::one_argument(draft, self),
            Kind::Runtime => pushes::runtime(draft, self),
            Kind::NearMiss => pushes::near_miss(draft, self),
            Kind::Shared => variables::shared(draft, self),
            Kind::SharedTwin => variables::twin(draft, self),
            Kind::Phantom | Kind::OntoFunction => variables::phantom(draft, self),
            _ => variables::unlike(draft, self),
        }
    }
}

impl Recipe {
    pub fn new(seed: u64, range: &Range<'_>) -> Self {
        let mut random = Random::new(seed);
        let minor = random.pick(range.minors);
        let (mut platform, mut mode) = (HOME, Mode::Plain);
        let others = range.platforms(minor);
        if random.once_in(range.elsewhere) && !others.is_empty() {
            platform = random.pick(&others);
        }
        if random.once_in(range.elsewhere) {
            mode = random.pick(&range.modes(minor, platform));
        }
        if mode == Mode::Pie && platform == HOME && range.cgo && random.once_in(2) {
            mode = Mode::External;
        }
        let strip = random.pick(&["-w", "-s -w"]);
        let vendored = random.once_in(3);
        let features = features(minor, platform.1, &mut random);
        Self { of: Seeds::Programs, seed, minor, platform, mode, strip, vendored, features }
    }

    /// The module's text, its claims and its output.
    pub fn draft(&self) -> Draft {
        let layout = Layout {
            entry: match self.mode {
                Mode::Test => Entry::Test,
                Mode::CShared | Mode::CArchive => Entry::Exported,
                Mode::Plugin => Entry::Plugin,
                _ => Entry::Main,
            },
            vendored: self.vendored,
            language: if self.minor >= 23 { 23 } else { 18 },
        };
        let mut draft = Draft::new(layout);
        for feature in &self.features {
            feature.write(&mut draft);
        }
        draft
    }

    pub fn strips(&self) -> [Strip; 2] {
        ["", self.strip]
    }

    /// `seed 7: go1.27 linux/amd64 plain`
    pub fn title(&self) -> String {
        let (os, arch) = self.platform;
        let of = if self.of == Seeds::Libraries { "library " } else { "" };
        format!("{of}seed {}: go1.{} {os}/{arch} {:?}", self.seed, self.minor, self.mode)
            .to_lowercase()
    }
}

pub fn features(minor: u16, arch: &str, random: &mut Random) -> Vec<Feature> {
    let count = 6 + random.below(5);
    (1..=count).map(|n| feature(n, minor, arch, random)).collect()
}

fn feature(number: usize, minor: u16, arch: &str, random: &mut Random) -> Feature {
    let uses = Use::of(minor);
    let how = random.pick(&uses);
    let kind = match random.below(52) {
        0..=8 => Kind::Pull(how),
        9..=13 => Kind::PullTwin(how),
        14..=15 => Kind::Dead,
        16 => Kind::Method,
        17 => Kind::Assembly,
        18..=19 => Kind::Handle,
        20..=21 => Kind::Push,
        22 => Kind::PushUnused,
        23 => Kind::PushNowhere,
        24 => Kind::OneArgument,
        25 => Kind::Runtime,
        26..=27 => Kind::NearMiss,
        28..=31 => Kind::Shared,
        32..=33 => Kind::SharedTwin,
        34 => random.pick(&[Kind::Initialised, Kind::Dynamic, Kind::OwnerInitialised]),
        35 => random.pick(&[Kind::Smaller, Kind::Larger]),
        36 => Kind::Mutex,
        37 => Kind::Atomic,
        38 => Kind::Phantom,
        39 => Kind::OntoFunction,
        40..=41 => Kind::VariableHandle,
        42 => Kind::VariableHandleTwin,
        43 => Kind::HandleUnused,
        44..=46 => Kind::Chain,
        47 => Kind::ChainTwin,
        48..=49 => Kind::Together,
        50 => Kind::TogetherTwin,
        _ => Kind::MainTwin,
    };
    // What the linkers of a version refuse, or write over (linkname.md 3; types of 1.18 and 1.19 have no
    // DWARF of their own in the puller).
    // internal/buildcfg/exp.go, regabiSupported: before, every function has the variable's ABI.
    let split = match arch {
        "amd64" | "arm64" | "ppc64le" => true,
        "riscv64" => minor >= 19,
        "s390x" => minor >= 26,
        _ => false,
    };
    let kind = match kind {
        Kind::Larger | Kind::Smaller if minor < 20 => Kind::Shared,
        Kind::Larger if minor < 23 => Kind::Smaller,
        Kind::Atomic if minor < 19 => Kind::Mutex,
        Kind::OntoFunction if !split => Kind::Phantom,
        kind => kind,
    };
    let mut feature = Feature {
        number,
        kind,
        user: random.pick(&Place::USERS),
        owner: random.pick(&Place::OWNERS),
        line: random.once_in(8),
        variant: random.below(420),
        of_type: if random.once_in(2) { 0 } else { random.below(6) },
    };
    settle(&mut feature, random);
    feature
}

/// What one choice leaves of the others.
fn settle(feature: &mut Feature, random: &mut Random) {
    let is_pull = matches!(feature.kind, Kind::Pull(_) | Kind::Dead | Kind::Shared);
    if is_pull && feature.user != Place::Main && random.once_in(6) {
        feature.owner = Place::Main;
    } else if feature.user == Place::DepUser {
        // Another module names its own packages only.
        feature.owner = Place::DepOwner;
    }
    let moved = match feature.kind {
        // The shim, or the package that pushes, is nobody's that this one may import.
        Kind::Handle
        | Kind::VariableHandle
        | Kind::VariableHandleTwin
        | Kind::Chain
        | Kind::ChainTwin
        | Kind::Together
        | Kind::TogetherTwin => feature.user == Place::DepUser,
        _ => false,
    };
    if moved {
        feature.user = Place::Main;
    }
    if feature.kind == Kind::MainTwin {
        feature.owner = Place::Main;
        if feature.user == Place::Main {
            feature.user = Place::Deep;
        }
    }
    feature.line &= matches!(
        feature.kind,
        Kind::Pull(_)
            | Kind::PullTwin(_)
            | Kind::Dead
            | Kind::Shared
            | Kind::SharedTwin
            | Kind::VariableHandle
            | Kind::VariableHandleTwin
            | Kind::Chain
            | Kind::ChainTwin
    );
}
