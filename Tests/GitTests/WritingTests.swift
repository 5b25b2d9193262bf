import Foundation
import Git
import PKI
import Testing

@Suite struct WritingTests {
  @Test func `a tree is the one that git writes`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let base = try repository.resolve("HEAD")
    var writer = ObjectWriter()
    let tree = try writer.tree(
      from: base.tree,
      setting: [
        "state/x/new.txt": .bytes(Array("new\n".utf8)), "state0": .bytes([]),
        "state.d/deep/er/f": .bytes([0, 1, 2]),
        "copy.txt": .blob(
          try id(try sandbox.git("rev-parse", "HEAD:a.txt"))),
        "desired": .tree(try id(try sandbox.git("rev-parse", "HEAD:state"))),
      ], removing: ["state/x/y.txt", "state-1.txt", "not/there"], in: repository)
    let commit = try writer.commit(
      tree: tree, parents: [base.id], author: ada, committer: ada, message: "write")
    try repository.write(writer)
    try sandbox.git("rm", "-q", "-r", "state/x/y.txt", "state-1.txt")
    try sandbox.write("new\n", to: "repo/state/x/new.txt")
    try sandbox.write("", to: "repo/state0")
    try sandbox.write("\u{0}\u{1}\u{2}", to: "repo/state.d/deep/er/f")
    try sandbox.write("two\n", to: "repo/copy.txt")
    try sandbox.write("deep\n", to: "repo/desired/x/y.txt")
    try sandbox.git("add", "-A")
    #expect(tree.hex == (try sandbox.git("write-tree")))
    try sandbox.git("fsck", "--strict", "--no-dangling")
    #expect(try sandbox.git("cat-file", "-p", commit.hex).contains("author Ada <ada@example.com>"))
    #expect(try repository.commit(commit).message == "write\n")
  }

  @Test func `no change makes the same tree and no object`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let base = try repository.resolve("HEAD").tree
    var writer = ObjectWriter()
    let tree = try writer.tree(
      from: base, setting: ["a.txt": .bytes(Array("two\n".utf8))], removing: ["none"],
      in: repository)
    #expect(tree == base)
    let count = writer.count
    #expect(count == 0)
  }

  @Test func `folders that end up empty vanish`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    let base = try repository.resolve("HEAD").tree
    var writer = ObjectWriter()
    let tree = try writer.tree(
      from: base, setting: [:], removing: ["state/x/y.txt"], in: repository)
    let empty = try writer.tree(
      from: base, setting: [:], removing: ["a.txt", "state-1.txt", "state"], in: repository)
    let refilled = try writer.tree(
      from: base, setting: ["state/z": .bytes([1])], removing: ["state"], in: repository)
    try repository.write(writer)
    #expect(try repository.files(in: tree)?.files.map(\.path) == ["a.txt", "state-1.txt"])
    #expect(empty.hex == "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    #expect(try repository.files(below: "state", in: refilled)?.files.map(\.path) == ["z"])
  }

  @Test(arguments: [
    "", "/a", "a/", "a//b", "../a", "a/./b", ".git/config", "a/.GIT/b", "a\u{0}b", "a\nb",
  ])
  func `a path that git refuses is refused`(path: String) throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    #expect(throws: GitError.self) {
      _ = try writer.tree(from: nil, setting: [path: .bytes([])], in: repository)
    }
  }

  @Test func `a path that is a file and a folder is refused`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    #expect(throws: GitError.self) {
      _ = try writer.tree(
        from: nil, setting: ["a": .bytes([]), "a.b": .bytes([]), "a/b": .bytes([])],
        in: repository)
    }
  }

  @Test func `an object that does not exist cannot be named`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    let absent = try id(String(repeating: "12", count: 20))
    #expect(throws: GitError.missingObject(absent, hint: nil)) {
      _ = try writer.tree(from: nil, setting: ["a": .blob(absent)], in: repository)
    }
  }

  @Test func `a tree is copied whole into another repository`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("init", "-q", "--bare", "other", in: "")
    let source = try Repository(at: sandbox.path)
    let target = try Repository(at: sandbox.folder + "/other")
    let desired = try source.resolve("HEAD").tree
    var writer = ObjectWriter()
    try writer.copy(tree: desired, from: source, into: target)
    let tree = try writer.tree(from: nil, setting: ["desired": .tree(desired)], in: target)
    try target.write(writer)
    #expect(
      try target.files(below: "desired", in: tree)?.files == source.files(in: desired)?.files)
    try sandbox.git("fsck", "--strict", in: "other")
    #expect(try sandbox.git("rev-parse", "\(tree):desired", in: "other") == desired.hex)
    var again = ObjectWriter()
    try again.copy(tree: desired, from: source, into: target)
    let count = again.count
    #expect(count == 0)
  }

  @Test func `ten thousand files survive the round trip`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var changes: [String: TreeContent] = [:]
    for number in 0..<10_000 {
      let path = "ledger/\(number % 256)/\(number).pem"
      changes[path] = .bytes(Array("certificate \(number)\n".utf8))
    }
    var writer = ObjectWriter()
    let tree = try writer.tree(from: nil, setting: changes, in: repository)
    let commit = try writer.commit(
      tree: tree, parents: [], author: ada, committer: ada, message: "many")
    try repository.write(writer)
    let moved = try repository.updateReference(
      "refs/heads/published", to: commit, expecting: nil, by: ada, message: "publish")
    #expect(moved == .moved)
    try sandbox.git("fsck", "--strict")
    let listing = try #require(try repository.files(in: tree))
    #expect(listing.files.count == 10_000)
    #expect(listing.problems.isEmpty)
    let expected = try sandbox.git("ls-tree", "-r", "published")
    let lines = listing.files.map { "100644 blob \($0.id)\t\($0.path)" }
    #expect(lines.joined(separator: "\n") == expected)
    for file in listing.files {
      let bytes = try repository.blob(file.id, limit: 100)
      #expect(changes[file.path] == .bytes(bytes))
    }
  }
}
