import COpenSSL
package import PKI

/// An authority as those see it who validate what it issues.
package struct JudgedAuthority: Sendable {
  package let publicKey: PublicKey
  /// The authority's own certificate first, its root's last; DER.
  package let certificates: [[UInt8]]
  package let revocationLists: [[UInt8]]

  package init(publicKey: PublicKey, certificates: [[UInt8]], revocationLists: [[UInt8]]) {
    self.publicKey = publicKey
    self.certificates = certificates
    self.revocationLists = revocationLists
  }
}

/// Checks what one authority has issued, many times over, with a reader of its own and with
/// OpenSSL: encoding, signature and the path to the root. Belongs to one thread.
///
/// The first certificate of each purpose is validated up to the root with all CRLs. The links above
/// the authority and the signatures of the CRLs are the same for all that follow, so of these the
/// lowest link alone is validated again: signature, names, dates, purpose, algorithms, constraints
/// and the authority's CRL. Whatever does not hold there is put to the full validation, whose
/// answer counts. Verifying a P-384 root's signatures for each leaf costs ten times the rest.
package struct IssuedJudge: ~Copyable {
  private let algorithm: [UInt8]
  private let time: Timestamp
  private let paths: PathJudge
  /// nil when what was proven for one certificate does not hold for the next.
  private let link: LinkJudge?
  private var proven: Set<PathPurpose> = []

  package init(_ authority: JudgedAuthority, at time: Timestamp) throws(OpenSSLError) {
    guard let root = authority.certificates.last else {
      throw OpenSSLError("judge certificates", reasons: ["their issuer has no certificate"])
    }
    let paths = try PathJudge(
      roots: [root], intermediates: authority.certificates.dropLast(),
      revocationLists: authority.revocationLists)
    let link = try LinkJudge(authority)
    algorithm = SignatureAlgorithm(for: authority.publicKey.algorithm).identifier
    self.time = time
    self.paths = paths
    self.link = link
  }

  /// Reads a certificate back and validates it for a purpose.
  package mutating func judge(
    _ der: [UInt8], for purpose: PathPurpose
  ) throws(JudgementError) -> JudgedCertificate {
    let certificate = try JudgedCertificate(try SignedObject(der), algorithm: algorithm)
    let verdict: PathVerdict
    do throws(OpenSSLError) {
      let decoded = try Decoded.certificate(der)
      try Decoded.requireReadableExtensions(of: decoded)
      verdict = try self.verdict(on: decoded, for: purpose)
    } catch {
      throw .failed(error)
    }
    guard case .refused(_, let reason, let depth) = verdict else { return certificate }
    throw .invalidPath(reason, depth: depth)
  }

  private mutating func verdict(
    on leaf: borrowing Handle, for purpose: PathPurpose
  ) throws(OpenSSLError) -> PathVerdict {
    if proven.contains(purpose), try link?.accepts(leaf, at: time, for: purpose) == true {
      return .valid
    }
    let verdict = try paths.verdict(on: leaf, at: time, for: purpose)
    if verdict == .valid { proven.insert(purpose) }
    return verdict
  }
}

/// Validates the link between an authority, whose own path has been validated, and what it issued.
private struct LinkJudge: ~Copyable {
  private let authority: Handle
  private let store: Handle
  private let list: Handle

  /// nil where the links above limit what a single certificate may be, or where its CRL does: there
  /// each certificate needs the full validation.
  init?(_ authority: JudgedAuthority) throws(OpenSSLError) {
    guard let own = authority.certificates.first else { return nil }
    for der in authority.certificates.dropFirst() {
      let upper = try Decoded.certificate(der)
      // X509_verify_cert looks at the constraints of the authorities that it is given.
      guard unsafe X509_get_ext_by_NID(upper.pointer, NID_name_constraints, -1) < 0 else {
        return nil
      }
    }
    let certificate = try Decoded.certificate(own)
    let key = try authority.publicKey.load()
    let isSame = OpenSSL.asks {
      unsafe EVP_PKEY_eq(X509_get0_pubkey(certificate.pointer), key.pointer)
    }
    guard isSame, let list = try Self.list(of: certificate, key, in: authority.revocationLists)
    else { return nil }
    let store = try unsafe Handle("make a certificate store", free: X509_STORE_free) {
      unsafe X509_STORE_new()
    }
    try OpenSSL.check("trust an authority") {
      unsafe X509_STORE_add_cert(store.pointer, certificate.pointer)
    }
    self.authority = certificate
    self.store = store
    self.list = list
  }

  /// The one CRL that the authority signed. It must be a complete one: a list for some certificates
  /// or some reasons has to be matched with each certificate.
  private static func list(
    of certificate: borrowing Handle, _ key: borrowing Handle, in lists: [[UInt8]]
  ) throws(OpenSSLError) -> Handle? {
    let partial = [NID_issuing_distribution_point, NID_delta_crl, NID_freshest_crl]
    var found: Handle?
    for der in lists {
      let list = try Decoded.revocationList(der)
      let isOurs =
        unsafe X509_NAME_cmp(
          X509_CRL_get_issuer(list.pointer), X509_get_subject_name(certificate.pointer)) == 0
      guard isOurs else { continue }
      let isComplete = partial.allSatisfy {
        unsafe X509_CRL_get_ext_by_NID(list.pointer, $0, -1) < 0
      }
      let isSigned = OpenSSL.asks { unsafe X509_CRL_verify(list.pointer, key.pointer) }
      // Another key of the same name may have a CRL too: which one counts is OpenSSL's to say.
      guard found == nil, isComplete, isSigned else { return nil }
      found = consume list
    }
    return found
  }

  /// Whether the certificate holds below the authority. A no says that it has to be looked into.
  borrowing func accepts(
    _ leaf: borrowing Handle, at time: Timestamp, for purpose: PathPurpose
  ) throws(OpenSSLError) -> Bool {
    switch purpose {
    // The length of the path is a matter of the authorities above.
    case .authority: return false
    case .server: return try accepts(leaf, time, X509_PURPOSE_SSL_SERVER)
    case .client: return try accepts(leaf, time, X509_PURPOSE_SSL_CLIENT)
    case .peer:
      // All but the purpose was found with the first.
      guard unsafe X509_check_purpose(leaf.pointer, X509_PURPOSE_SSL_SERVER, 0) == 1 else {
        return false
      }
      return try accepts(leaf, time, X509_PURPOSE_SSL_CLIENT)
    }
  }

  private borrowing func accepts(
    _ leaf: borrowing Handle, _ time: Timestamp, _ purpose: Int32
  ) throws(OpenSSLError) -> Bool {
    let validation = try unsafe PathValidation(leaf, store: store, untrusted: nil)
    try validation.require(
      purpose, at: time, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT)
    guard try validation.verdict() == .valid else { return false }
    var entry: OpaquePointer?
    return unsafe X509_CRL_get0_by_cert(list.pointer, &entry, leaf.pointer) == 0
  }
}
