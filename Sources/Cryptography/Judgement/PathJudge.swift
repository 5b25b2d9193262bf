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
    let leaf = try Decoded.certificate(certificate)
    switch purpose {
    case .server: return try verdict(leaf, time, X509_PURPOSE_SSL_SERVER)
    case .client: return try verdict(leaf, time, X509_PURPOSE_SSL_CLIENT)
    case .peer:
      let first = try verdict(leaf, time, X509_PURPOSE_SSL_SERVER)
      return first == .valid ? try verdict(leaf, time, X509_PURPOSE_SSL_CLIENT) : first
    case .authority:
      guard unsafe X509_check_ca(leaf.pointer) == 1 else {
        return Self.refusal(X509_V_ERR_INVALID_CA, depth: 0)
      }
      return try verdict(leaf, time, X509_PURPOSE_ANY)
    }
  }

  private borrowing func verdict(
    _ leaf: borrowing Handle, _ time: Timestamp, _ purpose: Int32
  ) throws(OpenSSLError) -> PathVerdict {
    let operation = "validate a path"
    let context = try unsafe Handle(operation, free: X509_STORE_CTX_free) {
      unsafe X509_STORE_CTX_new()
    }
    try OpenSSL.check(operation) {
      unsafe X509_STORE_CTX_init(context.pointer, store.pointer, leaf.pointer, untrusted.pointer)
    }
    try OpenSSL.check(operation) {
      unsafe X509_STORE_CTX_set_purpose(context.pointer, purpose)
    }
    let parameters = unsafe X509_STORE_CTX_get0_param(context.pointer)
    let flags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_X509_STRICT
    try OpenSSL.check(operation) {
      unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags))
    }
    unsafe X509_VERIFY_PARAM_set_time(parameters, time.seconds)
    // Level 2 is 112 bits: it refuses SHA-1 and RSA below 2048.
    unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
    ERR_clear_error()
    let answer = unsafe X509_verify_cert(context.pointer)
    guard answer != 1 else { return .valid }
    let code = unsafe X509_STORE_CTX_get_error(context.pointer)
    // No error code and no "yes" is a failure of the machinery, such as a lack of memory.
    guard answer == 0, code != X509_V_OK else { throw OpenSSLError(draining: operation) }
    ERR_clear_error()
    return Self.refusal(code, depth: unsafe X509_STORE_CTX_get_error_depth(context.pointer))
  }

  private static func refusal(_ code: Int32, depth: Int32) -> PathVerdict {
    let text = unsafe X509_verify_cert_error_string(Int(code))
    return .refused(
      code: code, reason: unsafe text.map { unsafe String(cString: $0) } ?? "error \(code)",
      depth: Int(depth))
  }
}
