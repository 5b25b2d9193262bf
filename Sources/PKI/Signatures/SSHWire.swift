/// Why bytes of OpenSSH's formats are not what they should be: the end of a sentence that begins
/// with what they are, in lower case without a full stop.
package struct SSHFormatError: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { reason }
}

/// Reads the data types of RFC 4251 section 5. Every length is checked against what is there.
package struct SSHReader {
  package private(set) var rest: ArraySlice<UInt8>

  package init(_ bytes: [UInt8]) { rest = bytes[...] }
  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  package var isAtEnd: Bool { rest.isEmpty }

  package mutating func byte() throws(SSHFormatError) -> UInt8 {
    guard let byte = rest.popFirst() else { throw SSHFormatError("is cut short") }
    return byte
  }

  package mutating func bytes(_ count: Int) throws(SSHFormatError) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw SSHFormatError("is cut short") }
    let bytes = rest.prefix(count)
    rest = rest.dropFirst(count)
    return bytes
  }

  package mutating func uint32() throws(SSHFormatError) -> UInt32 {
    try bytes(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// A length and as many bytes.
  package mutating func string() throws(SSHFormatError) -> ArraySlice<UInt8> {
    try bytes(Int(try uint32()))
  }

  /// A string that names something: short, of printable ASCII.
  package mutating func name() throws(SSHFormatError) -> String {
    let bytes = try string()
    guard bytes.count <= 256, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw SSHFormatError("holds a name that is not one")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A positive multiple-precision integer as its magnitude; superfluous zeros are forgiven, as
  /// OpenSSH does.
  package mutating func magnitude() throws(SSHFormatError) -> [UInt8] {
    let bytes = try string()
    guard bytes.first.map({ $0 < 0x80 }) ?? true else {
      throw SSHFormatError("holds a negative number")
    }
    guard bytes.count <= 2_049 else { throw SSHFormatError("holds a number of over 16384 bits") }
    return Array(bytes.drop { $0 == 0 })
  }

  package func requireEnd() throws(SSHFormatError) {
    guard rest.isEmpty else { throw SSHFormatError("has bytes behind its end") }
  }
}

/// Writes the data types of RFC 4251 section 5.
package struct SSHWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func append(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  package mutating func append(_ number: UInt32) {
    for shift in [24, 16, 8, 0] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  package mutating func append(string: some Collection<UInt8>) {
    append(UInt32(truncatingIfNeeded: string.count))
    bytes.append(contentsOf: string)
  }

  package mutating func append(_ text: String) { append(string: Array(text.utf8)) }

  /// A positive number of a magnitude.
  package mutating func append(magnitude: [UInt8]) {
    let trimmed = magnitude.drop { $0 == 0 }
    let needsZero = trimmed.first.map { $0 >= 0x80 } ?? false
    append(string: (needsZero ? [0] : []) + trimmed)
  }
}
