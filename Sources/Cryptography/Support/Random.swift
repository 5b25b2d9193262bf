import COpenSSL
package import PKI

/// Randomness of OpenSSL's generator, seeded by the operating system.
package enum Random {
  /// `count` random bytes.
  package static func bytes(_ count: Int) throws(OpenSSLError) -> [UInt8] {
    guard count > 0, count <= Int(Int32.max) else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    try OpenSSL.check("get random bytes") {
      unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe RAND_bytes($0.baseAddress, Int32(count))
      }
    }
    return bytes
  }

  /// The serial number of a certificate: see ``SerialNumber/init(random:)``.
  package static func serial() throws(OpenSSLError) -> SerialNumber {
    let bytes = try bytes(16)
    return SerialNumber(random: [16 of UInt8] { bytes[$0] })
  }
}
