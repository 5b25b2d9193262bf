import PKI
import Testing

/// Every kind of change that people merge, carried out by the real program.
struct ChangeTests {
  private let later = World.start + .days(1)

  /// A world with one client, applied at the start, and then changed.
  private func changed(_ before: String, _ after: String) throws -> World {
    let world = try World(["all.yaml": Sample.authorities + before])
    try world.converge(at: World.start)
    try world.commit(["all.yaml": Sample.authorities + after])
    return world
  }

  @Test func `an added name replaces the certificate, and the old one stays valid`() throws {
    let world = try changed(
      Sample.server("s", "dnsNames: [a.example.com]"),
      Sample.server("s", "dnsNames: [a.example.com, b.example.com]"))
    let old = try world.certificate("s")
    let plan = try world.plan(at: later)
    #expect(plan.deeds == ["replace server s"])
    let reasons = try plan.change("replace server s").reasons.map(\.message)
    #expect(reasons.contains { $0.contains("b.example.com") }, "\(reasons)")
    #expect(reasons.contains { $0.contains("\(old.serial), stays valid until \(old.notAfter)") })
    try world.converge(at: later)
    let new = try world.certificate("s")
    #expect(new.alternativeNames.map(\.value) == ["a.example.com", "b.example.com"])
    #expect(new.keyID != old.keyID)
    #expect(try world.reasons("issuing").isEmpty)
    #expect(try world.publishedPaths("ledger/issued").contains { $0.contains("\(old.serial)") })
  }

  @Test(arguments: [
    ("lifetime: 90d", "lifetime: 60d", "lifetime"), ("key: ecdsa-p256", "key: ecdsa-p384", "key"),
    ("subject: {organization: A}", "subject: {organization: B}", "subject"),
    ("uris: [\"urn:a:1\"]", "uris: [\"urn:a:2\"]", "urn:a:2"),
    ("emailAddresses: [a@example.com]", "ipAddresses: [\"2001:db8::1\"]", "2001:db8::1"),
    ("extendedKeyUsage: [emailProtection]", "extendedKeyUsage: [codeSigning]", "codeSigning"),
  ])
  func `a changed field replaces the certificate and is named`(
    _ before: String, _ after: String, _ named: String
  ) throws {
    let world = try changed(Sample.client("a", before), Sample.client("a", after))
    let plan = try world.plan(at: later)
    #expect(plan.deeds == ["replace client a"])
    let reasons = try plan.change("replace client a").reasons
    #expect(reasons.contains { $0.message.contains(named) }, "\(reasons)")
    try world.converge(at: later)
  }

