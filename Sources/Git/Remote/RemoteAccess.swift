import PKI

/// What opens a remote's door. Never shown: it travels to the network process on its standard input.
package struct RemoteAccess: Sendable {
  /// For https: a token or password.
  package var token: String?
  /// A private key file; without it the agent is asked.
  package var sshKey: String?
  package var sshPassphrase: String?
  /// Certificates that TLS servers are trusted by; nil takes the system's.
  package var authorityFile: String?

  package init(
    token: String? = nil, sshKey: String? = nil, sshPassphrase: String? = nil,
    authorityFile: String? = nil
  ) {
    self.token = token
    self.sshKey = sshKey
    self.sshPassphrase = sshPassphrase
    self.authorityFile = authorityFile
  }

  var json: JSON {
    .members([
      ("token", token.map { .string($0) }), ("ssh_key", sshKey.map { .string($0) }),
      ("ssh_passphrase", sshPassphrase.map { .string($0) }),
      ("authority_file", authorityFile.map { .string($0) }),
    ])
  }

  init(_ json: JSON?) {
    token = json?["token"]?.text
    sshKey = json?["ssh_key"]?.text
    sshPassphrase = json?["ssh_passphrase"]?.text
    authorityFile = json?["authority_file"]?.text
  }
}
