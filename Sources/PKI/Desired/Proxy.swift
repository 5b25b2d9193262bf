/// A declared reverse proxy that terminates mutual TLS.
package struct Proxy: Hashable, Sendable {
  package let name: Name
  package let place: Place
  package let software: ProxySoftware
  /// The absolute folder in which the bundle lies on the host.
  package let directory: String
  /// At least one, no two on one address and port.
  package let listeners: [Listener]
  package let isProtected: Bool

  package init(
    name: Name, place: Place, software: ProxySoftware, directory: String, listeners: [Listener],
    isProtected: Bool
  ) {
    self.name = name
    self.place = place
    self.software = software
    self.directory = directory
    self.listeners = listeners
    self.isProtected = isProtected
  }
}

package enum ProxySoftware: String, Hashable, Sendable, CaseIterable {
  case nginx
  case haproxy
  case apache
}

/// Whether a client must show a certificate.
package enum ClientVerification: String, Hashable, Comparable, Sendable, CaseIterable {
  /// No certificate is asked for.
  case none
  /// A certificate is asked for; without one the request passes unidentified.
  case optional
  /// A request without a certificate is refused.
  case required

  private var strictness: Int {
    switch self {
    case .none: 0
    case .optional: 1
    case .required: 2
    }
  }

  package static func < (left: ClientVerification, right: ClientVerification) -> Bool {
    left.strictness < right.strictness
  }
}

/// One address and port of a proxy with one server certificate.
package struct Listener: Hashable, Sendable {
  package let place: Place
  /// The server identity whose certificate is shown.
  package let server: Name
  /// The address to bind; nil binds every address, IPv4 and IPv6.
  package let address: IPAddress?
  package let port: Int
  /// The trust bundle that judges clients; always there unless `verify` is none on every route.
  package let trust: Name?
  package let verify: ClientVerification
  /// Only these identities; nil accepts every identity of the trust bundle.
  package let allow: NameList?
  /// Only these source addresses; nil accepts all.
  package let addresses: [IPRange]?
  /// At least one; no two with the same path and the same identities.
  package let routes: [Route]

  package init(
    place: Place, server: Name, address: IPAddress?, port: Int, trust: Name?,
    verify: ClientVerification, allow: NameList?, addresses: [IPRange]?, routes: [Route]
  ) {
    self.place = place
    self.server = server
    self.address = address
    self.port = port
    self.trust = trust
    self.verify = verify
    self.allow = allow
    self.addresses = addresses
    self.routes = routes
  }

  /// What the handshake asks for: the weakest verification of all routes, since a handshake comes
  /// before the path is known. It asks for a certificate unless no route wants one: otherwise a
  /// route that wants one could never be reached.
  package var handshake: ClientVerification {
    let wanted = routes.map { $0.verify ?? verify }
    guard let weakest = wanted.min(), let strictest = wanted.max() else { return verify }
    return strictest == .none ? .none : max(weakest, .optional)
  }
}

/// A part of a listener's paths and where its requests go.
///
/// Of all routes whose path is a prefix of the request's, the longest wins; of several with that
/// path the first whose `identities` hold the client's.
package struct Route: Hashable, Sendable {
  package let place: Place
  /// Absolute; matches itself and everything below it, at segment boundaries.
  package let path: String
  /// Where requests go, spread evenly; empty answers 200 itself without any upstream.
  package let upstreams: [Upstream]
  /// nil takes the listener's.
  package let verify: ClientVerification?
  /// nil takes the listener's.
  package let allow: NameList?
  /// nil takes the listener's.
  package let addresses: [IPRange]?
  /// Only requests of these identities take this route, others go on to the next route of the same
  /// path; nil takes all.
  package let identities: NameList?

  package init(
    place: Place, path: String, upstreams: [Upstream], verify: ClientVerification?,
    allow: NameList?, addresses: [IPRange]?, identities: NameList?
  ) {
    self.place = place
    self.path = path
    self.upstreams = upstreams
    self.verify = verify
    self.allow = allow
    self.addresses = addresses
    self.identities = identities
  }
}

extension Route {
  package func with(place: Place, allow: NameList?, identities: NameList?) -> Route {
    Route(
      place: place, path: path, upstreams: upstreams, verify: verify, allow: allow,
      addresses: addresses, identities: identities)
  }
}

extension Listener {
  package func with(allow: NameList?, routes: [Route]) -> Listener {
    Listener(
      place: place, server: server, address: address, port: port, trust: trust, verify: verify,
      allow: allow, addresses: addresses, routes: routes)
  }

  /// Every list of identities that the listener or a route has.
  package var lists: [NameList] {
    ([allow] + routes.flatMap { [$0.allow, $0.identities] }).compactMap(\.self)
  }
}

extension Proxy {
  package func with(listeners: [Listener]) -> Proxy {
    Proxy(
      name: name, place: place, software: software, directory: directory, listeners: listeners,
      isProtected: isProtected)
  }

  /// Every list of identities that it has, each once.
  package var lists: Set<NameList> { Set(listeners.flatMap(\.lists)) }
}

/// An address and port behind a proxy, spoken to over plain HTTP.
package struct Upstream: Hashable, Sendable, CustomStringConvertible {
  /// A host name or an address; IPv6 without brackets.
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
