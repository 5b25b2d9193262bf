/// What libyaml says about a file that is not YAML.
struct SyntaxProblem: Error {
  /// For example `did not find expected key`.
  let problem: String
  /// For example `while parsing a block mapping`.
  let context: String?
  let mark: Mark
  /// Where the thing named by `context` begins.
  let contextMark: Mark?

  /// libyaml's sentence, which is in lower case and holds nothing that a user wrote.
  var message: String {
    guard let context else { return problem }
    return "\(problem) \(context)"
  }
}
