import COpenSSL
package import PKI

/// What a path is checked for.
package enum PathPurpose: Hashable, Sendable {
  case server
  case client
  /// Both ends of mutual TLS.
  case peer
  /// The first certificate is an authority's.
  case authority
}

/// OpenSSL's answer to a path.
package enum PathVerdict: Hashable, Sendable {
  case valid
  /// OpenSSL's error number, its sentence, and where in the path: 0 is the first certificate.
  case refused(code: Int32, reason: String, depth: Int)
}

/// Validates paths with OpenSSL, as nginx, HAProxy and Apache do, with CRLs for every authority.
///
/// Made once for a set of authorities; may be used by one thread at a time.
package struct PathJudge: ~Copyable {
  private let store: Handle
  private let untrusted: Handle

  /// Takes DER. CRLs are required for every certificate of a path but the root.
  package init(
    roots: [[UInt8]], intermediates: [[UInt8]], revocationLists: [[UInt8]]
  ) throws(OpenSSLError) {
    let store = try unsafe Handle("make a certificate store", free: X509_STORE_free) {
      unsafe X509_STORE_new()
    }
    for der in roots {
      let root = try Decoded.certificate(der)
      try OpenSSL.check("trust a root") {
        unsafe X509_STORE_add_cert(store.pointer, root.pointer)
      }
    }
    for der in revocationLists {
      let list = try Decoded.revocationList(der)
      try OpenSSL.check("load a CRL") { unsafe X509_STORE_add_crl(store.pointer, list.pointer) }
    }
    untrusted = try Self.stack(intermediates)
    self.store = store
  }

  static func stack(_ certificates: [[UInt8]]) throws(OpenSSLError) -> Handle {
    let release: Handle.Release = { unsafe certwright_certificates_free($0) }
    let stack = try unsafe Handle("list certificates", free: release) {
      unsafe certwright_certificates_new()
    }
    for der in certificates {
      let certificate = try Decoded.certificate(der)
      // The stack becomes a second owner, by the reference count.
      try OpenSSL.check("list certificates") { unsafe X509_up_ref(certificate.pointer) }
      try OpenSSL.check("list certificates") {
        unsafe certwright_certificates_push(stack.pointer, certificate.pointer)
      }
    }
    return stack
  }

  package borrowing func verdict(
    on certificate: [UInt8], at time: Timestamp, for purpose: PathPurpose
  ) throws(OpenSSLError) -> PathVerdict {
    try verdict(on: try Decoded.certificate(certificate), at: time, for: purpose)
  }

  borrowing func verdict(
    on leaf: borrowing Handle, at time: Timestamp, for purpose: PathPurpose
  ) throws(OpenSSLError) -> PathVerdict {
    switch purpose {
    case .server: return try verdict(leaf, time, X509_PURPOSE_SSL_SERVER)
    case .client: return try verdict(leaf, time, X509_PURPOSE_SSL_CLIENT)
    case .peer:
      let first = try verdict(leaf, time, X509_PURPOSE_SSL_SERVER)
      return first == .valid ? try verdict(leaf, time, X509_PURPOSE_SSL_CLIENT) : first
    case .authority:
      guard unsafe X509_check_ca(leaf.pointer) == 1 else {
        return .refusal(X509_V_ERR_INVALID_CA, depth: 0)
      }
      return try verdict(leaf, time, X509_PURPOSE_ANY)
    }
  }

  private borrowing func verdict(
    _ leaf: borrowing Handle, _ time: Timestamp, _ purpose: Int32
  ) throws(OpenSSLError) -> PathVerdict {
    let validation = try unsafe PathValidation(leaf, store: store, untrusted: untrusted.pointer)
    try validation.require(
      purpose, at: time,
      X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_X509_STRICT)
    return try validation.verdict()
  }
}
