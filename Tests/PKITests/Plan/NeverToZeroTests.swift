import PKI
import Testing

/// Nobody is left where several were: only by name.
struct NeverToZeroTests {
  private static let proxy = """
    ---
    kind: Server
    name: front
    issuer: edge
    dnsNames: [localhost]
    ---
    kind: TrustBundle
    name: clients
    authorities: [edge]
    ---
    kind: Proxy
    name: pay
    software: haproxy
    directory: /etc/bundle
    server: front
    listen: 8443
    clients: {trust: clients, verify: required}

    """

  private func clients(_ names: String, issuer: String = "edge") -> String {
    names.isEmpty ? "" : "---\nkind: Client\nnames: [\(names)]\nissuer: \(issuer)\n"
  }

  private func sentences(
    from old: String, to new: String, allowing count: Int = 0
  ) throws -> [String] {
    var authority = UnsignedAuthority()
    try authority.apply(try desired(twoAuthorities + old), at: start)
    let state = try desired(twoAuthorities + new)
    let planned = authority.plan(state, at: after(1))
    let access = AccessComparison.report(
      desired: state, lastApplied: authority.lastApplied, published: authority.published,
      planned: planned, now: after(1))
    return NeverToZero.changes(
      planned: planned, published: authority.published, doors: access.emptied, now: after(1),
      allowances: ["emptied": count]
    ).compactMap { change in
      guard case .blocked(let guarded) = change.detail else { return nil }
      return "\(change.subject.word) \(change.subject.name): \(guarded.sentence)"
    }
  }

  @Test func `an authority does not lose its last two identities at once`() throws {
    let message =
      "authority edge: all 2 certificates of edge would end in one run, and it would have none"
    #expect(try sentences(from: clients("a, b"), to: "") == [message])
    #expect(try sentences(from: clients("a, b"), to: "", allowing: 1) == [])
    #expect(try sentences(from: clients("a, b"), to: clients("b")) == [])
    #expect(try sentences(from: clients("a, b"), to: clients("c")) == [])
    #expect(try sentences(from: clients("a"), to: "") == [])
  }

  @Test func `one identity of each authority is still everybody`() throws {
    #expect(
      try sentences(from: clients("a") + clients("b", issuer: "root"), to: "") == [
        "run limits: all 2 certificates would end in one run, and there would be none"
      ])
  }

  @Test func `a replacement of everybody leaves everybody`() throws {
    let ended =
      "---\nkind: Revocation\nidentity: NAME\nissuedBefore: 2026-01-02T00:00:00Z\nreason: superseded\n"
    let all = ["a", "b"].map { ended.replacing("NAME", with: $0) }.joined()
    #expect(try sentences(from: clients("a, b"), to: clients("a, b") + all) == [])
  }

  @Test func `a route does not lose the last of its list at once, nor a bundle its authorities`()
    throws
  {
    let open = "routes: [{path: /, upstreams: [\"127.0.0.1:1\"]}]\n"
    let listed = "routes: [{path: /x, allow: [a, b], upstreams: [\"127.0.0.1:1\"]}]\n"
    let ended = { (name: String) in
      "---\nkind: Revocation\nidentity: \(name)\nreason: keyCompromise\n"
    }
    let people = clients("a, b, c")
    #expect(
      try sentences(
        from: people + Self.proxy + listed,
        to: people + Self.proxy + listed + ended("a") + ended("b"))
        == ["proxy pay: pay:8443/x would let nobody in any more"])
    #expect(
      try sentences(
        from: people + Self.proxy + listed, to: people + Self.proxy + listed + ended("a")) == [])
    let other =
      "---\nkind: Authority\nname: doomed\nissuer: root\nsubject: {commonName: D}\nlifetime: 1095d\n"
    let trusting = Self.proxy.replacing("[edge]", with: "[doomed]") + open
    #expect(
      try sentences(
        from: other + clients("a", issuer: "doomed") + trusting,
        to: other + trusting + "---\nkind: Revocation\nauthority: doomed\nreason: cACompromise\n")
        == ["proxy pay: pay:8443/ would let nobody in any more"])
  }
}
