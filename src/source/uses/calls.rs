//! Which functions may be called on a line: notes them while expressions are walked.

use super::roots::Root;
use super::universe::is_of_universe;
use super::walk::Walk;

impl<'a> Walk<'a, '_> {
    /// Notes the name of an import at `start`, behind which a dot and a name follow.
    pub(super) fn root_of_import(&mut self, start: usize) {
        let (name, member) = (self.tokens.text_at(start), self.tokens.text_at(start + 2));
        let import = self.tokens.is_identifier_at(start)
            && self.scopes.get(name).is_none()
            && !self.known.declares(name);
        if import {
            self.root(Root::Member(name, member), start);
        }
    }

    /// Notes whose function is called here by what begins at `start`.
    pub(super) fn root_of_call(&mut self, start: usize) {
        let name = self.tokens.text_at(start);
        let direct = self.tokens.at == start + 1;
        let root = match () {
            () if !self.tokens.is_identifier_at(start) => {
                self.is_unnamed_call(start).then_some(Root::Call)
            }
            () if self.scopes.get(name).is_some() => Some(Root::Call),
            () if self.known.declares(name) => match (direct, self.known.is_type(name)) {
                (true, true) => None,
                (true, false) => Some(Root::Function(name)),
                (false, _) => Some(Root::Method(name)),
            },
            // A member of an import is noted as such.
            () if !direct => None,
            () => (!is_of_universe(name)).then_some(Root::Call),
        };
        root.into_iter().for_each(|root| self.root(root, start));
    }

    /// Not a conversion to a type that is written out, nor a function literal, whose statements are walked.
    fn is_unnamed_call(&self, start: usize) -> bool {
        let converts = self.tokens.text_at(start + 1) == b"*" && {
            let name = self.tokens.text_at(start + 2);
            self.scopes.get(name).is_none()
                && (self.known.is_type(name) || !self.known.declares(name))
        };
        self.tokens.text_at(start) == b"(" && !converts
    }

    /// A function may stand behind what begins at `start`.
    pub(super) fn root_of_range(&mut self, start: usize) {
        let name = self.tokens.text_at(start);
        let plain = self.tokens.is_identifier_at(start) && self.tokens.at == start + 1;
        if plain && (self.scopes.get(name).is_some() || self.known.declares(name)) {
            self.root(Root::Call, start);
        }
    }

    fn root(&mut self, root: Root<'a>, at: usize) {
        let (line, place) = (self.tokens.line(at), self.places.here);
        self.roots.note(root, at, line, place);
    }
}
