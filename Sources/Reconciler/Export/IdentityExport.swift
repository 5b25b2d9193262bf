package import Cryptography
package import Git
import PKI

/// Hands out a managed identity: its current certificate, the chain above it, and its private key.
package struct IdentityExport {
  package enum Form: Sendable {
    /// A private key in PKCS#8, encrypted when there is a passphrase, then the certificates.
    case pem(Passphrase?)
    case pkcs12(Passphrase, PKCS12Protection)
  }

  let options: Options
  /// Of the key store.
  let passphrase: Passphrase?

  package init(_ options: Options, passphrase: Passphrase?) {
    self.options = options
    self.passphrase = passphrase
  }

  /// The bytes of a file that holds the identity. They are secret: the caller wipes them.
  package func export(
    _ text: String, as form: Form, in repository: borrowing Repository
  ) throws(ReconcileError) -> [UInt8] {
    let branch = try PublishedBranch.find(options, in: repository)
    let observation = try Observer(now: options.now).observe(branch.tip, in: repository)
    let state = observation.state
    let certificate = try certificate(of: text, in: state)
    let chain =
      [certificate.facts.der] + state.intermediates(above: certificate).map(\.facts.der)
    let owner = state.owner(of: certificate)
    return try withKey(of: certificate, owner: owner) { key throws(OpenSSLError) in
      switch form {
      case .pem(let passphrase):
        var file = try key.pem(passphrase.map { KeyEncryption($0) })
        for der in chain { file += PEM.encode(PEM.certificate, der) }
        return file
      case .pkcs12(let passphrase, let protection):
        return try key.pkcs12(
          certificates: chain, name: owner.text, passphrase: passphrase, protection)
      }
    }
  }

  // MARK: - Which certificate

  private func certificate(
    of text: String, in state: PublishedState
  ) throws(ReconcileError) -> IssuedCertificate {
    guard let name = Name(text) else {
      throw .invalid("\"\(text)\" \(Name.problem(in: text) ?? "is not a name")", hint: nil)
    }
    let all = state.certificates(of: name)
    guard let newest = all.last else {
      let near = Suggestion.nearest(to: text, in: state.owners.map(\.text))
      throw .invalid(
        "nothing was ever issued for \"\(name)\"", hint: near.map { "did you mean \"\($0)\"?" })
    }
    guard !newest.facts.isAuthority else {
      throw .invalid(
        "\"\(name)\" is an authority, whose private key stays in the key store",
        hint: "its certificate is authorities/\(name)/ca.pem on the published branch")
    }
    guard let current = state.current(of: name) else {
      throw .invalid(
        "\"\(name)\" is retired: it left desired state", hint: "declare it again and apply")
    }
    if let status = state.revocations[current.id], !status.isReleased {
      throw .invalid(
        "the certificate of \"\(name)\" is revoked since \(status.date) (\(status.reason.rawValue))",
        hint: nil)
    }
    if current.isExpired(at: options.now) {
      throw .invalid(
        "the certificate of \"\(name)\" expired at \(current.facts.notAfter)",
        hint: "certwright apply renews it")
    }
    if let request = current.request {
      throw .invalid(
        "the private key of \"\(name)\" was never here: it asked with \"\(request)\"",
        hint: "its certificate is identities/\(name).pem on the published branch")
    }
    return current
  }

  // MARK: - Its key

  private func withKey(
    of certificate: IssuedCertificate, owner: Name,
    _ body: (borrowing PrivateKey) throws(OpenSSLError) -> [UInt8]
  ) throws(ReconcileError) -> [UInt8] {
    let id = certificate.facts.keyID
    do {
      let store = try FolderKeyStore(options.keys, passphrase: passphrase, .reading)
      return try store.withKey(id, owner: owner) { try body($0) }
    } catch KeyStoreError.absent {
      throw .missingKey(name: owner, id: id)
    } catch let error as KeyStoreError {
      throw .keys(error)
    } catch let error as OpenSSLError {
      throw .openSSL(error)
    } catch {
      throw .invalid("the key of \"\(owner)\": \(error)", hint: nil)
    }
  }
}
