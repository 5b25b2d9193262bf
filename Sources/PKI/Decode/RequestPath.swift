/// Where a certification request lies: written relative to the YAML file that names it, known by its
/// path below the desired-state folder.
enum RequestPath {
  static func resolve(_ text: String, in file: String) throws(ValueProblem) -> String {
    if text.hasPrefix("/") {
      throw ValueProblem(
        "is an absolute path", hint: "write the path from the folder of this file")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      throw ValueProblem("has a control character")
    }
    var segments = file.split(separator: "/").dropLast()
    for segment in text.split(separator: "/", omittingEmptySubsequences: false) {
      switch segment {
      case "": throw ValueProblem("has an empty path segment")
      case ".": continue
      case "..":
        if segments.popLast() == nil { throw ValueProblem("leads out of the desired-state folder") }
      default: segments.append(segment)
      }
    }
    if segments.isEmpty { throw ValueProblem("names no file") }
    return segments.joined(separator: "/")
  }
}

extension DesiredState {
  /// The certification requests that documents mention, as sorted paths below the desired-state
  /// folder, so that they can be read before ``decode(_:requests:)``. Whatever is wrong with the
  /// documents is left for it to report.
  package static func requestPaths(in files: [SourceFile]) -> [String] {
    var paths: Set<String> = []
    for file in files {
      for document in file.documents {
        guard case .mapping(let entries, _) = document,
          case .scalar(let request)? = entries.first(where: { $0.key.text == "request" })?.value,
          let template = try? Template(request.text)
        else { continue }
        for name in names(entries) {
          if let path = try? RequestPath.resolve(template.filled(with: name), in: file.path) {
            paths.insert(path)
          }
          if template.isConstant { break }
        }
      }
    }
    return paths.sorted()
  }

  private static func names(_ entries: [Node.Entry]) -> [Name] {
    entries.flatMap { entry in
      switch (entry.key.text, entry.value) {
      case ("name", .scalar(let name)): return [Name(name.text)]
      case ("names", .sequence(let names, _)):
        return names.map { node in
          if case .scalar(let name) = node { Name(name.text) } else { nil }
        }
      default: return []
      }
    }.compactMap { $0 }
  }
}
