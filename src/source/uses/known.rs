//! Which declarations of a package change what code a use of a name leaves?

use std::collections::HashMap;

use crate::source::file::{Declaration, DeclarationKind, GoFile};

/// What a package declares a name as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Constant,
    /// A struct type: the keys of its composite literals are fields.
    Struct,
    Type,
    /// A variable whose length is not constant.
    Counted,
    Other,
}

/// The declarations of a package.
#[derive(Clone, Debug, Default)]
pub struct Known(HashMap<Vec<u8>, Kind>);

impl Known {
    /// The declarations in all `files` of one package.
    #[must_use]
    pub fn of(files: &[GoFile]) -> Self {
        let each = files.iter().flat_map(|file| file.declarations.iter().map(move |d| (file, d)));
        Self(
            each.filter_map(|(file, declared)| {
                Some((declared.name.clone(), kind(file, declared)?))
            })
            .collect(),
        )
    }

    pub(super) fn declares(&self, name: &[u8]) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn is_constant(&self, name: &[u8]) -> bool {
        self.0.get(name) == Some(&Kind::Constant)
    }

    pub(super) fn is_type(&self, name: &[u8]) -> bool {
        matches!(self.0.get(name), Some(Kind::Type | Kind::Struct))
    }

    pub(super) fn is_struct(&self, name: &[u8]) -> bool {
        self.0.get(name) == Some(&Kind::Struct)
    }

    /// Whether `len` of the variable certainly is no constant.
    pub(super) fn is_counted(&self, name: &[u8]) -> bool {
        self.0.get(name) == Some(&Kind::Counted)
    }
}

fn kind(file: &GoFile, declared: &Declaration) -> Option<Kind> {
    let text = file.bytes.get(declared.signature.clone()).unwrap_or_default().trim_ascii();
    Some(match &declared.kind {
        DeclarationKind::Method { .. } => return None,
        DeclarationKind::Const => Kind::Constant,
        DeclarationKind::Type { .. } if text.starts_with(b"struct") => Kind::Struct,
        DeclarationKind::Type { .. } => Kind::Type,
        DeclarationKind::Var if is_counted(text) => Kind::Counted,
        DeclarationKind::Var | DeclarationKind::Func => Kind::Other,
    })
}

/// Whether the written type is a slice, a map, a channel or a string.
fn is_counted(text: &[u8]) -> bool {
    text == b"string" || [&b"[]"[..], b"map[", b"chan "].iter().any(|word| text.starts_with(word))
}
