extension IPAddress {
  /// Dotted decimal, or RFC 5952 section 4: lower-case, the longest run of zeros shortened.
  var printed: String {
    guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
    var best = 0..<0
    var start = 0
    while start < 8 {
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    func text(_ part: ArraySlice<Int>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !best.isEmpty else { return text(groups[...]) }
    return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }

  /// As it stands in a URL: IPv6 in brackets.
  var inURL: String { bytes.count == 16 ? "[\(printed)]" : printed }
}

extension IPRange {
  var printed: String { "\(address.printed)/\(prefixLength)" }
}
