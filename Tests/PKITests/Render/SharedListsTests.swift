import PKI
import Testing

/// Many proxies with the same lists: what is made once for all of them is what each would have made.
struct SharedListsTests {
  private func proxy(_ name: String, _ software: String, allow: String, only: String) -> String {
    """
    ---
    kind: Proxy
    name: \(name)
    software: \(software)
    server: front
    listen: 8443
    clients: {trust: clients, verify: required, allow: [\(allow)]}
    routes:
      - {path: /, identities: [\(only)], upstreams: ["127.0.0.1:1"]}
      - {path: /, upstreams: ["127.0.0.1:2"]}

    """
  }

  private static let software = ["nginx", "haproxy", "apache"]

  private func proxies(_ many: String) -> [String] {
    Self.software.flatMap { software in
      [
        proxy("\(software)-1", software, allow: many, only: "a, b"),
        proxy("\(software)-2", software, allow: many, only: "a, b"),
        proxy("\(software)-3", software, allow: "b, a", only: many),
      ]
    }
  }

  private func rendered(
    _ desired: DesiredState, _ published: PublishedState
  ) throws -> [String: TreeContent] {
    try PublishedTree(desired: desired, published: published, at: after(3)).render().filter {
      $0.key.hasPrefix("proxies/")
    }
  }

  @Test func `bundles that share lists are what each is alone`() throws {
    let many = (0..<60).map { "client-\($0)" }.joined(separator: ", ")
    let text = twoAuthorities + people("a, b, \(many)")
    // A certificate of a former life of `a` has its subject and stands for nobody.
    var authority = UnsignedAuthority()
    try authority.apply(try desired(text), at: start)
    try authority.apply(try desired(twoAuthorities + people("b, \(many)")), at: after(1))
    try authority.apply(try desired(text), at: after(2))
    let all = try rendered(
      try desired(text + proxies("a, \(many)").joined()), authority.published)
    #expect(Set(all.keys.compactMap { $0.split(separator: "/").dropFirst().first }).count == 9)
    for proxy in proxies("a, \(many)") {
      let alone = try rendered(try desired(text + proxy), authority.published)
      #expect(!alone.isEmpty)
      for (path, content) in alone { #expect(all[path]?.id == content.id, "\(path)") }
    }
    for (path, content) in all where path.contains("_refused.") {
      guard case .shared(let file) = content else { continue }
      #expect(file.bytes.count { $0 == UInt8(ascii: "\n") } == 1, "\(path)")
    }
  }

  @Test func `a bundle that follows thousands of changes names some of them`() throws {
    let names = (0..<3_000).map { "client-\($0)" }.joined(separator: ", ")
    let state = try desired(
      twoAuthorities + people("a, b, \(names)") + proxies(names).joined())
    let planned = UnsignedAuthority().plan(state, at: start)
    let changes = PublishingPlanner.changes(
      rendered: [:], published: [:], desired: state, lastApplied: .empty, planned: planned,
      isFirst: true)
    let bundle = try #require(changes.first { $0.subject == .proxy(try name("nginx-1")) })
    #expect(bundle.reasons.count < 30)
    #expect(bundle.reasons.contains(.follows("client client-0")))
    let last = try #require(bundle.reasons.last)
    #expect("\(last)".contains(" more changes"))
  }
}
