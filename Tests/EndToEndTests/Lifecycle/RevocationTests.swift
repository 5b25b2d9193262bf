import PKI
import Testing

/// What is revoked, how it shows, and what cannot be taken back.
struct RevocationTests {
  private let later = World.start + .days(1)
  private let issuing = "authorities/issuing"

  private func world(_ names: [String] = ["a", "b"], _ more: String = "") throws -> World {
    let world = try World(["all.yaml": Sample.authorities + Sample.clients(names) + more])
    try world.converge(at: World.start)
    return world
  }

  @Test(arguments: [
    "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation",
    "privilegeWithdrawn", "certificateHold", "unspecified",
  ])
  func `every reason reaches the CRL, and unspecified is left out`(_ reason: String) throws {
    let world = try world()
    let serial = try world.serial("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: \(reason)")])
    let plan = try world.plan(at: later)
    #expect(plan.deeds == ["revoke client a"])
    try world.converge(at: later)
    #expect(try world.reasons("issuing") == [serial: reason])
    let text = try Program.run(
      ["openssl", "crl", "-noout", "-text"], in: world.repository,
      input: try world.published("\(issuing)/crl.pem")
    ).expect().output
    #expect(text.contains("Serial Number: \(serial.uppercased())"))
    #expect(text.contains("X509v3 CRL Reason Code") == (reason != "unspecified"))
    #expect(text.contains("X509v3 CRL Number: \n                2"))
    #expect(try world.publishedPaths("identities") == ["identities/b.pem"])
    try Judge.verify(world, "identities/b.pem", issuing, "client", at: later)
    let ledger = try #require(
      try world.publishedPaths("ledger/issued").first { $0.contains(serial) })
    try Judge.verify(
      world, ledger, issuing, "client", at: later, complaint: "certificate revoked")
  }

  @Test func `a revocation dates no later than its CRL and not before it was asked for`() throws {
    let world = try world()
    try world.commit(["r.yaml": Sample.revocation("identity: a")])
    try world.converge(at: later)
    let list = try world.revocationList("issuing")
    let entry = try #require(list.entries.first)
    #expect(entry.revocationDate <= list.thisUpdate)
    #expect(entry.revocationDate > World.start)
    try world.converge(at: later + .days(5))
    #expect(try world.revocationList("issuing").entries.first == entry)
  }

  @Test func `issuedBefore revokes what is older, and a new certificate follows in one plan`()
    throws
  {
    let world = try world()
    let old = try world.certificate("a")
    let moment = World.start + .days(1)
    try world.commit([
      "r.yaml": Sample.revocation(
        "identity: a", "issuedBefore: \(moment)", "reason: keyCompromise")
    ])
    #expect(try world.plan(at: moment).deeds == ["revoke client a", "replace client a"])
    try world.converge(at: moment)
    let new = try world.certificate("a")
    #expect(new.keyID != old.keyID)
    #expect(new.notBefore >= moment)
    #expect(try world.reasons("issuing") == [old.serial.description: "keyCompromise"])
    try world.converge(at: moment + .days(85))
    #expect(try world.reasons("issuing").count == 1)
  }

  @Test func `issuedBefore in the future is refused`() throws {
    let world = try world()
    try world.commit([
      "r.yaml": Sample.revocation("identity: a", "issuedBefore: 2031-01-01T00:00:00Z")
    ])
    try world.apply(at: later).expect(1, says: "is in the future")
  }

  @Test func `one certificate is revoked by issuer and serial and replaced`() throws {
    let world = try world()
    let old = try world.serial("a")
    try world.commit([
      "r.yaml": Sample.revocation("issuer: issuing", "serial: \(old)", "reason: superseded")
    ])
    #expect(try world.plan(at: later).deeds == ["revoke client a", "replace client a"])
    try world.converge(at: later)
    #expect(try world.reasons("issuing") == [old: "superseded"])
    #expect(try world.serial("a") != old)
  }

  @Test func `a serial that was never issued and a name that is unknown are refused`() throws {
    let world = try world()
    try world.commit([
      "r.yaml": Sample.revocation("issuer: issuing", "serial: 00ff00ff00ff00ff")
    ])
    try world.apply(at: later).expect(1, says: "has serial number ff00ff00ff00ff")
    try world.commit(["r.yaml": Sample.revocation("identity: appp1")])
    try world.apply(at: later).expect(1, says: "no certificate was ever issued for appp1")
    #expect(try world.reasons("issuing").isEmpty)
  }

  @Test func `a hold is released by the document and never by deleting it`() throws {
    let world = try world()
    let serial = try world.serial("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: certificateHold")])
    try world.converge(at: later)
    try world.commit(["r.yaml": nil])
    try world.apply(at: later).expect(1, says: "put the Revocation of \"a\" back")
    #expect(try world.reasons("issuing") == [serial: "certificateHold"])
    try world.commit([
      "r.yaml": Sample.revocation("identity: a", "reason: certificateHold", "released: true")
    ])
    try world.converge(at: later + .days(1))
    #expect(try world.reasons("issuing").isEmpty)
    #expect(try world.serial("a") == serial)
    try Judge.verify(world, "identities/a.pem", issuing, "client", at: later + .days(1))
  }

  @Test func `a released hold can be taken up again, and its document may then go`() throws {
    let world = try world()
    let hold = ["identity: a", "reason: certificateHold"]
    let documents = [hold, hold + ["released: true"], hold, hold + ["released: true"]]
    for (day, lines) in documents.enumerated() {
      try world.commit([
        "r.yaml": "---\nkind: Revocation\n" + lines.map { $0 + "\n" }.joined()
      ])
      try world.converge(at: later + .days(day))
      #expect(try world.reasons("issuing").isEmpty == (lines.count == 3))
    }
    try world.commit(["r.yaml": nil])
    try world.converge(at: later + .days(5))
  }

  @Test func `deleting a Revocation is refused with the name until the certificate expires`() throws
  {
    let world = try world()
    let facts = try world.certificate("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: superseded")])
    try world.converge(at: later)
    try world.commit(["r.yaml": nil])
    let outcome = try world.apply(at: later).expect(1)
    #expect(
      outcome.errors.contains(
        "the certificate \(facts.serial) of a is revoked and cannot be valid again; its Revocation"
          + " must stay until \(facts.notAfter)"))
    try world.converge(at: facts.notAfter + .days(31))
  }

  @Test func `a reason can become keyCompromise and nothing lighter`() throws {
    let world = try world()
    let serial = try world.serial("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: superseded")])
    try world.converge(at: later)
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: keyCompromise")])
    try world.converge(at: later + .days(1))
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: superseded")])
    try world.apply(at: later + .days(1)).expect(1, says: "which cannot become superseded")
    try world.commit([
      "r.yaml": Sample.revocation("identity: a", "reason: certificateHold", "released: true")
    ])
    try world.apply(at: later + .days(1)).expect(1, says: "only certificateHold can be released")
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
  }

  @Test func `a hold can become a revocation`() throws {
    let world = try world()
    let serial = try world.serial("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: certificateHold")])
    try world.converge(at: later)
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: cessationOfOperation")])
    try world.converge(at: later)
    #expect(try world.reasons("issuing") == [serial: "cessationOfOperation"])
  }

  @Test func `an intermediate is revoked with its cascade shown`() throws {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.authority("two") + Sample.client("a")
        + Sample.clients(["x", "y"], "issuer: two")
    ])
    try world.converge(at: World.start)
    let serial = try world.certificate(at: "authorities/two/ca.pem").serial.description
    let leaf = try #require(
      try world.publishedPaths("ledger/issued").first { $0.contains(try world.serial("x")) })
    try world.commit([
      "r.yaml": Sample.revocation("authority: two", "reason: cACompromise")
    ])
    try world.apply(at: later).expect(1, says: "two")
    try world.commit(["all.yaml": Sample.authorities + Sample.client("a")])
    let plan = try world.plan(at: later)
    #expect(
      try plan.change("revoke authority two").reasons.contains {
        $0.message == "2 unexpired certificates below it will be refused everywhere"
      })
    try world.converge(at: later)
    #expect(try world.reasons("root") == [serial: "cACompromise"])
    try Judge.verify(
      world, leaf, "authorities/two", "client", at: later, complaint: "certificate revoked")
    try Judge.verify(world, "identities/a.pem", issuing, "client", at: later)
  }

  @Test func `a root is not revoked`() throws {
    let world = try world()
    try world.commit(["r.yaml": Sample.revocation("authority: root")])
    try world.apply(at: later).expect(1, says: "root")
  }

  @Test func `an entry leaves the CRL only after one CRL issued after it expired`() throws {
    let world = try world()
    let facts = try world.certificate("a")
    try world.commit(["r.yaml": Sample.revocation("identity: a")])
    try world.converge(at: later)
    try world.apply(at: facts.notAfter - .days(1)).expect()
    #expect(try world.reasons("issuing").count == 1)
    try world.apply(at: facts.notAfter + .days(5)).expect()
    #expect(try world.reasons("issuing").count == 1)
    try world.apply(at: facts.notAfter + .days(10)).expect()
    #expect(try world.reasons("issuing").isEmpty)
  }

  @Test func `a subject held by a retired identity waits, and the others go on`() throws {
    let world = try World([
      "all.yaml": Sample.authorities + Sample.client("a", "subject: {commonName: Same}")
    ])
    try world.converge(at: World.start)
    try world.commit([
      "all.yaml": Sample.authorities + Sample.client("b", "subject: {commonName: SAME}")
        + Sample.client("c")
    ])
    let plan = try world.plan(at: later)
    #expect(try plan.change("blocked client b").guard?.code == "subject-held")
    try world.apply(at: later).expect(says: "1 issued")
    #expect(try world.publishedPaths("identities") == ["identities/c.pem"])
    try world.commit(["r.yaml": Sample.revocation("identity: a", "reason: superseded")])
    try world.converge(at: later + .days(1))
    #expect(
      try world.publishedPaths("identities") == ["identities/b.pem", "identities/c.pem"])
  }
}
