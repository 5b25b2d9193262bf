import Foundation
import Git
import PKI
import Testing

@Suite struct PackConsolidationTests {
  /// Makes commits of one new file each, as runs do; returns the last one.
  private func run(
    _ numbers: Range<Int>, from first: ObjectID?, in repository: borrowing Repository
  ) throws -> ObjectID? {
    var last = first
    for number in numbers {
      let base = try last.map { try repository.commit($0) }
      var writer = ObjectWriter()
      let tree = try writer.tree(
        from: base?.tree,
        setting: ["f\(number % 16)/\(number)": .bytes(Array("file \(number)\n".utf8))],
        in: repository)
      let commit = try writer.commit(
        tree: tree, parents: [last].compactMap(\.self), author: ada, committer: ada,
        message: "run \(number)")
      try repository.write(writer)
      try repository.setReference("refs/heads/many", to: commit)
      last = commit
    }
    return last
  }

  private func packs(_ sandbox: Sandbox, ending: String = ".pack") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/.git/objects/pack")
      .filter { $0.hasSuffix(ending) }.sorted()
  }

  @Test func `packs of many runs become few, and every object stays`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var last: ObjectID?
    var most = 0
    for round in 0..<30 {
      last = try run(round * 5..<round * 5 + 5, from: last, in: repository)
      try repository.consolidatePacks()
      most = max(most, try packs(sandbox).count)
    }
    #expect(most <= 50)
    #expect(try packs(sandbox).count < 50)
    #expect(try packs(sandbox).count == packs(sandbox, ending: ".idx").count)
    try sandbox.git("fsck", "--full", "--strict", "--no-dangling")
    #expect(try sandbox.git("rev-list", "--count", "many") == "150")
    #expect(
      try sandbox.git("ls-tree", "-r", "--name-only", "many").split(separator: "\n").count == 150)
    // The handle that joined them goes on reading, and so does one that was open before.
    #expect(try repository.commit(#require(last)).message == "run 149\n")
  }

  /// A folder whose files change a few at a time, come and go, for longer than a chain may be.
  @Test func `old versions of a folder are deltas, and the newest is whole`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var random = SystemRandomNumberGenerator()
    var last: ObjectID?
    var trees: [ObjectID] = []
    for number in 0..<240 {
      let base = try last.map { try repository.commit($0) }
      var files: [String: TreeContent] = [:]
      for file in 0..<(number == 0 ? 120 : Int.random(in: 1...3, using: &random)) {
        let name = number == 0 ? file : Int.random(in: 0..<130, using: &random)
        files["folder/\(name)"] = .bytes(Array("\(number) \(file)\n".utf8))
      }
      let gone = "folder/\(Int.random(in: 0..<130, using: &random))"
      var writer = ObjectWriter()
      let tree = try writer.tree(
        from: base?.tree, setting: files, removing: files[gone] == nil ? [gone] : [],
        in: repository)
      trees.append(tree)
      last = try writer.commit(
        tree: tree, parents: [last].compactMap(\.self), author: ada, committer: ada,
        message: "\(number)")
      try repository.write(writer)
      try repository.setReference("refs/heads/many", to: try #require(last))
      try repository.consolidatePacks()
    }
    try sandbox.git("fsck", "--full", "--strict", "--no-dangling")
    let packs = try self.packs(sandbox).map { sandbox.path + "/.git/objects/pack/" + $0 }
    let lines = try packs.flatMap {
      try sandbox.git("verify-pack", "-v", $0).split(separator: "\n")
    }
    .map { $0.split(separator: " ") }
    let deltas = lines.filter { $0.count == 7 }
    #expect(deltas.allSatisfy { $0[1] == "tree" })
    #expect(deltas.count > 100)
    #expect((deltas.compactMap { Int($0[5]) }.max() ?? 0) <= 50)
    let tip = try sandbox.git("rev-parse", "many:folder")
    #expect(!deltas.contains { $0[0] == tip })
    // What libgit2 makes of the chains is what git makes of them.
    for tree in [trees[0], trees[100], trees[239]] {
      let listed = try #require(try repository.files(in: tree)).files.map {
        "\($0.path) \($0.id)"
      }
      let said = try sandbox.git("ls-tree", "-r", "--format=%(path) %(objectname)", "\(tree)")
      #expect(listed.sorted() == said.split(separator: "\n").map(String.init).sorted())
    }
  }

  @Test func `few packs are left alone`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    _ = try run(0..<10, from: nil, in: repository)
    let before = try packs(sandbox)
    try repository.consolidatePacks()
    #expect(try packs(sandbox) == before)
  }

  @Test func `packs that git looks after stay as they are`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    // Files that differ little, which git packs as deltas.
    for number in 0..<4 {
      try sandbox.write(String(repeating: "line\n", count: 400) + "\(number)\n", to: "repo/big.txt")
      try sandbox.git("add", "-A")
      try sandbox.git("commit", "-q", "-m", "big \(number)")
    }
    try sandbox.git("repack", "-q", "-a", "-d", "-f")
    let own = try packs(sandbox)
    #expect(own.count == 1)
    let last = try run(0..<1, from: nil, in: repository)
    let kept = try #require(try packs(sandbox).first { !own.contains($0) })
    try sandbox.write("", to: "repo/.git/objects/pack/\(kept.dropLast(5)).keep")
    _ = try run(1..<70, from: last, in: repository)
    try repository.consolidatePacks()
    let after = try packs(sandbox)
    #expect(after.count < 40)
    #expect(after.contains(own[0]) && after.contains(kept))
    try sandbox.git("fsck", "--full", "--strict", "--no-dangling")
  }

  @Test func `a damaged pack is not joined, and not removed`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    _ = try run(0..<60, from: nil, in: repository)
    let folder = sandbox.path + "/.git/objects/pack/"
    let victim = try #require(try packs(sandbox).first)
    var bytes = try Data(contentsOf: URL(filePath: folder + victim))
    bytes[bytes.count / 2] ^= 0xff
    try FileManager.default.removeItem(atPath: folder + victim)
    try bytes.write(to: URL(filePath: folder + victim))
    try repository.consolidatePacks()
    #expect(try packs(sandbox).contains(victim))
    #expect(try packs(sandbox).count < 40)
  }
}
