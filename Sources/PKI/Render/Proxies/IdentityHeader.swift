/// The request headers by which a backend learns who the client is. They have one meaning on every
/// proxy; whatever a client sends under these names is removed on every route.
///
/// There is no fingerprint: nginx knows only SHA-1 and Apache none, and a header whose meaning
/// depends on the proxy would be worse than none. Backends hash `Client-Cert`.
package enum IdentityHeader {
  /// `SUCCESS` or `NONE`, always there.
  package static let verify = "X-SSL-Client-Verify"
  /// RFC 2253, as the proxy prints it.
  package static let subject = "X-SSL-Client-Subject"
  package static let issuer = "X-SSL-Client-Issuer"
  /// Upper-case hexadecimal.
  package static let serial = "X-SSL-Client-Serial"
  /// The certificate as RFC 9440 section 2.1 writes it: base64 of its DER between colons.
  package static let certificate = "Client-Cert"

  /// All names that are removed from requests, in both spellings: CGI, WSGI and their kin make
  /// one variable of `A-B` and `A_B`, so a forged underscore would shadow the real header.
  package static let removed: [String] = {
    var names: [String] = ["Client-Cert-Chain", "Client-Cert", "Forwarded", "X-Real-IP"]
    for prefix in ["SSL-Client-", "X-SSL-Client-", "X-Client-"] {
      names += suffixes.map { prefix + $0 }
    }
    names += ["X-SSL-Cert", "X-Forwarded-Client-Cert"]
    names += ["For", "Host", "Port", "Proto", "Scheme", "Server", "Ssl"].map { "X-Forwarded-" + $0 }
    let spoofs = names.filter { $0.contains("-") }.map { name in
      String(name.map { $0 == "-" ? "_" : $0 })
    }
    return (names + spoofs).sorted()
  }()

  private static let suffixes = [
    "CN", "Cert", "Cert-Chain", "Certificate", "Chain", "DN", "Escaped-Cert", "Fingerprint",
    "Hash", "I-DN", "Issuer", "Issuer-DN", "M-Serial", "Raw-Cert", "S-DN", "S-DN-CN", "SHA1",
    "SHA256", "SAN", "Serial", "Subject", "Subject-DN", "Verify",
  ]
}
