import PKI
import Testing

/// When the first listener refuses everyone.
struct ForecastTests {
  private func forecast(_ text: String) throws -> [AccessForecast] {
    var authority = UnsignedAuthority()
    let state = try desired(twoAuthorities + text)
    try authority.apply(state, at: start)
    return AccessForecast.listeners(desired: state, published: authority.published, at: start)
  }

  private func people(_ server: String = "", _ client: String = "") -> String {
    """
    ---
    kind: Server
    name: front
    issuer: edge
    dnsNames: [localhost]
    \(server)
    ---
    kind: TrustBundle
    name: clients
    authorities: [edge]
    ---
    kind: Client
    name: a
    issuer: edge
    \(client)

    """
  }

  private func proxy(_ lines: String) -> String {
    "---\nkind: Proxy\nname: pay\nsoftware: nginx\ndirectory: /etc/x\nserver: front\n"
      + "listen: 8443\n\(lines)\nroutes: [{path: /}]\n"
  }

  private static let required = "clients: {trust: clients, verify: required}"

  @Test func `what ends first decides`() throws {
    let crl = try #require(forecast(people() + proxy(Self.required)).first)
    #expect(crl.everyone.cause.sentence.hasPrefix("the CRL of"))
    #expect(crl.someone == nil)
    let client = try #require(forecast(people("", "lifetime: 1d") + proxy(Self.required)).first)
    #expect(client.everyone.cause == .clients)
    #expect(client.everyone.time == Timestamp("2026-01-01T23:54:59Z"))
    let server = try #require(forecast(people("lifetime: 2d") + proxy(Self.required)).first)
    #expect(server.everyone.cause == .server(try name("front")))
  }

  @Test func `where no certificate is needed only the server's own counts`() throws {
    let optional = try #require(
      forecast(people() + proxy("clients: {trust: clients, verify: optional}")).first)
    #expect(optional.everyone.cause == .server(try name("front")))
    #expect(optional.someone?.cause.code.word == "crl")
    let open = try #require(forecast(people() + proxy("clients: {verify: none}")).first)
    #expect(open.everyone.cause == .server(try name("front")))
    #expect(open.someone == nil)
  }

  @Test func `the listener that ends first comes first`() throws {
    let more =
      people() + proxy(Self.required)
      + proxy("clients: {verify: none}").replacing("name: pay", with: "name: open")
    #expect(try forecast(more).map(\.listener.proxy.text) == ["pay", "open"])
    #expect(try forecast(people()).isEmpty)
  }
}
