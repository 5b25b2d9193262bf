import Foundation
import Testing

/// The commands that look at what is published, through the binary: where output goes, and the exit
/// codes.
struct AuditCommandTests {
  private func world() throws -> World {
    let world = try World(Sample.files.merging(["proxy.yaml": Sample.proxy()]) { $1 })
    try world.converge()
    return world
  }

  @Test func `verify exits with 0 on a whole branch and with 1 on a changed one`() throws {
    let world = try world()
    try world.certwright(["verify"]).expect(says: "no problems")
    let empty = try world.git("commit-tree", "published:identities", "-m", "gone")
    try world.git("update-ref", "refs/heads/published", empty.trimmingCharacters(in: .newlines))
    let outcome = try world.certwright(["verify"]).expect(1, says: "ledger: is missing")
    #expect(outcome.errors.isEmpty)
    let json = try world.certwright(["verify", "--format", "json"]).expect(1)
    #expect(json.output.contains("\"clean\": false"))
  }

  @Test func `status exits with 0, 2 and 1, and prometheus is text for machines`() throws {
    let world = try world()
    try world.certwright(["status"]).expect(says: "healthy: ")
    try world.commit(["more.yaml": Sample.client("extra")])
    try world.certwright(["status"]).expect(2, says: "not applied yet")
    try world.certwright(["status", "--at", "2098-01-01T00:00:00Z"])
      .expect(1, says: "without a valid certificate")
    try world.certwright(["status", "--format", "prometheus"]).expect(2, says: "# TYPE")
  }

  @Test func `export needs a passphrase for PKCS12 and never takes it as an argument`() throws {
    let world = try world()
    let file = world.folder.url("api.p12").path
    let export = ["export", "api", "--format", "pkcs12", "--out", file]
    try world.certwright(export).expect(1, says: "needs a passphrase")
    try world.certwright(export + ["--passphrase", "x"]).expect(64)
    try world.certwright(export, environment: ["CERTWRIGHT_EXPORT_PASSPHRASE": "sesame"]).expect()
    try world.certwright(export, environment: ["CERTWRIGHT_EXPORT_PASSPHRASE": "sesame"])
      .expect(1, says: "--force replaces it")
    try Program.run(
      ["openssl", "pkcs12", "-in", file, "-passin", "pass:sesame", "-noout", "-info"],
      in: world.repository
    ).expect(says: "PBES2")
  }

  @Test func `inspect shows a name, and refuses what does not exist`() throws {
    let world = try world()
    try world.certwright(["inspect", "api"]).expect(says: "edge: serves with it")
    try world.certwright(["inspect", "apo"]).expect(1, says: "did you mean \"api\"?")
  }

  @Test func `install runs its commands once, and shows what a failing one said`() throws {
    let world = try world()
    let host = world.folder.url("host").path
    let log = world.folder.url("log").path
    let install = ["install", "edge", "--to", host, "--reload", "echo reloaded >> '\(log)'"]
    try world.certwright(install + ["--check", "echo broken; false"]).expect(1, says: "broken")
    #expect(!FileManager.default.fileExists(atPath: host))
    try world.certwright(install + ["--check", "test -f '\(host)/nginx.conf'"])
      .expect(says: "installed ")
    try world.certwright(install).expect(says: "unchanged")
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "reloaded\n")
  }
}
