/// A file of desired state that has been read: its path below the desired-state folder, with `/`
/// between segments, and its documents.
package struct SourceFile: Hashable, Sendable {
  package let path: String
  package let documents: [Node]

  package init(path: String, documents: [Node]) {
    self.path = path
    self.documents = documents
  }
}

/// Why a certification request cannot be used.
package struct RequestProblem: Error, Hashable, Sendable {
  /// The end of a sentence that begins with the quoted file: `is not a PKCS#10 request`.
  package let sentence: String

  package init(_ sentence: String) {
    self.sentence = sentence
  }
}
