import Foundation
import Testing

/// The way everybody goes first, and what must be true of it whatever the repository looks like.
struct ThinPathTests {
  @Test func `init, commit, plan and apply make a PKI, and a second apply makes no commit`() throws
  {
    let world = try World([:])
    try world.certwright(["init"]).expect(says: "wrote desired-state/authorities.yaml")
    try world.certwright(["init"]).expect(1, says: "is not empty")
    try world.certwright(["validate", "--worktree"]).expect(says: "no findings")
    try world.commit([:])
    try world.certwright(["plan", "--detailed-exitcode"]).expect(2, says: "4 to issue")
    try world.apply().expect(says: "applied: 4 issued")
    let tip = try world.tip()
    try world.apply().expect(says: "nothing to do")
    #expect(try world.tip() == tip)
    try world.certwright(["plan", "--detailed-exitcode"]).expect(says: "plan: no changes")
    #expect(
      try world.publishedPaths("identities") == ["identities/api.pem", "identities/app1.pem"])
  }

  @Test func `two plans of one moment are the same bytes in every format`() throws {
    let world = try World()
    for format in ["text", "json"] {
      let plans = try (0..<2).map { _ in
        try world.certwright(["plan", "--at", "2031-05-06T07:08:09Z", "--format", format])
          .expect().output
      }
      #expect(plans[0] == plans[1])
      #expect(plans[0].contains("2031-05-06T07:03:09Z"))
    }
  }

  @Test func `the tree last applied is kept as the very tree that was read`() throws {
    let world = try World()
    try world.converge()
    #expect(
      try world.git("rev-parse", "published:desired")
        == world.git("rev-parse", "HEAD:desired-state"))
  }

  @Test func `a change that alters no output still records the tree that was applied`() throws {
    let world = try World()
    try world.converge()
    try world.commit(["note.yaml": "# nothing but a comment\n"])
    #expect(try world.plan().lines == ["publish folder desired"])
    try world.converge()
    #expect(try world.published("desired/note.yaml") == "# nothing but a comment\n")
  }

  @Test func `planning needs no keys and makes no folder`() throws {
    let world = try World()
    try world.certwright(["plan", "--keys", "/nonexistent/keys"]).expect(says: "4 to issue")
    #expect(!FileManager.default.fileExists(atPath: world.keys.path))
    #expect(!FileManager.default.fileExists(atPath: "/nonexistent"))
  }

  @Test func `planning writes nothing into the repository`() throws {
    let world = try World()
    func listing() throws -> String {
      try Program.run(["find", ".", "-type", "f"], in: world.repository).output
    }
    let before = try listing()
    try world.certwright(["plan"]).expect()
    try world.certwright(["validate"]).expect()
    #expect(try listing() == before)
  }

  @Test func `the work tree is read where asked for and not else`() throws {
    let world = try World()
    try world.write(["more.yaml": Sample.client("app2")])
    #expect(try !(world.plan().lines.contains("issue client app2")))
    try world.certwright(["plan", "--worktree"]).expect(says: "issue   client app2")
    try world.write(["more.yaml": "kind: Cleint\n"])
    try world.certwright(["validate"]).expect(says: "no findings")
    try world.certwright(["validate", "--worktree"]).expect(1, says: "more.yaml:1:7")
  }

  @Test func `nobody at the terminal means that nothing is done`() throws {
    let world = try World()
    try world.certwright(["apply"]).expect(1, says: "nobody answered")
    try world.certwright(["apply"], input: "y\n").expect(1, says: "not approved")
    #expect(try world.tip() == nil)
    #expect(
      try !(Program.run(["find", world.keys.path], in: world.repository).output.contains(".pem")))
    try world.certwright(["apply"], input: "yes\n").expect(says: "applied")
    #expect(try world.tip() != nil)
  }

  @Test func `an unattended apply makes no authority that was not allowed`() throws {
    let world = try World()
    try world.certwright(["apply", "--auto-approve"]).expect(3, says: "--allow authorities=2")
    try world.certwright(["apply", "--auto-approve", "--allow", "authorities=1"])
      .expect(3, says: "--allow authorities=2")
    #expect(try world.tip() == nil)
    try world.certwright(["apply", "--auto-approve", "--allow", "authorities=2"]).expect()
  }
}
