/// A route with the places of the names that it refers to.
struct RouteDraft: Hashable, Sendable {
  let route: Route
  let allow: LocatedNames?
  let identities: LocatedNames?

  /// The same with lists that others have, too.
  func sharing(_ lists: inout Set<NameList>) -> RouteDraft {
    let allow = allow?.sharing(&lists)
    let identities = identities?.sharing(&lists)
    return RouteDraft(
      route: route.with(place: route.place, allow: allow?.list, identities: identities?.list),
      allow: allow, identities: identities)
  }
}

/// The fields of a route.
enum RouteFields {
  private static let path = Field(
    "path", .configurationPath, required: true,
    "Itself and everything below it; of several the longest wins.", example: "/admin")
  private static let upstreams = Field(
    "upstreams", .list(of: .upstream),
    "Where requests go, spread evenly; without any the proxy answers 200 itself.",
    example: ["192.0.2.10:8000"])
  private static let verify = Field(
    "verify", Shape<ClientVerification>.choice(of: "a verification"),
    "Whether a client must show a certificate; as on the listener where it is not given.",
    example: "optional")
  private static let allow = Field(
    "allow", .names, "Only these identities; as on the listener where it is not given.",
    example: ["app1"])
  private static let addresses = Field(
    "addresses", .list(of: .ipRange),
    "Only these source addresses; as on the listener where it is not given.",
    example: ["10.0.0.0/8"])
  private static let identities = Field(
    "identities", .names,
    "Only requests of these identities take this route, others the next one of the same path.",
    example: ["app1"])

  static let shape = MappingShape<RouteDraft>(
    noun: "a route",
    fields: [
      path.description, upstreams.description, verify.description, allow.description,
      addresses.description, identities.description,
    ]
  ) { decoder in
    let path = decoder.take(path)
    let upstreams = decoder.take(upstreams)
    let verify = decoder.take(verify)
    let allow = decoder.take(allow)
    let addresses = decoder.take(addresses)
    let identities = decoder.take(identities)
    guard let path else { return nil }
    let route = Route(
      place: decoder.place, path: path, upstreams: upstreams?.map(\.value) ?? [], verify: verify,
      allow: allow?.list, addresses: addresses?.map(\.value), identities: identities?.list)
    return RouteDraft(route: route, allow: allow, identities: identities)
  }
}