  @Test func `a changed issuer replaces the certificate under the new one`() throws {
    let other = Sample.authority("other")
    let world = try changed(
      other + Sample.client("a"), other + Sample.client("a", "issuer: other"))
    #expect(
      try world.plan(at: later).change("replace client a").reasons.map(\.code)
        == ["issuerChanged", "staysValid"])
    try world.converge(at: later)
    let issuer = try world.certificate(at: "authorities/other/ca.pem")
    #expect(try world.certificate("a").issuer == issuer.subject)
  }

  @Test func `renewBefore alone moves the date and makes nothing`() throws {
    let world = try changed(
      Sample.client("a", "renewBefore: 30d"), Sample.client("a", "renewBefore: 40d"))
    #expect(try world.plan(at: later).deeds == [])
    try world.converge(at: later)
  }

  @Test func `rotation never keeps the key when renewing and replacing`() throws {
    let world = try changed(
      Sample.client("a", "rotation: never"),
      Sample.client("a", "rotation: never", "uris: [\"urn:a:1\"]"))
    let old = try world.certificate("a")
    try world.converge(at: later)
    let replaced = try world.certificate("a")
    #expect(replaced.keyID == old.keyID)
    #expect(replaced.serial != old.serial)
    try world.converge(at: later + .days(80))
    #expect(try world.certificate("a").keyID == old.keyID)
  }

  // MARK: - Leaving and coming back

  @Test func `a removed identity is retired and its certificate stays valid`() throws {
    let world = try changed(Sample.clients(["a", "b"]), Sample.client("a"))
    let old = try world.certificate("b")
    let plan = try world.plan(at: later)
    #expect(plan.deeds == ["retire client b"])
    #expect(
      try plan.change("retire client b").reasons.contains {
        $0.message.contains("until \(old.notAfter)") && $0.message.contains("Revocation")
      })
    try world.converge(at: later)
    #expect(try world.publishedPaths("identities") == ["identities/a.pem"])
    #expect(try world.reasons("issuing").isEmpty)
    #expect(try world.plan(at: later + .days(85)).deeds == ["renew client a"])
  }

  @Test func `a retired identity can still be revoked, whose name only the ledger knows`() throws {
    let world = try changed(Sample.clients(["a", "b"]), Sample.client("a"))
    let serial = try world.serial("b")
    try world.converge(at: later)
    try world.commit(["r.yaml": Sample.revocation("identity: b", "reason: keyCompromise")])
    try world.converge(at: later + .days(1))
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
  }

  @Test func `removal with onRemoval revoke revokes`() throws {
    let world = try changed(
      Sample.client("a") + Sample.client("b", "onRemoval: revoke"), Sample.client("a"))
    let serial = try world.serial("b")
    #expect(try world.plan(at: later).deeds == ["revoke client b"])
    try world.converge(at: later)
    #expect(try world.reasons("issuing") == [serial: "cessationOfOperation"])
    #expect(try world.publishedPaths("identities") == ["identities/a.pem"])
  }

  @Test func `onRemoval is read where it stood when it was last applied`() throws {
    let world = try changed(
      Sample.client("a") + Sample.client("b", "onRemoval: revoke"),
      Sample.client("a") + Sample.client("b", "onRemoval: retire"))
    try world.converge(at: later)
    try world.commit(["all.yaml": Sample.authorities + Sample.client("a")])
    #expect(try world.plan(at: later).deeds == ["retire client b"])
  }

  @Test func `a retired name that returns is issued anew`() throws {
    let world = try changed(Sample.clients(["a", "b"]), Sample.client("a"))
    let old = try world.certificate("b")
    try world.converge(at: later)
    try world.commit(["all.yaml": Sample.authorities + Sample.clients(["a", "b"])])
    let plan = try world.plan(at: later + .days(1))
    #expect(plan.deeds == ["issue client b"])
    #expect(try plan.change("issue client b").reasons.map(\.code) == ["returned"])
    try world.converge(at: later + .days(1))
    let new = try world.certificate("b")
    #expect(new.serial != old.serial)
    #expect(new.keyID != old.keyID)
  }

  @Test func `a rename keeps the certificate until it is next due`() throws {
    let world = try changed(Sample.client("old"), Sample.client("new", "renamedFrom: old"))
    let before = try world.certificate("old")
    #expect(try world.plan(at: later).deeds == ["rename client new"])
    try world.converge(at: later)
    #expect(try world.certificate("new").der == before.der)
    #expect(try world.publishedPaths("identities") == ["identities/new.pem"])
    try world.converge(at: later + .days(85))
    let renewed = try world.certificate("new")
    #expect(renewed.serial != before.serial)
    #expect(renewed.subject.rfc4514 == "CN=new")
  }

  @Test func `a rename that changes more is a replace`() throws {
    let world = try changed(
      Sample.client("old"), Sample.client("new", "renamedFrom: old", "uris: [\"urn:a:1\"]"))
    #expect(try world.plan(at: later).deeds == ["rename client new", "replace client new"])
    try world.converge(at: later)
  }

  @Test func `a kept key follows its identity through a rename`() throws {
    let world = try changed(
      Sample.client("old", "rotation: never"),
      Sample.client("new", "rotation: never", "renamedFrom: old"))
    let key = try world.certificate("old").keyID
    try world.converge(at: later)
    try world.converge(at: later + .days(85))
    #expect(try world.certificate("new").keyID == key)
  }

  @Test func `a protected identity leaves in two merges`() throws {
    let world = try changed(
      Sample.client("a") + Sample.client("b", "protected: true"), Sample.client("a"))
    try world.certwright(["plan", "--at", "\(later)"]).expect(3, says: "declared protected: true")
    let tip = try world.tip()
    try world.apply(at: later).expect(3, says: "declared protected: true")
    #expect(try world.tip() == tip)
    try world.commit(["all.yaml": Sample.authorities + Sample.client("a") + Sample.client("b")])
    try world.converge(at: later)
    try world.commit(["all.yaml": Sample.authorities + Sample.client("a")])
    try world.converge(at: later)
  }

  @Test func `a protected identity and authority cannot be revoked in one merge`() throws {
    let protected =
      Sample.root + Sample.authority("issuing", "protected: true")
      + Sample.client("b", "protected: true")
    let world = try World(["all.yaml": protected])
    try world.converge(at: World.start)
    try world.commit(["r.yaml": Sample.revocation("identity: b")])
    try world.apply(at: later).expect(3, says: "declared protected: true")
    try world.commit(["r.yaml": nil, "all.yaml": Sample.root])
    try world.apply(at: later).expect(3, says: "declared protected: true")
  }

  @Test func `an unrelated finding stops nothing that is due, and everything new`() throws {
    let world = try changed(
      Sample.client("a"), Sample.client("a") + Sample.client("c", "issuer: nobody"))
    let old = try world.serial("a")
    let tip = try world.tip()
    try world.apply(at: later).expect(1, says: "all.yaml")
    #expect(try world.tip() == tip)
    let due = later + .days(85)
    try world.certwright(["plan", "--at", "\(due)"]).expect(1)
    try world.apply(at: due).expect(1, says: "nobody")
    #expect(try world.serial("a") != old)
    #expect(try world.revocationList("issuing").number?.description == "02")
    #expect(try world.publishedPaths("identities") == ["identities/a.pem"])
    #expect(
      try world.git("rev-parse", "published:desired")
        == world.git("rev-parse", "HEAD~1:desired-state"))
  }

  @Test func `an authority keeps key, subject and issuer`() throws {
    let world = try World(["all.yaml": Sample.authorities + Sample.authority("two")])
    try world.converge(at: World.start)
    let changes = [
      (Sample.authority("issuing", "key: ecdsa-p384"), "an authority keeps its key"),
      (
        Sample.authority("issuing", issuer: "two", "lifetime: 400d"),
        "an authority keeps its issuer"
      ),
      (
        Sample.authority("issuing").replacing("Example issuing CA", with: "Another CA"),
        "an authority keeps its subject"
      ),
    ]
    for (text, message) in changes {
      try world.commit(["all.yaml": Sample.root + text + Sample.authority("two", "lifetime: 2000d")]
      )
      try world.apply(at: later).expect(1, says: message)
    }
  }

  @Test func `an authority that left keeps its CRL alive while its certificates live`() throws {
    let world = try changed(
      Sample.authority("two") + Sample.client("a") + Sample.client("b", "issuer: two"),
      Sample.client("a"))
    try world.converge(at: later)
    #expect(
      try world.plan(at: later + .days(10)).changes.contains {
        $0.crl != nil && $0.name == "two"
      })
    try world.converge(at: later + .days(10))
    #expect(
      try !world.plan(at: later + .days(100)).changes.contains {
        $0.crl != nil && $0.name == "two"
      })
  }
}
