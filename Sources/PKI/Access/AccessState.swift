/// Every listener of one state: what is published now, or what a plan will publish.
struct AccessState: Sendable {
  let published: PublishedState
  let now: Timestamp
  let listeners: [AccessListenerID: AccessListener]
  /// The identities that any list names, and those that are refused one by one.
  let listed: Set<Name>

  /// - Parameters:
  ///   - at: the moment that the bundles are rendered for.
  ///   - freshLists: the keys whose CRL a plan makes anew.
  init(
    desired: DesiredState, published: PublishedState, at: Timestamp, now: Timestamp,
    freshLists: Set<KeyID> = []
  ) {
    self.published = published
    self.now = now
    let tree = PublishedTree(desired: desired, published: published, at: at)
    var views = ProxyViews(tree)
    var listeners: [AccessListenerID: AccessListener] = [:]
    var known: [AccessDecisions: AccessListener] = [:]
    var lists: Set<NameList> = []
    for proxy in desired.proxies.values {
      // A bundle that cannot be rendered is not published.
      guard let view = views.view(of: proxy), let routed = try? view.routedListeners() else {
        continue
      }
      lists.formUnion(proxy.lists)
      for listener in routed {
        let id = AccessListenerID(
          proxy: proxy.name, address: listener.listener.address, port: listener.listener.port)
        let decisions = AccessDecisions(listener.listener, in: view)
        if let same = known[decisions] {
          listeners[id] = same
          continue
        }
        let bundle = listener.trust.flatMap { desired.trustBundles[$0.name] }
        let chains = ChainJudge(
          trusted: bundle.map { tree.trustedAuthorities($0.authorities) } ?? [],
          published: published, now: now, freshLists: freshLists
        ).ends
        let access = AccessListener(
          listener, view: view, chains: chains,
          direct: (bundle?.authorities ?? []).flatMap { tree.directAuthorities($0) })
        listeners[id] = access
        known[decisions] = access
      }
    }
    self.listeners = listeners
    listed = Set(lists.joined())
  }

  /// Whether a certificate passes every check that does not depend on the listener.
  func isGood(_ certificate: IssuedCertificate) -> Bool {
    let purposes = certificate.facts.extendedKeyUsage
    return !certificate.isExpired(at: now) && !published.isRevoked(certificate.id)
      && purposes?.contains(.clientAuth) ?? true
  }
}

/// What a listener's decisions follow from, within one state. Where requests go and which server
/// answers is not part of it, so that thousands of proxies may decide alike.
private struct AccessDecisions: Hashable {
  private struct Route: Hashable {
    let path: String
    let verify: ClientVerification?
    let allow: NameList?
    let addresses: [IPRange]?
    let identities: NameList?
  }

  private let form: PrintedName.Form
  private let trust: Name?
  private let verify: ClientVerification
  private let allow: NameList?
  private let addresses: [IPRange]?
  private let routes: [Route]
  private let refused: [RefusedCertificate]

  init(_ listener: Listener, in view: ProxyView) {
    form = view.proxy.software.form
    trust = listener.trust
    verify = listener.verify
    allow = listener.allow
    addresses = listener.addresses
    routes = listener.routes.map {
      Route(
        path: $0.path, verify: $0.verify, allow: $0.allow, addresses: $0.addresses,
        identities: $0.identities)
    }
    refused = view.refused
  }
}

/// Which authorities of a trust bundle a handshake can end at, as OpenSSL decides with
/// `X509_V_FLAG_CRL_CHECK_ALL`: every certificate above the leaf is valid, and every one has a
/// fresh CRL.
private struct ChainJudge {
  private let trusted: [KeyID: IssuedCertificate]
  private let published: PublishedState
  private let now: Timestamp
  private let freshLists: Set<KeyID>

  init(
    trusted: [IssuedCertificate], published: PublishedState, now: Timestamp,
    freshLists: Set<KeyID>
  ) {
    self.trusted = Dictionary(
      trusted.map { ($0.facts.keyID, $0) }, uniquingKeysWith: { first, _ in first })
    self.published = published
    self.now = now
    self.freshLists = freshLists
  }

  /// By issuer, the last second in which its whole chain is valid.
  var ends: [KeyID: Timestamp] {
    var ends: [KeyID: Timestamp] = [:]
    for key in trusted.keys { ends[key] = end(of: key) }
    return ends
  }

  private func end(of key: KeyID) -> Timestamp? {
    var end = Timestamp.endOfTime
    var next = key
    var seen: Set<KeyID> = []
    while seen.insert(next).inserted {
      guard let authority = trusted[next], !authority.isExpired(at: now), hasFreshList(next),
        authority.isSelfSigned || !published.isRevoked(authority.id)
      else { return nil }
      end = min(end, authority.facts.notAfter)
      if authority.isSelfSigned { return end }
      next = authority.id.issuer
    }
    return nil
  }

  private func hasFreshList(_ key: KeyID) -> Bool {
    freshLists.contains(key)
      || published.revocationLists[key].map { $0.nextUpdate >= now } ?? false
  }
}
