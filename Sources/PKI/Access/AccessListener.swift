/// A listener as its rendered configuration decides: the same lists, pins and route order, asked
/// for one certificate at a time. Listeners that decide alike are one of these.
final class AccessListener: Sendable {
  private let routed: RoutedListener
  private let form: PrintedName.Form
  /// The authorities below which a handshake succeeds, with the end of the chain above a leaf.
  private let chains: [KeyID: Timestamp]
  private let numbers: [String: Int]
  /// The numbers of those names that authorities of the trust bundle have.
  private let known: [DistinguishedName: Int]
  private let entries: [String: Set<IdentityList.Entry>]
  private let refused: Set<String>
  /// Whether any authority of the trust bundle itself can be chained to.
  private let isTrusting: Bool

  /// - Parameter direct: the authorities that the trust bundle names.
  init(
    _ routed: RoutedListener, view: ProxyView, chains: [KeyID: Timestamp],
    direct: [IssuedCertificate]
  ) {
    isTrusting = direct.contains { chains[$0.facts.keyID] != nil }
    self.routed = routed
    self.chains = chains
    let form = view.proxy.software.form
    self.form = form
    let issuers = routed.trust?.issuers(form) ?? []
    let numbers = Dictionary(
      issuers.enumerated().map { ($0.element, $0.offset + 1) },
      uniquingKeysWith: { first, _ in first })
    self.numbers = numbers
    known = Dictionary(
      direct.compactMap { authority in
        let name = authority.facts.subject
        return PrintedName(name).text(form).flatMap { numbers[$0] }.map { (name, $0) }
      }, uniquingKeysWith: { first, _ in first })
    entries = Dictionary(
      routed.lists.map { ($0.id, Set($0.entries(in: view, issuers, form))) },
      uniquingKeysWith: { first, _ in first })
    refused = Set(view.refusedEntries(issuers, form))
  }

  /// Whether certificates are asked for at all.
  var asksForCertificates: Bool { routed.trust != nil }
  var paths: [String] { routed.groups.map(\.path) }
  var issuers: Dictionary<KeyID, Timestamp>.Keys { chains.keys }

  /// Who a client is to the configuration.
  enum Client: Hashable, Sendable {
    /// It shows no certificate, or is not asked for one.
    case nobody
    /// The handshake, or every request after it, is refused.
    case failed
    /// Its certificate verifies and stands for nobody here.
    case bad
    /// Nil is on no list.
    case valid(IdentityList.Entry?)
  }

  /// - Parameter isGood: unexpired, not revoked and made for clients.
  func client(_ shown: ShownCertificate, isGood: Bool) -> Client {
    let certificate = shown.certificate
    guard asksForCertificates else { return .nobody }
    guard isGood, chains[certificate.id.issuer] != nil else { return .failed }
    guard let number = number(of: certificate.facts.issuer) else { return .bad }
    if !refused.isEmpty, refused.contains("\(number) \(shown.serial)") { return .bad }
    guard !entries.isEmpty, let subject = shown.subject.text(form) else { return .valid(nil) }
    return .valid(IdentityList.Entry(issuer: number, subject: subject))
  }

  private func number(of issuer: DistinguishedName) -> Int? {
    known[issuer] ?? PrintedName(issuer).text(form).flatMap { numbers[$0] }
  }

  /// A client that holds some certificate of an issuer and is on no list.
  func stranger(below issuer: KeyID, named name: DistinguishedName?) -> Client {
    guard asksForCertificates else { return .nobody }
    guard chains[issuer] != nil else { return .failed }
    guard let text = name.flatMap({ PrintedName($0).text(form) }), numbers[text] != nil else {
      return .bad
    }
    return .valid(nil)
  }

  /// The last second in which the chain above the issuer's leaves is valid.
  func chainEnd(_ issuer: KeyID) -> Timestamp? { chains[issuer] }

  /// Where requests for a path may come from; nil when they are refused.
  func admission(of client: Client, to path: String) -> Admission? {
    guard client != .failed,
      let group = routed.groups.first(where: { Self.covers($0.path, path) }),
      let route = group.routes.map({ routed.routes[$0] }).first(where: { takes($0, client) }),
      route.sources?.isEmpty != true, passes(route, client)
    else { return nil }
    return Admission(sources: route.sources)
  }

  /// How many clients a path has room for: those of its lists, or everybody.
  func capacity(of path: String) -> Int {
    guard let group = routed.groups.first(where: { Self.covers($0.path, path) }) else { return 0 }
    var sum = 0
    for route in group.routes.map({ routed.routes[$0] }) {
      guard route.verify == .required else { return .max }
      guard isTrusting else { continue }
      guard let list = route.allow ?? route.only else { return .max }
      sum += entries[list.id]?.count ?? 0
    }
    return sum
  }

  /// The first route of a path that takes the client is its route.
  private func takes(_ route: EffectiveRoute, _ client: Client) -> Bool {
    route.only.map { holds($0, client) } ?? true
  }

  private func passes(_ route: EffectiveRoute, _ client: Client) -> Bool {
    switch (route.verify, client) {
    case (.none, _): true
    case (.optional, .nobody): true
    case (.optional, .valid), (.required, .valid):
      route.allow.map { holds($0, client) } ?? true
    default: false
    }
  }

  private func holds(_ list: IdentityList, _ client: Client) -> Bool {
    guard case .valid(let entry?) = client else { return false }
    return entries[list.id]?.contains(entry) == true
  }

  /// At segment boundaries, as ``RoutePattern/below(_:)``.
  private static func covers(_ path: String, _ other: String) -> Bool {
    path == "/" || other == path || other.hasPrefix(path + "/")
  }
}

/// A certificate as it is shown to many listeners: what they compare is printed once.
final class ShownCertificate {
  let certificate: IssuedCertificate
  private(set) lazy var subject = PrintedName(certificate.facts.subject)
  private(set) lazy var serial = certificate.facts.serial.description.uppercased()

  init(_ certificate: IssuedCertificate) {
    self.certificate = certificate
  }
}

/// A request that is let through.
struct Admission: Hashable, Sendable {
  /// Only from these addresses; nil is all.
  let sources: [IPRange]?

  /// The blocks that another admission does not cover.
  func sources(beyond other: Admission) -> [IPRange] {
    guard let others = other.sources else { return [] }
    return (sources ?? Self.everywhere).filter { block in
      !others.contains { $0.contains(block) }
    }
  }

  private static let everywhere = [
    [UInt8](repeating: 0, count: 4), [UInt8](repeating: 0, count: 16),
  ]
  .compactMap { IPAddress(bytes: $0) }.compactMap { IPRange(address: $0, prefixLength: 0) }
}

extension ProxySoftware {
  /// How it prints names.
  var form: PrintedName.Form { self == .apache ? .utf8 : .escaped }
}
