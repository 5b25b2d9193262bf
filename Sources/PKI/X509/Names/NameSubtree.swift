/// A name taken apart for the comparison with subtrees.
enum ConstrainedName {
  case dns(String)
  case ip(IPAddress)
  case host(String)
  case mail(local: String, host: String)

  /// Nil for names whose parts cannot be told: OpenSSL refuses those too.
  init?(_ name: SubjectAlternativeName) {
    switch name.kind {
    case .dns: self = .dns(name.value.lowercased())
    case .ip:
      guard let address = IPAddress(name.value) else { return nil }
      self = .ip(address)
    case .uri:
      guard let host = Self.host(ofURI: name.value) else { return nil }
      self = .host(host)
    case .email:
      guard let at = name.value.lastIndex(of: "@") else { return nil }
      let host = name.value[name.value.index(after: at)...]
      self = .mail(local: String(name.value[..<at]), host: host.lowercased())
    }
  }

  /// The host between `//` and the port or the path. User information, and queries without a path,
  /// would be read differently by different readers: such a URI has no host here.
  private static func host(ofURI uri: String) -> String? {
    guard let colon = uri.firstIndex(of: ":") else { return nil }
    let rest = uri[uri.index(after: colon)...]
    guard rest.hasPrefix("//") else { return nil }
    let authority = rest.dropFirst(2).prefix { $0 != "/" }
    guard !authority.contains(where: { "@?#[]".contains($0) }) else { return nil }
    let host = authority.prefix { $0 != ":" }
    return host.isEmpty ? nil : host.lowercased()
  }
}

/// One subtree of name constraints with its rule of matching.
struct NameSubtree {
  private enum Base {
    case dns(String)
    case ip(IPRange)
    case uri(String)
    case mail(String)
  }

  private let base: Base
  /// For people.
  let text: String

  private init(_ base: Base, _ text: String) {
    self.base = base
    self.text = text
  }

  static func all(
    in subtrees: NameConstraints.Subtrees, for kind: SubjectAlternativeName.Kind
  ) -> [NameSubtree] {
    switch kind {
    case .dns: subtrees.dnsNames.map { NameSubtree(.dns($0.lowercased()), $0) }
    case .ip: subtrees.ipRanges.map { NameSubtree(.ip($0), $0.description) }
    case .uri: subtrees.uriDomains.map { NameSubtree(.uri($0.lowercased()), $0) }
    case .email: subtrees.emailAddresses.map { NameSubtree(.mail($0), $0) }
    }
  }

  func holds(_ name: ConstrainedName) -> Bool {
    switch (base, name) {
    case (.dns(let base), .dns(let name)): Self.domain(base, holds: name)
    case (.ip(let range), .ip(let address)): range.contains(address)
    case (.uri(let base), .host(let host)): Self.host(base, holds: host)
    case (.mail(let base), .mail(let local, let host)):
      Self.mailbox(base, holds: local, at: host)
    case (.dns, _), (.ip, _), (.uri, _), (.mail, _): false
    }
  }

  /// The domain and everything below it; with a leading dot only what is below; empty holds all.
  private static func domain(_ base: String, holds name: String) -> Bool {
    if base.isEmpty { return true }
    return base.hasPrefix(".")
      ? name.hasSuffix(base) && name != base
      : name == base || name.hasSuffix("." + base)
  }

  /// A host alone, or with a leading dot everything below a domain.
  private static func host(_ base: String, holds host: String) -> Bool {
    base.hasPrefix(".") ? host.hasSuffix(base) && host != base : host == base
  }

  /// A mailbox, whose local part keeps its case, all mailboxes of a host, or with a leading dot of
  /// all hosts below a domain.
  private static func mailbox(_ base: String, holds local: String, at host: String) -> Bool {
    guard let at = base.lastIndex(of: "@") else {
      return Self.host(base.lowercased(), holds: host)
    }
    let wanted = base[..<at]
    return (wanted.isEmpty || wanted == local)
      && base[base.index(after: at)...].lowercased() == host
  }

  /// Whether some name that a wildcard matches lies in this subtree. A wildcard stands for one
  /// label, so the domain itself or one label below it is within reach.
  func couldHoldMatch(ofWildcard name: ConstrainedName) -> Bool {
    guard case .dns(let base) = base, case .dns(let name) = name,
      let dot = name.firstIndex(of: "."), name[..<dot].contains("*")
    else { return false }
    let parent = String(name[name.index(after: dot)...])
    if Self.domain(base, holds: parent) || base == "." + parent { return true }
    guard !base.hasPrefix("."), base.hasSuffix("." + parent) else { return false }
    return !base.dropLast(parent.utf8.count + 1).contains(".")
  }
}

extension NameConstraints.Subtrees {
  func matchers(for kind: SubjectAlternativeName.Kind) -> [NameSubtree] {
    NameSubtree.all(in: self, for: kind)
  }
}
