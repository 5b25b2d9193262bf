import PKI
import Testing
import YAML

/// What is YAML and refused all the same.
@Suite struct RefusalTests {
  @Test(arguments: [
    ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate key \"a\", first used at 1:1"]),
    (
      "{a: 1, \"a\": 2, 'a': 3}",
      [
        "1:8 duplicate key \"a\", first used at 1:2", "1:16 duplicate key \"a\", first used at 1:2",
      ]
    ),
    ("x:\n  a: {b: 1}\n  a: 2\n", ["3:3 duplicate key \"a\", first used at 2:3"]),
    ("{\u{E9}: 1, e\u{301}: 2}", ["1:8 duplicate key \"e\u{301}\", first used at 1:2"]),
    ("\"a\\nb\": 1\n\"a\\nb\": 2\n", ["2:1 duplicate key \"a\\nb\", first used at 1:1"]),
  ])
  func `duplicate keys are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
  }

  @Test func `duplicate keys are found in large mappings`() {
    let lines = (1...1000).map { "key\($0): \($0)" } + ["key3: x", "key900: x"]
    #expect(
      findings(lines.joined(separator: "\n")) == [
        "1001:1 duplicate key \"key3\", first used at 3:1",
        "1002:1 duplicate key \"key900\", first used at 900:1",
      ])
  }

  @Test(arguments: [
    (
      "a: &x 1\nb: *x\n",
      [
        "1:4 anchors are not supported, found \"&x\"",
        "2:4 aliases are not supported, found \"*x\"",
      ]
    ),
    ("&x a: b", ["1:1 anchors are not supported, found \"&x\""]),
    ("a: &x\n  b: c", ["1:4 anchors are not supported, found \"&x\""]),
    ("a: &x [b]", ["1:4 anchors are not supported, found \"&x\""]),
    ("a: &x\n", ["1:4 anchors are not supported, found \"&x\""]),
    ("&x", ["1:1 anchors are not supported, found \"&x\""]),
    ("*x", ["1:1 aliases are not supported, found \"*x\""]),
    ("*x : b", ["1:1 aliases are not supported, found \"*x\""]),
    (
      "&x [*x]",
      [
        "1:1 anchors are not supported, found \"&x\"",
        "1:5 aliases are not supported, found \"*x\"",
      ]
    ),
  ])
  func `anchors and aliases are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
    #expect(hints(text).allSatisfy { $0?.contains("profile") == true })
  }

  @Test func `an alias bomb is refused by its anchors and aliases`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...20 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let found = findings(text)
    #expect(found.count == YAMLReader.findingLimit + 1)
    #expect(found.first == "1:5 anchors are not supported, found \"&a0\"")
    #expect(found.last?.hasSuffix("too many findings, the rest of this file was not read") == true)
  }

  @Test(arguments: [
    ("a: !foo b", ["1:4 tags are not supported, found \"!foo\""]),
    ("a: ! b", ["1:4 tags are not supported, found \"!\""]),
    ("a: !!str b", ["1:4 tags are not supported, found \"tag:yaml.org,2002:str\""]),
    ("a: !<x:y> b", ["1:4 tags are not supported, found \"x:y\""]),
    ("!!map {a: b}", ["1:1 tags are not supported, found \"tag:yaml.org,2002:map\""]),
    ("!!seq\n- a", ["1:1 tags are not supported, found \"tag:yaml.org,2002:seq\""]),
    ("!x", ["1:1 tags are not supported, found \"!x\""]),
    ("!k a: b", ["1:1 tags are not supported, found \"!k\""]),
    ("a: !x!y b", ["1:4 found undefined tag handle while parsing a node"]),
    (
      "a: !t &n b",
      [
        "1:4 anchors are not supported, found \"&n\"", "1:4 tags are not supported, found \"!t\"",
      ]
    ),
  ])
  func `tags are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
  }

  @Test(arguments: [
    ("<<: {a: b}\nc: d", ["1:1 merge keys are not supported"]),
    ("x: {<<: y}", ["1:5 merge keys are not supported"]),
    ("'<<': x", []),
    ("a: <<", []),
  ])
  func `plain merge keys are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
  }

  @Test(arguments: [
    ("%TAG ! tag:x,1:\n---\na: b", ["1:1 %TAG directives are not supported"]),
    ("# c\n%YAML 1.2\n%TAG !y! y:\n---\na", ["3:1 %TAG directives are not supported"]),
    ("a: b\n...\n%TAG !y! y:\n---\na", ["3:1 %TAG directives are not supported"]),
    ("%YAML 1.3\n---\na", ["1:1 found incompatible YAML document"]),
    ("%YAML 2.0\n---\na", ["1:1 found incompatible YAML document"]),
    ("%YAML 1.2\n%YAML 1.2\n---\na", ["2:1 found duplicate %YAML directive"]),
    ("%FOO\n---\na", ["1:5 found unknown directive name while scanning a directive"]),
  ])
  func `directives other than the version are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
  }

  @Test(arguments: [
    ("? [a]\n: b", ["1:3 a sequence is used as a key"]),
    ("? {a: b}\n: c", ["1:3 a mapping is used as a key"]),
    ("{[a]: b}", ["1:2 a sequence is used as a key"]),
    (
      "? a: b\n  a: c\n: d\ne: f\ne: g",
      [
        "1:3 a mapping is used as a key", "2:3 duplicate key \"a\", first used at 1:3",
        "5:1 duplicate key \"e\", first used at 4:1",
      ]
    ),
    ("{{a}: b}", ["1:2 a mapping is used as a key"]),
    ("'': a", ["1:1 empty key"]),
    ("{'': a, \"\": b}", ["1:2 empty key", "1:9 empty key"]),
    ("? \n: a", ["1:2 empty key"]),
  ])
  func `keys that are no text are refused`(text: String, expected: [String]) {
    #expect(findings(text) == expected)
  }

  @Test func `a long key is refused`() {
    let text = "? " + String(repeating: "k", count: 1025) + "\n: a\n"
    #expect(findings(text) == ["1:3 key of 1025 bytes, the limit is 1024"])
    let longest = "? " + String(repeating: "k", count: 1024) + "\n: a\n"
    #expect(findings(longest) == [])
  }

  @Test func `everything wrong is reported up to the syntax error`() {
    let text = "a: 1\na: 2\nb: !x 3\n---\n<<: *y\nc: 'd\n"
    #expect(
      findings(text) == [
        "2:1 duplicate key \"a\", first used at 1:1",
        "3:4 tags are not supported, found \"!x\"",
        "5:1 merge keys are not supported",
        "5:5 aliases are not supported, found \"*y\"",
        "7:1 found unexpected end of stream while scanning a quoted scalar",
      ])
  }

  @Test func `long values are cut in messages`() {
    let text = "a: *" + String(repeating: "x", count: 5000)
    let name = "*" + String(repeating: "x", count: 63) + "..."
    #expect(findings(text) == ["1:4 aliases are not supported, found \"\(name)\""])
  }
}
