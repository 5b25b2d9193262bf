import Foundation
import Git
import PKI
import Testing

@Suite struct RunLockTests {
  private let now = Timestamp(seconds: 1_700_000_000)

  @Test func `a second run is told who holds the lock`() throws {
    let sandbox = try Sandbox.withHistory()
    try sandbox.git("worktree", "add", "-q", "../linked", "-b", "side")
    let repository = try Repository(at: sandbox.path)
    let linked = try Repository(at: sandbox.folder + "/linked")
    switch try repository.lock(at: now) {
    case .taken:
      switch try linked.lock(at: now) {
      case .taken: Issue.record("two runs hold one lock")
      case .held(let holder):
        #expect(holder.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on "))
        #expect(holder.hasSuffix(" since 2023-11-14T22:13:20Z"))
      }
    case .held: Issue.record("a fresh lock is held")
    }
    guard case .taken = try linked.lock(at: now) else {
      Issue.record("a lock outlives its run")
      return
    }
  }

  @Test func `the lock of a killed process is free`() throws {
    let sandbox = try Sandbox.withHistory()
    let file = sandbox.path + "/.git/certwright.lock"
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    holder.arguments = [
      "flock", "--no-fork", file, "sh", "-c", "echo theirs > '\(file)'; exec sleep 100",
    ]
    try holder.run()
    while (try? String(contentsOfFile: file, encoding: .utf8))?.isEmpty ?? true { usleep(10_000) }
    let repository = try Repository(at: sandbox.path)
    switch try repository.lock(at: now) {
    case .taken: Issue.record("a held lock was taken")
    case .held(let text): #expect(text == "theirs")
    }
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    guard case .taken = try repository.lock(at: now) else {
      Issue.record("the lock of a dead process is held")
      return
    }
  }
}
