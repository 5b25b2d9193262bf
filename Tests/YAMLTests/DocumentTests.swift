import PKI
import Testing
import YAML

/// What is read, form by form. Quoted and block scalars stand in quotes, plain ones do not.
@Suite struct DocumentTests {
  @Test(arguments: [
    ("a: b", "{a: b}"),
    ("a: b\nc: d\n", "{a: b, c: d}"),
    ("a:\n  b: c\n  d: e\nf: g", "{a: {b: c, d: e}, f: g}"),
    ("a:\n- b\n- c\nd: e", "{a: [b, c], d: e}"),
    ("a:\n  - b\n  - c: d\n    e: f\n", "{a: [b, {c: d, e: f}]}"),
    ("- - a\n  - b\n- - c\n", "[[a, b], [c]]"),
    ("-\n  - a\n-\n  b: c\n", "[[a], {b: c}]"),
    ("? a\n: b\n? c\n", "{a: b, c: }"),
    ("a:\nb:\n", "{a: , b: }"),
    ("a: b:c\nd: e#f\n", "{a: b:c, d: e#f}"),
    ("url: http://crl.example.com/edge.crl", "{url: http://crl.example.com/edge.crl}"),
    ("a b: c d\n", "{a b: c d}"),
    ("ä: ö\n", "{ä: ö}"),
  ])
  func `block collections are read`(text: String, expected: String) throws {
    #expect(try outline(text) == [expected])
  }

  @Test(arguments: [
    ("[]", "[]"),
    ("{}", "{}"),
    ("[a, b , c]", "[a, b, c]"),
    ("[a, b,]", "[a, b]"),
    ("{a: b, c: [d, {e: f}]}", "{a: b, c: [d, {e: f}]}"),
    ("{a, b: c}", "{a: , b: c}"),
    ("[a: b, c]", "[{a: b}, c]"),
    ("{\n  a: b,\n  # comment\n  c: d\n}", "{a: b, c: d}"),
    ("{\"a\":b}", "{\"a\": b}"),
    ("a: [\n  x,\n  y\n]\nb: {}\n", "{a: [x, y], b: {}}"),
    (
      "{path: /, upstreams: [\"192.168.1.100:8000\", \"192.168.1.101:8000\"]}",
      "{path: /, upstreams: [\"192.168.1.100:8000\", \"192.168.1.101:8000\"]}"
    ),
  ])
  func `flow collections are read`(text: String, expected: String) throws {
    #expect(try outline(text) == [expected])
  }

  @Test(arguments: [
    ("a: no\n", "{a: no}"),
    ("a: 1:30\n", "{a: 1:30}"),
    ("a: 007\n", "{a: 007}"),
    ("a: null\nb: ~\n", "{a: null, b: ~}"),
    ("a: -1\nb: - 1", nil),
    ("a: 10%\n", "{a: 10%}"),
    ("a: x@y\n", "{a: x@y}"),
    ("a: one\n  two\n\n  three\nb: c\n", "{a: one two\nthree, b: c}"),
    ("one\ntwo\n", "one two"),
  ])
  func `plain scalars stay text`(text: String, expected: String?) throws {
    if let expected {
      #expect(try outline(text) == [expected])
    } else {
      #expect(!findings(text).isEmpty)
    }
  }

  @Test(arguments: [
    ("'a'", "\"a\""),
    ("'it''s'", "\"it's\""),
    ("'a\\n'", "\"a\\n\""),
    ("''", "\"\""),
    ("\"\"", "\"\""),
    ("\"a\\tb\\nc\"", "\"a\tb\nc\""),
    ("\"\\x41\\u00e9\\U0001F600\"", "\"Aé😀\""),
    ("\"\\\"\\\\\\/\\ \\_\"", "\"\"\\/ \u{A0}\""),
    ("\"a\\\n  b\"", "\"ab\""),
    ("\"a\n  b\n\n  c\"", "\"a b\nc\""),
    ("'a\n  b'", "\"a b\""),
    ("\"# not a comment [ { \"", "\"# not a comment [ { \""),
  ])
  func `quotes and escapes are read`(text: String, expected: String) throws {
    #expect(try outline(text) == [expected])
  }

