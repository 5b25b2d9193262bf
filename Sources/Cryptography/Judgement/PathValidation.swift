import COpenSSL
import PKI

/// One run of OpenSSL's path validation. It must not outlive what it is made of.
struct PathValidation: ~Copyable {
  private static let operation = "validate a path"
  private let context: Handle

  init(
    _ leaf: borrowing Handle, store: borrowing Handle, untrusted: OpaquePointer?
  ) throws(OpenSSLError) {
    let context = try unsafe Handle(Self.operation, free: X509_STORE_CTX_free) {
      unsafe X509_STORE_CTX_new()
    }
    try OpenSSL.check(Self.operation) {
      unsafe X509_STORE_CTX_init(context.pointer, store.pointer, leaf.pointer, untrusted)
    }
    self.context = context
  }

  borrowing func require(
    _ purpose: Int32, at time: Timestamp, _ flags: Int32
  ) throws(OpenSSLError) {
    try OpenSSL.check(Self.operation) {
      unsafe X509_STORE_CTX_set_purpose(context.pointer, purpose)
    }
    let parameters = unsafe X509_STORE_CTX_get0_param(context.pointer)
    try OpenSSL.check(Self.operation) {
      unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags))
    }
    unsafe X509_VERIFY_PARAM_set_time(parameters, time.seconds)
    // Level 2 is 112 bits: it refuses SHA-1 and RSA below 2048.
    unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
  }

  borrowing func verdict() throws(OpenSSLError) -> PathVerdict {
    ERR_clear_error()
    let answer = unsafe X509_verify_cert(context.pointer)
    guard answer != 1 else { return .valid }
    let code = unsafe X509_STORE_CTX_get_error(context.pointer)
    // No error code and no "yes" is a failure of the machinery, such as a lack of memory.
    guard answer == 0, code != X509_V_OK else { throw OpenSSLError(draining: Self.operation) }
    ERR_clear_error()
    return PathVerdict.refusal(code, depth: unsafe X509_STORE_CTX_get_error_depth(context.pointer))
  }
}

extension PathVerdict {
  static func refusal(_ code: Int32, depth: Int32) -> PathVerdict {
    let text = unsafe X509_verify_cert_error_string(Int(code))
    return .refused(
      code: code, reason: unsafe text.map { unsafe String(cString: $0) } ?? "error \(code)",
      depth: Int(depth))
  }
}
