import Foundation
import Git
import PKI
import Testing

@Suite struct DamageTests {
  /// What a power cut, a bad disk or a hostile neighbour makes of a loose object's file.
  enum Wound: CaseIterable {
    case empty, truncatedEarly, truncatedLate, flipped, garbage, trailing, understated, overstated
    case otherObject, otherKind, hugeSize, noHeader

    func apply(to file: [UInt8]) -> [UInt8] {
      let long = [UInt8](repeating: 65, count: 60_000)
      return switch self {
      case .empty: []
      case .truncatedEarly: Array(file.prefix(3))
      case .truncatedLate: Array(file.dropLast(5))
      case .flipped: file.enumerated().map { $0 == file.count / 2 ? ~$1 : $1 }
      case .garbage: [UInt8](repeating: 0x5a, count: 100)
      case .trailing: file + [0]
      case .understated: stored(Array("blob 5\u{0}".utf8) + long)
      case .overstated: stored(Array("blob 99999\u{0}".utf8) + long)
      case .otherObject: stored(Array("blob 3\u{0}abc".utf8))
      case .otherKind: stored(Array("tree 0\u{0}".utf8))
      case .hugeSize: stored(Array("blob 999999999999\u{0}abc".utf8))
      case .noHeader: stored(long)
      }
    }
  }

