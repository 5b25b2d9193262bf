import PKI
import Testing
import YAML

/// What is not YAML: libyaml's sentence, its place, and a hint for everyday mistakes.
@Suite struct SyntaxTests {
  struct Case: Sendable {
    let text: String
    let finding: String
    let hint: String?

    init(_ text: String, _ finding: String, _ hint: String? = nil) {
      self.text = text
      self.finding = finding
      self.hint = hint
    }
  }

  @Test(arguments: [
    Case(
      "a:\n\tb: c",
      "2:1 found character that cannot start any token while scanning for the next token",
      "indent with spaces, not with tabs"),
    Case(
      "dnsNames: [*.example.com]",
      "1:13 did not find expected alphabetic or numeric character while scanning an alias",
      "quote the value: \"*.example.com\""),
    Case(
      "name: *.example.com\n",
      "1:8 did not find expected alphabetic or numeric character while scanning an alias",
      "quote the value: \"*.example.com\""),
    Case(
      "a: @x, y",
      "1:4 found character that cannot start any token while scanning for the next token",
      "quote the value: \"@x\""),
    Case(
      "a: %x",
      "1:4 found character that cannot start any token while scanning for the next token",
      "quote the value: \"%x\""),
    Case(
      "uris: [spiffe://example.com/{name}]",
      "1:29 did not find expected ',' or ']' while parsing a flow sequence",
      "quote a value that contains \"[\", \"]\", \"{\" or \"}\""),
    Case(
      "a: {name}.example.com",
      "1:10 did not find expected key while parsing a block mapping",
      "quote a value that contains \"[\", \"]\", \"{\" or \"}\""),
    Case(
      "kind:Client\nname: x",
      "2:5 mapping values are not allowed in this context",
      "put a space after the colon of \"kind:\" in line 1"),
    Case(
      "name: x\nkind:Client\nlifetime: 9d",
      "3:1 could not find expected ':' while scanning a simple key",
      "put a space after the colon of \"kind:\" in line 2"),
    Case(
      "a: b: c",
      "1:5 mapping values are not allowed in this context",
      "quote a value that contains \": \", and check the indentation"),
    Case(
      "a: b\n c: d",
      "2:3 mapping values are not allowed in this context",
      "quote a value that contains \": \", and check the indentation"),
    Case(
      "a: - b",
      "1:4 block sequence entries are not allowed in this context",
      "begin the list on a line of its own, or quote the value"),
    Case(
      "a: b\nc\nd: e",
      "3:1 could not find expected ':' while scanning a simple key",
      "there is no colon after the key at 2:1"),
    Case(
      "  a: b\n c: d",
      "2:2 did not find expected <document start>",
      "check the indentation; documents are separated by \"---\""),
    Case(
      "x:\n  a: b\n c: d",
      "3:2 did not find expected key while parsing a block mapping",
      "this line begins in column 2, line 1 in column 1"),
    Case(
      "x:\n  - b\n  c: d",
      "3:3 did not find expected '-' indicator while parsing a block collection"),
    Case(
      "x:\n  - b\n - d",
      "3:2 did not find expected key while parsing a block mapping",
      "this line begins in column 2, line 1 in column 1"),
    Case(
      "a: \"b\nc: d\n",
      "3:1 found unexpected end of stream while scanning a quoted scalar",
      "the quote at 1:4 is not closed"),
    Case(
      "a: \"\\.x\"",
      "1:5 found unknown escape character while parsing a quoted scalar",
      "use single quotes for a text with backslashes"),
    Case("a: [b", "2:1 did not find expected ',' or ']' while parsing a flow sequence"),
    Case("a: 'b' c", "1:8 did not find expected key while parsing a block mapping"),
    Case("ä: [ö}", "1:6 did not find expected ',' or ']' while parsing a flow sequence"),
    Case("a: b\n]", "2:1 did not find expected key while parsing a block mapping"),
    Case(
      "a: |x\n  b", "1:5 did not find expected comment or line break while scanning a block scalar"),
  ])
  func `a syntax error has a place and a hint`(example: Case) {
    #expect(findings(example.text) == [example.finding])
    #expect(hints(example.text) == [example.hint])
  }

  @Test func `the place is written as people expect`() {
    let error = #expect(throws: YAMLError.self) {
      try YAMLReader.documents(in: Array("a: 'b' c".utf8), file: "clients/a.yaml")
    }
    #expect(error?.findings.map(\.place.description) == ["clients/a.yaml:1:8"])
  }
}
