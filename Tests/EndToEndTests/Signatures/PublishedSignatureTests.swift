import Foundation
import Testing

/// What is published is signed, git accepts it, and an audit notices what is not.
struct PublishedSignatureTests {
  @Test(arguments: ["ed25519", "ecdsa", "rsa"])
  func `published commits are signed as git signs`(type: String) throws {
    let world = try World()
    try world.folder.write("allowed", "certwright@localhost \(try world.makeKey("bot", type))\n")
    try world.apply().expect()
    #expect(try !world.gitAccepts("published"))
    try world.certwright(["verify", "--published-signers", world.allowed])
      .expect(1, says: "is not signed")
    try world.commit(["a.yaml": Sample.client("a")])
    try world.apply("--signing-key", world.keyFile("bot")).expect(says: "1 issued")
    #expect(try world.gitAccepts("published"))
    try world.git("fsck", "--strict")
    try world.certwright(["verify"]).expect(says: "no problems")
    // What is older than the first signature was made before there was a key.
    try world.certwright(["verify", "--published-signers", world.allowed]).expect(
      says: "no problems")
    try world.apply("--signing-key", world.keyFile("bot")).expect(says: "nothing to do")
  }

  @Test func `a commit without a signature after a signed one is a problem, whoever made it`()
    throws
  {
    let world = try World()
    let bot = try world.makeKey("bot")
    try world.folder.write("allowed", "certwright@localhost \(bot)\n")
    try world.apply("--signing-key", world.keyFile("bot")).expect()
    try world.commit(["a.yaml": Sample.client("a")])
    try world.apply().expect()
    let unsigned = try #require(try world.tip())
    try world.commit(["b.yaml": Sample.client("b")])
    try world.apply(environment: ["CERTWRIGHT_SIGNING_KEY": world.keyFile("bot")]).expect()
    try world.certwright(["verify", "--published-signers", world.allowed])
      .expect(1, says: "commit \(unsigned): is not signed")
    try world.certwright(["verify"]).expect()
    // Somebody else's commit without certwright's trailers is no way around.
    let tree = try world.git("rev-parse", "published^{tree}").trimmingCharacters(
      in: .whitespacesAndNewlines)
    let foreign = try world.git("commit-tree", tree, "-p", "published", "-m", "by hand")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try world.git("update-ref", "refs/heads/published", foreign)
    try world.certwright(["verify", "--published-signers", world.allowed])
      .expect(1, says: "commit \(foreign): is not signed")
    try world.folder.write("allowed", "eve@example.com \(try world.makeKey("eve"))\n")
    try world.certwright(["verify", "--published-signers", world.allowed])
      .expect(1, says: "which is not allowed")
  }

  @Test func `a key that others can read, or that is locked, is refused before anything is made`()
    throws
  {
    let world = try World()
    try world.makeKey("bot")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: world.keyFile("bot"))
    try world.apply("--signing-key", world.keyFile("bot")).expect(1, says: "open to other users")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: world.keyFile("bot"))
    try Program.run(
      ["ssh-keygen", "-q", "-p", "-N", "secret", "-f", world.keyFile("bot")], in: world.folder.root
    ).expect()
    let outcome = try world.apply("--signing-key", world.keyFile("bot"))
    outcome.expect(1, says: "it is encrypted")
    #expect(!outcome.errors.contains("BEGIN"))
    #expect(try world.tip() == nil)
    #expect(!FileManager.default.fileExists(atPath: world.keys.path))
  }
}
