import Foundation
import Glibc
import PKI
import Testing

/// What could not be pushed, and what another run did meanwhile.
struct PendingTests {
  private static let short = [
    "pki.yaml": Sample.rootAuthority("lifetime: 7300d")
      + Sample.authority("issuing", "crl: {lifetime: 10d, refreshBefore: 5d}")
      + Sample.clients(["app1", "app2", "app3"], "lifetime: 30d", "renewBefore: 10d")
  ]

  @Test func `a push that is not allowed waits, and the next run finishes it`() throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    let runner = server.runner()
    try server.readOnly {
      let outcome = try runner.apply().expect(6, says: "still has to be pushed")
      #expect(outcome.output.contains("applied: "))
      try runner.certwright("lock").expect(says: "pending: commit")
      try runner.certwright("status").expect(2, says: "waits to be pushed")
      // Nothing new until it is pushed, and nothing is signed twice.
      try remotes.commit(["more.yaml": Sample.client("app2")])
      let again = try runner.apply().expect(6, says: "still has to be pushed")
      #expect(!again.output.contains("app2"))
    }
    #expect(try remotes.tip() == nil)
    let finish = try runner.apply().expect(says: "which had waited")
    #expect(finish.output.contains("applied: 1 issued"))
    #expect(try remotes.history().subjects.count == 2)
    try runner.certwright("verify").expect(says: "no problems")
    #expect(try !runner.certwright("lock").expect().output.contains("pending"))
  }

  @Test func `without the git host upkeep goes on, and people can publish from the clone`() throws {
    let remotes = try RemoteWorld(Self.short)
    let runner = remotes.runner()
    try runner.apply(at: World.start).expect()
    let soon = World.start + .days(2)
    let due = World.start + .days(6)
    try remotes.commit(["more.yaml": Sample.client("app4")])
    try remotes.withoutRemote {
      try runner.apply(at: soon).expect(1, says: "cannot be used")
      let outcome = try runner.apply(at: due).expect(6, says: "still has to be pushed")
      #expect(outcome.output.contains("publish crl issuing  number 2"))
      #expect(!outcome.output.contains("app4"))
      try runner.apply(at: due).expect(6, says: "still has to be pushed")
      let place = remotes.world.folder.url("bucket")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Program.run(
        [
          "sh", "-c",
          "git --git-dir \(try runner.clone()) archive published authorities | tar -x -C \(place.path)",
        ], in: place
      ).expect()
      let text = try Program.run(
        ["openssl", "crl", "-noout", "-crlnumber", "-in", "authorities/issuing/crl.pem"], in: place
      ).expect().output
      #expect(text.contains("0x02"))
      // Nobody who never saw the remote may begin anew.
      try remotes.runner("b").apply(at: due).expect(1, says: "cannot be used")
    }
    try runner.apply(at: due).expect(says: "which had waited")
    #expect(try remotes.revocationList("issuing").number?.description == "02")
    #expect(try remotes.publishedPaths("identities").contains("identities/app4.pem"))
    #expect(try remotes.history().merges == 0)
  }

  @Test func `what two runs recorded without each other is united`() throws {
    let remotes = try RemoteWorld(Self.short)
    let (a, b) = (remotes.runner("a"), remotes.runner("b"))
    try a.apply(at: World.start).expect()
    try b.apply(at: World.start).expect(says: "nothing to do")
    // All three clients, and the CRL, are due; each host renews on its own.
    let apart = World.start + .days(25)
    try remotes.withoutRemote { try a.apply(at: apart).expect(6, says: "still has to be pushed") }
    let lonely = try a.git("rev-parse", "published")
    try remotes.commit(["r.yaml": Sample.revocation("identity: app2", "reason: keyCompromise")])
    try b.apply(at: apart + Lifetime(seconds: 1 * 3_600)).expect(says: "applied")
    let theirs = try remotes.revocationList("issuing")

    let later = apart + Lifetime(seconds: 2 * 3_600)
    let united = try a.apply(at: later).expect(says: "two runs recorded without each other")
    #expect(united.output.contains("applied"))
    let lists = try remotes.revocationList("issuing")
    let number = try #require(lists.number)
    #expect(number > (try #require(theirs.number)))
    #expect(lists.count == theirs.count + 1, "the certificate that host a made for app2 as well")
    try a.certwright("verify", "--at", "\(later)").expect(says: "no problems")
    try b.certwright("verify", "--at", "\(later)").expect(says: "no problems")
    #expect(try remotes.history().merges == 1)
    #expect(try remotes.remoteGit("merge-base", "--is-ancestor", lonely, "published") == "")
    try b.apply(at: later).expect(says: "nothing to do")

    // Whatever either made can be revoked.
    try remotes.commit(["r2.yaml": Sample.revocation("identity: app1")])
    try b.apply(at: later + Lifetime(seconds: 1 * 3_600)).expect(says: "applied")
    let revoked = try remotes.revocationList("issuing")
    #expect(revoked.count == lists.count + 3, "the first one of app1 and two that renewed it")
    try a.certwright("verify", "--at", "\(later + Lifetime(seconds: 1 * 3_600))").expect(
      says: "no problems")
  }

  @Test func `one revocation that two runs recorded is one`() throws {
    let remotes = try RemoteWorld(Self.short)
    let (a, b) = (remotes.runner("a"), remotes.runner("b"))
    try a.apply(at: World.start).expect()
    try b.apply(at: World.start).expect()
    let day = World.start + .days(1)
    let document = ["r.yaml": Sample.revocation("identity: app2", "reason: superseded")]
    try remotes.commit(document)
    try remotes.withoutRemote {
      try a.run([
        "revoke", "app2", "--reason", "superseded", "--auto-approve", "--simulated-time", "--at",
        "\(day)",
      ]).expect(6, says: "still has to be pushed")
    }
    try b.apply(at: day + Lifetime(seconds: 1 * 3_600)).expect(says: "applied")
    try a.apply(at: day + Lifetime(seconds: 2 * 3_600)).expect(
      says: "two runs recorded without each other")
    let entries = try remotes.revocationList("issuing").entries
    #expect(entries.count == 1)
    #expect(entries.first?.reason == .superseded)
    try a.certwright("verify", "--at", "\(day + Lifetime(seconds: 2 * 3_600))").expect(
      says: "no problems")
    #expect(try remotes.publishedPaths("ledger/revoked").count == 2)
  }

  /// A kill between the two references of the clone, when an earlier commit was pending already.
  @Test(arguments: [false, true])
  func `what was pending survives a later run that was killed`(isUnited: Bool) throws {
    let remotes = try RemoteWorld(Self.short)
    let server = try HTTPRemote(remotes)
    let (a, b) = (server.runner("a"), remotes.runner("b"))
    try a.apply(at: World.start).expect()
    try b.apply(at: World.start).expect()
    let serial = try remotes.serial("app2")
    let due = World.start + .days(6)
    try server.readOnly {
      try a.run([
        "revoke", "app2", "--reason", "keyCompromise", "--auto-approve", "--simulated-time", "--at",
        "\(World.start + .days(1))",
      ]).expect(6, says: "still has to be pushed")
      if isUnited { try b.apply(at: due).expect(says: "applied") }
      let outcome = try a.apply(at: due + Lifetime(seconds: 3_600))
      #expect(outcome.code != 0)
    }
    let killed = try a.git("rev-parse", "refs/certwright/pending/published")
    let shown = try a.git("rev-parse", "\(killed)^")
    #expect(try a.git("rev-list", "--merges", "--count", shown) == (isUnited ? "1" : "0"))
    _ = try a.git("update-ref", "refs/heads/published", shown)
    let block = try a.git("show", "\(killed):authorities/issuing/crl.pem")
    let ours = try RevocationListFacts(
      try #require(try PEM.blocks(in: Array(block.utf8)).first).der)

    try remotes.commit(["more.yaml": Sample.client("app4")])
    try b.apply(at: due + Lifetime(seconds: 2 * 3_600)).expect(says: "applied")
    let theirs = try remotes.revocationList("issuing")
    #expect(theirs.count == 0)

    let later = due + Lifetime(seconds: 3 * 3_600)
    try a.apply(at: later).expect(1, says: "put the Revocation of \"app2\" back")
    let list = try remotes.revocationList("issuing")
    #expect(list.entries.map(\.serial.description) == [serial])
    let number = try #require(list.number)
    for other in [ours, theirs] { #expect(number > (try #require(other.number))) }
    #expect(try a.git("merge-base", "--is-ancestor", killed, "published") == "")
    try b.certwright("verify", "--at", "\(later)").expect(says: "no problems")
    #expect(try !a.certwright("lock").expect().output.contains("pending"))
  }

  @Test(arguments: [true, false])
  func `a run killed during its push is finished by the next`(isFinishedByServer: Bool) throws {
    let remotes = try RemoteWorld()
    let server = try HTTPRemote(remotes)
    let runner = server.runner()
    let started = remotes.remote.appending(path: "started")
    try remotes.hook(
      "pre-receive", "[ -e started ] && exit 0", "touch started",
      isFinishedByServer ? "sleep 1" : "sleep 1; exit 1")
    let process = try runner.start(["apply", "--auto-approve", "--allow", "authorities=9"])
    try ServerProcess.wait(for: "the push") {
      FileManager.default.fileExists(atPath: started.path)
    }
    process.signal(SIGKILL)
    try ServerProcess.wait(for: "its end") { !process.isRunning }
    let pending = try runner.git("rev-parse", "refs/certwright/pending/published")
    try runner.certwright("lock").expect(says: "lock: free")
    if isFinishedByServer {
      try ServerProcess.wait(for: "the server's end") { try remotes.tip() != nil }
    }
    try runner.apply().expect(says: "pushed: commit \(pending), which had waited")
    #expect(try remotes.tip() == pending)
    try runner.certwright("verify").expect(says: "no problems")
    try runner.apply().expect(says: "nothing to do")
  }

  @Test func `a branch that was set back, rewritten or removed is refused`() throws {
    let remotes = try RemoteWorld()
    let runner = remotes.runner()
    try runner.apply().expect()
    let first = try #require(try remotes.tip())
    try remotes.commit(["more.yaml": Sample.client("app2")])
    try runner.apply().expect()
    let second = try #require(try remotes.tip())
    try remotes.commit(["yet.yaml": Sample.client("app3")])
    let keys = try Program.run(["find", remotes.keys.path], in: remotes.world.folder.root).output

    func refused(_ words: String) throws {
      for command in [["apply", "--auto-approve"], ["plan"], ["reconcile"]] {
        let outcome = try runner.run(command).expect(1, says: words)
        #expect(outcome.errors.contains(second) && outcome.errors.contains("restore it: git"))
      }
    }
    _ = try remotes.remoteGit("update-ref", "refs/heads/published", first)
    try refused("was set back to \(first)")
    let other = try remotes.remoteGit("commit-tree", "-p", first, "-m", "x", "\(first)^{tree}")
    _ = try remotes.remoteGit("update-ref", "refs/heads/published", other)
    try refused("was rewritten: \(other) does not descend from")
    _ = try remotes.remoteGit("update-ref", "-d", "refs/heads/published")
    try refused("has no branch \"published\" any more")
    let after = try Program.run(["find", remotes.keys.path], in: remotes.world.folder.root).output
    #expect(after == keys)

    // As the hint says.
    _ = try runner.git("push", "-q", remotes.remote.path, "\(second):refs/heads/published")
    try runner.apply().expect(says: "applied")
  }
}
