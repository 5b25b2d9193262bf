/// The request headers by which a backend learns who the client is. They have one meaning on every
/// proxy; whatever a client sends under these names is removed on every route.
package enum IdentityHeader {
  /// `SUCCESS` or `NONE`, always there.
  package static let verify = "X-SSL-Client-Verify"
  /// RFC 2253, as the proxy prints it.
  package static let subject = "X-SSL-Client-Subject"
  package static let issuer = "X-SSL-Client-Issuer"
  /// Upper-case hexadecimal.
  package static let serial = "X-SSL-Client-Serial"
  /// The SHA-1 digest of the certificate's DER, 40 lower-case hexadecimal digits: the one
  /// fingerprint that all three proxies can print. It identifies a certificate in a log or a
  /// lookup and never authenticates one, since SHA-1 collisions can be made (RFC 6194): backends
  /// that need more hash ``certificate``. Apache leaves it out when mod_lua is not loaded.
  package static let fingerprint = "X-SSL-Client-Fingerprint"
  /// The certificate as RFC 9440 section 2.1 writes it: base64 of its DER between colons.
  package static let certificate = "Client-Cert"

  /// What the proxies say about the connection.
  package static let forwarded = [
    "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
  ]

  /// Every header that a proxy sets by itself.
  package static let own = forwarded + [verify, subject, issuer, serial, fingerprint, certificate]

  /// All names that are removed from requests, in every spelling, sorted.
  package static let removed: [String] = {
    var names = own + ["Client-Cert-Chain", "Forwarded", "X-SSL-Cert", "X-Forwarded-Client-Cert"]
    for prefix in ["SSL-Client", "X-SSL-Client", "X-Client"] {
      names += suffixes.map { "\(prefix)-\($0)" }
    }
    names += ["SSL-Client", "X-SSL-Client"]
    names += ["Scheme", "Server", "Ssl"].map { "X-Forwarded-" + $0 }
    return Set(names.flatMap(spellings)).sorted()
  }()

  /// A name with each of its dashes as a dash and as an underscore. CGI, WSGI and their kin make
  /// one variable of `A-B-C`, `A_B_C` and `A_B-C`, so that each of them would shadow the real
  /// header (RFC 3875 section 4.1.18). Case is no matter: proxies compare names ignoring it.
  private static func spellings(_ name: String) -> [String] {
    name.reduce(into: [""]) { texts, character in
      let signs = character == "-" ? ["-", "_"] : [String(character)]
      texts = texts.flatMap { text in signs.map { text + $0 } }
    }
  }

  private static let suffixes = [
    "CN", "Cert", "Cert-Chain", "Certificate", "Chain", "DN", "Escaped-Cert", "Fingerprint",
    "Hash", "I-DN", "I-DN-CN", "Issuer", "Issuer-DN", "M-Serial", "Raw-Cert", "S-DN", "S-DN-CN",
    "SHA1", "SHA256", "SAN", "Serial", "Subject", "Subject-DN", "Verify",
  ]
}
