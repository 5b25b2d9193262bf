import COpenSSL

/// The one private key of a PEM text (RFC 7468), decoded.
struct KeyPEM: ~Copyable {
  enum Label: String {
    case plain = "PRIVATE KEY"
    case encrypted = "ENCRYPTED PRIVATE KEY"
    case rsa = "RSA PRIVATE KEY"
    case elliptic = "EC PRIVATE KEY"
  }

  let label: Label
  let der: SecretBytes
  /// Whether headers say that the body is encrypted, as tools did before PKCS#8 (RFC 1421).
  let isEncryptedByHeader: Bool

  private static let begin = Array("-----BEGIN ".utf8)
  private static let end = Array("-----END ".utf8)
  private static let header = Array("Proc-Type:".utf8)
  private static let dashes = Array("-----".utf8)

  /// Finds the private key. Other blocks, such as the curve's parameters that `openssl ecparam`
  /// puts first or a certificate chain, are passed over; a second private key is refused.
  init(in text: [UInt8]) throws(KeyFormatError) {
    var found: (label: Label, body: [ArraySlice<UInt8>])?
    var open: (label: [UInt8], body: [ArraySlice<UInt8>])?
    for line in text.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      if let label = Self.label(of: line, after: Self.begin) {
        guard open == nil else { throw .damaged("a PEM block begins inside another one") }
        open = (label, [])
      } else if let label = Self.label(of: line, after: Self.end) {
        guard let block = open, block.label == label else {
          throw .damaged("a PEM block ends that did not begin")
        }
        open = nil
        guard let kind = try Self.kind(label) else { continue }
        guard found == nil else { throw .unsupported("it holds more than one private key") }
        found = (kind, block.body)
      } else {
        open?.body.append(line)
      }
    }
    guard open == nil else { throw .damaged("its PEM block does not end") }
    guard let found else {
      throw .damaged(text.isEmpty ? "it is empty" : "it holds no private key in PEM")
    }
    let hasHeaders = found.body.first.map { $0.starts(with: Self.header) } ?? false
    // An encrypted body of this kind is decoded by OpenSSL together with its headers.
    let der = try Self.decode(hasHeaders ? [] : found.body)
    label = found.label
    isEncryptedByHeader = hasHeaders
    self.der = der
  }

  private static func label(of line: ArraySlice<UInt8>, after start: [UInt8]) -> [UInt8]? {
    guard line.starts(with: start) else { return nil }
    let rest = line.dropFirst(start.count).reversed().drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.starts(with: dashes) else { return nil }
    return rest.dropFirst(dashes.count).reversed()
  }

  /// The kind of block; nil for what is not a private key.
  private static func kind(_ label: [UInt8]) throws(KeyFormatError) -> Label? {
    let text = String(decoding: label, as: UTF8.self)
    if let known = Label(rawValue: text) { return known }
    guard text.hasSuffix("PRIVATE KEY") else { return nil }
    throw .unsupported("\"\(text)\" is not a kind of key that is certified")
  }

  private static func decode(_ lines: [ArraySlice<UInt8>]) throws(KeyFormatError) -> SecretBytes {
    var text = SecretBytes(capacity: lines.reduce(0) { $0 + $1.count })
    for line in lines { text.append(line.filter { $0 != 0x20 && $0 != 0x09 }) }
    let length = text.count
    let padding = unsafe text.withBytes { unsafe $0.suffix(3).count { $0 == UInt8(ascii: "=") } }
    guard !lines.isEmpty else { return text }
    guard length > 0, length.isMultiple(of: 4), padding <= 2, length <= 1 << 20 else {
      throw .damaged("its base64 is cut short")
    }
    var bytes = SecretBytes(capacity: length)
    unsafe bytes.appendUninitialized(length) { room in
      let count = unsafe text.withBytes {
        unsafe EVP_DecodeBlock(room.baseAddress, $0.baseAddress, Int32(length))
      }
      return Int(count) - padding
    }
    guard bytes.count > 0 else { throw .damaged("its base64 has other characters in it") }
    return bytes
  }

  /// The text of a block, in lines of 64 characters.
  static func encode(_ label: Label, _ der: borrowing SecretBytes) -> SecretBytes {
    let title = label.rawValue.utf8
    var text = SecretBytes(capacity: der.count * 4 / 3 + der.count / 48 + 2 * title.count + 64)
    text.append(begin)
    text.append(title)
    text.append("-----\n")
    unsafe der.withBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: 48) {
        let line = unsafe UnsafeBufferPointer(rebasing: bytes[start..<min(start + 48, bytes.count)])
        // OpenSSL writes a NUL behind the characters that it counts.
        unsafe text.appendUninitialized(65) {
          unsafe Int(EVP_EncodeBlock($0.baseAddress, line.baseAddress, Int32(line.count)))
        }
        text.append("\n")
      }
    }
    text.append(end)
    text.append(title)
    text.append("-----\n")
    return text
  }
}
