import PKI
import Testing

/// Who gains and who loses what by a plan, in the words of the plan.
struct AccessTests {
  private func proxy(_ routes: String..., clients: String = "", listener: String = "") -> String {
    """
    ---
    kind: Proxy
    name: pay
    software: nginx
    directory: /etc/bundle
    server: front
    listen: 8443
    clients: {trust: clients, verify: required\(clients)}
    routes:

    """ + routes.map { "- {\($0), upstreams: [\"127.0.0.1:1\"]}\n" }.joined() + listener
  }

  private func revocation(_ lines: String) -> String {
    "---\nkind: Revocation\n\(lines)\nreason: keyCompromise\n"
  }

  private func state(_ text: String) throws -> DesiredState { try desired(twoAuthorities + text) }

  private func access(
    from old: String?, to new: String, at now: Timestamp = after(1)
  ) throws -> [AccessChange] {
    var authority = UnsignedAuthority()
    if let old { try authority.apply(try state(old), at: start) }
    let desired = try state(new)
    return AccessComparison.report(
      desired: desired, lastApplied: authority.lastApplied, published: authority.published,
      planned: authority.plan(desired, at: now), now: now
    ).changes
  }

  private func sentences(
    from old: String?, to new: String, at now: Timestamp = after(1)
  ) throws -> [String] {
    try access(from: old, to: new, at: now).map(\.sentence)
  }

  // MARK: - Gains