  @Test(arguments: [
    ("a: |\n  b\n  c\n", "{a: \"b\nc\n\"}"),
    ("a: |-\n  b\n  c\n\n", "{a: \"b\nc\"}"),
    ("a: |+\n  b\n\n", "{a: \"b\n\n\"}"),
    ("a: |\n  b\n\n", "{a: \"b\n\"}"),
    ("a: >\n  b\n  c\n\n  d\n", "{a: \"b c\nd\n\"}"),
    ("a: >-\n  b\n  c\n", "{a: \"b c\"}"),
    ("a: >+\n  b\n\n", "{a: \"b\n\n\"}"),
    ("a: |2\n   b\n", "{a: \" b\n\"}"),
    ("a: |2-\n   b\n", "{a: \" b\"}"),
    ("a: | # comment\n  # text\n", "{a: \"# text\n\"}"),
    ("a: |\n\nb: c\n", "{a: \"\", b: c}"),
    ("a: |\n  [[[ {{{ *x &y !z\n", "{a: \"[[[ {{{ *x &y !z\n\"}"),
    ("- |\n a\n- >\n b\n", "[\"a\n\", \"b\n\"]"),
  ])
  func `block scalars are read`(text: String, expected: String) throws {
    #expect(try outline(text) == [expected])
  }

  @Test(arguments: [
    ("a: 1\n---\nb: 2\n", ["{a: 1}", "{b: 2}"]),
    ("---\na: 1\n---\nb: 2\n...\n", ["{a: 1}", "{b: 2}"]),
    ("--- a\n--- b\n", ["a", "b"]),
    ("a: 1\n...\n---\nb: 2\n", ["{a: 1}", "{b: 2}"]),
    ("a: 1\n---\n---\nb: 2\n", ["{a: 1}", "{b: 2}"]),
    ("a: 1\n---\n# nothing\n---\nb: 2\n", ["{a: 1}", "{b: 2}"]),
    ("--- # comment\na: 1\n--- \"\"\n", ["{a: 1}", "\"\""]),
    ("%YAML 1.2\n---\na: 1\n", ["{a: 1}"]),
    ("%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n", ["{a: 1}", "{b: 2}"]),
    ("---\n~\n", ["~"]),
  ])
  func `a file holds several documents`(text: String, expected: [String]) throws {
    #expect(try outline(text) == expected)
  }

  @Test(arguments: [
    "", "\n", "   ", "\r\n\r\n", "# comment", "# comment\n# more\n", "---", "---\n", "---\n---\n",
    "---\n# x\n...\n", "\u{FEFF}", "\u{FEFF}# comment\n",
  ])
  func `a file of nothing or comments has no documents`(text: String) throws {
    #expect(try outline(text) == [])
  }

  @Test func `comments leave no trace`() throws {
    let text = "# top\na: b # end\n# between\nc: # here\n  - d # there\n  # last\n"
    #expect(try outline(text) == ["{a: b, c: [d]}"])
  }

  @Test(arguments: ["\r\n", "\r", "\n"])
  func `every line ending of YAML is read`(lineBreak: String) throws {
    let lines = ["a: b", "c: |", "  d", "  e", "f:", "- g"]
    let text = lines.joined(separator: lineBreak)
    #expect(try outline(text) == ["{a: b, c: \"d\ne\n\", f: [g]}"])
  }

  @Test(arguments: [
    ("a:\tb\n", "{a: b}"),
    ("a: b\t# c\n", "{a: b}"),
    ("a: 'b\tc'\n", "{a: \"b\tc\"}"),
    ("a: |\n  b\tc\n", "{a: \"b\tc\n\"}"),
    ("a: b\tc\n", "{a: b\tc}"),
  ])
  func `tabs that do not indent are read`(text: String, expected: String) throws {
    #expect(try outline(text) == [expected])
  }

  @Test func `a byte order mark at the start is skipped`() throws {
    #expect(try outline("\u{FEFF}a: b\n") == ["{a: b}"])
  }

  @Test func `the same key may occur in different mappings`() throws {
    #expect(try outline("- a: 1\n- a: {a: 2}\n---\na: 3\n") == ["[{a: 1}, {a: {a: 2}}]", "{a: 3}"])
  }
}
