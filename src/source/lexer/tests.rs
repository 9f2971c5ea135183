//! Are tokens cut where the compiler cuts them?

use super::*;

fn texts(source: &str) -> Vec<String> {
    let shown = |token: Token| match token.kind {
        TokenKind::Newline => "NL".to_owned(),
        _ => String::from_utf8_lossy(token.text(source.as_bytes())).into_owned(),
    };
    Lexer::new(source.as_bytes()).map(shown).collect()
}

#[test]
fn line_ends_stand_for_semicolons_where_a_statement_may_end() {
    assert_eq!(texts("a\n+ b // c\n"), ["a", "NL", "+", "b", "// c", "NL"]);
    assert_eq!(texts("return\nfunc\nx++\n"), ["return", "NL", "func", "x", "++", "NL"]);
    assert_eq!(texts("x /* a\n b */ y"), ["x", "/* a\n b */", "NL", "y", "NL"]);
    assert_eq!(texts("x /* a */ y"), ["x", "/* a */", "y", "NL"]);
    assert_eq!(texts("x + /* a\n b */ y;"), ["x", "+", "/* a\n b */", "y", ";"]);
}

#[test]
fn literals_end_where_the_compiler_ends_them() {
    assert_eq!(texts(r#""a\"b\\" '\'' '"'"#), [r#""a\"b\\""#, r"'\''", "'\"'", "NL"]);
    assert_eq!(texts("\"open\nx"), ["\"open", "NL", "x", "NL"]);
    assert_eq!(texts("`a\n\\` b"), ["`a\n\\`", "b", "NL"]);
    assert_eq!(
        texts("0x1p-2 0x1e+5 1e+5 .5 a.b 1.x"),
        ["0x1p-2", "0x1e", "+", "5", "1e+5", ".5", "a", ".", "b", "1.x", "NL"]
    );
}

#[test]
fn unfinished_tokens_end_with_the_file() {
    for open in ["`a", "/* a", "/*/", "'", "\"\\", "//"] {
        assert_eq!(texts(open).first().map(String::as_str), Some(open), "{open}");
    }
    assert_eq!(texts("/*/ x"), ["/*/ x"]);
    assert_eq!(texts(""), Vec::<String>::new());
}

#[test]
fn letters_are_unicode_and_a_byte_order_mark_is_none() {
    assert_eq!(texts("\u{feff}größe·x"), ["größe", "·", "x", "NL"]);
    let broken: Vec<_> = Lexer::new(b"a\xff\xfeb").map(|token| token.kind).collect();
    let (name, unknown) = (TokenKind::Identifier, TokenKind::Unknown);
    assert_eq!(broken, [name, unknown, unknown, name, TokenKind::Newline]);
}

#[test]
fn positions_are_lines_and_byte_columns() {
    let source = "a\n/* x\ny */ b\n\tö c";
    let at: Vec<_> =
        Lexer::new(source.as_bytes()).map(|token| (token.line, token.column)).collect();
    assert_eq!(at, [(1, 1), (1, 2), (2, 1), (3, 6), (3, 7), (4, 2), (4, 5), (4, 6)]);
}
