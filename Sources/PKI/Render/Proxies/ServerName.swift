/// Names that a proxy's directive for server names cannot misread.
enum ServerName {
  /// Whether a DNS name of a certificate is made of lower-case labels, perhaps after a `*.`. Names
  /// that are not are left to the regular expressions that check every request.
  static func isPlain(_ name: String) -> Bool {
    let labels = name.hasPrefix("*.") ? name.dropFirst(2) : name[...]
    return !labels.isEmpty
      && labels.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || ".-_".utf8.contains($0)
      }
  }
}
