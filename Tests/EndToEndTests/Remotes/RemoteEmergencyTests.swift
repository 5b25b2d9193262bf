import Foundation
import PKI
import Testing

/// What people do when something is wrong, on a host that works with a remote alone.
struct RemoteEmergencyTests {
  @Test func `an emergency revocation reaches the remote, with the branch to review`() throws {
    let remotes = try RemoteWorld()
    let runner = remotes.runner()
    try runner.apply().expect()
    let serial = try remotes.serial("app1")
    try runner.certwright("revoke", "app1", "--reason", "keyCompromise", "--auto-approve")
      .expect(says: "open a pull request from it")
    #expect(try remotes.revocationList("issuing").entries.map(\.serial.description) == [serial])
    let branch = try remotes.remoteGit(
      "for-each-ref", "--format=%(refname:short)", "refs/heads/certwright/")
    #expect(branch.hasPrefix("certwright/revoke-app1-"))

    // Another host may not undo it, and is told what to merge.
    let other = remotes.runner("b")
    try other.certwright("reconcile").expect(1, says: "put the Revocation of \"app1\" back")
    try remotes.world.git("fetch", "-q", "origin")
    try remotes.world.git("merge", "-q", "--no-edit", "origin/\(branch)")
    try remotes.push()
    try other.apply().expect()
    try other.apply().expect(says: "nothing to do")
    try other.certwright("verify").expect()
  }

  @Test func `a suspension on one host holds on all`() throws {
    let remotes = try RemoteWorld()
    try remotes.runner().apply().expect()
    try remotes.runner().certwright("suspend", "--reason", "audit").expect()
    try remotes.commit(["more.yaml": Sample.client("app2")])
    try remotes.runner("b").apply().expect(3, says: "audit")
    try remotes.runner("c").certwright("resume").expect()
    try remotes.runner("b").apply().expect(says: "1 issued")
  }

  @Test func `a branch that cannot be pushed is said, with what to do, and nothing is undone`()
    throws
  {
    let remotes = try RemoteWorld()
    let runner = remotes.runner()
    try runner.apply("--push", remotes.world.folder.url("published.git").path)
      .expect(1, says: "published.git")
    let published = remotes.world.folder.url("published.git")
    try remotes.world.git("init", "-q", "--bare", published.path)
    try runner.apply("--push", published.path).expect()
    // The desired repository takes no push from this host.
    try remotes.world.folder.write("remote.git/hooks/pre-receive", "#!/bin/sh\nexit 1\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: remotes.remote.appending(path: "hooks/pre-receive").path)
    try runner.certwright(
      "revoke", "app1", "--reason", "keyCompromise", "--auto-approve", "--push", published.path
    ).expect(1, says: "push it by hand: git --git-dir")
    let subject = try Program.run(
      ["git", "--git-dir", published.path, "log", "-1", "--format=%s", "published"],
      in: remotes.world.folder.root
    ).output
    #expect(subject.hasPrefix("EMERGENCY: 1 revoked"))

    // Any later run sends it, or says that it could not.
    let lock = try runner.certwright("lock", "--push", published.path)
      .expect(says: "unsent: branch \"certwright/revoke-app1-")
    #expect(!lock.output.contains("pending"))
    let again = try runner.apply("--push", published.path).expect(1, says: "put the Revocation of")
    #expect(again.errors.contains("of an emergency could not be pushed"))
    #expect(try remotes.remoteGit("for-each-ref", "refs/heads/certwright/") == "")
    try remotes.dropHook("pre-receive")
    try runner.apply("--push", published.path).expect(1, says: "put the Revocation of")
    #expect(
      try remotes.remoteGit("log", "-1", "--format=%s", "--branches=certwright/*")
        == "revoke app1 in an emergency")
    #expect(
      try !runner.certwright("lock", "--push", published.path).expect().output.contains("unsent"))
  }
}
