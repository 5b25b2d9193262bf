/// A listener with everything resolved that the proxies' configurations have in common.
struct RoutedListener: Sendable {
  /// Unique in the proxy and stable while the address and port are: `443`, `443_7f000001`.
  let id: String
  let listener: Listener
  let server: ServerMaterial
  /// nil when no route looks at certificates.
  let trust: TrustedClients?
  /// Longest path first.
  let groups: [PathGroup]
  let routes: [EffectiveRoute]

  /// What the handshake asks for. A listener with routes of `none` beside others must ask too: a
  /// certificate that is never asked for cannot be shown to the stricter routes.
  var handshake: ClientVerification {
    if trust == nil { return .none }
    return routes.allSatisfy { $0.verify == .required } ? .required : .optional
  }

  /// The file of the server's chain below the bundle; its key has `.key` added.
  var serverFile: String { "servers/\(listener.server).pem" }

  init(_ listener: Listener, in view: ProxyView) throws(ProxyViewError) {
    self.listener = listener
    id = RoutedListener.id(of: listener)
    guard let server = view.servers[listener.server] else {
      throw .missingServer(listener.server)
    }
    self.server = server
    routes = try RoutedListener.routes(of: listener)
    groups = PathGroup.groups(of: listener.routes)
    guard routes.contains(where: { $0.verify != .none }) else {
      trust = nil
      return
    }
    guard let name = listener.trust, let material = view.trusts[name] else {
      throw .missingTrust(listener.place)
    }
    trust = TrustedClients(name: name, material: material)
  }

  private static func id(of listener: Listener) -> String {
    guard let address = listener.address else { return "\(listener.port)" }
    return "\(listener.port)_\(Hex.encode(address.bytes))"
  }

  private static func routes(
    of listener: Listener
  ) throws(ProxyViewError) -> [EffectiveRoute] {
    let id = id(of: listener)
    var routes: [EffectiveRoute] = []
    for (index, route) in listener.routes.enumerated() {
      for upstream in route.upstreams where !isHost(upstream.host) {
        throw .unsafeUpstream(upstream.host)
      }
      let verify = route.verify ?? listener.verify
      let allow =
        route.allow.map { IdentityList(id: "\(id)_allow_\(index)", names: $0) }
        ?? listener.allow.map { IdentityList(id: "\(id)_allow", names: $0) }
      routes.append(
        EffectiveRoute(
          index: index, verify: verify, allow: verify == .none ? nil : allow,
          sources: (route.addresses ?? listener.addresses),
          only: route.identities.map { IdentityList(id: "\(id)_only_\(index)", names: $0) },
          upstreams: route.upstreams))
    }
    return routes
  }

  private static func isHost(_ host: String) -> Bool {
    !host.isEmpty
      && host.utf8.allSatisfy { byte in
        byte < 128
          && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
            || ".:_-".utf8.contains(byte))
      }
  }

  /// Every declared list once, in declared order.
  var lists: [IdentityList] {
    var seen: Set<String> = []
    return routes.flatMap { [$0.allow, $0.only].compactMap(\.self) }.filter {
      seen.insert($0.id).inserted
    }
  }
}

/// The trust bundle of a listener, and the numbers by which the configuration speaks of its
/// authorities.
struct TrustedClients: Sendable {
  let name: Name
  let material: TrustMaterial

  var certificatesFile: String { "trust/\(name).pem" }
  /// A folder of its own, since `x.crl` is a name too.
  var revocationListsFile: String { "crl/\(name).pem" }

  /// The authorities whose leaves are accepted as the proxy prints them; the number of each is its
  /// place in this list, counted from 1. One that cannot be printed accepts nobody.
  func issuers(_ form: PrintedName.Form) -> [String] {
    Set(material.issuers.compactMap { $0.text(form) }).sorted()
  }
}

/// A declared list of identities.
struct IdentityList: Sendable {
  let id: String
  let names: NameList

