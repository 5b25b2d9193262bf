/// The content of files, held and hashed once however many paths have it.
package final class SharedContent: Hashable, Sendable {
  package let bytes: [UInt8]
  package let id: ObjectID

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    id = BlobID.of(bytes)
  }

  package static func == (left: SharedContent, right: SharedContent) -> Bool {
    left === right || left.id == right.id
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
