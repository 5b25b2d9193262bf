import Foundation
import PKI
import Testing

/// What `status` says of the day when the job has stopped is what OpenSSL then says.
struct ForecastTests {
  private struct Report: Decodable {
    struct End: Decodable {
      let at: String
      let cause: String
      let name: String?
    }

    struct Listener: Decodable {
      let proxy: String
      let listener: String
      let refusesEveryone: End
      let refusesSomeone: End?
    }

    let forecast: [Listener]
    let firstRefusal: String?
  }

  private static let proxies = """
    kind: TrustBundle
    name: clients
    authorities: [issuing]
    ---
    kind: Proxy
    name: strict
    software: nginx
    directory: /etc/x
    server: api
    listen: 443
    clients: {trust: clients, verify: required}
    routes: [{path: /}]
    ---
    kind: Proxy
    name: lax
    software: apache
    directory: /etc/x
    server: api
    listen: 127.0.0.1:8443
    clients: {trust: clients, verify: optional}
    routes: [{path: /}]

    """

  private func report(_ world: World, at time: Timestamp) throws -> Report {
    let outcome = try world.certwright(["status", "--format", "json", "--at", "\(time)"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: Data(outcome.output.utf8))
  }

  @Test func `the first listener refuses everyone at the second that status names`() throws {
    let world = try World(Sample.files.merging(["proxies.yaml": Self.proxies]) { $1 })
    try world.converge(at: World.start)
    let report = try report(world, at: World.start + .days(1))
    #expect(report.forecast.map(\.proxy) == ["strict", "lax"])
    let strict = try #require(report.forecast.first)
    #expect(strict.refusesEveryone.cause == "crl" && strict.refusesEveryone.name == "issuing")
    #expect(report.firstRefusal == strict.refusesEveryone.at)
    let lax = try #require(report.forecast.last)
    #expect(lax.listener == "127.0.0.1:8443" && lax.refusesEveryone.cause == "server")
    #expect(lax.refusesSomeone?.at == strict.refusesEveryone.at)

    let end = try #require(Timestamp(strict.refusesEveryone.at))
    try judge(world, at: Timestamp(seconds: end.seconds - 1)).expect(says: "OK")
    try judge(world, at: end).expect(2, says: "CRL has expired")
    let server = try #require(Timestamp(lax.refusesEveryone.at))
    #expect(try world.certificate("api").notAfter == server)

    let metrics = try world.certwright([
      "status", "--format", "prometheus", "--at", "\(World.start)",
    ]).output
    #expect(metrics.contains("\ncertwright_first_refusal_timestamp_seconds \(end.seconds)\n"))
    #expect(
      metrics.contains(
        "certwright_listener_refusal_timestamp_seconds"
          + "{proxy=\"strict\",listener=\"443\",software=\"nginx\"} \(end.seconds)"))
    try world.certwright(["status", "--at", "\(World.start)"])
      .expect(says: "if nothing runs again, strict:443 will refuse everyone at \(end)")
  }

  /// Verifies a client with exactly what the bundle trusts.
  private func judge(_ world: World, at time: Timestamp) throws -> Outcome {
    let place = try Judge.export(world)
    return try Program.run(
      [
        "openssl", "verify", "-crl_check_all", "-purpose", "sslclient", "-attime",
        "\(time.seconds)", "-CAfile", "proxies/strict/trust/clients.pem", "-CRLfile",
        "proxies/strict/crl/clients.pem", "identities/app1.pem",
      ], in: place)
  }
}
