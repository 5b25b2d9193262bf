import Foundation
import Git
import PKI
import Testing

@Suite struct DurabilityTests {
  /// Runs one test of this suite in a process of its own under strace, and returns its system calls
  /// that make files durable, in order. The rest of the tests would be slowed by a tracer.
  private func trace(_ sandbox: Sandbox, _ test: String) throws -> [String] {
    let log = sandbox.folder + "/trace"
    let tracer = Process()
    tracer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tracer.arguments = [
      "strace", "-f", "-y", "-qq", "-o", log,
      "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,link",
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
    ]
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      // The filter of this run, and where its results go, are not for the run below it.
      if ["--filter", "--event-stream-output-path", "--xunit-output"].contains(argument) {
        arguments = arguments.dropFirst()
      } else {
        tracer.arguments?.append(argument)
      }
    }
    tracer.arguments? += ["--filter", test]
    let output = sandbox.folder + "/output"
    try Data().write(to: URL(fileURLWithPath: output))
    tracer.standardOutput = FileHandle(forWritingAtPath: output)
    tracer.standardError = FileHandle(forWritingAtPath: output)
    try tracer.run()
    tracer.waitUntilExit()
    let text = try String(contentsOfFile: output, encoding: .utf8)
    try #require(tracer.terminationStatus == 0, "\(text)")
    return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
      .filter { $0.contains("/certwright-git-") }
  }

  @Test func `publishing makes a branch that git accepts`() throws {
    let sandbox = try Sandbox.withHistory()
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    let tree = try writer.tree(from: nil, setting: ["f": .bytes([1])], in: repository)
    let commit = try writer.commit(
      tree: tree, parents: [], author: ada, committer: ada, message: "durable")
    try repository.write(writer)
    let update = try repository.updateReference(
      "refs/heads/published", to: commit, expecting: nil, by: ada, message: "publish")
    #expect(update == .moved)
    try sandbox.git("fsck", "--strict")
    #expect(try sandbox.git("rev-parse", "published") == commit.hex)
  }

  @Test func `objects are durable before the reference moves, and the reference after`() throws {
    let calls = try trace(try Sandbox(), "publishing makes a branch that git accepts")
    func position(_ parts: String...) throws -> Int {
      try #require(
        calls.firstIndex { call in parts.allSatisfy { call.contains($0) } }, "\(parts): \(calls)")
    }
    // libgit2 links a new reference into place and renames over an old one: both quote the lock.
    let steps = [
      try position("fsync(", "tmp_pack"), try position("rename", "tmp_pack"),
      try position("fsync(", "tmp_idx"), try position("rename", "tmp_idx"),
      try position("fsync(", "objects/pack>"), try position("fsync(", "published.lock"),
      try position("published.lock\""), try position("fsync(", ".git/refs/heads>"),
    ]
    #expect(steps == steps.sorted())
    let failures = calls.filter { $0.contains("= -1") }
    #expect(failures.isEmpty)
  }

  @Test func `a crash before the reference moves leaves a repository that git accepts`() throws {
    let sandbox = try Sandbox.withHistory()
    // Half of a pack, under the name that it has while it is written.
    try sandbox.write("PACK half", to: "repo/.git/objects/pack/tmp_pack_1_0123456789ab")
    let repository = try Repository(at: sandbox.path)
    var writer = ObjectWriter()
    let tree = try writer.tree(from: nil, setting: ["f": .bytes([1])], in: repository)
    try repository.write(writer)
    #expect(try repository.files(in: tree)?.files.count == 1)
    try sandbox.git("fsck", "--strict")
    try sandbox.git("prune", "--expire=now")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: sandbox.path + "/.git/objects/pack")
    #expect(!names.contains { $0.hasPrefix("tmp_") })
  }
}
