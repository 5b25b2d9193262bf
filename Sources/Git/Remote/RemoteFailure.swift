/// Why another repository could not be read or written.
package struct RemoteFailure: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// No connection, or one that broke: what was under way may have been done or not.
    case unreachable
    /// The wall-clock limit was reached.
    case timedOut
    /// The credentials are missing, wrong or not enough.
    case denied
    /// The ssh server's key is unknown or another one than known_hosts says.
    case hostKey
    /// The TLS certificate is not trusted.
    case certificate
    /// There is no such repository, or it is not one that can be used.
    case unusable
  }

  package let kind: Kind
  package let url: String
  package let reason: String

  package init(kind: Kind, url: String, reason: String) {
    self.kind = kind
    self.url = url
    self.reason = reason
  }

  var description: String {
    switch kind {
    case .unreachable: "cannot reach \"\(url)\": \(reason)"
    case .timedOut: "\"\(url)\" did not finish in time: \(reason)"
    case .denied: "\"\(url)\" lets nobody in with these credentials: \(reason)"
    case .hostKey: "the host key of \"\(url)\" is not the one in known_hosts: \(reason)"
    case .certificate: "the TLS certificate of \"\(url)\" is not trusted: \(reason)"
    case .unusable: "\"\(url)\" cannot be used: \(reason)"
    }
  }

  var hint: String? {
    switch kind {
    case .unreachable, .unusable: nil
    case .timedOut: "--network-timeout gives it longer"
    case .denied:
      url.hasPrefix("http")
        ? "give a token that may read and write there in CERTWRIGHT_TOKEN"
        : "give a key with --ssh-key or through an ssh agent; of RSA keys only SHA-1 signatures can"
          + " be made, which most servers refuse: use an ed25519 key"
    case .hostKey:
      "compare the host's key with what its owner says, and put it into ~/.ssh/known_hosts"
    case .certificate: "name the CA file in GIT_SSL_CAINFO or in git's setting http.sslCAInfo"
    }
  }
}
