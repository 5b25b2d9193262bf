import PKI
import Testing
import YAML

/// Files that are made to be large, deep or slow.
@Suite struct LimitTests {
  private static let tooDeep = "more than 32 levels of nesting"

  @Test(arguments: [
    ("[", "]"), ("{a: ", "}"), ("[{a: ", "}]"),
  ])
  func `flow nesting is read up to the limit`(opening: String, closing: String) throws {
    let levels = 32 / opening.count { "[{".contains($0) }
    let deepest =
      String(repeating: opening, count: levels) + "x" + String(repeating: closing, count: levels)
    #expect(try outline(deepest).count == 1)
    let column = opening.count * levels + 1
    #expect(findings(deepest.replacing("x", with: "[]")) == ["1:\(column) \(Self.tooDeep)"])
  }

  @Test func `block nesting is read up to the limit`() throws {
    let deepest = String(repeating: "- ", count: 32) + "x"
    #expect(try outline(deepest).count == 1)
    #expect(findings("- " + deepest) == ["1:65 \(Self.tooDeep)"])
    let lines = (0..<33).map { String(repeating: " ", count: $0) + "a:" }
    #expect(findings(lines.joined(separator: "\n")) == ["33:33 \(Self.tooDeep)"])
  }

  @Test(arguments: [
    "[", "{", "[\n", "[ #\n", "{a: ", "{? ", "[[],", "{[]: ", "- ", "? ", "[ ", "- ? ", "[? ",
    "\"\": [",
  ])
  func `giant nesting is refused`(unit: String) {
    let text = String(repeating: unit, count: 800_000 / unit.utf8.count)
    #expect(findings(text).contains { $0.hasSuffix(Self.tooDeep) })
  }

  @Test func `brackets in texts are no nesting`() throws {
    let brackets = String(repeating: "[{", count: 2000)
    let text =
      "# \(brackets)\na: '\(brackets)'\nb: \"\(brackets)\"\nc: |\n  \(brackets)\nd: x\(brackets)\n"
    #expect(try YAMLReader.documents(in: Array(text.utf8), file: "a.yaml").count == 1)
  }

  @Test func `a file may have a mebibyte and no more`() throws {
    let largest = "a: " + String(repeating: "x", count: YAMLReader.sizeLimit - 3)
    #expect(try outline(largest).count == 1)
    #expect(findings(largest + "x") == ["1:1 the file has 1048577 bytes, the limit is 1048576"])
  }

  @Test(arguments: [
    "a: b\n---\n", "- a\n", "- a: b\n", "# comment\n", "%YAML 1.2\n---\na\n...\n", "\n", " ",
    "- |\n a\n",
    "- 'x'\n", "- [a, b]\n",
  ])
  func `a large file of small pieces is read`(unit: String) {
    #expect(findings(String(repeating: unit, count: 1 << 18 / unit.utf8.count)) == [])
  }

  @Test(arguments: [
    "a: &a\n", "!a ", "*a : b\n", "\u{1}", "a: b\n", "'", "\"", "? a\n", ": ", ", ", "]", "}",
    "&a ", "|\n",
    "%TAG ! !\n", "- *a\n", "é\u{301}", "--- |\n", "\t", "\u{FEFF}",
  ])
  func `a large file of one mistake ends`(unit: String) {
    let found = findings(String(repeating: unit, count: 1 << 18 / unit.utf8.count))
    #expect(found.count <= YAMLReader.findingLimit + 1)
  }

  @Test func `thousands of tag directives are refused before libyaml compares them`() {
    let directives = (0..<60_000).map { "%TAG !\($0)! x:\n" }.joined()
    #expect(findings(directives + "---\na\n") == ["101:1 more than 100 lines begin with \"%TAG\""])
  }

  @Test func `a large mapping is read`() throws {
    let text = (0..<30_000).map { "key\($0): v\n" }.joined()
    guard
      case .mapping(let entries, _) = try YAMLReader.documents(in: Array(text.utf8), file: "a")
        .first
    else {
      Issue.record("no mapping")
      return
    }
    #expect(entries.count == 30_000)
  }
}
