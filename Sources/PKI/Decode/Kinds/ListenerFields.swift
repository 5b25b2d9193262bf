/// A listener with the places of the names that it refers to.
struct ListenerDraft: Hashable, Sendable {
  let listener: Listener
  let server: Located<Name>
  let trust: Located<Name>?
  let allow: LocatedNames?
  let routes: [RouteDraft]

  /// The same with lists that others have, too.
  func sharing(_ lists: inout Set<NameList>) -> ListenerDraft {
    let allow = allow?.sharing(&lists)
    let routes = routes.map { $0.sharing(&lists) }
    return ListenerDraft(
      listener: listener.with(allow: allow?.list, routes: routes.map(\.route)), server: server,
      trust: trust, allow: allow, routes: routes)
  }
}

/// The fields of a listener.
enum ListenerFields {
  private static let server = Field(
    "server", Shape<Name>.name.located, required: true,
    "The Server or Peer whose certificate is shown.", example: "api")
  private static let listen = Field(
    "listen", .listenAddress, required: true, "A port, or an address and a port.", example: 443)
  private static let clients = Field(
    "clients", .mapping(ClientFields.shape),
    "Who may come in; nobody is asked for a certificate where it is not given.",
    example: ["trust": "edge-clients", "verify": "required"])
  private static let addresses = Field(
    "addresses", .list(of: .ipRange), "Only these source addresses.", example: ["10.0.0.0/8"])
  private static let routes = Field(
    "routes", .list(of: .mapping(RouteFields.shape)), required: true,
    "Paths and where their requests go.",
    example: [["path": "/", "upstreams": ["192.0.2.10:8000"]]])

  static let all = [
    server.description, listen.description, clients.description, addresses.description,
    routes.description,
  ]
  static let names = all.map(\.name)
  static let required = all.filter(\.isRequired).map(\.name)

  static let shape = MappingShape<ListenerDraft>(noun: "a listener", fields: all) { decoder in
    take(&decoder)
  }

  static func take(_ decoder: inout MappingDecoder) -> ListenerDraft? {
    let server = decoder.take(server)
    let listen = decoder.take(listen)
    let clients = decoder.take(clients)
    let addresses = decoder.take(addresses)
    let routes = decoder.take(routes)
    guard let server, let listen, let routes else { return nil }
    let drafts = routes.map(\.value)
    let listener = Listener(
      place: decoder.place, server: server.value, address: listen.address, port: listen.port,
      trust: clients?.trust?.value, verify: clients?.verify ?? .none,
      allow: clients?.allow?.list, addresses: addresses?.map(\.value),
      routes: drafts.map(\.route))
    return ListenerDraft(
      listener: listener, server: server, trust: clients?.trust, allow: clients?.allow,
      routes: drafts)
  }

  /// Reads the fields that stand there although they may not, so that one mistake gives one
  /// finding.
  static func takeAnyway(_ decoder: inout MappingDecoder) -> [ListenerDraft] {
    if decoder.has(listen.name) { _ = decoder.take(listen) }
    if decoder.has(clients.name) { _ = decoder.take(clients) }
    if decoder.has(addresses.name) { _ = decoder.take(addresses) }
    if decoder.has(routes.name) { _ = decoder.take(routes) }
    return []
  }
}

/// Who may come in through a listener.
private struct ClientDraft: Sendable {
  let trust: Located<Name>?
  let verify: ClientVerification
  let allow: LocatedNames?
}

private enum ClientFields {
  static let trust = Field(
    "trust", Shape<Name>.name.located, "The trust bundle that judges client certificates.",
    example: "edge-clients")
  static let verify = Field(
    "verify", Shape<ClientVerification>.choice(of: "a verification"), required: true,
    "Whether a client must show a certificate.", example: "required")
  static let allow = Field(
    "allow", .names, "Only these identities.", example: ["app1"])

  static let shape = MappingShape<ClientDraft>(
    fields: [trust.description, verify.description, allow.description]
  ) { decoder in
    let trust = decoder.take(trust)
    let verify = decoder.take(verify)
    let allow = decoder.take(allow)
    return verify.map { ClientDraft(trust: trust, verify: $0, allow: allow) }
  }
}

// MARK: - Addresses and ports

struct ListenAddress: Hashable, Sendable {
  let address: IPAddress?
  let port: Int
}

extension Shape where Value == ListenAddress {
  static var listenAddress: Shape {
    let schema: SchemaNode = [
      "anyOf": [
        ["type": "integer", "minimum": 1, "maximum": 65535],
        ["type": "string", "pattern": "^(.+:)?[1-9][0-9]{0,4}$"],
      ]
    ]
    return scalar("a port, or an address and a port", schema: schema) { text throws(ValueProblem) in
      if let port = Int(decimal: text) {
        guard (1...65_535).contains(port) else {
          throw ValueProblem("is not a port between 1 and 65535")
        }
        return ListenAddress(address: nil, port: port)
      }
      let (host, port) = try HostAndPort.split(text)
      guard let address = IPAddress(host) else {
        throw ValueProblem(
          "does not begin with an address",
          hint: "write it as in \"192.0.2.1:443\" or \"[::1]:443\"")
      }
      return ListenAddress(address: address, port: port)
    }
  }
}

extension Shape where Value == Upstream {
  static var upstream: Shape {
    scalar("a host and a port, as in \"192.0.2.10:8000\"") { text throws(ValueProblem) in
      let (host, port) = try HostAndPort.split(text)
      if let address = IPAddress(host) { return Upstream(host: address.description, port: port) }
      return try Upstream(host: DNSName.host(host), port: port)
    }
  }
}

/// `HOST:PORT`, with brackets around IPv6 addresses (RFC 3986 section 3.2.2).
enum HostAndPort {
  static func split(_ text: String) throws(ValueProblem) -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(decimal: text[text.index(after: colon)...]), (1...65_535).contains(port)
    else { throw ValueProblem("does not end with a colon and a port between 1 and 65535") }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      let inner = String(host.dropFirst().dropLast())
      guard let address = IPAddress(inner), !address.isIPv4 else {
        throw ValueProblem("has brackets around what is no IPv6 address")
      }
      return (inner, port)
    }
    if host.contains(":") {
      throw ValueProblem(
        "has an IPv6 address without brackets", hint: "write \"[\(host)]:\(port)\"")
    }
    return (String(host), port)
  }
}
