import Foundation
import Glibc
import PKI
import Synchronization
import Testing

/// Many hosts at once against one remote.
struct ManyRunnersTests {
  /// Runs apply on many hosts at once while people push more desired commits, then judges.
  private func race(
    _ remotes: RemoteWorld, _ runners: [RemoteWorld.Runner], pushing commits: Int
  ) throws {
    let outcomes = Mutex<[Outcome]>([])
    let people = Thread {
      for number in 0..<commits {
        try? remotes.commit(["more-\(number).yaml": Sample.client("more\(number)")])
        Thread.sleep(forTimeInterval: 0.5)
      }
    }
    people.start()
    // A thread each: a queue would start no more than there are cores.
    let group = DispatchGroup()
    for runner in runners {
      group.enter()
      Thread {
        let outcome = try? runner.run(
          ["apply", "--auto-approve", "--allow", "authorities=9", "--network-timeout", "120s"],
          limit: 280)
        if let outcome { outcomes.withLock { $0.append(outcome) } }
        group.leave()
      }.start()
    }
    group.wait()
    try ServerProcess.wait(for: "the last desired commit") { people.isFinished }
    // Somebody may have pushed after the last run had read.
    try runners[0].apply().expect()

    let all = outcomes.withLock { $0 }
    #expect(all.count == runners.count)
    for outcome in all { outcome.expect() }
    let history = try remotes.history()
    #expect(history.merges == 0)
    #expect(history.subjects.count <= commits + 1)
    let applied = try remotes.remoteGit(
      "log", "--format=%(trailers:key=Desired-Commit,valueonly,separator=)", "published"
    ).split(separator: "\n").filter { !$0.isEmpty }
    #expect(Set(applied).count == applied.count, "no desired commit twice: \(applied)")
    #expect(applied.first.map(String.init) == (try remotes.tip("main")))
    #expect(try remotes.publishedPaths("identities").count == 2 + commits)
    let issued = try remotes.publishedPaths("ledger/issued").map { $0.split(separator: "/").last }
    #expect(issued.count == 4 + commits)
    #expect(Set(issued).count == issued.count)
    try runners[runners.count - 1].certwright("verify").expect(says: "no problems")
    try runners[runners.count - 1].certwright("plan").expect(says: "no changes")
    for runner in runners {
      #expect(try !runner.certwright("lock").expect(says: "lock: free").output.contains("pending"))
    }
  }

  @Test func `sixteen by path`() throws {
    let remotes = try RemoteWorld()
    try race(remotes, (0..<16).map { remotes.runner("\($0)") }, pushing: 3)
  }

  @Test func `sixteen by http`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    try race(remotes, (0..<16).map { server.runner("\($0)") }, pushing: 2)
  }

  @Test func `sixteen by ssh`() throws {
    let remotes = try RemoteWorld()
    let server = try SSHRemote(remotes)
    try race(remotes, (0..<16).map { server.runner("\($0)") }, pushing: 2)
  }

  @Test func `two runs on one host do not meet`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    let runner = server.runner()
    let started = remotes.remote.appending(path: "started")
    // Held until the other run has been refused, however slow the machine is.
    try remotes.hook(
      "pre-receive", "touch started", "n=0",
      "while [ ! -e refused ] && [ $n -lt 400 ]; do sleep 0.1; n=$((n + 1)); done")
    let first = try runner.start(["apply", "--auto-approve", "--allow", "authorities=9"])
    try ServerProcess.wait(for: "the push") {
      FileManager.default.fileExists(atPath: started.path)
    }
    try runner.certwright("lock").expect(says: "lock: held by process")
    try runner.apply().expect(5, says: "another run holds the lock: process")
    try remotes.world.folder.write("remote.git/refused", "")
    first.signal(SIGKILL)
    try ServerProcess.wait(for: "its end") { !first.isRunning }
    try runner.certwright("lock").expect(says: "lock: free")
  }

  @Test func `an emergency reaches both branches, and does not wait for the git host`() throws {
    let remotes = try RemoteWorld()
    let runner = remotes.runner()
    try runner.apply().expect()
    let revoke = ["revoke", "app1", "--reason", "keyCompromise", "--auto-approve"]
    try runner.run(revoke).expect(says: "is on the branch certwright/revoke-app1-")
    let branches = try remotes.remoteGit("for-each-ref", "--format=%(refname)")
    #expect(branches.contains("refs/heads/certwright/revoke-app1-"))
    #expect(try remotes.revocationList("issuing").count == 1)

    let alone = ["revoke", "api", "--reason", "keyCompromise", "--auto-approve"]
    try remotes.withoutRemote { try runner.run(alone).expect(6, says: "still has to be pushed") }
    #expect(try runner.git("show", "published:README.md").contains("api"))
    _ = try runner.run(["reconcile"])
    #expect(try remotes.revocationList("issuing").count == 2)
  }
}
