import Foundation
import PKI
import Testing

/// Partitioned CRLs with the real binary, judged by `openssl verify`.
struct PartitionTests {
  static func authorities(_ crl: String) -> String {
    Sample.root + Sample.authority("issuing", "crl: {lifetime: 7d, refreshBefore: 3d\(crl)}")
  }

  static func crl(_ partitions: Int, _ path: String = "edge") -> String {
    ", partitions: \(partitions), distributionPoints:"
      + " [\"http://crl.example.com/\(path)/{partition}.crl\"]"
  }

  static let clients = ["a", "b", "c", "d", "e", "f", "g", "h"]

  private func world(_ crl: String = PartitionTests.crl(4)) throws -> World {
    let world = try World([
      "authorities.yaml": Self.authorities(crl), "clients.yaml": Sample.clients(Self.clients),
    ])
    try world.converge(at: World.start)
    return world
  }

  private func lists(_ world: World) throws -> [String] {
    try world.publishedPaths("authorities").filter { $0.hasSuffix(".crl") }
  }

  /// Verifies with chosen partitions of the issuing authority and the root's CRL alone.
  private func verify(
    _ world: World, _ path: String, _ partitions: String, at time: Timestamp
  ) throws -> String {
    let place = try Judge.export(world)
    let outcome = try Program.run(
      [
        "sh", "-c",
        """
        cat authorities/root/crl.pem > crls.pem
        for list in $(find authorities/issuing -path '*/crl/*' -name '\(partitions).crl'); do
          openssl crl -inform DER -in "$list" >> crls.pem
        done
        openssl verify -x509_strict -crl_check_all -purpose sslclient -attime \(time.seconds) \
          -CAfile authorities/root/ca.pem -untrusted authorities/issuing/ca.pem \
          -CRLfile crls.pem \(path)
        """,
      ], in: place)
    return outcome.output + outcome.errors
  }

  @Test func `openssl accepts every certificate by its partition and refuses the revoked one`()
    throws
  {
    let world = try world()
    let later = World.start + .days(1)
    try world.certwright(["verify", "--at", "\(World.start)"]).expect(says: "no problems")
    #expect(try lists(world).count == 4)
    let old = try world.folder.write("a.pem", world.published("identities/a.pem")).path
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: keyCompromise")])
    try world.converge(at: later)
    for client in Self.clients.dropFirst() {
      let path = "identities/\(client).pem"
      #expect(try verify(world, path, "*", at: later).contains(": OK"))
      let point = try #require(try world.certificate(client).distributionPoints.first)
      let own = try #require(point.split(separator: "/").last).dropLast(4)
      #expect(try verify(world, path, String(own), at: later).contains(": OK"))
      let other = own == "0000" ? "0001" : "0000"
      #expect(
        try verify(world, path, other, at: later).contains("different CRL scope"), "\(client)")
    }
    #expect(try verify(world, old, "*", at: later).contains("certificate revoked"))
    try world.certwright(["verify", "--at", "\(later)"]).expect(says: "no problems")
  }

  @Test func `another number of partitions keeps the old ones while certificates name them`() throws
  {
    let world = try world(Self.crl(4, "one"))
    try world.commit(["authorities.yaml": Self.authorities(Self.crl(2, "two"))])
    let later = World.start + .days(1)
    try world.converge(at: later, "--allow", "reissues=100")
    #expect(try lists(world).count { $0.contains("/two/") } == 2)
    let kept = try lists(world).count { $0.contains("/one/") }
    #expect((1...4).contains(kept))
    let much = World.start + .days(400)
    try world.converge(at: much)
    #expect(try lists(world).count == 2)
    try world.certwright(["verify", "--at", "\(much)"]).expect(says: "no problems")
    try world.commit(["authorities.yaml": Self.authorities("")])
    try world.converge(at: much + .days(1), "--allow", "reissues=100")
    try world.certwright(["verify", "--at", "\(much + .days(1))"]).expect(says: "no problems")
  }

  @Test func `verify finds a partition that is missing or was exchanged, and apply mends it`()
    throws
  {
    let world = try world()
    let paths = try lists(world)
    let (first, second) = (paths[0], paths[1])
    try world.git("checkout", "-q", "published")
    try world.git("rm", "-q", first)
    try world.git("commit", "-q", "-m", "gone")
    try world.git("checkout", "-q", "main")
    try world.certwright(["verify", "--at", "\(World.start)"])
      .expect(1, says: "\(first): is missing")
    try world.converge(at: World.start + Lifetime(seconds: 3600))
    try world.git("checkout", "-q", "published")
    try Program.run(["cp", second, first], in: world.repository).expect()
    try world.git("commit", "-q", "-a", "-m", "exchanged")
    try world.git("checkout", "-q", "main")
    try world.certwright(["verify", "--at", "\(World.start + Lifetime(seconds: 3600))"])
      .expect(1, says: "\(first): ")
    try world.converge(at: World.start + Lifetime(seconds: 7200))
    try world.certwright(["verify", "--at", "\(World.start + Lifetime(seconds: 7200))"]).expect(
      says: "no problems")
  }
}
