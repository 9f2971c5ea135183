//! What a chain of references could not follow.

use crate::why::Gap;

/// The gap in one sentence.
pub(in crate::report) fn not_followed(gap: Gap) -> String {
    match gap {
        Gap::Architecture => "code of this architecture is not decoded".to_owned(),
        Gap::Damaged => "code, data or relocations are cut off or damaged".to_owned(),
        Gap::Uncertain => "the code and data could not be read with certainty".to_owned(),
        Gap::Undecoded(1) => "one function holds bytes that are no instruction".to_owned(),
        Gap::Undecoded(count) => format!("{count} functions hold bytes that are no instruction"),
        Gap::Types => {
            "type data was not found: methods that are called through interfaces are not followed"
                .to_owned()
        }
        Gap::Foreign => "code of other languages in the file is not followed".to_owned(),
        Gap::Data => "there is more data than can be followed".to_owned(),
    }
}
