import Cryptography
import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

struct ExportTests {
  private func export(
    _ name: String, _ form: IdentityExport.Form, _ world: AuditWorld
  ) throws -> [UInt8] {
    try IdentityExport(world.options(), passphrase: nil)
      .export(name, as: form, in: try Repository(at: world.repository))
  }

  private func message(_ name: String, _ world: AuditWorld) -> String? {
    do {
      _ = try export(name, .pem(nil), world)
      return nil
    } catch {
      return (error as? ReconcileError)?.message
    }
  }

  @Test(arguments: [PKCS12Protection.modern, .legacy])
  func `openssl opens a PKCS12 file with key, certificate and chain`(
    protection: PKCS12Protection
  ) throws {
    let world = try AuditWorld.applied()
    let passphrase = try #require(Passphrase(Array("sesame".utf8)))
    let file = try export("teams/app3", .pkcs12(passphrase, protection), world)
    try Data(file).write(to: URL(fileURLWithPath: world.folder + "/app3.p12"))
    try Data(try world.published("authorities/root/ca.pem")).write(
      to: URL(fileURLWithPath: world.folder + "/root.pem"))
    let text = try world.run(
      "openssl", "pkcs12", "-legacy", "-in", "app3.p12", "-passin", "pass:sesame", "-nodes",
      "-out", "app3.pem", "-info", in: world.folder)
    #expect(text.isEmpty)
    let made = try String(contentsOfFile: world.folder + "/app3.pem", encoding: .utf8)
    #expect(made.contains("friendlyName: teams/app3"))
    #expect(made.contains("BEGIN PRIVATE KEY"))
    let verdict = try world.run(
      "openssl", "verify", "-attime", "\(world.now.seconds)", "-CAfile", "root.pem", "-untrusted",
      "app3.pem", "app3.pem", in: world.folder)
    #expect(verdict == "app3.pem: OK")
  }

  @Test func `a PEM file holds the key of its own first certificate`() throws {
    let world = try AuditWorld.applied()
    let passphrase = try #require(Passphrase(Array("sesame".utf8)))
    for form in [IdentityExport.Form.pem(nil), .pem(passphrase)] {
      try Data(try export("api", form, world)).write(
        to: URL(fileURLWithPath: world.folder + "/api.pem"))
      let key = try world.run(
        "openssl", "pkey", "-in", "api.pem", "-passin", "pass:sesame", "-pubout", in: world.folder)
      let certificate = try world.run(
        "openssl", "x509", "-in", "api.pem", "-pubkey", "-noout", in: world.folder)
      #expect(key == certificate)
    }
  }

  @Test func `what cannot be handed out is refused with the reason`() throws {
    let world = try AuditWorld.applied()
    try world.run(
      "sh", "-c",
      "openssl req -new -newkey ed25519 -nodes -keyout /dev/null -subj /CN=own"
        + " -out repository/desired-state/own.csr 2>errors", in: world.folder)
    try world.declare(
      "kind: Client\nname: own\nissuer: edge\nrequest: own.csr\nlifetime: 30d\n", in: "own.yaml")
    try world.declare(AuditWorld.desired.replacing(", teams/app3", with: ""))
    try world.apply()
    #expect(message("own", world)?.contains("was never here") == true)
    #expect(message("teams/app3", world)?.contains("is retired") == true)
    #expect(message("app2", world)?.contains("is revoked since") == true)
    #expect(message("edge", world)?.contains("is an authority") == true)
    #expect(message("nobody", world)?.contains("nothing was ever issued") == true)
    #expect(message("No Name", world)?.contains("characters other than") == true)
    world.now = world.now + .days(100)
    #expect(message("app1", world)?.contains("expired at") == true)
  }

  @Test func `a key that the store does not have is named by its id`() throws {
    let world = try AuditWorld.applied()
    try FileManager.default.removeItem(atPath: world.folder + "/keys")
    #expect(message("api", world)?.hasPrefix("the key store has no key ") == true)
  }

  @Test func `a secret file is for its owner alone and never replaces another unasked`() throws {
    let world = try AuditWorld()
    let path = world.folder + "/secret"
    try SecretFile.write([1, 2, 3], to: path, replaces: false)
    #expect(throws: ReconcileError.self) {
      try SecretFile.write([4], to: path, replaces: false)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1, 2, 3]))
    try SecretFile.write([4], to: path, replaces: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([4]))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder).count == 2)
  }
}
