import PKI
import Testing

struct PlannerTests {
  private static let app = """
    ---
    kind: Client
    name: app
    issuer: edge

    """

  private func applied(_ text: String) throws -> UnsignedAuthority {
    var authority = UnsignedAuthority()
    try authority.apply(try desired(twoAuthorities + text), at: start)
    return authority
  }

  @Test func `the first plan issues authorities before identities and a CRL for each`() throws {
    let changes = UnsignedAuthority().plan(try desired(twoAuthorities + Self.app), at: start)
    #expect(
      changes.lines == [
        "+ authority root", "+ authority edge", "+ client app", "~ crl edge", "~ crl root",
      ])
  }

  @Test func `planning again after an apply finds nothing`() throws {
    let authority = try applied(Self.app)
    #expect(authority.plan(try desired(twoAuthorities + Self.app), at: start).isEmpty)
  }

  @Test func `a certificate is due at the second that the plan named, not one earlier`() throws {
    var authority = UnsignedAuthority()
    let state = try desired(twoAuthorities + Self.app)
    let changes = try authority.apply(state, at: start)
    let plans = changes.compactMap { change -> PlannedCertificate? in
      if case .certificate(let certificate) = change.detail { certificate } else { nil }
    }
    let renewAt = try #require(plans.first { $0.owner.text == "app" }).renewAt
    let before = Timestamp(seconds: renewAt.seconds - 1)
    #expect(authority.plan(state, at: before).identityLines.isEmpty)
    #expect(authority.plan(state, at: renewAt).identityLines == ["^ client app"])
  }

  @Test func `a new name replaces the certificate and says until when the old one lives`() throws {
    let authority = try applied(Self.app)
    let changed = Self.app + "uris: [\"spiffe://example.com/app\"]\n"
    let changes = authority.plan(try desired(twoAuthorities + changed), at: after(1))
    #expect(changes.identityLines == ["-/+ client app"])
    #expect(changes.reasons(of: "app") == ["differs", "staysValid"])
  }

  @Test func `a removed identity retires, with its last place`() throws {
    let authority = try applied(Self.app)
    let changes = authority.plan(try desired(twoAuthorities), at: after(1))
    #expect(changes.identityLines == [". client app"])
    #expect(changes.reasons(of: "app") == ["removed", "validUntil"])
  }

  @Test func `a name that returns is issued anew although its old certificate lives`() throws {
    var authority = try applied(Self.app)
    try authority.apply(try desired(twoAuthorities), at: after(1))
    let changes = authority.plan(try desired(twoAuthorities + Self.app), at: after(2))
    #expect(changes.identityLines == ["+ client app"])
    #expect(changes.reasons(of: "app") == ["returned"])
  }

  @Test func `removal with onRemoval revoke revokes, by the declaration last applied`() throws {
    var authority = try applied(Self.app + "onRemoval: revoke\n")
    let changes = try authority.apply(try desired(twoAuthorities), at: after(1))
    #expect(changes.lines == ["- client app", "~ crl edge"])
    #expect(authority.plan(try desired(twoAuthorities), at: after(1)).isEmpty)
  }

  @Test func `a protected identity can be neither removed nor revoked in one step`() throws {
    let authority = try applied(Self.app + "protected: true\n")
    let removed = authority.plan(try desired(twoAuthorities), at: after(1))
    #expect(removed.guards == ["protected"])
    let revoked = authority.plan(
      try desired(twoAuthorities + Self.app + "---\nkind: Revocation\nidentity: app\n"),
      at: after(1))
    #expect(revoked.guards == ["protected"])
  }

  @Test func `a rename keeps the certificate until it is due`() throws {
    var authority = try applied(Self.app)
    let renamed = """
      ---
      kind: Client
      name: application
      renamedFrom: app
      issuer: edge

      """
    let changes = try authority.apply(try desired(twoAuthorities + renamed), at: after(1))
    #expect(changes.lines == ["> client application"])
    #expect(authority.plan(try desired(twoAuthorities + renamed), at: after(1)).isEmpty)
    let due = authority.plan(try desired(twoAuthorities + renamed), at: after(70)).identityLines
    #expect(due == ["^ client application"])
  }

  @Test func `a change of issuer replaces and names both`() throws {
    let other = """
      ---
      kind: Authority
      name: other
      issuer: root
      subject: {commonName: Other}
      lifetime: 1095d

      """
    var authority = try applied(other + Self.app)
    let moved = Self.app.replacing("issuer: edge", with: "issuer: other")
    let state = try desired(twoAuthorities + other + moved)
    let changes = try authority.apply(state, at: after(1))
    #expect(changes.identityLines == ["-/+ client app"])
    #expect(changes.reasons(of: "app").first == "issuerChanged")
    #expect(authority.plan(state, at: after(1)).isEmpty)
  }

  @Test func `an authority keeps its key, subject and issuer`() throws {
    let authority = try applied(Self.app)
    let changed = twoAuthorities.replacing("commonName: Edge", with: "commonName: Edge Two")
    #expect(
      authority.plan(try desired(changed + Self.app), at: after(1)).guards == ["authority-subject"])
    let rekeyed = twoAuthorities + "key: ecdsa-p384\n"
    #expect(
      authority.plan(try desired(rekeyed + Self.app), at: after(1)).guards == ["authority-key"])
  }

  @Test func `an authority renews with its key before its children would outlive it`() throws {
    var authority = try applied(Self.app)
    let state = try desired(twoAuthorities + Self.app)
    let key = authority.published.current(of: try name("edge"))?.facts.keyID
    var day = 0.0
    while day < 1_200 {
      let changes = try authority.apply(state, at: after(day))
      #expect(changes.guards.isEmpty, "day \(day)")
      day += 20
    }
    let renewed = try #require(authority.published.current(of: try name("edge")))
    #expect(renewed.facts.keyID == key)
    #expect(authority.published.certificates(of: try name("edge")).count == 2)
  }

  @Test func `a subject that a retired identity still holds is not given to another`() throws {
    var authority = try applied(Self.app)
    try authority.apply(try desired(twoAuthorities), at: after(1))
    let thief = """
      ---
      kind: Client
      name: thief
      issuer: edge
      subject: {commonName: APP}

      """
    let changes = authority.plan(try desired(twoAuthorities + thief), at: after(2))
    #expect(changes.guards == ["subject-held"])
  }

  @Test func `a digest holds no dates, and tells two plans apart`() throws {
    func digest(_ text: String, at now: Timestamp) throws -> String {
      let changes = UnsignedAuthority().plan(try desired(twoAuthorities + text), at: now)
      return Plan(
        source: .init(desiredCommit: nil, publishedCommit: nil, publishedBranch: "p"), now: now,
        changes: changes
      ).digest
    }
    #expect(try digest(Self.app, at: start) == digest(Self.app, at: after(40)))
    #expect(try digest(Self.app, at: start) != digest(Self.app + "lifetime: 89d\n", at: start))
  }

  @Test func `a protected trust bundle and proxy stay until the flag is off`() throws {
    let more = """
      ---
      kind: TrustBundle
      name: all
      authorities: [edge]
      protected: true

      """
    let authority = try applied(Self.app + more)
    let changes = authority.plan(try desired(twoAuthorities + Self.app), at: after(1))
    #expect(changes.guards == ["protected"])
  }

  @Test func `removed files count against their limit`() throws {
    let authority = try applied(Self.app)
    let limits = Settings.Limits(
      issues: nil, reissues: nil, revocations: nil, retirements: nil, removedFiles: .count(1),
      minimum: 10)
    func blocked(_ removed: Int, allowing: [String: Int] = [:]) -> [String] {
      PlanLimits.changes(
        limits: limits, planned: [], published: authority.published, now: after(1),
        files: .init(removed: removed, existing: 4), allowances: allowing
      ).guards
    }
    #expect(blocked(1) == [])
    #expect(blocked(2) == ["limit-removed-files"])
    #expect(blocked(2, allowing: ["removed-files": 2]) == [])
    #expect(blocked(3, allowing: ["removed-files": 2]) == ["limit-removed-files"])
  }
}
