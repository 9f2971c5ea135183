//! What does a type descriptor name: how long is it, what is the type called, where are its methods?
//!
//! The runtime keeps one descriptor for each type that is converted to an interface, with its methods as offsets from
//! `runtime.text`. Nothing marks where one begins, and stripping leaves no sizes. So a descriptor is read at an address
//! that something refers to, and taken for one only if all its fixed fields can be a type's. Layouts: internal/abi/type.go
//! (runtime/type.go up to 1.20), the same from 1.17 to 1.27 but for maps.
//!
//! ```
//! use gonym::golang::bytes::Layout;
//! use gonym::golang::descriptor::Descriptors;
//!
//! let layout = Layout { big_endian: false, pointer: 8 };
//! let types = Descriptors::new(vec![0; 64], 0x1000, layout);
//! assert!(types.at(0x1000).is_none());
//! ```

use super::bytes::{Layout, uvarint};

/// `tflagUncommon`: methods follow.
const UNCOMMON: u8 = 1;
/// `tflagExtraStar`: the name begins with a `*` that is not the type's.
const EXTRA_STAR: u8 = 2;
/// Flags that are not known yet.
const NO_FLAGS: u8 = 0xc0;
/// Bits of the kind; up to 1.23 the others are flags.
const KIND: u8 = 31;

/// Kinds with more fields than every type has (internal/abi/type.go).
const ARRAY: u8 = 17;
const CHAN: u8 = 18;
const FUNC: u8 = 19;
const INTERFACE: u8 = 20;
const MAP: u8 = 21;
const POINTER: u8 = 22;
const SLICE: u8 = 23;
const STRUCT: u8 = 25;
const LAST_KIND: u8 = 26;

/// Bytes of `UncommonType`, of a method, of a method of an interface.
const UNCOMMON_SIZE: usize = 16;
const METHOD: usize = 16;
const INTERFACE_METHOD: usize = 8;

/// A longer name is damage.
const LONGEST_NAME: u64 = 1 << 16;

/// How many words are tried for the first type.
const NEAR: u64 = 1 << 16;

/// The type data of one program.
#[derive(Debug)]
pub struct Descriptors {
    data: Vec<u8>,
    base: u64,
    layout: Layout,
}

/// One type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Descriptor {
    /// Address of its first byte.
    pub address: u64,
    /// Address behind its last byte, methods and fields included.
    pub end: u64,
    /// Its name as `reflect` gives it: `*http.Server`.
    pub name: Vec<u8>,
    /// Whether it is an interface type.
    pub interface: bool,
    methods: (usize, usize),
    signatures: (usize, usize),
}

/// A method of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Address of its record.
    pub at: u64,
    /// Offsets of its two functions from `runtime.text`: the one that interfaces call, and the one that is called
    /// directly. Methods that the linker left out have 0 or -1.
    pub functions: [i32; 2],
}

impl Descriptors {
    /// The type data in `data`, whose first byte is at the address `base`, from which its offsets count.
    #[must_use]
    pub fn new(data: Vec<u8>, base: u64, layout: Layout) -> Self {
        Self { data, base, layout }
    }

    /// How many bytes of type data there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Whether a type can be read near the start: the first one stands behind a word or two of the linker's.
    #[must_use]
    pub fn has_any(&self) -> bool {
        let pointer = u64::from(self.layout.pointer);
        (0..NEAR).any(|word| self.at(self.base.wrapping_add(word * pointer)).is_some())
    }

    /// Whether `address` lies in type data.
    #[must_use]
    pub fn holds(&self, address: u64) -> bool {
        address.checked_sub(self.base).is_some_and(|offset| offset < self.data.len() as u64)
    }

    /// The type whose descriptor begins at `address`, if one does.
    #[must_use]
    pub fn at(&self, address: u64) -> Option<Descriptor> {
        let start = usize::try_from(address.checked_sub(self.base)?).ok()?;
        let pointer = usize::from(self.layout.pointer);
        if start % pointer != 0 {
            return None;
        }
        let flags = *self.data.get(start.checked_add(2 * pointer + 4)?)?;
        let [align, field_align, kind] =
            *self.data.get(start + 2 * pointer + 5..)?.first_chunk()?;
        let kind = kind & KIND;
        let aligned = |align: u8| align.is_power_of_two() && align <= 64;
        let plausible = (1..=LAST_KIND).contains(&kind) && flags & NO_FLAGS == 0;
        if !plausible || !aligned(align) || !aligned(field_align) {
            return None;
        }
        let name = self.name(self.number(start + 4 * pointer + 8)?)?;
        let name = name.strip_prefix(b"*").filter(|_| flags & EXTRA_STAR != 0).unwrap_or(name);
        let fixed = start + 4 * pointer + 16;
        let own = fixed + self.fields(kind, fixed)?;
        let uncommon = (flags & UNCOMMON != 0).then_some(own);
        let behind = own + if uncommon.is_some() { UNCOMMON_SIZE } else { 0 };
        let tail = self.tail(kind, fixed, behind)?;
        let methods = match uncommon {
            Some(at) => self.methods_of(at)?,
            None => (0, 0),
        };
        let of_methods = methods.0 + methods.1 * METHOD;
        let end = behind.max(tail.0 + tail.1).max(of_methods);
        if end > self.data.len() {
            return None;
        }
        let interface = kind == INTERFACE;
        let signatures = if interface { (tail.0, tail.1 / INTERFACE_METHOD) } else { (0, 0) };
        let address_of = |offset: usize| self.base.wrapping_add(offset as u64);
        let name = name.to_vec();
        Some(Descriptor { address, end: address_of(end), name, interface, methods, signatures })
    }

