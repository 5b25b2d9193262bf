extension Check {
  /// Proxies refer to what is declared and fits, and every route can be reached.
  static let proxies = Check { draft, findings in
    guard !draft.declarations.proxies.isEmpty else { return }
    var checker = ProxyChecker(draft, findings)
    for proxy in draft.declarations.proxies { checker.check(proxy) }
  }
}

private struct ProxyChecker {
  let draft: Draft
  let findings: FindingCollector
  let identities: [Name: Identity]
  let bundles: [Name: TrustBundle]
  let identityHints: NameHints
  let bundleHints: NameHints
  /// The lists in which nothing was wrong, so that equal ones are looked at once.
  private var sound: Set<Sound> = []

  private struct Sound: Hashable {
    let list: NameList
    let bundle: Name?
  }

  init(_ draft: Draft, _ findings: FindingCollector) {
    self.draft = draft
    self.findings = findings
    identities = Dictionary(
      draft.identities.map { ($0.identity.name, $0.identity) },
      uniquingKeysWith: { first, _ in first })
    bundles = Dictionary(
      draft.declarations.trustBundles.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    identityHints = NameHints(identities.keys, what: "declared identities")
    bundleHints = NameHints(bundles.keys, what: "declared trust bundles")
  }

  mutating func check(_ proxy: ProxyDraft) {
    var sockets: [Int: [IPAddress?: Listener]] = [:]
    for draft in proxy.listeners {
      let listener = draft.listener
      let same = sockets[listener.port] ?? [:]
      // An address together with the wildcard on one port: the second bind fails.
      let other =
        same[listener.address] ?? same[nil]
        ?? (listener.address == nil ? same.values.min { $0.place < $1.place } : nil)
      if let other {
        findings.add(
          listener.place, "port \(listener.port) is taken by another listener of this proxy",
          hint: "the other is at \(other.place)")
      }
      sockets[listener.port, default: [:]][listener.address] = listener
      check(draft)
    }
  }

  private mutating func check(_ draft: ListenerDraft) {
    checkServer(draft.server)
    let bundle = checkTrust(draft)
    if let allow = draft.allow, draft.listener.verify == .none {
      reportAllowWithoutVerification(at: allow.place ?? draft.listener.place, "allow")
    }
    checkClients(draft.allow, bundle)
    for route in draft.routes { check(route, draft, bundle) }
    checkReachability(draft.routes)
  }

  private func checkServer(_ server: Located<Name>) {
    guard let owner = draft.declarations.owners[server.value] else {
      findings.add(
        server.place, "server \(quoted(server.value.text)) is not declared",
        hint: identityHints.hint(for: server.value))
      return
    }
    if owner.kind != "Server", owner.kind != "Peer" {
      findings.add(
        server.place,
        "\(quoted(server.value.text)) is \(owner.kind.withArticle), not a Server or Peer",
        hint: "it is declared at \(owner.place)")
    }
  }

  private func checkTrust(_ listener: ListenerDraft) -> TrustBundle? {
    let asks = listener.listener.handshake != .none
    guard let trust = listener.trust else {
      if asks {
        findings.add(
          listener.listener.place, "\"trust\" is missing: client certificates are asked for",
          hint: "name a trust bundle below \"clients\", or set \"verify\" to \"none\"")
      }
      return nil
    }
    if !draft.declarations.isDeclared(trust.value, kind: "TrustBundle") {
      findings.add(
        trust.place, "trust bundle \(quoted(trust.value.text)) is not declared",
        hint: bundleHints.hint(for: trust.value))
    }
    return bundles[trust.value]
  }

  private mutating func check(
    _ draft: RouteDraft, _ listener: ListenerDraft, _ bundle: TrustBundle?
  ) {
    let route = draft.route
    checkClients(draft.allow, bundle)
    checkClients(draft.identities, bundle)
    guard route.verify ?? listener.listener.verify == .none else { return }
    if let identities = draft.identities {
      reportAllowWithoutVerification(at: identities.place ?? route.place, "identities")
    }
    if let allow = draft.allow {
      reportAllowWithoutVerification(at: allow.place ?? route.place, "allow")
    } else if route.verify != nil, listener.listener.allow != nil {
      findings.add(
        route.place,
        "this route asks for no certificate, but \"allow\" of its listener holds for it",
        hint: "give each route its own \"allow\"")
    }
  }

  private func reportAllowWithoutVerification(at place: Place, _ field: String) {
    findings.add(
      place, "\(quoted(field)) without client certificates lets nobody in",
      hint: "set \"verify\" to \"required\" or \"optional\"")
  }

  /// The names of a list, each a client whose certificate the listener's trust bundle accepts.
  private mutating func checkClients(_ names: LocatedNames?, _ bundle: TrustBundle?) {
    guard let names, !sound.contains(Sound(list: names.list, bundle: bundle?.name)) else { return }
    var isSound = true
    for (index, name) in names.list.enumerated() {
      guard let problem = problem(ofClient: name, bundle) else { continue }
      findings.add(names.place(of: index), problem.message, hint: problem.hint)
      isSound = false
    }
    if isSound { sound.insert(Sound(list: names.list, bundle: bundle?.name)) }
  }

  private func problem(
    ofClient name: Name, _ bundle: TrustBundle?
  ) -> (message: String, hint: String?)? {
    guard let owner = draft.declarations.owners[name] else {
      return (
        "identity \(quoted(name.text)) is not declared", identityHints.hint(for: name)
      )
    }
    if owner.kind == "Authority" || owner.kind == "Server" {
      return (
        "\(quoted(name.text)) is \(owner.kind.withArticle), not a Client or Peer",
        "it is declared at \(owner.place)"
      )
    }
    guard let identity = identities[name], let bundle,
      !bundle.authorities.contains(identity.issuer)
    else { return nil }
    return (
      "\(quoted(name.text)) is issued by \(quoted(identity.issuer.text)), which trust bundle"
        + " \(quoted(bundle.name.text)) does not hold",
      "the trust bundle is declared at \(bundle.place)"
    )
  }

  /// Of several routes with one path the first that fits wins, so that one without `identities` ends
  /// the list.
  private func checkReachability(_ routes: [RouteDraft]) {
    var ends: [String: Route] = [:]
    var taken: [String: Set<Name>] = [:]
    for draft in routes {
      let route = draft.route
      if let end = ends[route.path] {
        findings.add(
          route.place,
          "this route is never reached: another takes every request of \(quoted(route.path))",
          hint: "the other is at \(end.place); give it \"identities\", or put it last")
        continue
      }
      guard let identities = route.identities else {
        ends[route.path] = route
        continue
      }
      if taken[route.path]?.isSuperset(of: identities) ?? identities.isEmpty {
        findings.add(
          route.place,
          "this route is never reached: routes before it take all its identities on"
            + " \(quoted(route.path))")
      }
      taken[route.path, default: []].formUnion(identities)
    }
  }
}

extension String {
  /// A kind's name with the article that English wants.
  fileprivate var withArticle: String { first == "A" ? "an \(self)" : "a \(self)" }
}
