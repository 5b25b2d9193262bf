extension DistinguishedName: CustomStringConvertible {
  /// RFC 4514: the most specific name first, `,` between names, `+` within one, reserved characters
  /// escaped. Letters beyond ASCII stand as they are; Apache shows names like this.
  package var rfc4514: String { reversedText(escapesNonASCII: false) }

  /// The same with every byte beyond ASCII escaped, as OpenSSL's `XN_FLAG_RFC2253` writes it: what
  /// nginx's `$ssl_client_s_dn` and HAProxy's `ssl_c_s_dn(,0,rfc2253)` hold.
  package var rfc2253: String { reversedText(escapesNonASCII: true) }

  /// The order of encoding, as `openssl x509 -subject` prints names of plain values: `C = US,
  /// O = Example`.
  package var openSSLText: String {
    relativeNames.map { name in
      name.map { "\($0.shortName) = \(Self.escaped($0, escapesNonASCII: false))" }
        .joined(separator: " + ")
    }.joined(separator: ", ")
  }

  package var description: String { rfc4514 }

  private func reversedText(escapesNonASCII: Bool) -> String {
    relativeNames.reversed().map { name in
      // OpenSSL turns the attributes within a name around too; their order means nothing.
      name.reversed().map {
        "\($0.shortName)=\(Self.escaped($0, escapesNonASCII: escapesNonASCII))"
      }
      .joined(separator: "+")
    }.joined(separator: ",")
  }

  /// RFC 4514 section 2.4. Control characters become two hexadecimal digits, so that no value can
  /// break a line of a log or of a configuration.
  private static func escaped(_ attribute: NameAttribute, escapesNonASCII: Bool) -> String {
    guard attribute.isText else { return attribute.value }
    let bytes = Array(attribute.value.utf8)
    let reserved = Array(",+\"\\<>;".utf8)
    let space = UInt8(ascii: " ")
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      let isEdge = index == 0 || index == bytes.count - 1
      if byte < 0x20 || byte == 0x7f || (byte >= 0x80 && escapesNonASCII) {
        text.append(UInt8(ascii: "\\"))
        text.append(contentsOf: Hex.encode([byte]).uppercased().utf8)
        continue
      }
      let opens = index == 0 && byte == UInt8(ascii: "#")
      if reserved.contains(byte) || opens || (isEdge && byte == space) {
        text.append(UInt8(ascii: "\\"))
      }
      text.append(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
