import PKI

/// Pieces of desired state.
enum Sample {
  static let authorities = root + authority("issuing", "crl: {lifetime: 7d, refreshBefore: 3d}")

  static let root = rootAuthority("lifetime: 7300d")

  static func rootAuthority(_ lines: String...) -> String {
    document(
      "Authority", "root",
      ["subject: {commonName: Example Root CA}", "crl: {lifetime: 60d, refreshBefore: 20d}"], lines)
  }

  /// A root, an issuing authority, a server and a client.
  static let files = [
    "authorities.yaml": authorities,
    "identities.yaml": server("api", "dnsNames: [api.example.com]") + client("app1"),
  ]

  static func authority(_ name: String, issuer: String = "root", _ lines: String...) -> String {
    document(
      "Authority", name, ["issuer: \(issuer)", "subject: {commonName: Example \(name) CA}"],
      lines.contains { $0.hasPrefix("lifetime:") } ? lines : lines + ["lifetime: 1095d"])
  }

  static func client(_ name: String, _ lines: String...) -> String {
    document("Client", name, withIssuer(lines))
  }

  static func clients(_ names: [String], _ lines: String...) -> String {
    "---\nkind: Client\nnames: [\(names.joined(separator: ", "))]\n"
      + withIssuer(lines).map { $0 + "\n" }.joined()
  }

  static func server(_ name: String, _ lines: String...) -> String {
    document("Server", name, withIssuer(lines))
  }

  /// A trust bundle of the issuing authority and an nginx with one route behind it.
  ///
  /// - Parameter clients: further fields of `clients`, such as `, allow: [app1]`.
  static func proxy(
    clients: String = "", upstream: String = "127.0.0.1:8000", software: String = "nginx",
    listen: String = "443", directory: String = "/etc/nginx/certwright"
  ) -> String {
    """
    ---
    kind: TrustBundle
    name: clients
    authorities: [issuing]
    ---
    kind: Proxy
    name: edge
    software: \(software)
    server: api
    listen: \(listen)
    directory: \(directory)
    clients: {trust: clients, verify: required\(clients)}
    routes: [{path: /, upstreams: ["\(upstream)"]}]

    """
  }

  static func revocation(_ lines: String...) -> String {
    "---\nkind: Revocation\n" + lines.map { $0 + "\n" }.joined()
  }

  private static func withIssuer(_ lines: [String]) -> [String] {
    lines.contains { $0.hasPrefix("issuer:") } ? lines : ["issuer: issuing"] + lines
  }

  private static func document(_ kind: String, _ name: String, _ lines: [String]...) -> String {
    "---\nkind: \(kind)\nname: \(name)\n" + lines.joined().map { $0 + "\n" }.joined()
  }
}
