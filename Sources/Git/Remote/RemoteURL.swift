/// Where another repository lies: a local path or a server's address.
///
/// A password never stays in it: ``text`` may be shown and logged.
package struct RemoteURL: Hashable, Sendable {
  package enum Transport: Hashable, Sendable {
    /// An absolute path.
    case path(String)
    case ssh
    case http
  }

  package struct Problem: Error, Hashable {
    package let message: String
    package let hint: String?
  }

  package let transport: Transport
  /// What libgit2 is given, and what people see.
  package let text: String
  /// The user that the address names, if it names one.
  package let user: String?
  /// In lower case; empty for a path.
  package let host: String

  /// Whether a text is an address rather than a folder or the name of a remote.
  package static func isAddress(_ text: String) -> Bool {
    if text.contains("://") { return true }
    // As git decides: a colon before the first slash makes it `host:path`.
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
    return !text[..<colon].contains("/")
  }

  /// A text that may be an address, as it may be shown: one that is refused can hold a password.
  package static func shown(_ text: String) -> String {
    guard isAddress(text) else { return text }
    return (try? RemoteURL(text, relativeTo: "/"))?.text ?? ""
  }

  /// - Parameter folder: what a relative path is relative to; absolute itself.
  package init(_ text: String, relativeTo folder: String) throws(Problem) {
    guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw Problem(message: "a remote's address is empty or has control characters", hint: nil)
    }
    guard Self.isAddress(text) else {
      let path = text.hasPrefix("/") ? text : "\(folder)/\(text)"
      self.init(path: path)
      return
    }
    guard let separator = text.firstRange(of: "://") else {
      try self.init(scp: text)
      return
    }
    let scheme = text[..<separator.lowerBound].lowercased()
    try self.init(scheme: scheme, rest: text[separator.upperBound...])
  }

  private init(path: String) {
    transport = .path(path)
    text = path
    user = nil
    host = ""
  }

  /// `[USER@]HOST:PATH`
  private init(scp text: String) throws(Problem) {
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    // `USER:PASSWORD@HOST:PATH` would be a host named USER: never said, nor used.
    guard !text[colon...].prefix(while: { $0 != "/" }).contains("@") else {
      throw Problem(
        message: "an address holds a password, or has an \"@\" after its first colon",
        hint: "leave the password out, and write such a path as ssh://user@host/path")
    }
    let place = Self.authority(text[..<colon])
    try Self.require(host: place.host, in: text)
    transport = .ssh
    self.text = text
    user = place.user
    host = place.host.lowercased()
  }

  private init(scheme: String, rest: Substring) throws(Problem) {
    let place = Self.authority(rest.prefix { $0 != "/" })
    let path = rest.drop { $0 != "/" }
    guard place.password == nil else {
      throw Problem(
        message: "the address of \"\(place.host)\" holds a password",
        hint: "leave it out and give a token in CERTWRIGHT_TOKEN")
    }
    switch scheme {
    case "file":
      guard let decoded = Self.decoded(path), place.host.isEmpty || place.host == "localhost" else {
        throw Problem(message: "\"file://\(rest)\" is not the path of a local folder", hint: nil)
      }
      self.init(path: decoded)
    case "ssh": try self.init(.ssh, scheme, place, path)
    case "https", "http":
      guard scheme == "https" || Self.isLoopback(place.host) else {
        throw Problem(
          message: "\"http://\(place.host)\" is neither encrypted nor on this host",
          hint: "use https://")
      }
      try self.init(.http, scheme, place, path)
    default:
      throw Problem(
        message: "\"\(scheme)://\" is not a transport that is known",
        hint: "known are a path, file://, ssh://, user@host:path and https://")
    }
  }

  private init(
    _ transport: Transport, _ scheme: String, _ place: Authority, _ path: Substring
  ) throws(Problem) {
    self.transport = transport
    text = "\(scheme)://\(place.user.map { "\($0)@" } ?? "")\(place.host)\(place.port)\(path)"
    user = place.user
    host = place.host.lowercased()
    try Self.require(host: place.host, in: text)
  }

  private struct Authority {
    var user: String?
    var password: String?
    var host: String
    /// With its colon; empty when there is none.
    var port = ""
  }

  /// `[USER[:PASSWORD]@]HOST[:PORT]`
  private static func authority(_ text: Substring) -> Authority {
    var place = Authority(host: "")
    var rest = text
    if let at = text.lastIndex(of: "@") {
      let names = text[..<at].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      place.user = names.first.map(String.init).flatMap { $0.isEmpty ? nil : $0 }
      place.password = names.count == 2 ? String(names[1]) : nil
      rest = text[text.index(after: at)...]
    }
    let afterBracket = rest.firstIndex(of: "]") ?? rest.startIndex
    let colon = rest[afterBracket...].firstIndex(of: ":") ?? rest.endIndex
    place.host = String(rest[..<colon])
    place.port = String(rest[colon...])
    return place
  }

  /// A host that begins with a dash would be taken for a flag by whatever it is handed to.
  private static func require(host: String, in text: String) throws(Problem) {
    guard !host.isEmpty, !host.hasPrefix("-") else {
      throw Problem(message: "\"\(text)\" names no host", hint: nil)
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "[::1]"
      || host.hasPrefix("127.") && host.split(separator: ".").count == 4
        && host.split(separator: ".").allSatisfy { UInt8($0) != nil }
  }

  private static func decoded(_ path: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(path.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value > 0
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return bytes.first == UInt8(ascii: "/") ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
