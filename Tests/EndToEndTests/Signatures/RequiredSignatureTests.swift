import Foundation
import PKI
import Testing

/// Who signed the change: what is demanded is demanded of every commit, and git is the judge.
struct RequiredSignatureTests {
  @Test func `signed commits are applied and every unsigned one is named`() throws {
    let world = try World([:])
    try world.allow("ada", "bob")
    try world.makeKey("eve")
    try world.commit(Sample.files, by: "ada")
    try world.signedPlan().expect(says: "4 to issue")
    try world.signedApply().expect(says: "applied: 4 issued")
    try world.commit(["a.yaml": Sample.client("a")], by: nil, "first by nobody")
    try world.commit(["b.yaml": Sample.client("b")], by: "eve", "second by eve")
    try world.commit(["c.yaml": Sample.client("c")], by: "bob", "third by bob")
    let ids = try world.git("rev-list", "-3", "HEAD").split(separator: "\n").map(String.init)
    let plan = try world.signedPlan().expect(3)
    #expect(
      plan.output.contains("commit \(ids[2]) by \"Ada <ada@example.com>\", \"first by nobody\""))
    #expect(
      plan.output.contains("commit \(ids[1]) by \"Ada <ada@example.com>\", \"second by eve\""))
    #expect(plan.output.contains("which is not allowed"))
    #expect(!plan.output.contains("third by bob"))
    let tip = try world.tip()
    let apply = try world.signedApply().expect(3, says: "is not signed")
    #expect(apply.errors.contains(ids[1]) && apply.errors.contains(ids[2]))
    #expect(try world.tip() == tip)
    // Without the demand nothing changes.
    try world.apply().expect(says: "3 issued")
  }

  @Test func `nothing is demanded of commits that leave desired state as it was`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.folder.write("repository/README.md", "old history, by nobody")
    try world.commit([:], by: nil)
    try world.commit(Sample.files, by: "ada")
    try world.signedApply().expect()
    try world.folder.write("repository/README.md", "by nobody")
    try world.commit([:], by: nil)
    try world.signedApply().expect(says: "nothing to do")
    try world.commit(["a.yaml": Sample.client("a")], by: "ada")
    try world.signedApply().expect(says: "1 issued")
  }

  @Test func `upkeep goes on while a signature is missing`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: "ada")
    try world.apply(at: World.start).expect()
    try world.commit(["b.yaml": Sample.client("b")], by: nil)
    let later = World.start + .days(60)
    let outcome = try world.apply(at: later, "--require-signatures", world.allowed)
    outcome.expect(3, says: "is not signed")
    #expect(outcome.output.contains("applied: "))
    let number = try #require(try world.revocationList("issuing").number)
    #expect(number.description != "01")
    #expect(try !world.publishedPaths("identities").contains("identities/b.pem"))
  }

  @Test func `what git refuses is refused, and what it accepts is accepted`() throws {
    let time = 1_767_000_000
    /// What is done to the signed tip, whether it is in order, and words of the refusal.
    let cases: [(what: String, isFine: Bool, says: String, change: (World) throws -> Void)] = [
      ("nothing", true, "", { _ in }),
      (
        "another message", false, "was changed, or made up",
        { try $0.replaceTip { $0.replacing("\n\nchange", with: "\n\nchanged") } }
      ),
      (
        "another author", false, "was changed, or made up",
        { try $0.replaceTip { $0.replacing("author Ada", with: "author Eve") } }
      ),
      (
        "no signature", false, "is not signed",
        { try $0.run(["commit", "-q", "--amend", "-m", "x"], by: nil) }
      ),
      (
        "OpenPGP", false, "is signed with OpenPGP, only SSH signatures are read",
        { try $0.replaceTip { $0.replacing("SSH SIGNATURE", with: "PGP SIGNATURE") } }
      ),
      (
        "two signatures", false, "is signed twice",
        { world in
          try world.replaceTip { text in
            let start = text.range(of: "gpgsig")?.lowerBound ?? text.startIndex
            let end = text.range(of: "\n\n")?.lowerBound ?? text.endIndex
            return text.replacingCharacters(
              in: start..<end, with: "\(text[start..<end])\n\(text[start..<end])")
          }
        }
      ),
      (
        "an expired key", false, "allowed until 2025-12-01T00:00:00Z",
        { try $0.limit("valid-before=\"20251201Z\"") }
      ),
      (
        "a key of tomorrow", false, "allows from 2025-12-31T00:00:00Z on",
        { try $0.limit("valid-after=\"20251231Z\"") }
      ),
      (
        "a key whose time has come since", true, "",
        { try $0.limit("valid-after=\"20251201Z\",valid-before=\"20260101Z\"") }
      ),
      (
        "a key for files", false, "does not allow for the namespace",
        { try $0.limit("namespaces=\"file\"") }
      ),
      (
        "somebody else's key", false, "which is not allowed",
        { try $0.folder.write("allowed", "bob@example.com \(try $0.makeKey("bob"))\n") }
      ),
    ]
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: "ada", at: time)
    let tip = try world.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    let allowed = try world.folder.bytes("allowed")
    for example in cases {
      try example.change(world)
      let plan = try world.signedPlan()
      plan.expect(example.isFine ? 0 : 3)
      #expect(
        example.isFine || plan.output.contains(example.says), "\(example.what): \(plan.output)")
      // git joins two signatures and lets ssh-keygen read the first.
      let isFineForGit = example.isFine || example.what == "two signatures"
      #expect(try world.gitAccepts("HEAD") == isFineForGit, "git: \(example.what)")
      try world.git("reset", "-q", "--hard", tip)
      try world.folder.write("allowed", allowed)
    }
  }

  @Test func `a signature of another kind of thing is none`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: nil)
    let payload = try world.git("cat-file", "commit", "HEAD")
    let file = try world.folder.write("payload", payload)
    try Program.run(
      ["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", world.keyFile("ada"), file.path],
      in: world.folder.root
    ).expect()
    let signature = String(decoding: try world.folder.bytes("payload.sig"), as: UTF8.self)
      .trimmingCharacters(in: .newlines).replacing("\n", with: "\n ")
    try world.replaceTip { $0.replacing("\n\nchange", with: "\ngpgsig \(signature)\n\nchange") }
    try world.signedPlan().expect(3, says: "was made for something else than git")
    #expect(try !world.gitAccepts("HEAD"))
  }

  @Test func `who is demanded is said by the host, not by the repository`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: "ada")
    let inside = try world.folder.write("repository/allowed", world.folder.bytes("allowed"))
    for path in [inside.path, "allowed", "../repository/allowed", ".git/config"] {
      try world.certwright(["plan", "--require-signatures", path])
        .expect(1, says: "lies in the repository whose commits it shall judge")
    }
    let link = world.folder.url("link").path
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: inside.path)
    try world.certwright(["plan", "--require-signatures", link]).expect(1, says: "lies in the")
    try FileManager.default.removeItem(at: inside)
    try FileManager.default.createSymbolicLink(
      atPath: inside.path, withDestinationPath: world.allowed)
    try world.certwright(["plan", "--require-signatures", "allowed"]).expect(1, says: "lies in the")
    try world.certwright(["plan"], environment: ["CERTWRIGHT_REQUIRE_SIGNATURES": world.allowed])
      .expect()
    try world.certwright(["plan", "--require-signatures", "/nonexistent"]).expect(1)
    try world.certwright(["plan", "--signers-policy", world.rules]).expect(64)
    try world.folder.write("allowed", "ada@example.com ssh-ed25519 x\nbob\n")
    let outcome = try world.signedPlan().expect(1, says: "has 2 findings")
    #expect(outcome.errors.contains("\(world.allowed):1:29: the key is not base64"))
    #expect(outcome.errors.contains("\(world.allowed):2:4: the key is missing"))
  }

  @Test func `a shallow clone that hides commits is refused`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: "ada")
    try world.signedApply().expect()
    try world.commit(["a.yaml": Sample.client("a")], by: nil)
    try world.commit(["b.yaml": Sample.client("b")], by: "ada")
    try world.git(
      "clone", "-q", "--depth", "1", "--no-single-branch",
      "file://\(world.repository.path)", "../shallow")
    let outcome = try world.certwright(
      ["plan", "--require-signatures", world.allowed], in: world.folder.url("shallow"))
    outcome.expect(3, says: "missing-history: history ends at")
    #expect(outcome.output.contains("clone with full history"))
    // As deep as to the commit applied last, and nothing is hidden.
    try world.git(
      "clone", "-q", "--depth", "3", "--no-single-branch",
      "file://\(world.repository.path)", "../deep")
    try world.certwright(
      ["plan", "--require-signatures", world.allowed], in: world.folder.url("deep")
    ).expect(3, says: "is not signed")
  }

  @Test func `a reviewed plan is not carried out when a signature is missing`() throws {
    let world = try World([:])
    try world.allow("ada")
    try world.commit(Sample.files, by: nil)
    try world.certwright(["plan", "--out", world.folder.url("plan").path]).expect()
    try world.certwright(
      ["apply", world.folder.url("plan").path, "--require-signatures", world.allowed]
    ).expect(3, says: "is not signed")
    #expect(try world.tip() == nil)
  }
}

extension World {
  /// Gives ada's line of the allowed signers an option.
  fileprivate func limit(_ option: String) throws {
    let text = String(decoding: try folder.bytes("allowed"), as: UTF8.self)
    try folder.write("allowed", text.replacing("namespaces=\"git\"", with: option))
  }
}
