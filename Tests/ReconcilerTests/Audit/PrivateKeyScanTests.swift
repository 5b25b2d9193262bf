import Foundation
import PKI
import Testing

@testable import Reconciler

struct PrivateKeyScanTests {
  private func file(
    _ world: AuditWorld, _ arguments: String...
  ) throws -> [UInt8] {
    let script = arguments.joined(separator: " ") + " > made 2> errors"
    try world.run("sh", "-c", script, in: world.folder)
    return Array(try Data(contentsOf: URL(fileURLWithPath: world.folder + "/made")))
  }

  @Test(arguments: [
    "openssl genpkey -algorithm ed25519",
    "openssl genpkey -algorithm ed25519 -outform DER",
    "openssl ecparam -name prime256v1 -genkey -noout",
    "openssl ecparam -name prime256v1 -genkey",
    "openssl ecparam -name prime256v1 -genkey -noout -outform DER",
    "openssl genrsa -traditional 2048",
    "openssl genrsa 2048 | openssl rsa -traditional -outform DER",
    "openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -passout pass:x",
    "openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -passout pass:x -outform DER",
    "openssl genpkey -algorithm ed25519 | sed 's/^/    /'",
    "(echo 'key: |'; openssl genpkey -algorithm ed25519 | sed 's/^/  /'; echo more)",
  ])
  func `a private key is found in every form`(command: String) throws {
    let world = try AuditWorld()
    #expect(PrivateKeyScan.finding(in: try file(world, command)) != nil)
  }

  @Test func `what is public is not taken for a private key`() throws {
    let world = try AuditWorld.applied()
    for path in try world.files("authorities") + world.files("identities") {
      #expect(PrivateKeyScan.finding(in: try world.published(path)) == nil)
    }
    let key = try file(
      world, "openssl genpkey -algorithm ed25519 | openssl pkey -pubout -outform DER")
    #expect(PrivateKeyScan.finding(in: key) == nil)
    let words = "a PRIVATE KEY----- is not one, and neither is ----- or -----BEGIN X-----"
    #expect(PrivateKeyScan.finding(in: Array(words.utf8)) == nil)
    #expect(PrivateKeyScan.finding(in: []) == nil)
  }
}