  @Test(arguments: Wound.allCases, ["HEAD", "HEAD^{tree}", "HEAD:a.txt"])
  func `a damaged loose object is an error at once`(wound: Wound, object: String) throws {
    let sandbox = try Sandbox.withHistory()
    let hex = try sandbox.git("rev-parse", object)
    let tree = try sandbox.git("rev-parse", "HEAD^{tree}")
    try sandbox.wound(hex, wound.apply)
    let start = ContinuousClock.now
    // Opened here: no damage may keep a repository from opening.
    let repository = try Repository(at: sandbox.path)
    #expect(throws: GitError.self) {
      let commit = object == "HEAD" ? try repository.resolve("main").tree : try id(tree)
      for file in try #require(try repository.files(in: commit)).files {
        _ = try repository.blob(file.id, limit: 1 << 20)
      }
    }
    #expect(throws: GitError.self) { try repository.resolve(String(hex.prefix(10)) + "^{commit}") }
    // Milliseconds by themselves; a hang would be for ever.
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `a missing object that a tree names is damage`() throws {
    let sandbox = try Sandbox.withHistory()
    for path in ["a.txt", "state"] {
      let object = try id(try sandbox.git("rev-parse", "HEAD:\(path)"))
      let file = sandbox.loose(object.hex)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
      try FileManager.default.removeItem(atPath: file)
      let repository = try Repository(at: sandbox.path)
      #expect(throws: GitError.missingObject(object, hint: nil)) {
        let listing = try #require(try repository.files(in: repository.resolve("HEAD").tree))
        for file in listing.files { _ = try repository.blob(file.id, limit: 100) }
      }
      try bytes.write(to: URL(fileURLWithPath: file))
    }
  }

  @Test func `a missing blob of a partial clone comes with the remedy`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("config", "uploadpack.allowFilter", "true")
    try sandbox.git(
      "clone", "-q", "--bare", "--filter=blob:none", "file://\(sandbox.path)", "partial", in: "")
    let repository = try Repository(at: sandbox.folder + "/partial")
    let listing = try #require(try repository.files(in: repository.resolve("HEAD").tree))
    do throws(GitError) {
      _ = try repository.blob(listing.files[0].id, limit: 100)
      Issue.record("a blob that is not there was read")
    } catch {
      #expect(error.hint?.contains("partial clone") == true)
    }
  }

  @Test func `a damaged pack is an error`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("gc", "-q")
    let packs = sandbox.path + "/.git/objects/pack"
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".pack") })
    let url = URL(fileURLWithPath: packs + "/" + name)
    var bytes = Array(try Data(contentsOf: url))
    for index in stride(from: 14, to: bytes.count - 20, by: 7) { bytes[index] ^= 0xff }
    try FileManager.default.removeItem(at: url)
    try Data(bytes).write(to: url)
    let repository = try Repository(at: sandbox.path)
    #expect(throws: GitError.self) { try repository.resolve("HEAD") }
  }

  @Test func `hostile tree entries are reported and plain ones listed`() throws {
    let sandbox = try Sandbox.withHistory()
    let blob = try sandbox.git("rev-parse", "HEAD:a.txt")
    let folder = try sandbox.git("rev-parse", "HEAD:state")
    func line(_ mode: String, _ name: String, _ hex: String) throws -> [UInt8] {
      Array("\(mode) \(name)\u{0}".utf8) + (try #require(Hex.decode(hex)))
    }
    let lines = [
      try line("100644", "", blob), try line("100644", "..", blob),
      try line("40000", ".GIT", folder), try line("100644", "a/b", blob),
      try line("100644", "good", blob), try line("100644", "good", blob),
      try line("120000", "link", blob), try line("100600", "odd", blob),
      try line("100644", "new\nline", blob), try line("40000", "state", folder),
      try line("160000", "sub", blob), try line("100644", "before", blob),
    ]
    let hex = try sandbox.git(
      "hash-object", "-t", "tree", "--literally", "-w", "--stdin", input: lines.flatMap { $0 })
    let repository = try Repository(at: sandbox.path)
    let listing = try #require(try repository.files(in: id(hex)))
    #expect(listing.files.map(\.path) == ["before", "good", "state/x/y.txt"])
    let problems = Dictionary(grouping: listing.problems, by: \.path).mapValues { $0.map(\.kind) }
    #expect(
      Set(problems.keys) == [
        "", "..", ".GIT", "a/b", "good", "link", "odd", "new\nline", "sub", "before",
      ])
    #expect(problems["good"] == [.duplicate])
    #expect(problems["link"] == [.symlink])
    #expect(problems["odd"] == [.unknownMode(0o100600)])
    #expect(problems["sub"] == [.submodule])
    #expect(problems["before"] == [.unsorted])
    #expect(problems["a/b"] == [.unsafeName("has a slash in its name")])
  }

  @Test(arguments: [
    "x", "100644 a", "100644 a\u{0}short", "9 a\u{0}", "777777777777 a\u{0}01234567890123456789",
    " a\u{0}01234567890123456789",
  ])
  func `a tree that cannot be taken apart is damage`(content: String) throws {
    let sandbox = try Sandbox.withHistory()
    let hex = try sandbox.git(
      "hash-object", "-t", "tree", "--literally", "-w", "--stdin", input: Array(content.utf8))
    let repository = try Repository(at: sandbox.path)
    #expect(throws: GitError.self) { try repository.files(in: id(hex)) }
    #expect(throws: GitError.self) { try repository.changes(from: nil, to: id(hex)) }
  }

  @Test func `trees nested without end are cut off`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    var tree = try writer.tree(from: nil, setting: ["f": .bytes([])], in: repository)
    try repository.write(writer)
    for _ in 0..<3 {
      var writer = ObjectWriter()
      let path = [String](repeating: "d", count: 100).joined(separator: "/")
      tree = try writer.tree(from: nil, setting: [path: .tree(tree)], in: repository)
      try repository.write(writer)
    }
    let listing = try #require(try repository.files(in: tree))
    #expect(listing.files.isEmpty)
    #expect(listing.problems.map(\.kind) == [.tooDeep])
    #expect(throws: GitError.self) { try repository.changes(from: nil, to: tree) }
  }
}

extension Sandbox {
  func loose(_ hex: String) -> String {
    "\(path)/.git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  func wound(_ hex: String, _ change: ([UInt8]) -> [UInt8]) throws {
    let url = URL(fileURLWithPath: loose(hex))
    let bytes = Array(try Data(contentsOf: url))
    try FileManager.default.removeItem(at: url)
    try Data(change(bytes)).write(to: url)
  }
}

/// A zlib stream with one stored block (RFC 1950, RFC 1951 section 3.2.4).
private func stored(_ bytes: [UInt8]) -> [UInt8] {
  let count = UInt16(bytes.count)
  var (a, b): (UInt32, UInt32) = (1, 0)
  for byte in bytes {
    a = (a + UInt32(byte)) % 65_521
    b = (b + a) % 65_521
  }
  let sum = [b >> 8, b, a >> 8, a].map { UInt8(truncatingIfNeeded: $0) }
  let length = [count, count >> 8, ~count, ~count >> 8].map { UInt8(truncatingIfNeeded: $0) }
  return [0x78, 0x01, 1] + length + bytes + sum
}
