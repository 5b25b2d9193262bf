import COpenSSL

/// Objects of OpenSSL's, decoded from DER to the last byte and back to the same bytes.
enum Decoded {
  static func certificate(_ der: [UInt8]) throws(OpenSSLError) -> Handle {
    let operation = "decode the certificate"
    var isWhole = false
    let decoded = try unsafe Handle(operation, free: X509_free) {
      unsafe whole(der, &isWhole) { position, length in
        unsafe d2i_X509(nil, &position, length)
      }
    }
    guard isWhole else { throw OpenSSLError(operation, reasons: ["bytes follow it"]) }
    // Encodes again instead of answering the bytes that were read.
    let again = try unsafe encoded(operation) { unsafe i2d_re_X509_tbs(decoded.pointer, &$0) }
    try compare(again, der, operation)
    return decoded
  }

  static func requireReadableExtensions(of certificate: borrowing Handle) throws(OpenSSLError) {
    // A purpose of -1 only reads the extensions and remembers what is wrong with them.
    let flags =
      unsafe X509_check_purpose(certificate.pointer, -1, 0) == 1
      ? unsafe X509_get_extension_flags(certificate.pointer) : UInt32(EXFLAG_INVALID)
    guard flags & UInt32(EXFLAG_INVALID) == 0 else {
      throw OpenSSLError("read the extensions of the certificate")
    }
  }

  static func revocationList(_ der: [UInt8]) throws(OpenSSLError) -> Handle {
    let operation = "decode the CRL"
    var isWhole = false
    let decoded = try unsafe Handle(operation, free: X509_CRL_free) {
      unsafe whole(der, &isWhole) { position, length in
        unsafe d2i_X509_CRL(nil, &position, length)
      }
    }
    guard isWhole else { throw OpenSSLError(operation, reasons: ["bytes follow it"]) }
    let again = try unsafe encoded(operation) { unsafe i2d_re_X509_CRL_tbs(decoded.pointer, &$0) }
    try compare(again, der, operation)
    return decoded
  }

  private static func whole(
    _ der: [UInt8], _ isWhole: inout Bool,
    _ decode: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?
  ) -> OpaquePointer? {
    unsafe der.withUnsafeBufferPointer { bytes in
      var position = bytes.baseAddress
      let decoded = unsafe decode(&position, bytes.count)
      let start = UInt(bitPattern: bytes.baseAddress)
      isWhole = UInt(bitPattern: position) == start + UInt(bytes.count)
      return unsafe decoded
    }
  }

  private static func compare(
    _ signed: [UInt8], _ der: [UInt8], _ operation: String
  ) throws(OpenSSLError) {
    var outer = DERReader(der)
    var object = outer.enter()
    guard let written = object?.next(), written.whole.elementsEqual(signed) else {
      throw OpenSSLError(operation, reasons: ["it encodes to other bytes"])
    }
  }

  /// What an `i2d` call writes to memory that OpenSSL allocates.
  static func encoded(
    _ operation: String, _ encode: (inout UnsafeMutablePointer<UInt8>?) -> Int32
  ) throws(OpenSSLError) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let length = try OpenSSL.check(operation) { unsafe encode(&start) }
    defer { unsafe certwright_free(start) }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
  }
}
