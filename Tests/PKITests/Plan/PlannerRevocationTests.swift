import PKI
import Testing

struct PlannerRevocationTests {
  private static let app = """
    ---
    kind: Client
    name: app
    issuer: edge
    ---
    kind: Client
    name: other
    issuer: edge

    """

  private func applied() throws -> UnsignedAuthority {
    var authority = UnsignedAuthority()
    try authority.apply(try desired(twoAuthorities + Self.app), at: start)
    return authority
  }

  private func state(_ revocation: String) throws -> DesiredState {
    try desired(twoAuthorities + Self.app + "---\nkind: Revocation\n" + revocation)
  }

  @Test(
    arguments: RevocationReason.allCases.filter { ![.cACompromise, .aACompromise].contains($0) })
  func `a revocation ends the identity and reaches the CRL`(reason: RevocationReason) throws {
    var authority = try applied()
    let state = try state("identity: app\nreason: \(reason.rawValue)\n")
    let changes = try authority.apply(state, at: after(1))
    #expect(changes.lines == ["- client app", "~ crl edge"])
    let key = try #require(authority.published.current(of: try name("edge"))).facts.keyID
    let list = try #require(authority.published.revocationLists[key])
    #expect(list.facts.entries.map(\.reason) == [reason])
    #expect(list.number == 2)
    #expect(authority.plan(state, at: after(1)).isEmpty)
  }

  @Test func `deleting the document of a revocation is refused and names it`() throws {
    var authority = try applied()
    try authority.apply(try state("identity: app\n"), at: after(1))
    let changes = authority.plan(try desired(twoAuthorities + Self.app), at: after(2))
    #expect(changes.guards == ["un-revocation"])
    let hint = try #require(changes.first { $0.action == .blocked }?.blockedBy?.hint)
    #expect(hint.contains("a.yaml:"))
  }

  @Test func `the document may go when its certificate has expired`() throws {
    var authority = try applied()
    try authority.apply(try state("identity: app\n"), at: after(1))
    let changes = authority.plan(try desired(twoAuthorities + Self.app), at: after(91))
    #expect(changes.guards.isEmpty)
  }

  @Test func `a hold is released by the document alone, and the certificate lives again`() throws {
    var authority = try applied()
    try authority.apply(try state("identity: app\nreason: certificateHold\n"), at: after(1))
    let released = try state("identity: app\nreason: certificateHold\nreleased: true\n")
    let changes = try authority.apply(released, at: after(2))
    #expect(changes.lines == ["- client app", "~ crl edge"])
    #expect(changes.reasons(of: "app") == ["released"])
    let current = try #require(authority.published.current(of: try name("app")))
    #expect(!authority.published.isRevoked(current.id))
    #expect(authority.plan(released, at: after(2)).isEmpty)
  }

  @Test func `what is revoked for good cannot be released or made lighter`() throws {
    var authority = try applied()
    try authority.apply(try state("identity: app\nreason: keyCompromise\n"), at: after(1))
    let released = try state("identity: app\nreason: certificateHold\nreleased: true\n")
    #expect(authority.plan(released, at: after(2)).guards == ["not-on-hold"])
    let lighter = try state("identity: app\nreason: superseded\n")
    #expect(authority.plan(lighter, at: after(2)).guards == ["reason-lightened"])
  }

  @Test func `a graver reason is a new event and keeps the date`() throws {
    var authority = try applied()
    try authority.apply(try state("identity: app\nreason: superseded\n"), at: after(1))
    let key = try #require(authority.published.current(of: try name("edge"))).facts.keyID
    let before = try #require(authority.published.revocationLists[key]?.facts.entries.first)
    let changes = try authority.apply(
      try state("identity: app\nreason: keyCompromise\n"), at: after(2))
    #expect(changes.reasons(of: "edge") == ["reasonsChanged"])
    let entry = try #require(authority.published.revocationLists[key]?.facts.entries.first)
    #expect(entry.reason == .keyCompromise)
    #expect(entry.revocationDate == before.revocationDate)
  }

  @Test func `issuedBefore revokes what is older and issues anew in the same plan`() throws {
    var authority = try applied()
    let state = try state("identity: app\nissuedBefore: \(after(1))\n")
    let changes = try authority.apply(state, at: after(1))
    #expect(changes.identityLines == ["- client app", "-/+ client app"])
    let current = try #require(authority.published.current(of: try name("app")))
    #expect(current.facts.notBefore >= after(1))
    #expect(authority.plan(state, at: after(1)).isEmpty)
  }

  @Test func `one certificate is revoked by issuer and serial, and its identity goes on`() throws {
    var authority = try applied()
    let serial = try #require(authority.published.current(of: try name("app"))).id.serial
    let state = try state("issuer: edge\nserial: \"\(serial)\"\nreason: superseded\n")
    #expect(
      try authority.apply(state, at: after(1)).identityLines == ["- client app", "-/+ client app"])
    #expect(authority.plan(state, at: after(1)).isEmpty)
  }

  @Test func `an identity beside a serial must be its owner`() throws {
    let authority = try applied()
    let serial = try #require(authority.published.current(of: try name("app"))).id.serial
    let state = try state("identity: other\nissuer: edge\nserial: \"\(serial)\"\n")
    #expect(authority.plan(state, at: after(1)).guards == ["other-owner"])
  }

  @Test func `a serial that nobody has and a name that nobody had are refused`() throws {
    let authority = try applied()
    #expect(
      authority.plan(try state("issuer: edge\nserial: \"4242\"\n"), at: after(1)).guards == [
        "unknown-serial"
      ])
    #expect(
      authority.plan(try state("identity: nobody\n"), at: after(1)).guards == ["unknown-identity"])
  }

  @Test func `revoking an authority says how many certificates fall with it`() throws {
    var authority = try applied()
    let gone = twoAuthorities + "---\nkind: Revocation\nauthority: edge\nreason: cACompromise\n"
    let changes = try authority.apply(try desired(gone), at: after(1))
    #expect(changes.reasons(of: "edge").contains("cascades"))
    #expect(changes.lines.contains("~ crl root"))
  }

  @Test func `an entry leaves only after it was on a CRL issued after expiry`() throws {
    var authority = try applied()
    let state = try state("identity: app\n")
    var gone: Double?
    var seenAfterExpiry = false
    for step in 0..<60 {
      let day = 1 + Double(step) * 3
      try authority.apply(state, at: after(day))
      let key = try #require(authority.published.current(of: try name("edge"))).facts.keyID
      let list = try #require(authority.published.revocationLists[key])
      if list.facts.count == 0 { gone = gone ?? day }
      if list.facts.count == 1, list.thisUpdate > after(90) { seenAfterExpiry = true }
    }
    #expect(seenAfterExpiry)
    #expect(try #require(gone) > 90)
  }
}

extension Change {
  var blockedBy: Guard? {
    if case .blocked(let guarded) = detail { guarded } else { nil }
  }
}
