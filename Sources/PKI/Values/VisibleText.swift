extension String {
  /// The text with everything that has no shape of its own written out, as in `\u{1b}`: control
  /// characters move a terminal's cursor, and format characters turn the order of letters around
  /// (Unicode Technical Report 36, section 2.5). For texts that others wrote, wherever people read.
  package var visible: String {
    if utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.hasShape {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return result
  }

  /// At most this many bytes of the text, cut between characters, with a mark where it was cut.
  package func clipped(to bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var result = ""
    var room = bytes - 3
    for scalar in unicodeScalars {
      room -= String(scalar).utf8.count
      if room < 0 { break }
      result.unicodeScalars.append(scalar)
    }
    return result + "…"
  }
}

extension Unicode.Scalar {
  fileprivate var hasShape: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
      .privateUse:
      false
    default: true
    }
  }
}
