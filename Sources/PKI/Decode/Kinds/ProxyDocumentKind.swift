extension DocumentKind {
  static let proxy = DocumentKind(
    name: "Proxy", about: "A reverse proxy that terminates mutual TLS.",
    fields: ProxyFields.all,
    rules: [.exactlyOne(["server", "listeners"])]
      + ListenerFields.names.filter { $0 != "server" }.map { .atMostOne(["listeners", $0]) }
      + ListenerFields.required.filter { $0 != "server" }.map { .requires("server", $0) },
    decode: ProxyFields.decode)
}

/// A proxy with the places of the names that it refers to.
struct ProxyDraft: Sendable {
  let proxy: Proxy
  let namePlace: Place
  let listeners: [ListenerDraft]

  /// The same with lists that others have, too.
  func sharing(_ lists: inout Set<NameList>) -> ProxyDraft {
    let listeners = listeners.map { $0.sharing(&lists) }
    return ProxyDraft(
      proxy: proxy.with(listeners: listeners.map(\.listener)), namePlace: namePlace,
      listeners: listeners)
  }
}

private enum ProxyFields {
  static let name = Field(
    "name", .name, required: true, "The name of the proxy.", example: "public-edge")
  static let software = Field(
    "software", Shape<ProxySoftware>.choice(of: "a proxy"), required: true,
    "What the configuration is for.",
    example: "nginx")
  static let directory = Field(
    "directory", .directory,
    "The absolute folder in which the bundle lies on the host; certwright/NAME below /etc/nginx,"
      + " /etc/haproxy or /etc/apache2 where it is not given.", example: "/etc/nginx/certwright")
  static let listeners = Field(
    "listeners", .list(of: .mapping(ListenerFields.shape)),
    "Several listeners, in place of the fields of one.",
    example: [["server": "api", "listen": 443, "routes": [["path": "/"]]]])
  static let isProtected = Field(
    "protected", .flag, "Removal needs this flag off first.", example: true)

  static let all =
    [
      name.description, software.description, directory.description, listeners.description,
      isProtected.description,
    ]
    // One listener may stand in the document itself; the rules say which of its fields must.
    + ListenerFields.all.map {
      FieldDescription(name: $0.name, isRequired: false, schema: $0.schema)
    }

  static func decode(_ decoder: inout MappingDecoder, _ declarations: inout Declarations) {
    let name = decoder.take(name)
    let before = decoder.findings.count
    let software = decoder.take(software)
    let directory = decoder.take(directory)
    let isProtected = decoder.take(isProtected)
    let listeners = takeListeners(&decoder)
    guard let name,
      declarations.declare(name, kind: "Proxy", place: decoder.place(of: "name")), let software,
      decoder.findings.count == before
    else { return }
    let proxy = Proxy(
      name: name, place: decoder.place, software: software,
      directory: directory ?? "\(software.configurationFolder)/certwright/\(name)",
      listeners: listeners.map(\.listener), isProtected: isProtected ?? false)
    declarations.proxies.append(
      ProxyDraft(proxy: proxy, namePlace: decoder.place(of: "name"), listeners: listeners))
  }

  private static func takeListeners(_ decoder: inout MappingDecoder) -> [ListenerDraft] {
    let several = decoder.take(listeners)?.map(\.value)
    if decoder.has("server") { return [ListenerFields.take(&decoder)].compactMap { $0 } }
    return several ?? ListenerFields.takeAnyway(&decoder)
  }
}

extension ProxySoftware {
  /// Where Debian's packages keep their configuration.
  var configurationFolder: String {
    switch self {
    case .nginx: "/etc/nginx"
    case .haproxy: "/etc/haproxy"
    case .apache: "/etc/apache2"
    }
  }
}

/// Paths that are written into the configuration of proxies: nothing in them can end a word or a
/// line there.
enum ConfigurationPath {
  static func check(_ text: String) throws(ValueProblem) -> String {
    guard text.hasPrefix("/") else { throw ValueProblem("does not begin with a slash") }
    if text.utf8.count > 1_024 { throw ValueProblem("is longer than 1024 bytes") }
    guard text.utf8.allSatisfy(isFit) else {
      throw ValueProblem(
        "has characters other than letters, digits, \"-\", \".\", \"_\", \"~\" and \"/\"")
    }
    if text == "/" { return text }
    for segment in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      if segment.isEmpty || segment == "." || segment == ".." {
        throw ValueProblem("has an empty or relative path segment")
      }
    }
    return text
  }

  private static func isFit(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
      || "-._~/".utf8.contains(byte)
  }
}

extension Shape where Value == String {
  static var configurationPath: Shape {
    scalar("an absolute path") { text throws(ValueProblem) in try ConfigurationPath.check(text) }
  }

  static var directory: Shape {
    scalar("an absolute folder") { text throws(ValueProblem) in
      if text == "/" { throw ValueProblem("is the whole file system") }
      return try ConfigurationPath.check(text)
    }
  }
}
