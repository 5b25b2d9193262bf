import Foundation
import Testing
import YAML

@testable import PKI

/// The documentation and the code say the same.
@Suite struct ReferenceTests {
  // MARK: - Kinds and fields

  @Test func `every kind of document has a section and no other has one`() throws {
    let described = try Self.reference.sections.filter { $0.level == 2 && $0.path != "Files" }
      .flatMap(\.titles)
    #expect(described.sorted() == DocumentKind.names.sorted())
  }

  @Test func `every field is described where it belongs, and nothing else is`() throws {
    let mappings = Mapping.all
    #expect(mappings.count > 20)
    for mapping in mappings {
      let rows = try Self.reference.rows(for: mapping)
      #expect(
        rows.map(\.name).sorted() == mapping.fields.map(\.name).sorted(), "\(mapping.title)")
    }
    let titles = Set(mappings.map(\.title))
    for section in try Self.reference.sections where !section.rows.isEmpty {
      for title in section.titles { #expect(titles.contains(title), "\(title) has no fields") }
    }
  }

  @Test func `the reference says which fields are required`() throws {
    for mapping in Mapping.all {
      for row in try Self.reference.rows(for: mapping) {
        guard let field = mapping.fields.first(where: { $0.name == row.name }) else { continue }
        // An authority needs every field of its own subject no more than an identity does.
        #expect((row.standard == "required") == field.isRequired, "\(mapping.title) \(row.name)")
      }
    }
  }

  @Test func `the reference lists every word that a field takes`() throws {
    var count = 0
    for mapping in Mapping.all {
      for row in try Self.reference.rows(for: mapping) {
        guard let field = mapping.fields.first(where: { $0.name == row.name }) else { continue }
        let words = Set(field.schema.words)
        count += words.count
        let written = Set(row.type.codeSpans)
        for word in words {
          #expect(written.contains(word), "\(mapping.title) \(row.name) \(word)")
        }
      }
    }
    #expect(count > 50)
  }

  // MARK: - Examples

  @Test(arguments: Self.documents)
  func `every example decodes`(document: String) throws {
    let text = try Self.text(document)
    for (number, block) in text.codeBlocks("yaml").enumerated() {
      let findings = try Self.findings(in: block)
      #expect(findings == [], "\(document), example \(number + 1)")
    }
  }

