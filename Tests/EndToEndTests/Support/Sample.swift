import PKI

/// Pieces of desired state.
enum Sample {
  static let authorities = root + authority("issuing", "crl: {lifetime: 7d, refreshBefore: 3d}")

  static let root = """
    kind: Authority
    name: root
    subject: {commonName: Example Root CA}
    lifetime: 7300d
    crl: {lifetime: 60d, refreshBefore: 20d}

    """

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
