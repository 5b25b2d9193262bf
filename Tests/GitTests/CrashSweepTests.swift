import Foundation
import Git
import PKI
import Testing

/// What a killed run leaves in a repository, and what is not its to remove.
@Suite struct CrashSweepTests {
  private let now = Timestamp(seconds: 1_800_000_000)

  /// A repository in which a run was killed: its lock file still says that it runs.
  private func crashed() throws -> Sandbox {
    let sandbox = try Sandbox.withHistory()
    try sandbox.write("process 1 on host since 2026\n", to: "repo/.git/certwright.lock")
    return sandbox
  }

  private func exists(_ sandbox: Sandbox, _ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(sandbox.path)/.git/\(path)")
  }

  private func takeLock(_ sandbox: Sandbox) throws {
    let repository = try Repository(at: sandbox.path)
    guard case .taken = try repository.lock(at: now) else {
      Issue.record("the lock is not free")
      return
    }
  }

  @Test func `a reference's lock and half-written packs of a killed run are removed`() throws {
    let sandbox = try crashed()
    for name in ["refs/heads/published.lock", "objects/pack/tmp_pack_17_0123456789ab"] {
      try sandbox.write("", to: "repo/.git/\(name)")
    }
    // git's own are git's to sweep.
    try sandbox.write("", to: "repo/.git/objects/pack/tmp_pack_Ab3xYz")
    try takeLock(sandbox)
    #expect(!exists(sandbox, "refs/heads/published.lock"))
    #expect(!exists(sandbox, "objects/pack/tmp_pack_17_0123456789ab"))
    #expect(exists(sandbox, "objects/pack/tmp_pack_Ab3xYz"))
  }

  @Test func `a lock that is older than the killed run is somebody else's`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.write("", to: "repo/.git/refs/heads/published.lock")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
      ofItemAtPath: "\(sandbox.path)/.git/refs/heads/published.lock")
    try sandbox.write("process 1 on host since 2026\n", to: "repo/.git/certwright.lock")
    try takeLock(sandbox)
    #expect(exists(sandbox, "refs/heads/published.lock"))
  }

  @Test func `after a run that came to its end nothing is removed`() throws {
    let sandbox = try Sandbox.withHistory()
    try takeLock(sandbox)
    let file = "\(sandbox.path)/.git/certwright.lock"
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)).isEmpty)
    try sandbox.write("", to: "repo/.git/refs/heads/published.lock")
    try takeLock(sandbox)
    #expect(exists(sandbox, "refs/heads/published.lock"))
  }
}
