extension Check {
  /// Proxies refer to what is declared and fits, and every route can be reached.
  static let proxies = Check { draft, findings in
    guard !draft.declarations.proxies.isEmpty else { return }
    let checker = ProxyChecker(draft, findings)
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

  func check(_ proxy: ProxyDraft) {
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

  private func check(_ draft: ListenerDraft) {
    checkServer(draft.server)
    let bundle = checkTrust(draft)
    if draft.allow != nil, draft.listener.verify == .none {
      reportAllowWithoutVerification(at: draft.allow?.first?.place ?? draft.listener.place, "allow")
    }
    for name in draft.allow ?? [] { checkClient(name, bundle) }
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

  private func check(_ draft: RouteDraft, _ listener: ListenerDraft, _ bundle: TrustBundle?) {
    let route = draft.route
    for name in draft.allow ?? [] { checkClient(name, bundle) }
    for name in draft.identities ?? [] { checkClient(name, bundle) }
    guard route.verify ?? listener.listener.verify == .none else { return }
    if let identities = draft.identities {
      reportAllowWithoutVerification(at: identities.first?.place ?? route.place, "identities")
    }
    if let allow = draft.allow {
      reportAllowWithoutVerification(at: allow.first?.place ?? route.place, "allow")
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

  /// A name in an allow list: a client whose certificate the listener's trust bundle accepts.
  private func checkClient(_ name: Located<Name>, _ bundle: TrustBundle?) {
    guard let owner = draft.declarations.owners[name.value] else {
      findings.add(
        name.place, "identity \(quoted(name.value.text)) is not declared",
        hint: identityHints.hint(for: name.value))
      return
    }
    if owner.kind == "Authority" || owner.kind == "Server" {
      findings.add(
        name.place, "\(quoted(name.value.text)) is \(owner.kind.withArticle), not a Client or Peer",
        hint: "it is declared at \(owner.place)")
      return
    }
    guard let identity = identities[name.value], let bundle,
      !bundle.authorities.contains(identity.issuer)
    else { return }
    findings.add(
      name.place,
      "\(quoted(name.value.text)) is issued by \(quoted(identity.issuer.text)), which trust bundle"
        + " \(quoted(bundle.name.text)) does not hold",
      hint: "the trust bundle is declared at \(bundle.place)")
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
      if Set(identities).isSubset(of: taken[route.path] ?? []) {
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