  /// The certificates of the list's identities that the trust bundle accepts, as issuer number and
  /// printed subject, sorted, each once.
  func entries(in view: ProxyView, _ issuers: [String], _ form: PrintedName.Form) -> [Entry] {
    var numbers: [String: Int] = [:]
    for (index, issuer) in issuers.enumerated() { numbers[issuer] = index + 1 }
    let entries = names.flatMap { view.identities[$0] ?? [] }.compactMap { certificate in
      certificate.issuer.text(form).flatMap { numbers[$0] }.flatMap { number in
        certificate.subject.text(form).map { Entry(issuer: number, subject: $0) }
      }
    }
    return Set(entries).sorted { ($0.issuer, $0.subject) < ($1.issuer, $1.subject) }
  }

  struct Entry: Hashable, Sendable {
    let issuer: Int
    let subject: String
    /// A digit comes first, so that no subject can begin with what a list file gives a meaning.
    var text: String { "\(issuer) \(subject)" }
  }
}

/// A route with the listener's settings filled in.
struct EffectiveRoute: Sendable {
  let index: Int
  let verify: ClientVerification
  /// Always nil when `verify` is none.
  let allow: IdentityList?
  let sources: [IPRange]?
  let only: IdentityList?
  let upstreams: [Upstream]
}

/// The routes of one path.
struct PathGroup: Sendable {
  let path: String
  /// In declared order, which decides between them.
  let routes: [Int]
  /// Equal for paths that differ in case alone.
  let fold: Int

  /// Longest path first. A trailing slash makes no path of its own: backends that answer `/admin/`
  /// usually answer `/admin` alike.
  static func groups(of routes: [Route]) -> [PathGroup] {
    var members: [String: [Int]] = [:]
    for (index, route) in routes.enumerated() {
      members[trimmed(route.path), default: []].append(index)
    }
    let paths = members.keys.sorted {
      $0.utf8.count != $1.utf8.count ? $0.utf8.count > $1.utf8.count : $0 < $1
    }
    var folds: [String: Int] = [:]
    return paths.map { path in
      let folded = path.lowercased()
      let fold = folds[folded] ?? folds.count + 1
      folds[folded] = fold
      return PathGroup(path: path, routes: members[path] ?? [], fold: fold)
    }
  }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }
}

extension ProxyView {
  /// The listeners, in declared order, after a look at what no proxy could quote.
  func routedListeners() throws(ProxyViewError) -> [RoutedListener] {
    guard proxy.directory.hasPrefix("/"), proxy.directory.utf8.allSatisfy(isPlainPathByte) else {
      throw .unsafeDirectory(proxy.directory)
    }
    var listeners: [RoutedListener] = []
    for listener in proxy.listeners { listeners.append(try RoutedListener(listener, in: self)) }
    return listeners
  }

  /// The directory without a slash at its end.
  var directory: String {
    proxy.directory.hasSuffix("/") ? String(proxy.directory.dropLast()) : proxy.directory
  }

  /// Certificates, trust and CRLs, the same for every software.
  func material(_ listeners: [RoutedListener]) -> [BundleFile] {
    var files: [String: SharedContent] = [:]
    for listener in listeners {
      files[listener.serverFile] = listener.server.chain
      guard let trust = listener.trust else { continue }
      files[trust.certificatesFile] = trust.material.certificates
      files[trust.revocationListsFile] = trust.material.revocationLists
    }
    return files.map { BundleFile(path: $0.key, content: $0.value) }
  }

  /// The serials that are refused, as issuer number and upper-case hexadecimal digits.
  func refusedEntries(_ issuers: [String], _ form: PrintedName.Form) -> [String] {
    let entries = refused.compactMap { certificate -> String? in
      guard let issuer = certificate.issuer.text(form),
        let index = issuers.firstIndex(of: issuer)
      else { return nil }
      return "\(index + 1) \(certificate.serial.description.uppercased())"
    }
    return Set(entries).sorted()
  }

  /// A short word, unique to this proxy on its host, of letters, digits and underscores: prefixes
  /// every name in the configuration, so that bundles can share one daemon. nginx refuses variable
  /// names that do not fit a cache line, hence the limit.
  var prefix: String {
    let plain = proxy.name.text.utf8.allSatisfy { $0 != UInt8(ascii: "_") && $0 < 128 }
    let text = proxy.name.text
    if plain, text.utf8.count <= 16, !text.contains(where: { "/.-".contains($0) }) {
      return "cw_" + text
    }
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return "cw_x" + Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: hash >> (24 - 8 * $0)) })
  }
}

private func isPlainPathByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: "/._-+@~".utf8.contains(byte)
  }
}
