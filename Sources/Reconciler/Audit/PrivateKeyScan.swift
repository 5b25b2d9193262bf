import Glibc
import PKI

/// Finds private keys in files, whatever they are called.
enum PrivateKeyScan {
  private static let ending = Array("PRIVATE KEY".utf8)
  private static let dashes = Array("-----".utf8)
  private static let dash = UInt8(ascii: "-")
  private static let beginning = Array("-----BEGIN ".utf8)
  private static let newline = UInt8(ascii: "\n")

  /// What kind of private key a file holds, as the end of a sentence; nil when it holds none.
  static func finding(in bytes: [UInt8]) -> String? {
    if let label = pemLabel(in: bytes) { return "holds a PEM block \"\(label)\"" }
    guard bytes.first == DERTag.sequence.byte else { return nil }
    return structure(bytes).map { "holds \($0) in DER" }
  }

  // MARK: - PEM

  /// A begin line may be indented, as in YAML, so it is looked for anywhere in a line.
  private static func pemLabel(in bytes: [UInt8]) -> String? {
    var start = 0
    while let dash = offset(of: dash, in: bytes, from: start) {
      start = dash + 1
      guard bytes[dash...].starts(with: dashes), bytes[..<dash].suffix(ending.count) == ending[...]
      else { continue }
      let line = bytes[..<dash].lastIndex(of: newline).map { $0 + 1 } ?? 0
      guard let label = label(in: bytes[line..<dash]) else { continue }
      return String(decoding: label, as: UTF8.self)
    }
    return nil
  }

  /// What follows the last "-----BEGIN " of a line.
  private static func label(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let last = line.count - beginning.count
    guard last >= 0 else { return nil }
    for offset in (0...last).reversed() where line.dropFirst(offset).starts(with: beginning) {
      return line.dropFirst(offset + beginning.count)
    }
    return nil
  }

  /// memchr reads gigabytes a second; the whole history goes through here.
  private static func offset(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { buffer -> Int? in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
      guard let base = rest.baseAddress,
        let found = unsafe memchr(base, Int32(byte), rest.count)
      else { return nil }
      return unsafe start + (UnsafeRawPointer(found) - base)
    }
  }

  // MARK: - DER

  /// The private-key structures by the elements that they begin with; certificates and CRLs begin
  /// with a SEQUENCE inside a SEQUENCE and are told apart by what follows.
  private static func structure(_ bytes: [UInt8]) -> String? {
    do throws(DERError) {
      let outer = try DERReader.open(bytes, .sequence, "a file")
      let elements = try elements(outer, atMost: 10)
      let tags = elements.map(\.tag)
      let (integer, octets, sequence) = (
        DERTag.integer.byte, DERTag.octetString.byte, DERTag.sequence.byte
      )
      if tags.count == 9 || tags.count == 10, tags.prefix(9).allSatisfy({ $0 == integer }) {
        return "an RSA private key (PKCS#1)"
      }
      if tags.starts(with: [integer, sequence, octets]) { return "a private key (PKCS#8)" }
      if tags.starts(with: [integer, octets]) { return "an elliptic private key (SEC 1)" }
      if tags == [sequence, octets] { return "an encrypted private key (PKCS#8)" }
      // A PFX begins with its version, 3, and a ContentInfo.
      if tags.starts(with: [integer, sequence]), tags.count <= 3, let version = elements.first,
        outer.slice(version.content).elementsEqual([3])
      {
        return "a key store (PKCS#12)"
      }
      return nil
    } catch {
      return nil
    }
  }

  private static func elements(
    _ reader: DERReader, atMost limit: Int
  ) throws(DERError) -> [DERElement] {
    var reader = reader
    var elements: [DERElement] = []
    while !reader.isAtEnd, elements.count < limit { elements.append(try reader.read()) }
    return elements
  }
}
