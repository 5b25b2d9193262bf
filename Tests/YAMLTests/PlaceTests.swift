import PKI
import Testing
import YAML

/// Lines and columns count from 1, columns in Unicode scalars.
@Suite struct PlaceTests {
  @Test(arguments: [
    ("kind: Client\nname: x\n", "1:1{1:1kind: 1:7Client, 2:1name: 2:7x}"),
    ("a:\n  - b\n  -  c: d\n", "1:1{1:1a: 2:3[2:5b, 3:6{3:6c: 3:9d}]}"),
    ("a: [b, {c: d}]", "1:1{1:1a: 1:4[1:5b, 1:8{1:9c: 1:12d}]}"),
    ("\n# x\n  a: 'b'\n", "3:3{3:3a: 3:6\"b\"}"),
    ("a: |\n  b\nc: \"d\"", "1:1{1:1a: 1:4\"b\n\", 3:1c: 3:4\"d\"}"),
    ("a:\nb: c", "1:1{1:1a: 1:3, 2:1b: 2:4c}"),
    ("a:\n- b", "1:1{1:1a: 2:1[2:3b]}"),
    ("äö: {ü: x}", "1:1{1:1äö: 1:5{1:6ü: 1:9x}}"),
    ("😀: [é, e\u{301}, x]", "1:1{1:1😀: 1:4[1:5é, 1:8e\u{301}, 1:12x]}"),
    ("\u{FEFF}a: b\nc: d", "1:1{1:1a: 1:4b, 2:1c: 2:4d}"),
    ("\u{FEFF}ä: [b]", "1:1{1:1ä: 1:4[1:5b]}"),
    ("a: b\r\nc: d", "1:1{1:1a: 1:4b, 2:1c: 2:4d}"),
    ("a: b\rc: d", "1:1{1:1a: 1:4b, 2:1c: 2:4d}"),
    ("a:\t\tb", "1:1{1:1a: 1:5b}"),
    ("? a\n: b", "1:1{1:3a: 2:3b}"),
  ])
  func `values know their place`(text: String, expected: String) throws {
    #expect(try outlineWithPlaces(text) == [expected])
  }

  @Test func `places go on counting over documents`() throws {
    let expected = ["2:1{2:1a: 2:4b}", "4:1{4:1c: 4:4d}"]
    #expect(try outlineWithPlaces("---\na: b\n---\nc: d\n") == expected)
  }

  @Test func `places name the file`() throws {
    let nodes = try YAMLReader.documents(in: Array("a".utf8), file: "clients/a.yaml")
    #expect(nodes.map(\.place.description) == ["clients/a.yaml:1:1"])
  }
}
