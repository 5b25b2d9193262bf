import Foundation
import Testing

/// Rules of the code base that no compiler checks. Rules that people check by hand decay.
struct TidyTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  struct SourceText {
    let path: String
    let lines: [Substring]
  }

  private static func sources(below folder: String) throws -> [SourceText] {
    let base = root.appending(path: folder)
    let files = try #require(FileManager.default.enumerator(atPath: base.path))
    return try files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
      .map { path in
        let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
        return SourceText(
          path: "\(folder)/\(path)",
          lines: text.split(separator: "\n", omittingEmptySubsequences: false))
      }
  }

  private static let libraries = ["PKI", "YAML", "Cryptography", "Git", "Parallel", "Reconciler"]
    .map { "Sources/\($0)" }

  @Test(arguments: [
    ("COpenSSL", "Sources/Cryptography/"), ("CLibGit2", "Sources/Git/"),
    ("CLibYAML", "Sources/YAML/"),
  ])
  func `a C library is imported in its adapter alone`(module: String, adapter: String) throws {
    let sources = try Self.sources(below: "Sources")
    #expect(sources.count > 100)
    let importing = sources.filter { source in
      source.lines.contains { $0.hasSuffix("import \(module)") }
    }
    #expect(!importing.isEmpty)
    for source in importing { #expect(source.path.hasPrefix(adapter), "\(source.path)") }
  }

  @Test func `the core does no input or output and knows no clock`() throws {
    let forbidden = [
      "import Foundation", "import Glibc", "import Dispatch", "Date()", "ContinuousClock",
      ".random(", "SystemRandomNumberGenerator", "ProcessInfo", "FileManager",
    ]
    for source in try Self.sources(below: "Sources/PKI") {
      for line in source.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for word in forbidden { #expect(!line.contains(word), "\(source.path): \(line)") }
      }
    }
  }

  @Test(arguments: libraries)
  func `a library neither prints nor ends the process`(library: String) throws {
    let forbidden = ["try!", "fatalError(", "preconditionFailure(", "as!"]
    let sources = try Self.sources(below: library)
    #expect(!sources.isEmpty)
    for source in sources {
      for line in source.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for word in forbidden { #expect(!line.contains(word), "\(source.path): \(line)") }
        #expect(!line.drop(while: { $0 == " " }).hasPrefix("print("), "\(source.path): \(line)")
      }
    }
  }

  @Test func `the core has no unsafe code`() throws {
    for source in try Self.sources(below: "Sources/PKI") {
      for line in source.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        #expect(!line.contains("unsafe "), "\(source.path): \(line)")
      }
    }
  }

  @Test func `files stay short enough to read`() throws {
    for source in try Self.sources(below: "Sources") + Self.sources(below: "Tests") {
      #expect(source.lines.count <= 501, "\(source.path) has \(source.lines.count) lines")
    }
  }

  @Test func `functions stay short enough to read`() throws {
    for source in try Self.sources(below: "Sources") {
      var start: (line: Int, indent: Int)?
      for (number, line) in source.lines.enumerated() {
        let indent = line.prefix { $0 == " " }.count
        if let begun = start, indent == begun.indent, line.dropFirst(indent).hasPrefix("}") {
          #expect(number - begun.line <= 70, "\(source.path):\(begun.line + 1)")
          start = nil
        }
        if line.contains("func "), line.hasSuffix("{"), !line.dropFirst(indent).hasPrefix("//") {
          start = (number, indent)
        }
      }
    }
  }

  @Test func `an unfinished thought is never left in the code`() throws {
    for source in try Self.sources(below: "Sources") + Self.sources(below: "Tests")
    where !source.path.hasSuffix("TidyTests.swift") {
      for line in source.lines {
        for word in ["TODO", "FIXME", "XXX", "HACK"] {
          #expect(!line.contains(word), "\(source.path): \(line)")
        }
      }
    }
  }
}