    /// The methods of `descriptor`, in their order.
    pub fn methods<'a>(&'a self, descriptor: &Descriptor) -> impl Iterator<Item = Method> + 'a {
        let (first, count) = descriptor.methods;
        (0..count).map_while(move |index| {
            let at = first.checked_add(index * METHOD)?;
            let number = |field: usize| self.number(at.checked_add(4 * field)?);
            Some(Method {
                at: self.base.wrapping_add(at as u64),
                functions: [number(2)?, number(3)?],
            })
        })
    }

    /// The types that `descriptor` names by their offsets: the pointer to it, the types of its methods. The address of
    /// the record, and the address of the type.
    pub fn named_types<'a>(
        &'a self,
        descriptor: &Descriptor,
    ) -> impl Iterator<Item = (u64, u64)> + 'a {
        let pointer = 4 * usize::from(self.layout.pointer) + 12;
        let own = descriptor.address.checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        let own = own.and_then(|at| Some((at.checked_add(pointer)?, at.checked_add(pointer)?)));
        let records = |(first, count): (usize, usize), size: usize| {
            let at = move |index: usize| first.checked_add(index.checked_mul(size)?);
            (0..count).map_while(move |index| Some((at(index)?, at(index)?.checked_add(4)?)))
        };
        let of_methods = records(descriptor.methods, METHOD);
        let of_interface = records(descriptor.signatures, INTERFACE_METHOD);
        let all = own.into_iter().chain(of_methods).chain(of_interface);
        all.filter_map(|(record, field)| {
            let offset = self.number(field).filter(|offset| *offset > 0)?;
            let address = |at: usize| self.base.wrapping_add(at as u64);
            Some((address(record), self.base.wrapping_add_signed(offset.into())))
        })
    }

    /// Bytes of the fields of a kind behind those that every type has. A map has four or more pointers, and numbers
    /// that changed with each layout: 1.18, 1.24, 1.27.
    fn fields(&self, kind: u8, fixed: usize) -> Option<usize> {
        let pointer = usize::from(self.layout.pointer);
        Some(match kind {
            ARRAY => 3 * pointer,
            CHAN => 2 * pointer,
            FUNC => pointer.max(4),
            INTERFACE | STRUCT => 4 * pointer,
            MAP => self.map_fields(fixed)?,
            POINTER | SLICE => pointer,
            _ => 0,
        })
    }

    /// The length of a map's fields: the one behind which an uncommon type can stand.
    fn map_fields(&self, fixed: usize) -> Option<usize> {
        let pointer = usize::from(self.layout.pointer);
        let old = 4 * pointer + 8;
        let swiss =
            |numbers: usize| (4 * pointer + numbers * pointer + 4).next_multiple_of(pointer);
        let lengths = [old, swiss(3), swiss(4), swiss(5)];
        // The numbers of one layout can look like an uncommon type without methods of another.
        let methods =
            |length: &&usize| self.methods_of(fixed + **length).is_some_and(|of| of.1 > 0);
        lengths.iter().find(methods).or(lengths.first()).copied()
    }

    /// Where what follows `behind` lies, and how many bytes it takes: fields, parameters, methods of an interface.
    fn tail(&self, kind: u8, fixed: usize, behind: usize) -> Option<(usize, usize)> {
        let pointer = usize::from(self.layout.pointer);
        match kind {
            FUNC => {
                let inputs = self.layout.u16(&self.data, fixed)?;
                let outputs = self.layout.u16(&self.data, fixed.checked_add(2)?)? & 0x7fff;
                Some((behind, (usize::from(inputs) + usize::from(outputs)) * pointer))
            }
            STRUCT | INTERFACE => {
                let record = if kind == STRUCT { 3 * pointer } else { INTERFACE_METHOD };
                let count = self.layout.word(&self.data, fixed.checked_add(2 * pointer)?)?;
                let count = usize::try_from(count).ok().filter(|n| *n <= self.data.len())?;
                Some((behind, count.checked_mul(record)?))
            }
            _ => Some((behind, 0)),
        }
    }

    /// Where the methods of the uncommon type at `at` begin, and how many there are.
    fn methods_of(&self, at: usize) -> Option<(usize, usize)> {
        let count = usize::from(self.layout.u16(&self.data, at.checked_add(4)?)?);
        let exported = usize::from(self.layout.u16(&self.data, at.checked_add(6)?)?);
        let distance = self.layout.u32(&self.data, at.checked_add(8)?)? as usize;
        let unused = self.layout.u32(&self.data, at.checked_add(12)?)?;
        let first = at.checked_add(distance)?;
        let end = first.checked_add(count * METHOD)?;
        let real = exported <= count && unused == 0 && distance >= UNCOMMON_SIZE;
        (real && end <= self.data.len()).then_some((first, count))
    }

    fn number(&self, at: usize) -> Option<i32> {
        self.layout.u32(&self.data, at).map(u32::cast_signed)
    }

    /// The name at `offset`: a byte of flags, a length, the text (internal/abi/type.go, Name; since 1.17).
    fn name(&self, offset: i32) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok().filter(|start| *start > 0)?;
        let rest = self.data.get(start..)?;
        let (flags, rest) = rest.split_first()?;
        let (length, used) = uvarint(rest, 3)?;
        let sane = flags & 0xf0 == 0 && (1..LONGEST_NAME).contains(&length);
        let text = rest.get(used..)?.get(..usize::try_from(length).ok()?)?;
        let printed = sane && std::str::from_utf8(text).is_ok() && text.iter().all(|b| *b >= b' ');
        printed.then_some(text)
    }
}
