import Foundation
import Git
import PKI
import Testing

@Suite struct DurabilityTests {
  /// The system calls of this process that name the sandbox while `work` runs, in order.
  private func trace(_ sandbox: Sandbox, _ work: () throws -> Void) throws -> [String] {
    let log = sandbox.folder + "/trace"
    let tracer = Process()
    tracer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tracer.arguments = [
      "strace", "-f", "-y", "-o", log, "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,link",
      "-p", "\(ProcessInfo.processInfo.processIdentifier)",
    ]
    let errors = Pipe()
    tracer.standardError = errors
    try tracer.run()
    // strace says so once it is attached to every thread.
    let attached = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
    try #require(attached.contains("attached"), "\(attached)")
    defer {
      tracer.interrupt()
      tracer.waitUntilExit()
    }
    try work()
    tracer.interrupt()
    tracer.waitUntilExit()
    return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
      .filter { $0.contains(sandbox.folder) }
  }

  @Test func `objects are durable before the reference moves, and the reference after`() throws {
    let sandbox = try Sandbox.withHistory()
    let calls = try trace(sandbox) {
      let repository = try Repository(at: sandbox.path)
      var writer = try ObjectWriter()
      let tree = try writer.tree(from: nil, setting: ["f": .bytes([1])], in: repository)
      let commit = try writer.commit(
        tree: tree, parents: [], author: ada, committer: ada, message: "durable")
      try repository.write(writer)
      let update = try repository.updateReference(
        "refs/heads/published", to: commit, expecting: nil, by: ada, message: "publish")
      #expect(update == .moved)
    }
    func position(_ parts: String...) throws -> Int {
      try #require(
        calls.firstIndex { call in parts.allSatisfy { call.contains($0) } }, "\(parts): \(calls)")
    }
    let steps = [
      try position("fsync(", "tmp_pack"), try position("rename", "tmp_pack"),
      try position("fsync(", "tmp_idx"), try position("rename", "tmp_idx"),
      try position("fsync(", "objects/pack>"), try position("fsync(", "published.lock"),
      try position("rename", "published.lock"), try position("fsync(", "refs/heads>"),
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
    var writer = try ObjectWriter()
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
