/// The list of certificates that an `allow` or `identities` list stands for, as an nginx map file.
///
/// nginx finds the strings of a `map` in a hash table, but ignores their case; regular expressions
/// know case, but are tried one after the other. A short list is regular expressions. A long one
/// is strings whose value is the subject itself, which a second map then compares with the
/// client's, byte for byte.
struct NginxIdentityMap {
  let list: IdentityList
  let rendered: RenderedList

  init(_ list: IdentityList, in view: ProxyView, _ issuers: [String]) {
    self.list = list
    rendered = view.rendered(list, issuers, .escaped, as: Self.render)
  }

  static let longestRegexList = 50

  private static func isHashed(_ count: Int) -> Bool { count > longestRegexList }

  var isHashed: Bool { Self.isHashed(rendered.count) }

  /// The file below the bundle.
  var path: String { "lists/\(list.id).map" }

  var file: BundleFile { BundleFile(path: path, content: rendered.content) }

  private static func render(_ entries: [IdentityList.Entry]) -> RenderedList {
    let isHashed = isHashed(entries.count)
    let lines = isHashed ? hashed(entries) : entries.map(regex)
    return RenderedList(
      lines.compactMap { $0.map { $0 + ";\n" } }.joined(), count: entries.count,
      longestKey: isHashed ? entries.map(\.text.utf8.count).max() ?? 0 : 0)
  }

  /// The lines of a hashed list. Subjects that are equal ignoring case would share a string, and
  /// in a value `$` begins a variable, so these few stay regular expressions.
  private static func hashed(_ entries: [IdentityList.Entry]) -> [String?] {
    var count: [String: Int] = [:]
    for entry in entries { count[entry.text.lowercased(), default: 0] += 1 }
    return entries.map { entry in
      if entry.subject.contains("$") || count[entry.text.lowercased()] != 1 { return regex(entry) }
      let line = "\(NginxText.quoted(entry.text)) \(NginxText.quoted(entry.subject))"
      return entry.text.utf8.count < NginxText.longestParameter / 2 ? line : nil
    }
  }

  private static func regex(_ entry: IdentityList.Entry) -> String? {
    let pattern = NginxText.exactly(entry.text)
    return pattern.utf8.count < NginxText.longestParameter ? "\(pattern) 1" : nil
  }
}
