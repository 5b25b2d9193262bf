import Foundation
import PKI
import Testing

/// Remotes that are a path on this host.
struct LocalRemoteTests {
  @Test func `a checkout's state is applied through a clone and pushed to its remote`() throws {
    let remotes = try RemoteWorld()
    let clones = remotes.world.folder.url("clones").path
    let environment = ["CERTWRIGHT_CLONES": clones, "CERTWRIGHT_PUSH": "origin"]
    let plan = try remotes.world.certwright(["plan"], environment: environment).expect()
    #expect(plan.output.contains("+   issue   authority root"))
    try remotes.world.apply(environment: environment).expect(says: "applied")
    #expect(try remotes.tip() != nil)
    #expect(try remotes.world.tip() == nil, "the checkout is left alone")
    try remotes.world.apply(environment: environment).expect(says: "nothing to do")
    let mode = try FileManager.default.attributesOfItem(atPath: clones)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test func `an address needs no checkout, and every command takes one`() throws {
    let remotes = try RemoteWorld()
    let runner = remotes.runner()
    try runner.certwright("validate").expect()
    try runner.certwright("plan", "--detailed-exitcode").expect(2)
    try runner.apply().expect(says: "applied")
    try runner.certwright("plan").expect(says: "no changes")
    try runner.certwright("status").expect(says: "healthy")
    try runner.certwright("verify").expect(says: "no problems")
    try runner.certwright("export", "app1", "--format", "pem", "--out", "app1.pem").expect()
    try remotes.commit(["more.yaml": Sample.client("app2")])
    try runner.certwright("plan").expect(says: "+   issue   client app2")
    try runner.apply("--ref", "main").expect(says: "applied")
    #expect(try remotes.publishedPaths("identities").contains("identities/app2.pem"))
    try runner.apply("--ref", "nowhere").expect(1, says: "no branch, tag or commit \"nowhere\"")
  }

  @Test func `a checkout of depth 1 is enough`() throws {
    let remotes = try RemoteWorld()
    try remotes.commit(["more.yaml": Sample.client("app2")])
    let shallow = remotes.world.folder.url("shallow")
    try remotes.world.git(
      "clone", "-q", "--depth", "1", "file://\(remotes.remote.path)", shallow.path)
    let environment = [
      "CERTWRIGHT_CLONES": remotes.world.folder.url("clones").path, "CERTWRIGHT_PUSH": "origin",
    ]
    try remotes.world.certwright(
      ["apply", "--auto-approve", "--allow", "authorities=9"], in: shallow,
      environment: environment
    ).expect(says: "applied")
    try remotes.world.certwright(["verify"], in: shallow, environment: environment)
      .expect(says: "no problems")
  }

  @Test func `a commit that was not pushed is not applied`() throws {
    let remotes = try RemoteWorld()
    try remotes.world.commit(["more.yaml": Sample.client("app2")])
    let environment = [
      "CERTWRIGHT_CLONES": remotes.world.folder.url("clones").path, "CERTWRIGHT_PUSH": "origin",
    ]
    try remotes.world.apply(environment: environment).expect(1, says: "hint: push it first")
    #expect(try remotes.tip() == nil)
  }

  @Test func `what is published may lie in another repository`() throws {
    let remotes = try RemoteWorld()
    let other = remotes.world.folder.url("other.git")
    try remotes.world.git("init", "-q", "--bare", other.path)
    let runner = remotes.runner()
    try runner.apply("--push", other.path).expect(says: "applied")
    #expect(try remotes.tip() == nil)
    try runner.certwright("verify", "--push", other.path).expect(says: "no problems")
    try runner.apply("--push", other.path).expect(says: "nothing to do")
    let refs = try Program.run(
      ["git", "--git-dir", other.path, "for-each-ref", "--format=%(refname)"],
      in: remotes.world.folder.root
    ).expect().output
    #expect(refs == "refs/heads/published\n")
  }

  @Test func `an address with a password, and one without encryption, are refused`() throws {
    let remotes = try RemoteWorld()
    let secret = remotes.runner(address: "https://me:hunter2@git.example.com/pki")
    let outcome = try secret.apply().expect(1, says: "CERTWRIGHT_TOKEN")
    #expect(!outcome.errors.contains("hunter2"))
    try remotes.runner(address: "http://git.example.com/pki").apply()
      .expect(1, says: "neither encrypted nor on this host")
    try remotes.runner(address: "ftp://git.example.com/pki").apply().expect(1, says: "transport")
  }

  @Test func `a folder that is no repository is an error that names it`() throws {
    let remotes = try RemoteWorld()
    try remotes.runner(address: "file:///nowhere/at/all").apply()
      .expect(1, says: "\"/nowhere/at/all\" cannot be used: there is no such folder")
    // Below a repository is not in it.
    let inside = remotes.world.repository.appending(path: "desired-state").path
    try remotes.runner(address: "file://\(inside)").apply().expect(
      1, says: "it is no git repository")
  }

  @Test func `a push by path never passes hooks by`() throws {
    let remotes = try RemoteWorld()
    try remotes.hook("pre-receive", "exit 1")
    try remotes.runner().apply().expect(1, says: "pre-receive")
    #expect(try remotes.tip() == nil)
  }
}
