/// Where the value of each field of a document was written: a list, since documents have few fields
/// and there are many documents.
package struct FieldPlaces: Hashable, Sendable {
  private struct Entry: Hashable {
    let name: String
    let line: Int
    let column: Int
  }

  private let file: String
  private let entries: [Entry]

  package static let none = FieldPlaces([])

  package init(_ places: [(name: String, place: Place)]) {
    file = places.first?.place.file ?? ""
    entries = places.map { Entry(name: $0.name, line: $0.place.line, column: $0.place.column) }
  }

  package subscript(name: String) -> Place? {
    entries.first { $0.name == name }.map { Place(file: file, line: $0.line, column: $0.column) }
  }
}
