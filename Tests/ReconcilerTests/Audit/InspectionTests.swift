import Foundation
import Git
import PKI
import Testing

@testable import Reconciler

struct InspectionTests {
  private func inspect(_ text: String, _ world: AuditWorld) throws -> [Inspected] {
    try Inspection(world.options()).inspect(text)
  }

  private func message(_ text: String, _ world: AuditWorld) -> String? {
    do {
      _ = try inspect(text, world)
      return nil
    } catch {
      return error.message
    }
  }

  private func save(_ path: String, _ world: AuditWorld) throws -> String {
    let file = world.folder + "/" + path.replacing("/", with: "-")
    try Data(try world.published(path)).write(to: URL(fileURLWithPath: file))
    return file
  }

  @Test func `a bundle shows each certificate with what has become of it`() throws {
    let world = try AuditWorld.applied()
    let shown = try inspect(try save("identities/api.pem", world), world)
    #expect(shown.count == 2)
    #expect(shown[0].text.contains("dns:api.example.com"))
    #expect(shown[0].text.contains("issued to            api\n"))
    #expect(shown[0].text.contains("status               current\n"))
    #expect(shown[0].text.contains("days left)"))
    #expect(shown[1].text.hasPrefix("authority certificate \"CN=Test Edge CA\"\n"))
    #expect(JSON.array(shown.map(\.json)).pretty.contains("\"sha256_fingerprint\""))
  }

  @Test func `fingerprints and serials are those that openssl prints`() throws {
    let world = try AuditWorld.applied()
    let file = try save("authorities/root/ca.der", world)
    let fingerprint = try world.run(
      "openssl", "x509", "-inform", "DER", "-in", file, "-noout", "-fingerprint", "-sha256",
      in: world.folder
    ).split(separator: "=")[1].replacing(":", with: "").lowercased()
    let serial = try world.run(
      "openssl", "x509", "-inform", "DER", "-in", file, "-noout", "-serial", in: world.folder
    ).split(separator: "=")[1]
    let shown = try #require(try inspect(file, world).first)
    #expect(shown.text.contains(fingerprint))
    #expect(shown.text.contains(serial.lowercased()))
  }

  @Test func `a CRL shows its entries, and that it is stale when it is`() throws {
    let world = try AuditWorld.applied()
    let file = try save("authorities/edge/crl.pem", world)
    let fresh = try #require(try inspect(file, world).first).text
    #expect(fresh.contains("keyCompromise"))
    #expect(fresh.contains("fresh, "))
    world.now = world.now + .days(30)
    #expect(try #require(try inspect(file, world).first).text.contains("(stale)"))
  }

  @Test func `requests and records are shown`() throws {
    let world = try AuditWorld.applied()
    try world.run(
      "sh", "-c",
      "openssl req -new -newkey ed25519 -nodes -keyout own.key -subj /CN=own -out own.csr 2>errors",
      in: world.folder)
    let request = try #require(try inspect(world.folder + "/own.csr", world).first).text
    #expect(request.contains("made with its own key"))
    let event = try save(try #require(try world.files("ledger/revoked").first), world)
    #expect(try inspect(event, world).first?.text.contains("keyCompromise") == true)
    let run = try save(try #require(try world.files("ledger/runs").first), world)
    #expect(try inspect(run, world).first?.text.contains("issue authority root") == true)
  }

  @Test func `a file with a private key is refused and nothing of it is shown`() throws {
    let world = try AuditWorld.applied()
    try world.run(
      "openssl", "genpkey", "-algorithm", "ed25519", "-out", "secret.pem", in: world.folder)
    let message = message(world.folder + "/secret.pem", world)
    #expect(message?.hasSuffix("holds a PEM block \"PRIVATE KEY\", which is never shown") == true)
  }

  @Test func `a name shows its certificates, renewal and where it is used`() throws {
    let world = try AuditWorld.applied()
    let client = try inspect("app1", world)
    #expect(client.first?.text.hasPrefix("client \"app1\"\n") == true)
    #expect(client.first?.text.contains("front: allows it by name") == true)
    #expect(client.first?.text.contains("trust bundles  clients\n") == true)
    #expect(client.first?.text.contains("renews") == true)
    #expect(client.count == 2)
    #expect(try inspect("app2", world).last?.text.contains("revoked since") == true)
    #expect(try inspect("root", world).first?.text.hasPrefix("authority \"root\"") == true)
  }

  @Test func `a serial is found with and without colons`() throws {
    let world = try AuditWorld.applied()
    let path = try #require(try world.files("ledger/issued").first)
    let serial = (path as NSString).lastPathComponent.replacing(".pem", with: "")
    let pairs = stride(from: 0, to: serial.count, by: 2).map {
      serial.dropFirst($0).prefix(2)
    }.joined(separator: ":").uppercased()
    #expect(try inspect(serial, world).count == 1)
    #expect(try inspect(pairs, world) == inspect(serial, world))
    #expect(message("0102030405", world)?.contains("no file, no name and no serial") == true)
  }
}