  @Test func `a first apply opens the doors that the lists name`() throws {
    let text = people("a, b") + proxy("path: /", "path: /admin, allow: [a]")
    #expect(
      try sentences(from: nil, to: text, at: start) == [
        "a gains pay:8443, until 2026-03-31", "b gains pay:8443/, until 2026-03-31",
      ])
  }

  @Test func `a new client and a new entry of a list are gains`() throws {
    let routes = { (allow: String) in self.proxy("path: /", "path: /admin, allow: [\(allow)]") }
    #expect(
      try sentences(from: people("a, b") + routes("a"), to: people("a, b, ci") + routes("a, b, ci"))
        == ["b gains pay:8443/admin, until 2026-03-31", "ci gains pay:8443, until 2026-04-01"])
  }

  @Test func `a door that asks for no certificate any more is open to anyone`() throws {
    let old = people("a") + proxy("path: /")
    #expect(
      try sentences(from: old, to: people("a") + proxy("path: /, verify: optional"))
        == ["anyone gains pay:8443 without a certificate"])
    #expect(
      try sentences(from: old, to: people("a") + proxy("path: /, verify: none"))
        == ["anyone gains pay:8443 without a certificate"])
    #expect(
      try sentences(from: people("a") + proxy("path: /, verify: none"), to: old)
        == ["whoever has no accepted certificate loses pay:8443"])
  }

  @Test func `other source addresses are gains and losses of those`() throws {
    let old = people("a") + proxy("path: /, addresses: [10.0.0.0/8]")
    let new = people("a") + proxy("path: /, addresses: [10.1.0.0/16, 192.0.2.0/24]")
    #expect(
      try sentences(from: old, to: new) == [
        "a loses pay:8443 from 10.0.0.0/8",
        "a gains pay:8443 from 192.0.2.0/24, until 2026-03-31",
      ])
    #expect(
      try sentences(from: old, to: people("a") + proxy("path: /"))
        == ["a gains pay:8443 from 0.0.0.0/0, ::/0, until 2026-03-31"])
  }

  // MARK: - Losses

  @Test func `a new route below an old one shuts out whom its list does not name`() throws {
    let old = people("a, b, c") + proxy("path: /")
    let new = people("a, b, c") + proxy("path: /", "path: /admin, allow: [a]")
    #expect(try sentences(from: old, to: new) == ["b and c lose pay:8443/admin"])
    #expect(try sentences(from: new, to: old) == ["b and c gain pay:8443/admin, until 2026-03-31"])
  }

  @Test func `a route that says what the one above it says changes nothing`() throws {
    let old = people("a") + proxy("path: /")
    #expect(try sentences(from: old, to: people("a") + proxy("path: /", "path: /x")) == [])
  }

  @Test func `a revoked identity loses everything`() throws {
    let old = people("a, b") + proxy("path: /", "path: /admin, allow: [a]")
    #expect(
      try sentences(from: old, to: old + revocation("identity: a")) == ["a loses everything"])
    #expect(
      try sentences(from: old, to: old + revocation("identity: b")) == ["b loses pay:8443/"])
  }

  @Test func `a certificate that is revoked and followed ends at once for whoever is slow`() throws
  {
    let old = people("a, b") + proxy("path: /", "path: /admin, allow: [a]")
    let ended = revocation("identity: a\nissuedBefore: 2026-01-02T00:00:00Z")
    #expect(
      try sentences(from: old, to: old + ended)
        == ["a loses access at once unless it installs its new certificate"])
  }

  @Test func `an authority that is revoked takes everybody below it along`() throws {
    let doomed = """
      ---
      kind: Authority
      name: doomed
      issuer: root
      subject: {commonName: Doomed}
      lifetime: 1095d

      """
    let both = people("a").replacing("authorities: [edge]", with: "authorities: [edge, doomed]")
    let theirs = "---\nkind: Client\nnames: [b, c, d, e]\nissuer: doomed\n"
    let routes = proxy("path: /", "path: /admin, allow: [a, b]")
    let ended = proxy("path: /", "path: /admin, allow: [a]")
    #expect(
      try sentences(
        from: doomed + both + theirs + routes,
        to: doomed + both + ended + revocation("authority: doomed"))
        == ["b loses everything", "c, d and e lose pay:8443/"])
  }

  @Test func `a proxy that goes is lost to everybody`() throws {
    let old = people("a, b, c, d, e") + proxy("path: /", "path: /x")
    #expect(
      try sentences(from: old, to: people("a, b, c, d, e"))
        == ["a, b and 3 more identities lose everything"])
  }

  // MARK: - Ends to come

  @Test func `a replaced certificate is good until it expires`() throws {
    let old = people("a, b") + proxy("path: /")
    let new = people("a, b", "uris: [\"urn:x:{name}\"]") + proxy("path: /")
    let changes = try access(from: old, to: new)
    #expect(
      changes.map(\.sentence)
        == ["a and b lose access on 2026-03-31 unless they install their new certificates"])
    #expect(changes.first?.until == Timestamp("2026-03-31T23:54:59Z"))
  }

  @Test func `a retired name keeps what has no list and loses what has one`() throws {
    let doors = { (allow: String) in self.proxy("path: /", "path: /admin, allow: [\(allow)]") }
    #expect(
      try sentences(from: people("a, b") + doors("a, b"), to: people("a") + doors("a")) == [
        "b loses pay:8443/admin",
        "b loses pay:8443/ on 2026-03-31, when its certificate expires",
      ])
  }

  @Test func `a new issuer that a listener does not trust ends the access`() throws {
    let more = """
      ---
      kind: Authority
      name: other
      issuer: root
      subject: {commonName: Other}
      lifetime: 1095d

      """
    let old = more + people("a") + proxy("path: /")
    let new =
      more
      + people("a").replacing(
        "names: [a]\nissuer: edge", with: "names: [a]\nissuer: other") + proxy("path: /")
    #expect(
      try sentences(from: old, to: new) == [
        "a loses access on 2026-03-31: its new certificate is not accepted there"
      ])
  }

  @Test func `what is renewed says when the old certificate ends`() throws {
    let text = people("a") + proxy("path: /")
    // The CRLs lapsed long ago by then, and with them the access.
    #expect(
      try sentences(from: text, to: text, at: after(80)) == ["a gains pay:8443, until 2026-03-31"])
    var authority = UnsignedAuthority()
    let desired = try state(text)
    try authority.apply(desired, at: start)
    var said: [String] = []
    for day in stride(from: 2.0, through: 60, by: 2) where said.isEmpty {
      let planned = authority.plan(desired, at: after(day))
      said = AccessComparison.report(
        desired: desired, lastApplied: desired, published: authority.published, planned: planned,
        now: after(day)
      ).changes.map(\.sentence)
      #expect(said.isEmpty == !planned.lines.contains("^ client a"))
      try authority.apply(desired, at: after(day))
    }
    #expect(said == ["a loses access on 2026-03-31 unless it installs its new certificate"])
  }

  // MARK: - No news

  @Test func `a refreshed CRL, a rename and an unrelated client change nobody's access`() throws {
    let text = people("a") + proxy("path: /")
    #expect(try sentences(from: text, to: text, at: after(5)) == [])
    let renamed = people("a2", "renamedFrom: a").replacing("names: [a2]", with: "name: a2")
    #expect(try sentences(from: text, to: renamed + proxy("path: /")) == [])
    #expect(try sentences(from: people("a"), to: people("a, b")) == [])
  }

  @Test func `thousands with one fate are one sentence`() throws {
    let names = (0..<3000).map { "c\($0)" }.joined(separator: ", ")
    let changes = try access(
      from: nil, to: people(names) + proxy("path: /", "path: /a", "path: /b"), at: start)
    #expect(changes.count == 1)
    #expect(
      changes.first?.sentence
        == "c0, c1 and 2998 more identities gain pay:8443, until 2026-03-31")
    #expect(changes.first?.identities.count == 3000)
  }

  @Test func `listeners that decide alike are named one by one`() throws {
    let proxies = { (allow: String) in
      ["nginx", "haproxy", "apache"].flatMap { software in
        (1...2).map { number in
          self.proxy("path: /, allow: [\(allow)]", "path: /open").replacing(
            "name: pay", with: "name: \(software)-\(number)"
          )
          .replacing("software: nginx", with: "software: \(software)")
          .replacing("127.0.0.1:1", with: "127.0.0.1:\(number)")
        }
      }.joined()
    }
    let changes = try access(
      from: people("a, b") + proxies("a"), to: people("a, b") + proxies("a, b"))
    #expect(changes.map(\.identities) == [[try name("b")]])
    #expect(changes.first?.doors.map(\.path) == [String](repeating: "/", count: 6))
    #expect(Set(changes.first?.doors.map(\.listener.proxy) ?? []).count == 6)
    let odd = proxies("a, b").replacing(
      "name: apache-2", with: "name: apache-2\naddresses: [10.0.0.0/8]")
    let moved = try access(from: people("a, b") + proxies("a, b"), to: people("a, b") + odd)
    #expect(!moved.isEmpty)
    #expect(moved.allSatisfy { $0.doors.allSatisfy { $0.listener.proxy.text == "apache-2" } })
  }

  @Test func `machines get every name and every route`() throws {
    let text = people("a, b") + proxy("path: /", "path: /admin, allow: [a]")
    let json = try #require(access(from: nil, to: text, at: start).last).json
    #expect(
      json.compact == "{\"change\":\"gains\",\"sentence\":\"b gains pay:8443/, until 2026-03-31\","
        + "\"identity\":\"b\",\"identities\":[\"b\"],\"anyone\":false,\"proxy\":\"pay\","
        + "\"listener\":\"8443\",\"route\":\"/\","
        + "\"routes\":[{\"proxy\":\"pay\",\"listener\":\"8443\",\"route\":\"/\"}],"
        + "\"until\":\"2026-03-31T23:54:59Z\"}")
  }
}
