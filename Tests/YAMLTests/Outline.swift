import PKI
import YAML

/// Reads a text and writes the documents down in one line each: `{key: plain, list: ["quoted"]}`.
func outline(_ text: String) throws -> [String] {
  try YAMLReader.documents(in: Array(text.utf8), file: "a.yaml").map { $0.outline(places: false) }
}

/// The same with the place of every value and key before it: `1:1{1:1kind: 1:7Client}`.
func outlineWithPlaces(_ text: String) throws -> [String] {
  try YAMLReader.documents(in: Array(text.utf8), file: "a.yaml").map { $0.outline(places: true) }
}

/// The findings of a text as `line:column message`.
func findings(_ text: String) -> [String] { findings(Array(text.utf8)) }

func findings(_ bytes: [UInt8]) -> [String] {
  allFindings(bytes).map { "\($0.place.line):\($0.place.column) \($0.message)" }
}

func hints(_ text: String) -> [String?] { allFindings(Array(text.utf8)).map(\.hint) }

func allFindings(_ bytes: [UInt8]) -> [Finding] {
  do throws(YAMLError) {
    _ = try YAMLReader.documents(in: bytes, file: "a.yaml")
    return []
  } catch {
    return error.findings
  }
}

extension Node {
  fileprivate func outline(places: Bool) -> String {
    let mark = places ? "\(place.line):\(place.column)" : ""
    switch self {
    case .scalar(let scalar): return scalar.outline(places: places)
    case .sequence(let items, _):
      return mark + "[" + items.map { $0.outline(places: places) }.joined(separator: ", ") + "]"
    case .mapping(let entries, _):
      let texts = entries.map {
        $0.key.outline(places: places) + ": " + $0.value.outline(places: places)
      }
      return mark + "{" + texts.joined(separator: ", ") + "}"
    }
  }
}

extension Node.Scalar {
  fileprivate func outline(places: Bool) -> String {
    let mark = places ? "\(place.line):\(place.column)" : ""
    return mark + (isPlain ? text : "\"\(text)\"")
  }
}
