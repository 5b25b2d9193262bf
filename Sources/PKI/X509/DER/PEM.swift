/// The textual encoding of RFC 7468: DER between two lines that name what it is.
package enum PEM {
  /// One block with the lines of text that stand before it.
  package struct Block: Hashable, Sendable {
    /// What the block says it holds: `CERTIFICATE`, `X509 CRL`.
    package let label: String
    package let der: [UInt8]
    /// The lines between the block before and this one, without empty lines: `openssl x509 -text`
    /// and certwright's own files explain there what follows (RFC 7468 section 2).
    package let preamble: [String]

    package init(label: String, der: [UInt8], preamble: [String] = []) {
      self.label = label
      self.der = der
      self.preamble = preamble
    }

    /// Whether the label names a private key of any format, encrypted or not.
    package var isPrivateKey: Bool { label.hasSuffix("PRIVATE KEY") }
  }

  package static let certificate = "CERTIFICATE"
  package static let revocationList = "X509 CRL"
  package static let certificationRequest = "CERTIFICATE REQUEST"

  /// The block as text: lines of 64 letters, each ended by a line feed.
  package static func encode(
    _ label: String, _ der: [UInt8], preamble: [String] = []
  ) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(der.count / 48 * 65 + 160)
    for line in preamble { text.append(contentsOf: (line + "\n").utf8) }
    text.append(contentsOf: "-----BEGIN \(label)-----\n".utf8)
    Base64.appendLines(der, to: &text)
    text.append(contentsOf: "-----END \(label)-----\n".utf8)
    return text
  }

  /// All blocks of a file, in order.
  ///
  /// Lines end with LF or CRLF. Strict where a second reading could see something else: no headers
  /// inside a block, no short lines before the last, nothing but base64 there, no block without its
  /// end, and no text after the last block but empty lines.
  package static func blocks(in bytes: [UInt8]) throws(DERError) -> [Block] {
    var scanner = Scanner(bytes: bytes)
    var blocks: [Block] = []
    while let block = try scanner.next() { blocks.append(block) }
    return blocks
  }

  /// The first block of a file, and the bytes that follow it.
  static func first(
    in bytes: [UInt8]
  ) throws(DERError) -> (block: Block, rest: ArraySlice<UInt8>) {
    var scanner = Scanner(bytes: bytes)
    guard let block = try scanner.next() else {
      throw DERError("the file holds 0 PEM blocks instead of one")
    }
    return (block, scanner.rest)
  }

  /// The DER of a file that holds exactly one block of one label.
  package static func single(_ label: String, in bytes: [UInt8]) throws(DERError) -> [UInt8] {
    let blocks = try blocks(in: bytes)
    guard let block = blocks.first, blocks.count == 1 else {
      throw DERError("the file holds \(blocks.count) PEM blocks instead of one")
    }
    guard block.label == label else {
      throw DERError("the file holds a PEM block \"\(block.label)\" instead of \"\(label)\"")
    }
    return block.der
  }

  // MARK: - Reading

  private struct Scanner {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    /// What was not read yet.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    /// The next line without its end.
    private mutating func line() -> ArraySlice<UInt8>? {
      guard position < bytes.count else { return nil }
      let rest = bytes[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      position = min(end + 1, bytes.count)
      let line = rest[..<end]
      return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    mutating func next() throws(DERError) -> Block? {
      var preamble: [String] = []
      while true {
        let start = position
        guard let line = line() else {
          guard preamble.isEmpty else { throw DERError("text follows the last PEM block") }
          return nil
        }
        if let label = try Self.label(of: line, "-----BEGIN ", at: start) {
          return Block(label: label, der: try body(label, at: start), preamble: preamble)
        }
        guard !line.starts(with: "-----".utf8) else {
          throw DERError("a line is neither text nor the begin of a PEM block", at: start)
        }
        guard let text = String(validating: line, as: UTF8.self) else {
          throw DERError("text before a PEM block is not UTF-8", at: start)
        }
        if !text.isEmpty { preamble.append(text) }
      }
    }

    /// The label of a begin or end line: printable ASCII without a hyphen at an end.
    private static func label(
      of line: ArraySlice<UInt8>, _ prefix: String, at offset: Int
    ) throws(DERError) -> String? {
      guard line.starts(with: prefix.utf8) else { return nil }
      let rest = line.dropFirst(prefix.utf8.count)
      let dashes = Array("-----".utf8)
      let label = rest.dropLast(5)
      guard rest.suffix(5).elementsEqual(dashes), !label.isEmpty,
        label.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "-") })
      else { throw DERError("a PEM line has no proper label", at: offset) }
      return String(decoding: label, as: UTF8.self)
    }

    private mutating func body(_ label: String, at begin: Int) throws(DERError) -> [UInt8] {
      var decoder = Base64.Decoder(capacity: min(bytes.count - position, 1 << 16))
      var isLast = false
      while true {
        let start = position
        guard let line = line() else {
          throw DERError("a PEM block \"\(label)\" has no end", at: begin)
        }
        if let end = try Self.label(of: line, "-----END ", at: start) {
          guard end == label else {
            throw DERError("a PEM block \"\(label)\" ends as \"\(end)\"", at: start)
          }
          break
        }
        guard !line.isEmpty, line.count <= 76, line.count.isMultiple(of: 4), !isLast,
          decoder.append(line)
        else { throw DERError("a line of a PEM block is not base64 as it should be", at: start) }
        isLast = line.count < 64
      }
      guard let der = decoder.finish(), !der.isEmpty else {
        throw DERError("a PEM block \"\(label)\" is not whole base64", at: begin)
      }
      return der
    }
  }
}
