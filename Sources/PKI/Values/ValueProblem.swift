/// What is wrong with a text that a person wrote, without the text itself.
package struct ValueProblem: Error, Hashable, Sendable {
  /// The end of a sentence that begins with the quoted text: `is not an address`.
  package let message: String
  package let hint: String?

  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}
