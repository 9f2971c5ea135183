//! Are two types identical?
//!
//! [`Type`] is built so that equal values are identical types (Go specification, "Type identity"): aliases are
//! resolved, predeclared names replaced, methods sorted, and only unexported names carry their package. Unequal
//! values can still be identical, because embedded interfaces are not expanded. So this proves identity, and never
//! the contrary.
//!
//! ```
//! use gonym::types::identity::identical;
//! use gonym::types::{Basic, Type};
//!
//! let int = Type::Basic(Basic::Int);
//! assert!(identical(&int.clone().pointer(), &int.clone().pointer()));
//! assert!(!identical(&int, &Type::Basic(Basic::Int64)));
//! // Nothing is known to be identical to what is unknown.
//! assert!(!identical(&Type::Unknown("not read"), &Type::Unknown("not read")));
//! ```

use super::{Signature, Type};

/// Whether `left` and `right` are certainly identical.
#[must_use]
pub fn identical(left: &Type, right: &Type) -> bool {
    left == right && !holds_unknown(left)
}

/// Whether two signatures are certainly identical.
#[must_use]
pub fn identical_signatures(left: &Signature, right: &Signature) -> bool {
    left == right && !signature_holds_unknown(left)
}

/// Whether `type_` contains an unknown type, also behind pointers.
#[must_use]
pub fn holds_unknown(type_: &Type) -> bool {
    match type_ {
        Type::Unknown(_) => true,
        Type::Basic(_) => false,
        Type::Named(name) => name.arguments.iter().any(holds_unknown),
        Type::Pointer(of) | Type::Slice(of) | Type::Array(_, of) | Type::Chan(_, of) => {
            holds_unknown(of)
        }
        Type::Map(key, value) => holds_unknown(key) || holds_unknown(value),
        Type::Func(signature) => signature_holds_unknown(signature),
        Type::Struct(fields) => fields.iter().any(|field| holds_unknown(&field.type_)),
        Type::Interface(interface) => {
            let mut methods = interface.methods.iter();
            methods.any(|(_, _, signature)| signature_holds_unknown(signature))
                || interface.embedded.iter().any(holds_unknown)
        }
    }
}

fn signature_holds_unknown(signature: &Signature) -> bool {
    signature.parameters.iter().chain(&signature.results).any(holds_unknown)
}
