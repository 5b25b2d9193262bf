/// When each listener will refuse everyone, if nothing is ever signed again.
///
/// All three proxies fail closed: on a certificate of the chain that has expired and on a CRL past its
/// nextUpdate (facts of nginx 1.22, HAProxy 2.6 and Apache 2.4, which all ask OpenSSL).
package struct AccessForecast: Hashable, Sendable {
  package enum Cause: Hashable, Sendable {
    /// The certificate that the listener shows.
    case server(Name)
    /// A certificate above the server's or the clients'.
    case authority(Name)
    case revocationList(Name)
    /// A CRL that was never published.
    case missingRevocationList(Name)
    /// The last certificate of any client.
    case clients
  }

  /// A moment at which OpenSSL no longer accepts something; it takes a notAfter or nextUpdate of
  /// this very second for past.
  package struct End: Hashable, Sendable {
    package let time: Timestamp
    package let cause: Cause
  }

  package let listener: AccessListenerID
  package let software: ProxySoftware
  /// When nobody gets in any more, with a certificate or, where none is needed, without.
  package let everyone: End
  /// When the clients of some authority are refused; nil when that is not earlier.
  package let someone: End?

  package init(
    listener: AccessListenerID, software: ProxySoftware, everyone: End, someone: End?
  ) {
    self.listener = listener
    self.software = software
    self.everyone = everyone
    self.someone = someone
  }
}

extension AccessForecast.Cause {
  /// The end of a sentence that says why.
  package var sentence: String {
    switch self {
    case .server(let name): "the certificate of server \(name) expires"
    case .authority(let name): "the certificate of authority \(name) expires"
    case .revocationList(let name): "the CRL of \(name) expires"
    case .missingRevocationList(let name): "\(name) has no CRL"
    case .clients: "the last certificate of a client expires"
    }
  }

  /// The stable word for machines, and of what.
  package var code: (word: String, name: Name?) {
    switch self {
    case .server(let name): ("server", name)
    case .authority(let name): ("authority", name)
    case .revocationList(let name): ("crl", name)
    case .missingRevocationList(let name): ("missing-crl", name)
    case .clients: ("clients", nil)
    }
  }
}

extension AccessForecast {
  /// The forecast of every published listener, the first to refuse everyone first.
  ///
  /// - Parameter at: the moment that the bundles were rendered for.
  package static func listeners(
    desired: DesiredState, published: PublishedState, at: Timestamp
  ) -> [AccessForecast] {
    guard !desired.proxies.isEmpty else { return [] }
    let forecaster = Forecaster(desired: desired, published: published, at: at)
    return desired.proxies.values.flatMap { proxy -> [AccessForecast] in
      guard forecaster.tree.hasBundle(proxy) else { return [] }
      return proxy.listeners.compactMap { forecaster.forecast($0, of: proxy) }
    }.sorted {
      ($0.everyone.time, $0.listener) < ($1.everyone.time, $1.listener)
    }
  }
}

private struct Forecaster {
  let tree: PublishedTree
  private let published: PublishedState
  /// The last second of the last client's certificate, by issuer.
  private let lastClients: [KeyID: Timestamp]

  init(desired: DesiredState, published: PublishedState, at: Timestamp) {
    tree = PublishedTree(desired: desired, published: published, at: at)
    self.published = published
    var last: [KeyID: Timestamp] = [:]
    for certificate in published.certificates.values
    where !certificate.facts.isAuthority && !published.isRevoked(certificate.id)
      && certificate.facts.extendedKeyUsage?.contains(.clientAuth) ?? true
    {
      let end = certificate.facts.notAfter
      last[certificate.id.issuer] = max(last[certificate.id.issuer] ?? end, end)
    }
    lastClients = last
  }

  func forecast(_ listener: Listener, of proxy: Proxy) -> AccessForecast? {
    guard let server = published.current(of: listener.server) else { return nil }
    let own =
      ([End(time: server.facts.notAfter, cause: .server(listener.server))]
      + published.issuers(above: server).map(end)).earliest
    guard let own else { return nil }
    let ends = listener.handshake == .none ? [] : clientEnds(listener)
    // Without a certificate the optional routes stay open as long as the server's own is good.
    let isOpen = listener.handshake != .required
    let latest = isOpen ? own : ends.map { [$0, own].earliest ?? own }.latest ?? own
    let first = (ends + [own]).earliest ?? own
    return AccessForecast(
      listener: AccessListenerID(
        proxy: proxy.name, address: listener.address, port: listener.port),
      software: proxy.software, everyone: latest,
      someone: first.time < latest.time ? first : nil)
  }

  private typealias End = AccessForecast.End

  /// When the clients of each authority of the trust bundle are refused.
  private func clientEnds(_ listener: Listener) -> [End] {
    guard let bundle = listener.trust.flatMap({ tree.desired.trustBundles[$0] }) else { return [] }
    return bundle.authorities.flatMap { tree.directAuthorities($0) }.compactMap { authority in
      // An authority that certified no client lets nobody in and is no loss.
      guard let last = lastClients[authority.facts.keyID] else { return nil }
      let chain = [authority] + published.issuers(above: authority)
      return
        (chain.flatMap { [end($0), listEnd($0)] } + [End(time: last, cause: .clients)]).earliest
    }
  }

  private func end(_ authority: IssuedCertificate) -> End {
    End(time: authority.facts.notAfter, cause: .authority(published.owner(of: authority)))
  }

  private func listEnd(_ authority: IssuedCertificate) -> End {
    let name = published.owner(of: authority)
    guard let list = published.revocationLists[authority.facts.keyID] else {
      return End(time: tree.at, cause: .missingRevocationList(name))
    }
    return End(time: list.nextUpdate, cause: .revocationList(name))
  }
}

extension [AccessForecast.End] {
  fileprivate var earliest: Element? { self.min { $0.time < $1.time } }
  fileprivate var latest: Element? { self.max { $0.time < $1.time } }
}
