import PKI

/// The bytes of a file after the checks that libyaml does not make: UTF-8 and nothing else, no
/// unusable characters, and few enough directives for libyaml's quadratic search among them.
struct SourceText {
  /// The text without a byte order mark.
  let bytes: ArraySlice<UInt8>
  let file: String

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ bytes: [UInt8], file: String, findingLimit: Int) throws(YAMLError) {
    self.file = file
    self.bytes = bytes.starts(with: Self.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    try checkEncoding()
    var findings = FindingList(limit: findingLimit)
    checkCharacters(&findings)
    try findings.check()
    checkDirectives(limit: findingLimit, &findings)
    try findings.check()
  }

  /// The Unicode scalars of one line, counted from 0, without its end. Slow: for messages only.
  func line(_ number: Int) -> [Unicode.Scalar] {
    var cursor = LineCursor(bytes)
    while cursor.number < number, cursor.advance() {}
    guard cursor.number == number else { return [] }
    return Array(String(decoding: cursor.line, as: UTF8.self).unicodeScalars)
  }

  /// The number of the first line at or after one that begins with a text.
  func firstLine(from number: Int, withPrefix prefix: String) -> Int? {
    var cursor = LineCursor(bytes)
    repeat {
      if cursor.number >= number, cursor.line.starts(with: prefix.utf8) { return cursor.number }
    } while cursor.advance()
    return nil
  }
}

extension SourceText {
  private func checkEncoding() throws(YAMLError) {
    let start = Place(file: file, line: 1, column: 1)
    if let name = Self.foreignEncoding(bytes) {
      throw YAMLError(Finding(start, "the file is \(name)", hint: "save the file as UTF-8"))
    }
    guard let bad = invalidOffset() else { return }
    let byte = bytes.indices.contains(bad) ? UInt32(bytes[bad]) : 0
    throw YAMLError(
      Finding(
        place(ofByte: bad), "byte 0x\(UnusableCharacter.hex(byte, digits: 2)) is not valid UTF-8",
        hint: "save the file as UTF-8"))
  }

  /// UTF-16 and UTF-32 by their byte order marks, or by the zero bytes that ASCII text has there.
  private static func foreignEncoding(_ bytes: ArraySlice<UInt8>) -> String? {
    let head = Array(bytes.prefix(4))
    if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      return "UTF-32"
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    return switch head.map({ $0 == 0 }) {
    case [true, true, true, false], [false, true, true, true]: "UTF-32"
    case [true, false, true, false], [false, true, false, true]: "UTF-16"
    default: nil
    }
  }

  private func invalidOffset() -> Int? {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return bytes.startIndex + error.byteOffsets.lowerBound
    }
  }

  private func place(ofByte offset: Int) -> Place {
    var cursor = LineCursor(bytes)
    while cursor.end <= offset, cursor.advance() {}
    return cursor.mark(ofByte: offset).place(in: file)
  }

  /// Comments are checked too: what a reviewer cannot see has no place anywhere in the file.
  private func checkCharacters(_ findings: inout FindingList) {
    var cursor = LineCursor(bytes)
    for index in bytes.indices where UnusableCharacter.isSuspicious(bytes[index]) {
      guard let scalar = unusableCharacter(at: index) else { continue }
      while cursor.end <= index, cursor.advance() {}
      findings.append(
        cursor.mark(ofByte: index).place(in: file),
        "\(UnusableCharacter.name(scalar)) is not allowed")
      if findings.isFull { return }
    }
  }

  private func unusableCharacter(at index: Int) -> Unicode.Scalar? {
    let byte = bytes[index]
    // A carriage return in the file ends a line; only an escaped one becomes part of a text.
    guard byte != UInt8(ascii: "\r") else { return nil }
    guard byte >= 0x80 else { return Unicode.Scalar(byte) }
    // Valid UTF-8 beginning with 0xC2 has two bytes, with 0xE2 or 0xEF three.
    let sequence = bytes[index...].prefix(byte == 0xC2 ? 2 : 3)
    let scalar = String(decoding: sequence, as: UTF8.self).unicodeScalars.first
    return scalar.flatMap { UnusableCharacter.contains($0) ? $0 : nil }
  }

  /// libyaml compares each `%TAG` directive with all before it, and reads all of them before its
  /// first event: 1 MiB of them would take seconds. They are refused anyway, so many lines that
  /// look like one are refused here, and few are left to the events, which know them from text.
  private func checkDirectives(limit: Int, _ findings: inout FindingList) {
    guard bytes.contains(UInt8(ascii: "%")) else { return }
    var cursor = LineCursor(bytes)
    var count = 0
    repeat {
      guard cursor.line.starts(with: "%TAG".utf8) else { continue }
      count += 1
      guard count > limit else { continue }
      findings.append(
        Mark(line: cursor.number, column: 0).place(in: file),
        "more than \(limit) lines begin with \"%TAG\"")
      return
    } while cursor.advance()
  }
}