  @Test func `the reference has an example of every kind`() throws {
    let blocks = try Self.text("DesiredState.md").codeBlocks("yaml").joined(separator: "\n")
    for kind in DocumentKind.names { #expect(blocks.contains("kind: \(kind)\n"), "\(kind)") }
  }

  @Test func `an example that is wrong is noticed`() throws {
    #expect(try Self.findings(in: "kind: Client\nname: x\nissuer: nobody") != [])
    #expect(try Self.findings(in: "kind: Client\nname: x\nissuer: issuing\nextra: 1") != [])
  }

  /// What is wrong with an example among the authorities, identities and bundles that the
  /// documentation speaks of.
  private static func findings(in block: String) throws -> [String] {
    let file = "example.yaml"
    var texts = [file: block]
    let nodes = try YAMLReader.documents(in: Array(block.utf8), file: file)
    let declared = Set(nodes.flatMap(\.declaredNames))
    for (name, document) in cast where !declared.contains(name) {
      texts["cast-\(name).yaml"] = document
    }
    var requests: [String: Result<CertificationRequest, RequestProblem>] = [:]
    for (number, path) in DesiredState.requestPaths(in: try sources(texts)).enumerated() {
      requests[path] = .success(try request(path, key: UInt8(number + 1)))
    }
    return try decode(texts, requests: requests).findings.filter { $0.place.file == file }
      .map(line)
  }

  private static let cast = [
    "root": """
    kind: Authority
    name: root
    subject: {commonName: Example Root CA, organization: Example, country: US}
    lifetime: 3650d
    """,
    "issuing": """
    kind: Authority
    name: issuing
    issuer: root
    subject: {commonName: Example Issuing CA, organization: Example, country: US}
    lifetime: 1095d
    """,
    "api": "kind: Server\nname: api\nissuer: issuing\ndnsNames: [api.example.com]",
    "app1": "kind: Client\nname: app1\nissuer: issuing",
    "clients": "kind: TrustBundle\nname: clients\nauthorities: [issuing]",
  ]

  // MARK: - Commands, flags and exit codes

  @Test(arguments: Self.documents)
  func `every command and flag that is named exists`(document: String) throws {
    let commands = try Self.commands
    let flags = try Self.flags
    for line in try Self.text(document).commandLines {
      let words = line.split(separator: " ").map(String.init)
      if let command = words.dropFirst().first(where: { !$0.hasPrefix("-") }) {
        #expect(commands.contains(command), "\(document): \(line)")
      }
      for word in words where word.hasPrefix("--") {
        let flag = String(word.prefix { $0 != "=" })
        #expect(flags.contains(flag) || ["--help", "--version"].contains(flag), "\(line)")
      }
    }
  }

  @Test func `every command stands in the README, and every flag somewhere`() throws {
    let readme = try Self.text("README.md")
    for command in try Self.commands where command != "help" {
      #expect(readme.contains("| `\(command)"), "\(command)")
    }
    let all = try Self.documents.map { try Self.text($0) }.joined()
    for flag in try Self.flags { #expect(all.contains(flag), "\(flag)") }
  }

  @Test func `the README lists the exit codes that commands really give`() throws {
    let source = try Self.swiftText(below: "Sources/certwright")
    let used = Set(source.matches(of: /ExitStatus\.([a-zA-Z]+)/).map { String($0.1) })
    let given = source.matches(of: /static let ([a-zA-Z]+) = ExitCode\(([0-9]+)\)/)
      .filter { used.contains(String($0.1)) || $0.1 == "fine" }.compactMap { Int($0.2) }
    // The parser of arguments exits with EX_USAGE.
    let listed = try Self.text("README.md").matches(of: /\n\| ([0-9]+) \|/).compactMap { Int($0.1) }
    #expect(given.count >= 4)
    #expect(listed.sorted() == (given + [64]).sorted())
  }

  // MARK: - Plans

  @Test func `the guide for teams explains every sign of a plan`() throws {
    let guide = try Self.text("ApplicationTeams.md")
    for action in Change.Action.allCases {
      #expect(guide.contains("| `\(action.sign)` | `\(action.rawValue)` |"), "\(action)")
    }
  }

  @Test func `the guide for platform teams explains everything that blocks a plan`() throws {
    let source = try String(
      contentsOf: Self.root.appending(path: "Sources/PKI/Plan/Guard.swift"), encoding: .utf8)
    let codes = source.matches(of: /case \.[a-zA-Z]+(?:\(.*\))?: "([a-z-]+)(?:\\\(name\))?"\n/)
      .flatMap { code in
        code.1 == "limit-"
          ? ["issues", "reissues", "removed-files", "revocations", "retirements"].map {
            "limit-\($0)"
          }
          : [String(code.1)]
      }
    #expect(codes.count >= 20)
    let guide = try Self.text("PlatformTeams.md")
    let rows = guide.matches(of: /\n\| `([a-z-]+)` \|/).map { String($0.1) }
    for code in codes { #expect(rows.contains(code), "\(code)") }
    for row in rows { #expect(codes.contains(row), "\(row)") }
  }

  @Test func `every link to a guide leads to one`() throws {
    let names = Set(Self.documents.map { String($0.dropLast(3)) })
    for document in Self.documents {
      for link in try Self.text(document).matches(of: /<doc:([A-Za-z]+)>/) {
        #expect(names.contains(String(link.1)), "\(document): \(link.1)")
      }
      for link in try Self.text(document).matches(of: /\]\(([A-Za-z\/.]+[.]md)\)/) {
        let path = Self.folder(of: document).appending(path: String(link.1)).path
        #expect(FileManager.default.fileExists(atPath: path), "\(document): \(link.1)")
      }
    }
  }
}

// MARK: - Reading the code

extension ReferenceTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let guides = root.appending(path: "Sources/certwright/Documentation.docc")

  static let documents =
    ["README.md", "CHANGELOG.md"]
    + ((try? FileManager.default.contentsOfDirectory(atPath: guides.path)) ?? [])
    .filter { $0.hasSuffix(".md") }.sorted()

  private static func folder(of document: String) -> URL {
    ["README.md", "CHANGELOG.md"].contains(document) ? root : guides
  }

  private static func text(_ document: String) throws -> String {
    try String(contentsOf: folder(of: document).appending(path: document), encoding: .utf8)
  }

  private static func swiftText(below path: String) throws -> String {
    let base = root.appending(path: path)
    let files = try #require(FileManager.default.enumerator(atPath: base.path))
    return try files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
      .map { try String(contentsOf: base.appending(path: $0), encoding: .utf8) }
      .joined(separator: "\n")
  }

  private static var commands: Set<String> {
    get throws {
      let names = try swiftText(below: "Sources/certwright/Commands")
        .matches(of: /commandName: "([a-z-]+)"/).map { String($0.1) }
      try #require(names.count >= 5)
      return Set(names).union(["help"])
    }
  }

  /// The long names of every flag, as the parser of arguments derives them.
  private static var flags: Set<String> {
    get throws {
      let declarations = try swiftText(below: "Sources/certwright")
        .matches(of: /@(?:Option|Flag)(?!Group)[^@]*?\n? *var ([a-zA-Z]+)/).map { String($0.1) }
      try #require(declarations.count > 10)
      return Set(declarations.map { "--" + $0.kebabCase })
    }
  }

  fileprivate static var reference: Reference {
    get throws { Reference(try text("DesiredState.md")) }
  }

  /// A mapping of desired state: a kind's document, or the value of a field.
  fileprivate struct Mapping {
    /// The kind, or the field that holds it.
    let title: String
    let fields: [FieldDescription]

    static let all = DocumentKind.all.flatMap { kind in
      [Mapping(title: kind.name, fields: kind.fields)] + kind.fields.flatMap(below)
    }

    private static func below(_ field: FieldDescription) -> [Mapping] {
      field.schema.objects.flatMap { object -> [Mapping] in
        let fields = object.fields
        return [Mapping(title: field.name, fields: fields)] + fields.flatMap(below)
      }
    }
  }
}

extension SchemaNode {
  fileprivate subscript(name: String) -> SchemaNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  private var elements: [SchemaNode] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  private var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// This schema and those that it is made of, but not those of properties.
  private var alternatives: [SchemaNode] {
    [self] + (self["anyOf"]?.elements ?? []).flatMap(\.alternatives)
      + (self["items"].map(\.alternatives) ?? [])
  }

  /// The schemas of mappings in it.
  fileprivate var objects: [SchemaNode] { alternatives.filter { $0["properties"] != nil } }

  /// The words that it takes.
  fileprivate var words: [String] {
    alternatives.flatMap { ($0["enum"]?.elements ?? []).compactMap(\.text) }
  }

  fileprivate var fields: [FieldDescription] {
    guard case .object(let members) = self["properties"] else { return [] }
    let required = Set((self["required"]?.elements ?? []).compactMap(\.text))
    return members.map {
      FieldDescription(name: $0.name, isRequired: required.contains($0.name), schema: $0.value)
    }
  }
}

// MARK: - Reading the documentation

/// The reference as its sections with their tables of fields.
private struct Reference {
  struct Row {
    let name: String
    let type: String
    let standard: String
  }

  struct Section {
    let level: Int
    let path: String
    var rows: [Row] = []

    /// `Server, Client and Peer` describes three.
    var titles: [String] {
      path.replacing(" and ", with: ", ").split(separator: ", ").map(String.init)
    }
  }

  var sections: [Section] = []

  init(_ text: String) {
    var isFieldTable = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let marks = line.prefix { $0 == "#" }.count
      if marks > 1 {
        let title = line.dropFirst(marks + 1)
        sections.append(Section(level: marks, path: String(title)))
      }
      guard line.hasPrefix("| ") else {
        isFieldTable = false
        continue
      }
      let cells = line.split(separator: " | ", omittingEmptySubsequences: false).map(String.init)
      if cells.first == "| field" { isFieldTable = true }
      guard isFieldTable, cells.count == 4, let name = cells[0].codeSpans.first,
        let last = sections.indices.last
      else { continue }
      sections[last].rows.append(Row(name: name, type: cells[1], standard: cells[2]))
    }
  }

  func rows(for mapping: ReferenceTests.Mapping) throws -> [Row] {
    let found = sections.filter { $0.titles.contains(mapping.title) && !$0.rows.isEmpty }
    try #require(found.count == 1, "\(mapping.title) has \(found.count) tables")
    return found[0].rows
  }
}

extension String {
  /// What stands between backticks.
  fileprivate var codeSpans: [String] { matches(of: /`([^`\n]+)`/).map { String($0.1) } }

  /// The code blocks of a language.
  fileprivate func codeBlocks(_ language: String) -> [String] {
    var blocks: [String] = []
    var block: [Substring]?
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = block {
        if line == "```" {
          blocks.append(open.joined(separator: "\n") + "\n")
          block = nil
        } else {
          block = open + [line]
        }
      } else if line == "```\(language)" {
        block = []
      }
    }
    return blocks
  }

  /// Every invocation of certwright that is shown, from `certwright` on, in code spans and code
  /// blocks.
  fileprivate var commandLines: [String] {
    let spans = codeSpans.filter { $0.hasPrefix("certwright ") }
    let lines = split(separator: "\n").compactMap { line -> String? in
      let command = line.drop { $0 == " " || $0 == "$" }
      return command.hasPrefix("certwright ") && (line.first == "$" || line.first == " ")
        ? String(command.prefix { !"|>;&".contains($0) }) : nil
    }
    let scripts = codeBlocks("sh").flatMap { $0.split(separator: "\n") }.map(String.init)
      .filter { $0.hasPrefix("certwright ") }
    return spans + lines + scripts
  }

  fileprivate var kebabCase: String {
    reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
  }
}

extension Node {
  /// The names that a document declares.
  fileprivate var declaredNames: [String] {
    guard case .mapping(let entries, _) = self else { return [] }
    return entries.flatMap { entry -> [String] in
      switch (entry.key.text, entry.value) {
      case ("name", .scalar(let name)): [name.text]
      case ("names", .sequence(let names, _)):
        names.compactMap { if case .scalar(let name) = $0 { name.text } else { nil } }
      default: []
      }
    }
  }
}
